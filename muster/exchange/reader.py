"""Reading the lines of a ledger: whatever stands in several of them is made sense of once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from muster.exchange.line import (
    ASIDE,
    Defaults,
    Fault,
    Line,
    Named,
    Told,
    bare,
    digest_of,
    hashed,
    own_number,
    state_called,
)
from muster.exchange.names import Memo, Names, Unclear
from muster.exchange.sheet import Cell
from muster.exchange.table import Table
from muster.exchange.timed import Timing
from muster.exchange.values import EMPTY, UNDER_WAY, Times, answer, several, words
from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.loop.arrival import TextNeeded
from muster.loop.matter import Matter
from muster.loop.past import Past
from muster.loop.state import Kind, Status
from muster.people.organisation import Organisation
from muster.places.area import Area
from muster.places.site import Site

KINDS: dict[str, tuple[str, ...]] = {Kind.FINDING: ("问题", "督导问题", "finding"), Kind.REQUEST: ("群众诉求", "诉求", "request"),
         Kind.PROPOSAL: ("建议", "提案", "proposal")}  # fmt: skip
#: Hardly ever the same twice.
LONG = frozenset(("text", "number"))
UNITS = ("lead", "supports")


class AreaNeeded(Refusal):
    code = "area_needed"
    status = 422
    message = _(
        "It doesn't say where. Name the area, or a site that is known here, or choose an area for the whole ledger."
    )


class CategoryNeeded(Refusal):
    code = "category_needed"
    status = 422
    message = _("It doesn't say which category. Fill the column in, or choose a category for the whole ledger.")


class Reader:
    """Reads tables line by line; whatever stands in several lines is made sense of once."""

    def __init__(self, names: Names, times: Times, defaults: Defaults) -> None:
        self.names, self.times, self.defaults = names, times, defaults
        self._timing = Timing(times)
        self._area: Memo[Any] = Memo(names.area)
        self._unit: Memo[Any] = Memo(lambda key: names.unit(key[0], names.areas[key[1]]))
        self._units: Memo[list[str]] = Memo(several)
        self._answer: Memo[Any] = Memo(answer)
        self._words: Memo[str] = Memo(words)
        self._bare: Memo[str] = Memo(bare)
        self._day: Memo[str] = Memo(lambda moment: f"{moment.date()}")
        self._state: Memo[str] = Memo(state_called)
        self._kind: Memo[str] = Memo(lambda text: names.word("kind", text, KINDS))
        self._category: Memo[str] = Memo(lambda key: names.word("category", key[1], names.categories(key[0])))
        self._severity: Memo[str] = Memo(lambda text: names.word("severity", text, names.severities))
        self._reviewer: Memo[Any] = Memo(names.reviewer)
        self._result: Memo[bool | None] = Memo(self._result_of)
        severities = list(names.severities)
        self._mildest = defaults.severity if defaults.severity in severities else severities[-1]

    def lines(self, table: Table) -> Iterator[tuple[Line | None, int, str]]:
        """Each row below the header: its line, or what the row is where it is none."""
        fields = [(key, place) for key, place in table.keys if key not in ASIDE]
        # In one order, whichever the ledger has: what is hashed must be the same.
        named = [(key, place, words if key in LONG else self._words.__getitem__) for key, place in sorted(fields)]
        for number, cells, what in table.rows():
            yield (None if what else self.line(table, number, cells, named)), number, what

    def line(self, table: Table, number: int, cells: Sequence[Cell], named: Sequence[Named]) -> Line:
        cell: dict[str, Cell] = {}
        said: dict[str, str] = {}
        width = len(cells)
        for key, place, read in named:
            if place < width and (value := cells[place]) != "":
                # A tick isn't the number 1, though they are equal.
                cell[key], said[key] = value, words(value) if value.__class__ is bool else read(value)
        line = Line(table.sheet.name, number, said, table.headings)
        line.own = own_number(said.get("number", ""))
        line.digest = digest_of(said)
        line.text = said.get("text", "")
        if line.own:
            line.cells, line.problem = cell, hashed([line.own])
        else:
            self._tell(line, cell)
        return line

    def tell_of(self, line: Line, matter: Matter) -> None:
        """What a line with a number of ours says; whatever it doesn't say is as it stands with its matter."""
        said = line.said
        kind = self._one(line, "kind", self._kind_of, said) or matter.kind
        named = self._one(line, "area", self._area_of, said)
        site = self._one(line, "site", self._site_of, said, named or matter.area)
        area = self.names.areas[site.area_id] if site else named or matter.area
        category = self._one(line, "category", self._category_of, kind, said) if "category" in said else matter.category
        severity = self._one(line, "severity", self._severity_of, said) if "severity" in said else matter.severity
        cell = {key: line.cells[key] for key in said}
        past, at_day = self._past(line, cell, area, matter.lead)
        if not line.faults:
            text = said.get("text") or matter.text
            line.told = Told(kind, area, category, severity, text, site, past, at_day)

    def _tell(self, line: Line, cell: dict[str, Cell]) -> None:
        said = line.said
        kind = self._one(line, "kind", self._kind_of, said) or self.defaults.kind
        named = self._one(line, "area", self._area_of, said)
        site = self._one(line, "site", self._site_of, said, named)
        area = self._where(line, named, site)
        category = self._one(line, "category", self._category_of, kind, said)
        severity = self._one(line, "severity", self._severity_of, said)
        text = self._text(said, site)
        if not text:
            line.faults.append(Fault("text", TextNeeded()))
        past, at_day = self._past(line, cell, area)
        line.problem = self._problem(said, named, past.found_at)
        if not line.faults and area and category and severity:
            line.told = Told(kind, area, category, severity, text, site, past, at_day)

    def _one(self, line: Line, key: str, read: Callable[..., Any], *given: Any) -> Any:
        """What a column says; where that is unclear, it stands among the line's faults."""
        try:
            return read(*given)
        except Unclear as unclear:
            line.questions.append(unclear.question)
            line.faults.append(Fault(key, unclear.question.refusal))
        except Refusal as refusal:
            line.faults.append(Fault(key, refusal))
        return None

    def _kind_of(self, said: dict[str, str]) -> str:
        return self._kind[said["kind"]] if "kind" in said else ""

    def _area_of(self, said: dict[str, str]) -> Area | None:
        text = said.get("area", "")
        return self._area[text] if text not in EMPTY else None

    def _site_of(self, said: dict[str, str], area: Area | None) -> Site | None:
        text = said.get("site", "")
        return self.names.site(text, area) if text not in EMPTY else None

    def _problem(self, said: dict[str, str], named: Area | None, found_at: datetime | None) -> str:
        """By what stays the same when a ledger is sent again: where, on which day, and what, however it is written."""
        day = self._day[found_at] if found_at else ""
        where = [named.pk if named else self.defaults.area, self._bare[said.get("site", "")]]
        return hashed([day, *where, bare(said.get("text", ""))])

    def _where(self, line: Line, named: Area | None, site: Site | None) -> Area | None:
        """The site's own area, if it lies in the one named: it says more closely where."""
        if any(fault.key in ("area", "site") for fault in line.faults):
            return None
        area = self.names.areas[site.area_id] if site else named or self.names.areas.get(self.defaults.area)
        if not area:
            line.faults.append(Fault("area", AreaNeeded()))
        elif area.closed_at:
            self._one(line, "area", area.must_be_open)
        return area

    def _category_of(self, kind: str, said: dict[str, str]) -> str:
        text = said.get("category", "")
        if text in EMPTY:
            if not self.defaults.category:
                raise CategoryNeeded
            text = self.defaults.category
        return self._category[kind, text]

    def _severity_of(self, said: dict[str, str]) -> str:
        """Where nothing is said, the mildest: nobody is hurried by what no ledger says."""
        text = said.get("severity", "")
        if text in EMPTY:
            return self._mildest
        return self._severity[text]

    def _text(self, said: dict[str, str], site: Site | None) -> str:
        """The problem; of a site that isn't known here, its name stands before it, as no other column holds it."""
        text, place = said.get("text", ""), said.get("site", "")
        if text in EMPTY:
            return ""
        return text if site or place in EMPTY or place in text else f"{place}：{text}"

    def _past(
        self, line: Line, cell: dict[str, Cell], area: Area | None, lead: Organisation | None = None
    ) -> tuple[Past, bool]:
        """``lead``: who has it where the line doesn't say it."""
        units = self._units_of(line, area) or ([lead] if lead else [])
        timed = self._timing.of(cell, given=bool(units))
        line.faults += timed.faults
        done, passed = self._outcome(line)
        past = Past(
            **timed.told, lead=units[0] if units else None, supports=units[1:], done=done, passed=passed,
            reviewer=self._reviewer[line.said["reviewer"]] if "reviewer" in line.said else None,
        )  # fmt: skip
        if not line.faults:
            self._one(line, "lead", past.must_have_a_lead)
        return past, timed.at_day

    def _unit_called(self, line: Line, key: str, name: str, area: Area) -> Organisation | None:
        unit: Organisation | None = self._one(line, key, self._unit.__getitem__, (name, area.pk))
        return unit

    def _units_of(self, line: Line, area: Area | None) -> list[Organisation]:
        """Who is responsible, and after that who supports."""
        if not area:
            return []
        named = [(key, name) for key in UNITS if key in line.said for name in self._units[line.said[key]]]
        found = [unit for key, name in named if (unit := self._unit_called(line, key, name, area))]
        return list(dict.fromkeys(found)) if found[1:] else found

    def _outcome(self, line: Line) -> tuple[str, bool | None]:
        """What was done, and whether it is said to be closed: “nearly” and “going on for ever” stay open."""
        said = line.said
        done = "" if said.get("done", "") in EMPTY else said.get("done", "")
        closed = self._one(line, "closed", self._answer.__getitem__, said.get("closed", ""))
        result = self._one(line, "result", self._result.__getitem__, said.get("result", ""))
        state = self._state[said.get("state", "")]
        if not done and UNDER_WAY.search(said.get("closed", "")):
            done = said["closed"]
        if result is False:
            return done, False
        return done, True if closed or state == Status.CLOSED or (result and closed is None) else None

    def _result_of(self, text: str) -> bool | None:
        """A sentence is no yes and no no: what it says is kept."""
        return self._answer[text] if len(text) <= 8 else None
