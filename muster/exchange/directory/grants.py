"""Roles taken in: given to a person, in an area, for an organisation that the person belongs to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from django.utils import timezone

from muster.exchange.directory.entry import Entry, shown, told_once
from muster.exchange.directory.names import ScopeNames
from muster.exchange.directory.people import SeveralPersons
from muster.exchange.directory.vocabulary import GRANTS, roles
from muster.exchange.names import Question, Unclear
from muster.exchange.values import Times
from muster.lib import clock
from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.people.belonging import give
from muster.people.organisation import Organisation
from muster.people.person import Grant, Membership, Person
from muster.people.role import Role
from muster.people.scope import not_ended
from muster.places.area import Area
from muster.places.placenames import normalise
from muster.register.names import Candidate


class NobodyCalled(Refusal):
    code = "nobody_called"
    status = 422
    message = said("Nobody whom you administer is called “{text}”. Take the person in first.")


class WhoseRole(Refusal):
    code = "needed"
    status = 422
    message = said("It doesn't say whose role it is. Fill in the name or the sign-in name.")


class BelongsElsewhere(Refusal):
    code = "belongs_elsewhere"
    status = 422
    message = said("{person} doesn't belong to {organisation}. Take the person in with that organisation first.")


class ForWhich(Refusal):
    code = "needed"
    status = 422
    message = said("{person} belongs to {count} organisations of yours. Say for which one the role is held.")


class AlreadyOver(Refusal):
    code = "already_over"
    status = 422
    message = said("This moment is past. Write a later one, or none.")


class HeldUntil(Refusal):
    code = "held_until"
    message = said("This role is held there until {until}. End it first to change until when.")


class GrantsIn:
    words = GRANTS

    def __init__(self, names: ScopeNames, by: Person) -> None:
        self.names, self.by, self.roles = names, by, roles()
        self.times = Times(timezone.get_default_timezone(), clock.now())
        known = list(names.scope.people())
        self.by_login = {one.login.casefold(): one for one in known}
        self.by_name: dict[str, list[Person]] = defaultdict(list)
        for one in known:
            self.by_name[normalise(one.name)].append(one)
        self.of: dict[int, list[Organisation]] = defaultdict(list)
        held = Membership.objects.filter(names.scope.within("organisation__area__path"), until=None)
        for row in held.select_related("organisation__area").defer("organisation__area__outline"):
            self.of[row.person_id].append(row.organisation)
        self.held = {
            (one.person_id, one.role, one.area_id, one.organisation_id): one
            for one in Grant.objects.filter(not_ended())
        }

    def judge(self, found: Sequence[Entry]) -> None:
        for one in found:
            self._judge(one)
        told_once(found)

    def _judge(self, one: Entry) -> None:
        organisation = one.read("organisation", self._named, one.said)
        person = one.read("login" if "login" in one.said else "name", self._person, one.said, organisation)
        if person and not one.line.faults:
            organisation = one.read("organisation", self._held_for, person, organisation)
        role = one.read("role", self._role, one.said)
        area = one.read("area", self.names.area, one.said)
        until = one.read("until", self._until, one.said)
        one.need("role", role)
        one.need("area", area)
        if person and organisation and role and area:
            one.told = shown({"name": person, "login": person.login, "role": Role(role).label, "area": area.place,
                              "organisation": organisation})  # fmt: skip
            one.thing = (person.pk, role, area.pk, organisation.pk)
            self._give(one, person, role, area, organisation, until)

    def _give(
        self, one: Entry, person: Person, role: str, area: Area, organisation: Organisation, until: datetime | None
    ) -> None:
        there = self.held.get((person.pk, role, area.pk, organisation.pk))
        if there and "until" in one.said and _minute(until) != _minute(there.until):
            shown_until = timezone.localtime(there.until).strftime("%Y-%m-%d %H:%M") if there.until else "–"
            one.refuse("until", HeldUntil(until=shown_until))
        elif there:
            one.changes_to([], lambda: None)
        else:
            one.makes(partial(self._make, person, role, area, organisation, until))

    def _make(self, person: Person, role: str, area: Area, organisation: Organisation, until: datetime | None) -> None:
        give(Grant(person=person, role=role, area=area, organisation=organisation, until=until, given_by=self.by))

    def _named(self, said: dict[str, str]) -> Organisation | None:
        return self.names.organisation(said["organisation"], None) if "organisation" in said else None

    def _person(self, said: dict[str, str], organisation: Organisation | None) -> Person:
        """By the sign-in name, else the only one of that name, or the only one who belongs there. Raises Unclear."""
        text = said.get("login") or said.get("name")
        if not text:
            raise WhoseRole
        found = [self.by_login[text.casefold()]] if text.casefold() in self.by_login else []
        if "login" not in said:
            found = self.by_name.get(normalise(text), [])
            answer = self.names.answered("name", text).casefold()
            if answer in self.by_login:
                return self.by_login[answer]
        if len(found) > 1 and organisation:
            found = [one for one in found if organisation in self.of[one.pk]] or found
        if len(found) == 1:
            return found[0]
        choices = tuple(Candidate(one.login, f"{one.name}（{one.login}）") for one in found)
        raise Unclear(Question("name", text, SeveralPersons(text=text), choices)) if found else NobodyCalled(text=text)

    def _held_for(self, person: Person, organisation: Organisation | None) -> Organisation:
        """What it says, else the only one that the person belongs to."""
        own = self.of[person.pk]
        if organisation:
            if organisation not in own:
                raise BelongsElsewhere(person=person, organisation=organisation)
            return organisation
        if len(own) != 1:
            raise ForWhich(person=person, count=len(own))
        return own[0]

    def _role(self, said: dict[str, str]) -> str | None:
        return self.names.word("role", said["role"], self.roles) if "role" in said else None

    def _until(self, said: dict[str, str]) -> datetime | None:
        until = self.times.deadline(said["until"]) if "until" in said else None
        if until is None:
            return None
        until = until if isinstance(until, datetime) else self.times.now + until
        if until <= self.times.now:
            raise AlreadyOver
        return until


def _minute(moment: datetime | None) -> datetime | None:
    """Cells hold no more of a time."""
    return moment.replace(second=0, microsecond=0).astimezone(UTC) if moment else None
