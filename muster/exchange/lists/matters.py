"""The register as a list: the columns of a ledger, so that what goes out can come in again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from importlib.resources import files
from itertools import islice
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from muster.briefings.asked import NoIncident
from muster.exchange.columns import COLUMNS
from muster.exchange.lists.cells import TELLS, Labels, Raw
from muster.exchange.lists.listing import Asked, Heading, Listing, Shape, Value
from muster.exchange.values import words
from muster.incidents.incident import Incident
from muster.people.person import Person
from muster.register.look import Look
from muster.register.selection import Selection

AT_ONCE = 2_000
"""Matters read together."""
READ = files("muster.exchange.lists").joinpath("matters.sql").read_text("utf-8")
#: What the columns of the page are in a ledger.
OF_PAGE = {
    "number": ("number",), "problem": ("text",), "place": ("area", "site"), "area": ("area",), "lead": ("lead",),
    "kind": ("kind",), "category": ("category",), "severity": ("severity",), "way": ("way",), "found": ("found_at",),
    "closed": ("closed_at",), "cycle": ("cycle",), "due": ("due",), "state": ("state",),
}  # fmt: skip
SHOWN = ("number", "problem", "place", "lead", "due", "state")


def listing(asked: Asked) -> Listing:
    """Raises the refusal of what isn't clear in the address."""
    incident = asked.incident or Incident.objects.select_related("area").order_by("-started_at").first()
    if not incident:
        raise NoIncident
    look = Look(asked.person, asked.incident)
    chosen = Selection.of(look, asked.query)
    for problem in chosen.problems:
        raise problem.refusal
    register = _("Register of matters")
    told = Told(look, incident, _columns(asked))
    return Listing(
        title=f"{incident.name} · {register}",
        as_of=timezone.make_naive(look.now, incident.tz),
        headings=[Heading("order", heading_of("order"), 7, Shape.NUMBER, "#meta+order"), *told.headings],
        rows=_counted(told, chosen),
        tally=lambda most: chosen.matters.order_by()[:most].count(),
        filters=[(chip.label, chip.shown) for chip in chosen.chips],
    )  # fmt: skip


def _counted(told: Told, chosen: Selection) -> Iterator[list[Value]]:
    for nr, row in enumerate(told.rows(chosen.order.keys(chosen.matters)), 1):
        yield [nr, *row]


def _columns(asked: Asked) -> list[str]:
    if asked.whole:
        return list(TELLS)
    shown = {key for one in asked.query.getlist("column") or SHOWN for key in OF_PAGE.get(one, ())}
    return [key for key in TELLS if key in shown | {"number", "text"}]


def heading_of(key: str) -> str:
    """In Chinese the plainest heading that ledgers have, in English our own."""
    column = COLUMNS[key]
    return column.headings[0] if (get_language() or "zh").startswith("zh") else str(column.label)


def said_of(by: Person, incident: Incident, pks: Sequence[UUID]) -> dict[UUID, dict[str, set[str]]]:
    """What the register says of these matters in each column, in every language, as a ledger is read."""
    told = Told(Look(by, incident), incident)
    raw = list(told.raw(pks))
    found: dict[UUID, dict[str, set[str]]] = {one.pk: {key: set() for key in TELLS} for one, _aside in raw}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            told.labels = Labels(incident)
            for one, aside in raw:
                for key, value in zip(TELLS, told.row(one, aside), strict=True):
                    found[one.pk][key].add(words("" if value is None else value))
    return found


class Told:
    """Matters as rows of these columns; to who does the work without what tells who is behind it."""

    def __init__(self, look: Look, incident: Incident, keys: Sequence[str] = tuple(TELLS)) -> None:
        self.look, self.incident, self.keys = look, incident, keys
        self.labels = Labels(incident)
        self.columns = [TELLS[key] for key in keys]

    @property
    def headings(self) -> list[Heading]:
        return [
            Heading(key, heading_of(key), one.width, one.shape, one.tag, one.choices(self.labels))
            for key, one in zip(self.keys, self.columns, strict=True)
        ]

    def rows(self, pks: Sequence[UUID]) -> Iterator[list[Value]]:
        for raw, aside in self.raw(pks):
            yield self.row(raw, aside)

    def row(self, raw: Raw, aside: bool) -> list[Value]:
        """``aside``: whether one sees it as somebody else than who does the work."""
        labels = self.labels
        if aside:
            return [column.tells(raw, labels) for column in self.columns]
        return ["" if column.aside else column.tells(raw, labels) for column in self.columns]

    def raw(self, pks: Sequence[UUID]) -> Iterator[tuple[Raw, bool]]:
        """Each matter, and whether one sees it as somebody else than who does the work."""
        beginning = iter(pks)
        while some := list(islice(beginning, AT_ONCE)):
            shown = self._aside(some) if any(column.aside for column in self.columns) else frozenset()
            with connection.cursor() as cursor:
                cursor.execute(READ, {"keys": some, "zone": self.incident.zone})
                found = [Raw._make((*row[:-1], json.loads(row[-1]) if row[-1] else {})) for row in cursor.fetchall()]
            yield from ((one, one.pk in shown) for one in found)

    def _aside(self, pks: list[UUID]) -> frozenset[Any]:
        among = RawSQL("matter.id = any(%s)", [pks], BooleanField())
        seen = self.look.seen.filter(self.look.aside).filter(among)
        return frozenset(seen.order_by().values_list("pk", flat=True))
