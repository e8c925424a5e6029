"""Areas taken in: known by their codes; what ``muster places`` does with a file (``docs/places.md``), within one's scope."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from muster.exchange.changes import Change
from muster.exchange.directory.entry import Entry, shown, told_once
from muster.exchange.directory.names import ScopeNames
from muster.exchange.directory.vocabulary import AREAS, levels
from muster.exchange.dryrun import REFUSED
from muster.exchange.values import several
from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.people.administration import AdminAction, AdminEntry
from muster.people.person import Person
from muster.places.area import Area, Level
from muster.places.placefile import Fault, Line
from muster.places.placeplan import carry_out, planned

#: As the file of places calls columns.
KEYS = {"above": "parent_code"}


class NotAsAPlace(Refusal):
    """What the rules of places say, in their own words."""

    code = "not_as_a_place"
    status = 422
    message = said("{what}")


class OutsideYours(Refusal):
    code = "outside_your_area"
    status = 422
    message = said("This lies outside what you administer.")


class NameOfAnother(Refusal):
    code = "name_of_another"
    status = 422
    message = said("“{text}” is what {other} is called. Whoever writes it would be asked; leave it out.")


class AreasIn:
    words = AREAS

    def __init__(self, names: ScopeNames, by: Person) -> None:
        self.names, self.by, self.levels = names, by, levels()
        self.areas = Area.objects.defer("outline").in_bulk()
        self.called: dict[str, list[Area]] = defaultdict(list)
        for area in self.areas.values():
            self.called[area.name_zh].append(area)

    def judge(self, found: Sequence[Entry]) -> None:
        """Whatever has a fault is left out, and what would stand below it with it, until the others can be done."""
        lines = {number: line for number, one in enumerate(found) if (line := self._line(one, number))}
        told_once(found)
        lines = {number: line for number, line in lines.items() if not found[number].outcome}
        self._within(found, lines)
        while faults := planned(list(lines.values()), []).faults:
            for fault in faults:
                self._refuse(found[fault.row], fault)
                lines.pop(fault.row, None)
        self._settle(found, list(lines.values()))

    def _line(self, one: Entry, number: int) -> Line | None:
        """As the file of places has it; its row is its place among the entries, as several sheets may have rows."""
        told = one.said
        known = self.areas.get(told.get("code", ""))
        level = one.read("level", self._level, told) or (known.level if known else "")
        above = one.read("parent", self._above, told) or (known.parent_id if known else "") or ""
        for key in ("code", "name"):
            one.need(key, told.get(key))
        one.need("level", level)
        former = several(told.get("former", ""))
        one.read("alias", self._must_be_free, told.get("code"), several(told.get("alias", "")))
        one.read("former", self._must_be_free, told.get("code"), former)
        if one.line.faults:
            one.outcome = REFUSED
            return None
        one.thing = told["code"]
        one.told = shown({"code": told["code"], "name": told["name"], "level": Level(level).label, "parent": above})
        return Line(
            number, told["code"], above, level, told["name"], told.get("name_en", ""), tuple(several(told.get("alias", ""))),
            tuple(name for name in former if not name.isdigit()), tuple(code for code in former if code.isdigit()),
        )  # fmt: skip

    def _must_be_free(self, code: str | None, names: Sequence[str]) -> None:
        """No other name may be a code that is in use, or what a place outside the scope is called."""
        for text in names:
            others = [area for area in (*self.called.get(text, ()), self.areas.get(text)) if area and area.pk != code]
            other = next((area for area in others if area.pk == text or not self.names.scope.holds(area)), None)
            if other:
                raise NameOfAnother(text=text, other=other.place)

    def _level(self, told: dict[str, str]) -> str:
        return self.names.word("level", told["level"], self.levels) if "level" in told else ""

    def _above(self, told: dict[str, str]) -> str:
        """The code of what stands above; where only a name is said, of the one place that it names."""
        if "parent_code" in told:
            return told["parent_code"]
        return self.names.area_called(told["parent"]).pk if "parent" in told else ""

    def _within(self, found: Sequence[Entry], lines: dict[int, Line]) -> None:
        """Only what lies within the scope, or below something new that does."""
        of_code = {line.code: line for line in lines.values()}
        for number, line in list(lines.items()):
            known = self._nearest(line, of_code)
            if not known and line.above:
                continue  # What stands above isn't there: the plan says so.
            if not known or not self.names.scope.holds(known):
                found[number].refuse("code", OutsideYours())
                del lines[number]

    def _nearest(self, line: Line, of_code: dict[str, Line]) -> Area | None:
        """The area itself where it is there, else the nearest above that is."""
        seen: set[str] = set()
        while line.code not in self.areas and line.above in of_code and line.above not in seen:
            seen.add(line.above)
            line = of_code[line.above]
        return self.areas.get(line.code) or self.areas.get(line.above)

    def _refuse(self, one: Entry, fault: Fault) -> None:
        one.refuse(KEYS.get(fault.column, fault.column), NotAsAPlace(what=fault.what))

    def _settle(self, found: Sequence[Entry], lines: list[Line]) -> None:
        """What the plan says of each line. All of it is carried out at once, by the first that does anything."""
        plan, whole = planned(lines, []), _Whole(lines, self.by)
        added = {line.row for line in plan.added}
        renamed = {line.row: was for _area, was, line in plan.renamed}
        names: dict[str, list[str]] = {}
        for code, text, _kind in plan.names:
            names.setdefault(code, []).append(text)
        for line in lines:
            changes = [Change("name", renamed[line.row], line.name)] if line.row in renamed else []
            changes += [Change("alias", "", text) for text in names.get(line.code, ())]
            if line.row in added:
                found[line.row].makes(whole)
            else:
                found[line.row].changes_to(changes, whole)


class _Whole:
    """The plan, carried out once however many lines ask for it."""

    def __init__(self, lines: list[Line], by: Person) -> None:
        self.lines, self.by, self.done = lines, by, False

    def __call__(self) -> None:
        if self.done:
            return
        plan = carry_out(self.lines, [])
        if plan.faults:
            raise NotAsAPlace(what=str(plan.faults[0]))
        self.done = True
        AdminEntry.objects.bulk_create(
            [AdminEntry(action=AdminAction.AREA_ADDED, by=self.by, area_id=line.code) for line in plan.added]
            + [
                AdminEntry(action=AdminAction.AREA_RENAMED, by=self.by, area=area, text=f"{was} → {line.name}")
                for area, was, line in plan.renamed
            ]
        )
