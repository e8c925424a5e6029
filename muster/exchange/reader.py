"""Reading the lines of a ledger: whatever stands in several of them is made sense of once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from muster.exchange.classed import Classing
from muster.exchange.line import (
    ASIDE,
    Defaults,
    Fault,
    Line,
    Told,
    bare,
    digest_of,
    hashed,
    own_number,
    sent_number,
)
from muster.exchange.names import Memo, Names
from muster.exchange.sheet import Cell
from muster.exchange.table import Table
from muster.exchange.timed import TIMES
from muster.exchange.values import EMPTY, Times, words
from muster.exchange.worked import Working
from muster.loop.arrival import TextNeeded
from muster.loop.matter import Matter
from muster.places.area import Area
from muster.places.site import Site

#: Hardly ever the same twice.
LONG = frozenset(("text", "number"))


@dataclass(frozen=True)
class Columns:
    """Of a table. ``named``: each column's key, its place, and what makes a cell of it into words, in one order, whichever the
    ledger has: what is hashed must be the same. ``times``: the places of those that tell when."""

    named: list[tuple[str, int, Callable[[Any], str]]]
    times: list[int | None]
    width: int

    def times_of(self, cells: Sequence[Cell]) -> tuple[Cell | None, ...]:
        return tuple([cells[place] if place is not None else None for place in self.times])


class Reader:
    """Reads tables line by line."""

    def __init__(self, names: Names, times: Times, defaults: Defaults) -> None:
        self.names, self.times, self.defaults = names, times, defaults
        self._classing, self._working = Classing(names, defaults), Working(names, times)
        self._words: Memo[str] = Memo(words)
        self._bare: Memo[str] = Memo(bare)
        self._day: Memo[str] = Memo(lambda moment: f"{moment.date()}")

    def lines(self, table: Table) -> Iterator[tuple[Line | None, int, str]]:
        """Each row below the header: its line, or what the row is where it is none."""
        columns = self._columns(table)
        for number, cells, what in table.rows():
            yield (None if what else self._line(table, number, cells, columns)), number, what

    def _columns(self, table: Table) -> Columns:
        fields = sorted((key, place) for key, place in table.keys if key not in ASIDE)
        named = [(key, place, words if key in LONG else self._words.__getitem__) for key, place in fields]
        places = dict(fields)
        return Columns(named, [places.get(key) for key in TIMES], max(places.values(), default=-1) + 1)

    def _line(self, table: Table, number: int, cells: Sequence[Cell], columns: Columns) -> Line:
        if len(cells) < columns.width:
            cells = [*cells, *[""] * (columns.width - len(cells))]
        # A tick isn't the number 1, though they are equal.
        said = {
            key: words(cell) if cell.__class__ is bool else read(cell)
            for key, place, read in columns.named
            if (cell := cells[place]) or cell != ""
        }
        line = Line(table.sheet.name, number, said, table.headings, digest=digest_of(said), text=said.get("text", ""))
        if own := own_number(said.get("number", "")):
            line.own, line.problem = own, hashed([own])
            line.cells = {key: cells[place] for key, place, _read in columns.named if key in said}
        else:
            line.number_said = sent_number(said.get("number", ""))
            self._tell(line, columns.times_of(cells))
        return line

    def tell_of(self, line: Line, matter: Matter) -> None:
        """What a line with a number of ours says; whatever it doesn't say is as it stands with its matter."""
        said, classing = line.said, self._classing
        kind = line.hear("kind", classing.kind, said) or matter.kind
        named = line.hear("area", classing.area, said)
        site = line.hear("site", classing.site, said, named or matter.area)
        area = self.names.areas[site.area_id] if site else named or matter.area
        category = line.hear("category", classing.category, kind, said) if "category" in said else matter.category
        severity = line.hear("severity", classing.severity, said) if "severity" in said else matter.severity
        times = tuple(line.cells[key] if key in said else None for key in TIMES)
        worked = self._working.made(said, times, area, matter.lead)
        line.take(worked)
        text = said.get("text") or matter.text
        _told(line, Told(kind, area, category, severity, text, site, worked.past, worked.done(said), worked.at_day))

    def _tell(self, line: Line, times: tuple[Cell | None, ...]) -> None:
        said = line.said
        at = self._classing.of(said)
        line.take(at)
        site = line.hear("site", self._classing.site, said, at.area) if "site" in said else None
        area = self._classing.where(line, at.area, site)
        line.take(at.rest)
        text = _text(said, site)
        if not text:
            line.faults.append(Fault("text", TextNeeded()))
        worked = self._working.of(said, times, area)
        line.take(worked)
        line.problem = self._problem(said, at.area, worked.past.found_at)
        if area:
            done = worked.done(said)
            _told(line, Told(at.kind, area, at.category, at.severity, text, site, worked.past, done, worked.at_day))

    def _problem(self, said: dict[str, str], named: Area | None, found_at: datetime | None) -> str:
        """By what stays the same when a ledger is sent again: where, on which day, and what, however it is written."""
        day = self._day[found_at] if found_at else ""
        where = [named.code if named else self.defaults.area, self._bare[said.get("site", "")]]
        return hashed([day, *where, bare(said.get("text", ""))])


def _told(line: Line, told: Told) -> None:
    if not line.faults and not told.worked.lead:
        line.hear("lead", told.past.must_have_a_lead)
    if not line.faults:
        line.told = told


def _text(said: dict[str, str], site: Site | None) -> str:
    """The problem; of a site that isn't known here, its name stands before it, as no other column holds it."""
    text, place = said.get("text", ""), said.get("site", "")
    if text in EMPTY:
        return ""
    return text if site or place in EMPTY or place in text else f"{place}：{text}"
