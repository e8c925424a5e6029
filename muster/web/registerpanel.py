"""The panel of filters: what may be chosen, and what is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from muster.register.filters import CHOICES, FILTERS, FLAGS
from muster.register.look import Look
from muster.register.order import ORDERS
from muster.register.selection import OF_FIGURE
from muster.web.registertable import COLUMNS, SHOWN

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TEXTS = ("area", "site", "lead", "team", "reporter")
DAYS = ("found_from", "found_to", "due_from", "due_to")
#: Kept in the address without a field of their own; with a figure, the area and the times are the figure's.
KEPT = (*OF_FIGURE, "numbers")


@dataclass(frozen=True)
class Option:
    name: str
    value: str
    label: StrOrPromise
    on: bool


@dataclass(frozen=True)
class Group:
    label: StrOrPromise
    options: list[Option]


@dataclass(frozen=True)
class Line:
    name: str
    label: StrOrPromise
    value: str


@dataclass(frozen=True)
class Panel:
    groups: list[Group]
    texts: list[Line]
    days: list[Line]
    columns: Group
    orders: list[Option]
    kept: list[tuple[str, str]]


def panel(look: Look, asked: QueryDict) -> Panel:
    known = [one for one in FILTERS.values() if not (one.aside and look.only_does)]
    groups = [_group(look, asked, one.name) for one in known if one.name in CHOICES]
    flags = [Option(one.name, "1", one.label, asked.get(one.name) == "1") for one in known if one.name in FLAGS]
    columns = asked.getlist("column") or SHOWN
    return Panel(
        [*groups, Group(_("Only"), flags)],
        [Line(one.name, one.label, asked.get(one.name, "")) for one in known if one.name in TEXTS],
        [Line(one.name, one.label, asked.get(one.name, "")) for one in known if one.name in DAYS],
        Group(_("Columns"), [Option("column", key, one.label, key in columns) for key, one in COLUMNS.items()]),
        [Option("sort", key, one.name, asked.get("sort", "newest") == key) for key, one in ORDERS.items()],
        [(name, value) for name in KEPT for value in asked.getlist(name) if value],
    )


def _group(look: Look, asked: QueryDict, name: str) -> Group:
    chosen = asked.getlist(name)
    options = [Option(name, key, label, key in chosen) for key, label in CHOICES[name](look).items()]
    return Group(FILTERS[name].label, options)
