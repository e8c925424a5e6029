"""Organisations taken in: known by their name in their area; what one is part of may stand in the same list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from muster.exchange.directory.entry import Entry, change, shown, told_once
from muster.exchange.directory.names import ScopeNames
from muster.exchange.directory.sites import LONGEST, TooLong
from muster.exchange.directory.vocabulary import ORGANISATIONS, kind_by_name, organisation_kinds
from muster.exchange.names import Unclear
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
        known = names.scope.organisations().select_related("parent")
        self.known = {(one.area_id, normalise(one.name)): one for one in known}
        self.made: dict[int, Organisation] = {}
        self.parents: dict[int, Parent] = {}

    def judge(self, found: Sequence[Entry]) -> None:
        """In the order in which they can be made: what another is part of comes first."""
        here = {normalise(one.said.get("name", "")): one for one in reversed(found)}
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

    def _judge(self, one: Entry, here: dict[str, Entry]) -> None:
        name, area = one.said.get("name", ""), one.read("area", self.names.area, one.said)
        kind = one.read("kind", self._kind, one.said)
        parent = one.read("parent", self._parent, one, area, here)
        one.need("name", name)
        one.need("area", area)
        if len(name) > LONGEST:
            one.refuse("name", TooLong(most=LONGEST))
        there = self.known.get((area.pk, normalise(name))) if area else None
        one.thing = (area.pk if area else "", normalise(name))
        label = str(OrganisationKind(kind).label) if kind else ""
        above = parent.said.get("name") if isinstance(parent, Entry) else parent
        one.told = shown({"name": name, "area": area.place if area else "", "kind": label, "parent": above})
        if not there:
            one.need("kind", kind)
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

    def _parent(self, one: Entry, area: Area | None, here: dict[str, Entry]) -> Parent:
        text = one.said.get("parent", "")
        if not text:
            return None
        try:
            return self.names.organisation(text, area, "parent")
        except Unclear as unclear:
            other = here.get(normalise(text))
            if (other and not unclear.question.choices) or (other and not self._known_as(text)):
                return other
            raise

    def _known_as(self, text: str) -> bool:
        return any(name == normalise(text) for _area, name in self.known)
