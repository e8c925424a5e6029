"""Who looks at the register, when, and what of it stays hidden from who does the work."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from muster.incidents.incident import Incident
from muster.lib import clock
from muster.loop.fields import seen_under, showing_more
from muster.loop.matter import Matter, Matters
from muster.loop.sides import Hand, Party
from muster.loop.state import Side
from muster.loop.steps import Assignment
from muster.people.person import Person
from muster.people.role import Role
from muster.places.area import Area
from muster.policy.pack import Pack


@dataclass(frozen=True)
class Look:
    person: Person
    incident: Incident | None
    #: Areas that were named already, by the text that names them.
    areas: dict[str, Area] = field(default_factory=dict)

    @cached_property
    def seen(self) -> Matters:
        return Matter.objects.seen_by(self.person)

    @cached_property
    def now(self) -> datetime:
        return clock.now()

    @property
    def midnight(self) -> datetime:
        """The end of today in the incident's zone."""
        day = timezone.localtime(self.now).replace(hour=0, minute=0, second=0, microsecond=0)
        return day + timedelta(days=1)

    @cached_property
    def pack(self) -> Pack | None:
        return self.incident.pack_version().pack if self.incident else None

    @cached_property
    def aside(self) -> Q:
        """Of the matters seen, those that one doesn't see as, or below, who does the work: there it is told who found it."""
        assigned, shown = Assignment.objects.filter(ended_at=None), Q(pk__in=[])
        for grant in showing_more(self.person.grants_at()):
            if grant.role != Role.LIAISON:
                shown |= seen_under(grant, assigned)
        doer = {"matter": OuterRef("pk"), "side": Side.DOER}
        own = Party.objects.filter(**doer, organisation__in=self._above())
        return shown & ~Q(Exists(own)) & ~Q(Exists(Hand.objects.filter(**doer, person=self.person)))

    @property
    def only_does(self) -> bool:
        """Whether all that one sees is one's own organisations' work."""
        return {grant.role for grant in self.person.grants_at()} <= {Role.LIAISON}

    def within(self, field: str) -> Q:
        """That an area's path lies where the person holds any grant."""
        condition = Q(pk__in=[])
        for path in {grant.area.path for grant in self.person.grants_at()}:
            condition |= Q(**{f"{field}__startswith": path})
        return condition

    def _above(self) -> set[int]:
        """One's own organisations and all above them."""
        paths = self.person.memberships_now().values_list("organisation__path", flat=True)
        return {int(pk) for path in paths for pk in path.strip("/").split("/")}
