"""Organisations taken in: known by their name in their area; what one is part of may stand in the same list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial

from muster.exchange.directory.entry import Entry, Known, change, shown, told_once
from muster.exchange.directory.names import ScopeNames, spelled, spellings_of
from muster.exchange.directory.sites import LONGEST, TooLong
from muster.exchange.directory.vocabulary import ORGANISATIONS, kind_by_name, organisation_kinds
from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.people.organisation import Organisation, OrganisationKind
from muster.people.person import Person
from muster.places.area import Area
from muster.places.placenames import normalise

Parent = Organisation | Entry | None


class ParentStands(Refusal):
    code = "parent_stands"
    message = said("It is part of “{there}” here, and what it is part of doesn't change. Add a new one instead.")


class PartsInACircle(Refusal):
    code = "parts_in_a_circle"
    status = 422
    message = said("What it is part of is part of it. Correct one of the two.")


class PartOfRefused(Refusal):
    code = "part_of_refused"
    status = 422
    message = said("It is part of row {row}, which is refused. Correct that one first.")


class OrganisationsIn:
    words = ORGANISATIONS

    def __init__(self, names: ScopeNames, by: Person) -> None:
        self.names, self.kinds = names, organisation_kinds()
        known = names.scope.organisations().select_related("parent__area").defer("parent__area__outline")
        self.known = Known(known)
        self.areas: dict[int, Area] = {}
        self.made: dict[int, Organisation] = {}
        self.parents: dict[int, Parent] = {}

    def judge(self, found: Sequence[Entry]) -> None:
        """In the order in which they can be made: what another is part of comes first."""
        here: dict[str, list[Entry]] = defaultdict(list)
        for one in found:
            self._place(one, here)
        for one in found:
            self._judge(one, here)
        told_once(found)
        for one in found:
            if any(above is one for above in self._above(one)):
                one.refuse("parent", PartsInACircle())
        for one in found:
            one.depth = sum(1 for _above in self._above(one))
            refused = next((above for above in self._above(one) if above.line.faults), None)
            if refused and not one.line.faults:
                one.refuse("parent", PartOfRefused(row=refused.line.number))

    def _place(self, one: Entry, here: dict[str, list[Entry]]) -> None:
        """Where it is, and how other lines may write it."""
        name, area = one.said.get("name", ""), one.read("area", self.names.area, one.said)
        if area:
            self.areas[id(one)] = area
        for text in {normalise(way) for way in (spellings_of(name, area) if area else [name])}:
            here[text].append(one)

    def _judge(self, one: Entry, here: dict[str, list[Entry]]) -> None:
        name, area = one.said.get("name", ""), self.areas.get(id(one))
        there = self.known.find(area, name)
        kind = one.read("kind", self._kind, one.said)
        parent = one.read("parent", self._parent, one, there, here)
        one.need("name", name)
        one.need("area", area)
        if len(name) > LONGEST:
            one.refuse("name", TooLong(most=LONGEST))
        one.thing = there.pk if there else (area.pk if area else "", name)
        label = str(OrganisationKind(kind).label) if kind else ""
        above = parent.said.get("name") if isinstance(parent, Entry) else parent
        one.told = shown({"name": name, "area": area.place if area else "", "kind": label, "parent": above})
        if not there:
            one.need("kind", kind)
            if area:
                one.makes(partial(self._make, one, name, kind, area))
            self.parents[id(one)] = parent
            return
        self.made[id(one)] = there
        if "parent" in one.said and parent != there.parent and not one.line.faults:
            one.refuse("parent", ParentStands(there=there.parent or "–"))
        told = kind if "kind" in one.said and kind else there.kind
        changes = change("kind", there.get_kind_display(), OrganisationKind(told).label)
        one.changes_to(changes, partial(Organisation.objects.filter(pk=there.pk).update, kind=told))

    def _make(self, one: Entry, name: str, kind: str, area: Area) -> None:
        parent = self.parents[id(one)]
        if isinstance(parent, Entry) and id(parent) not in self.made:
            raise PartOfRefused(row=parent.line.number)
        above = self.made[id(parent)] if isinstance(parent, Entry) else parent
        self.made[id(one)] = Organisation.add(name, kind, area, above)

    def _above(self, one: Entry) -> Iterator[Entry]:
        """The lines of which it is part, the nearest first; each once, as they may lead back."""
        seen: set[int] = set()
        parent = self.parents.get(id(one))
        while isinstance(parent, Entry) and id(parent) not in seen:
            seen.add(id(parent))
            yield parent
            parent = self.parents.get(id(parent))

    def _kind(self, said: dict[str, str]) -> str | None:
        """Where it isn't said, as the name tells it."""
        if "kind" in said:
            return self.names.word("kind", said["kind"], self.kinds)
        return kind_by_name(said.get("name", "")) or None

    def _parent(self, one: Entry, there: Organisation | None, here: dict[str, list[Entry]]) -> Parent:
        """What our own list says is no news, even of a body outside the scope; else one that is there, or a line of this list:
        the nearest above the area or in it. Raises Unclear."""
        text, area = one.said.get("parent", ""), self.areas.get(id(one))
        if not text:
            return None
        if there and there.parent and text in spelled(there.parent):
            return there.parent
        lines = [other for other in here.get(normalise(text), []) if not self.known.find(*self._where(other))]
        near = [other for other in lines if self._above_of(other, area)]
        deepest = max((len(self.areas[id(other)].path) for other in near), default=0)
        nearest = [other for other in near if len(self.areas[id(other)].path) == deepest]
        if len(nearest) == 1 and not self.names.near(text, area):
            return nearest[0]
        if len(lines) == 1 and not self.names.knows(text):
            return lines[0]
        return self.names.organisation(text, area, "parent")

    def _where(self, one: Entry) -> tuple[Area | None, str]:
        return self.areas.get(id(one)), one.said.get("name", "")

    def _above_of(self, other: Entry, area: Area | None) -> bool:
        there = self.areas.get(id(other))
        return bool(there and area and there.holds(area.path))
