"""The wall in words: what the board of an area tells, with links for who may follow them, without persons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from muster.briefings.board import CHAIN, Board, Late, Told
from muster.briefings.figure import FIGURES, Number, Scope
from muster.lib.refusal import Refusal
from muster.loop.matter import Matter
from muster.loop.state import Kind
from muster.places.area import Area
from muster.web.figurelook import LOOKS, Look, colour_of
from muster.web.mapping import Drawing, Shape, drawing

#: More areas than this don't fit side by side.
ABREAST = 12
#: From how many overdue matters on an area is drawn darker.
STEPS = (1, 4, 9)
#: Where somebody lives, and numbers by which somebody can be called or known.
PERSONAL = re.compile(r"[（(][^）)]*[）)]?|\d(?:[\d\s-]{4,})\d|\d+\s*室")


@dataclass(frozen=True)
class Cell:
    """A value, and where its rows are; no address for who can't open them."""

    value: Number
    address: str
    colour: str = ""

    @property
    def shown(self) -> str:
        return number_format(self.value or 0, force_grouping=True)


@dataclass(frozen=True)
class Headline:
    look: Look
    cell: Cell
    change: str
    points: str


@dataclass(frozen=True)
class Row:
    """A line of the chain: one figure of all areas, or all figures of one area."""

    name: str
    look: Look | None
    cells: list[Cell]


@dataclass(frozen=True)
class Coloured:
    """An area on the map: how dark, and how much is overdue."""

    name: str
    shape: Shape
    step: int
    cell: Cell


@dataclass(frozen=True)
class LateLine:
    hours: str
    place: str
    title: str
    unit: str
    address: str
    unit_address: str


class BoardPage:
    def __init__(self, board: Board, links: bool) -> None:
        self.board, self.links, self.scope = board, links, board.scope
        self.area = board.scope.area

    @property
    def incident_name(self) -> str:
        """Without the name of the area, which stands before it."""
        name = self.scope.incident.name
        return name.removeprefix(f"{self.area.name}·").removeprefix(f"{self.area.name}, ")

    @property
    def as_of(self) -> str:
        local = timezone.localtime(self.scope.moment, self.scope.incident.tz)
        if (get_language() or "zh").startswith("zh"):
            return f"{local.month} 月 {local.day} 日 {local:%H:%M:%S}"
        return f"{local:%d %b %H:%M:%S}".lstrip("0")

    @property
    def headlines(self) -> list[Headline]:
        return [self._headline(told) for told in self.board.figures]

    def _headline(self, told: Told) -> Headline:
        return Headline(
            LOOKS[told.key], self._cell(told.key, told.value, self.scope), signed(told.change), sparkline(told.trend)
        )

    @cached_property
    def map(self) -> Drawing | None:
        return drawing(self.area.pk)

    @property
    def coloured(self) -> list[Coloured]:
        known = {area.pk: (area, values) for area, values in self.board.children}
        return [
            self._coloured(one, *known[one.code]) for one in (self.map.shapes if self.map else ()) if one.code in known
        ]

    def _coloured(self, shape: Shape, area: Area, values: dict[str, Number]) -> Coloured:
        late = values["overdue"] or 0
        step = sum(late >= bound for bound in self.steps)
        return Coloured(area.name, shape, step, self._cell("overdue", late, replace(self.scope, area=area)))

    @cached_property
    def steps(self) -> tuple[int, ...]:
        """The bounds of the colours; with more overdue, ten times as much for each."""
        most, factor = max((values["overdue"] or 0 for _area, values in self.board.children), default=0), 1
        while most > 3 * STEPS[-1] * factor:
            factor *= 10
        return STEPS[0], *(bound * factor for bound in STEPS[1:])

    @property
    def key(self) -> list[str]:
        one, two, three = self.steps
        return ["0", f"{one}–{two - 1}", f"{two}–{three - 1}", _("%(n)s or more") % {"n": three}]

    @property
    def beside(self) -> list[tuple[str, Cell]]:
        """Areas that have no outline: their overdue matters stand below the map."""
        drawn = {one.code for one in self.map.shapes} if self.map else set()
        return [
            (area.name, self._cell("overdue", values["overdue"], replace(self.scope, area=area)))
            for area, values in self.board.children
            if area.pk not in drawn
        ]

    @property
    def columns(self) -> list[str]:
        return [area.name for area, _values in self.board.children]

    @property
    def abreast(self) -> bool:
        return bool(self.map) and len(self.board.children) <= ABREAST

    @property
    def by_figure(self) -> list[Row]:
        return [Row(str(LOOKS[key].name), LOOKS[key], [*self._of_children(key), self._total(key)]) for key in CHAIN]

    @property
    def by_area(self) -> list[Row]:
        rows = [
            Row(area.name, None, [self._cell(key, values[key], replace(self.scope, area=area)) for key in CHAIN])
            for area, values in self.board.children
        ]
        return [*rows, Row(_("Total"), None, [self._total(key) for key in CHAIN])]

    @property
    def looks(self) -> list[Look]:
        return [LOOKS[key] for key in CHAIN]

    def _of_children(self, key: str) -> Iterator[Cell]:
        for area, values in self.board.children:
            yield self._cell(key, values[key], replace(self.scope, area=area))

    def _total(self, key: str) -> Cell:
        told = next(one for one in self.board.figures if one.key == key)
        return self._cell(key, told.value, self.scope)

    def _cell(self, key: str, value: Number, scope: Scope) -> Cell:
        return Cell(
            value, FIGURES[key].address(scope) if self.links else "", "red" if colour_of(key, value) == "red" else ""
        )

    @property
    def longest(self) -> list[LateLine]:
        return [self._late(one) for one in self.board.longest]

    def _late(self, late: Late) -> LateLine:
        matter, hours = late.matter, int(late.by.total_seconds() // 3600)
        unit, number = matter.lead, number_format(hours, force_grouping=True) if hours else "<1"
        addresses = [
            reverse("matter", args=[matter.pk]),
            reverse("organisation-figures", args=[unit.pk]) if unit else "",
        ]
        links = addresses if self.links else ["", ""]
        return LateLine(number, self._place(matter), told(matter), unit.name if unit else "", *links)

    def _place(self, matter: Matter) -> str:
        """The area right below this one in which it lies."""
        names = {area.pk: area.name for area, _values in self.board.children}
        return next((names[code] for code in matter.area.codes if code in names), self.area.name)


def told(matter: Matter) -> str:
    """What it is about, for a room in which anybody may stand: no numbers of persons, and nothing in a resident's own words."""
    if matter.kind == Kind.FINDING:
        return PERSONAL.sub("", matter.title).strip() or category_of(matter)
    return f"{Kind(matter.kind).label} · {category_of(matter)}"


def category_of(matter: Matter) -> str:
    try:
        return str(matter.pack.pack.category(matter.kind, matter.category).label)
    except Refusal:
        return matter.category


def signed(change: int) -> str:
    """With a sign; a minus of the width of a plus."""
    return f"{change:+,}".replace("-", "−") if change else "0"


def sparkline(trend: tuple[int, ...], width: int = 128, height: int = 36) -> str:
    """Points of a line from left to right, the highest value at the top."""
    low, high = min(trend), max(trend)
    across, up = (width - 6) / max(1, len(trend) - 1), (height - 8) / ((high - low) or 1)
    level = height / 2 if high == low else None
    points = (
        (3 + n * across, level if level is not None else height - 4 - (value - low) * up)
        for n, value in enumerate(trend)
    )
    return " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
