"""The columns of the register: which there are, which are shown, and what stands in their cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.loop.matter import Matter
from muster.register.look import Look
from muster.web.templatetags.look import day_time, due_badge, status_badge

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class UnknownColumn(Refusal):
    code = "unknown_column"
    status = 422
    message = said("The register has no column “{text}”. Take it out, or choose columns under Filter.")


@dataclass(frozen=True)
class Row:
    """A matter, and what else its row tells."""

    matter: Matter
    look: Look
    waits: list[StrOrPromise] = field(default_factory=list)


@dataclass(frozen=True)
class Column:
    """``sorts``: the orders that its heading offers, the first one first."""

    key: str
    label: StrOrPromise
    show: Callable[[Row], object]
    css: str = ""
    sorts: tuple[str, ...] = ()


def _problem(row: Row) -> SafeString:
    tags = format_html_join("", '<span class="tag">{}</span>', ((one,) for one in row.waits))
    return format_html(
        '<span class="told"><a href="{}">{}</a>{}</span>',
        reverse("matter", args=[row.matter.pk]),
        row.matter.title,
        tags,
    )


def _place(row: Row) -> str:
    return row.matter.site.name if row.matter.site else row.matter.area.name


def _category(row: Row) -> str:
    known = row.look.pack.categories.get(row.matter.category) if row.look.pack else None
    return known.label if known else row.matter.category


def _severity(row: Row) -> str:
    known = row.look.pack.severities.get(row.matter.severity) if row.look.pack else None
    return known.label if known else row.matter.severity


COLUMNS = {
    one.key: one
    for one in (
        Column("number", _("Number"), lambda row: row.matter.number, "num keep", ("newest", "oldest")),
        Column("problem", _("Problem"), _problem, "main clip"),
        Column("place", _("Place"), _place, "clip"),
        Column("area", _("Area"), lambda row: row.matter.area.place, "clip"),
        Column("lead", _("Responsible"), lambda row: row.matter.lead.name if row.matter.lead else "–", "clip of-lead"),
        Column("kind", _("Kind"), lambda row: row.matter.get_kind_display(), "keep"),
        Column("category", _("Category"), _category, "clip"),
        Column("severity", _("Severity"), _severity, "keep"),
        Column("way", _("Way"), lambda row: row.matter.get_way_display(), "clip"),
        Column("found", _("Found"), lambda row: day_time(row.matter.occurred_at), "num keep"),
        Column("closed", _("Closed"), lambda row: day_time(row.matter.closed_at) or "–", "num keep"),
        Column("cycle", _("Round"), lambda row: row.matter.cycle, "n"),
        Column("due", _("Due"), lambda row: due_badge(row.matter) or "–", "due", ("due", "due_last")),
        Column("state", _("State"), lambda row: status_badge(row.matter), "keep"),
    )
}
SHOWN = ("number", "problem", "place", "lead", "due", "state")
#: Tables that questions stand in while they wait, and the tag of a row of which one waits.
WAITING: dict[str, StrOrPromise] = {"return_": _("Return pending"), "extension_request": _("Extension pending")}
WHICH_WAIT = " union ".join(
    f"select matter_id, '{table}' from {table} where ended_at is null and matter_id = any(%(keys)s)"
    for table in WAITING
)


def columns_asked(asked: QueryDict) -> list[Column]:
    """The columns that an address names, in their own order; without any, the usual ones. Raises UnknownColumn."""
    names = asked.getlist("column") or list(SHOWN)
    for name in names:
        if name not in COLUMNS:
            raise UnknownColumn(text=name)
    return [column for key, column in COLUMNS.items() if key in names]


def rows_of(look: Look, matters: Iterable[Matter]) -> list[Row]:
    listed = list(matters)
    waits = _waiting([one.pk for one in listed])
    return [Row(one, look, waits.get(one.pk, [])) for one in listed]


def _waiting(pks: list[UUID]) -> dict[UUID, list[StrOrPromise]]:
    """Which of the matters wait for which ruling, in one query."""
    found: dict[UUID, list[StrOrPromise]] = {}
    with connection.cursor() as cursor:
        cursor.execute(WHICH_WAIT, {"keys": pks})
        for pk, table in cursor.fetchall():
            found.setdefault(pk, []).append(WAITING[table])
    return found
