"""What an administrator acts within. Whatever lies outside doesn't exist for them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from muster.incidents.incident import Incident
from muster.people.organisation import Organisation
from muster.people.person import Grant, Membership, Person
from muster.people.role import Role
from muster.people.team import Team
from muster.places.area import Area
from muster.places.site import Site


@dataclass(frozen=True)
class Scope:
    """The areas of a person's administrator grants (or of other roles), none within another, each with all below it."""

    person: Person
    areas: tuple[Area, ...]

    @classmethod
    def of(cls, person: Person, *roles: Role) -> Scope:
        held = {
            grant.area_id: grant.area for grant in person.grants_at() if grant.role in (roles or (Role.ADMINISTRATOR,))
        }
        top = (one for one in held.values() if not held.keys() & set(one.codes[:-1]))
        return cls(person, tuple(sorted(top, key=lambda area: area.path)))

    def holds(self, area: Area) -> bool:
        return any(own.holds(area.path) for own in self.areas)

    def within(self, field: str) -> Q:
        """The condition that an area's path, reached by this field, lies in the scope."""
        condition = Q(pk__in=[])
        for area in self.areas:
            condition |= Q(**{f"{field}__startswith": area.path})
        return condition

    @cached_property
    def names(self) -> str:
        return "、".join(area.name for area in self.areas)

    def all_areas(self) -> QuerySet[Area]:
        return Area.objects.filter(self.within("path")).defer("outline")

    def organisations(self) -> QuerySet[Organisation]:
        return Organisation.objects.filter(self.within("area__path"))

    def sites(self) -> QuerySet[Site]:
        return Site.objects.filter(self.within("area__path")).defer("outline")

    def teams(self) -> QuerySet[Team]:
        """Teams of organisations here: those answer for them, wherever the team works."""
        return Team.objects.filter(self.within("organisation__area__path"))

    def people(self) -> QuerySet[Person]:
        """Who belongs to an organisation here, or did before they belonged nowhere: else nobody could take them back."""
        here = Membership.objects.filter(self.within("organisation__area__path"), person=OuterRef("pk"))
        anywhere = Membership.objects.filter(person=OuterRef("pk"), until=None)
        return Person.objects.filter(Exists(here.filter(until=None)) | Exists(here) & ~Exists(anywhere))

    def incidents(self) -> QuerySet[Incident]:
        """Those of the scope, and those of a larger area that one belongs to; the latest first."""
        above = {code for area in self.areas for code in area.codes}
        rows = Incident.objects.filter(self.within("area__path")) | Incident.objects.filter(area__in=above)
        return rows.select_related("area").defer("area__outline").order_by("-started_at", "-pk")

    def controls(self, person: Person) -> bool:
        """Whether all that a person belongs to and may do lies here.

        Who else set their password could act elsewhere in their name.
        """
        elsewhere = person.memberships.filter(until=None).exclude(self.within("organisation__area__path"))
        beyond = person.grants.filter(not_ended()).exclude(self.within("area__path"))
        return not elsewhere.exists() and not beyond.exists()

    def may_end(self, grant: Grant) -> bool:
        return self.holds(grant.area)


def not_ended() -> Q:
    """Grants in force, and those that are still to begin."""
    return Q(until=None) | Q(until__gt=timezone.now())
