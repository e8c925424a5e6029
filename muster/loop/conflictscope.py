"""Which conflicts a person gets to see, and which are theirs to settle."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from muster.loop.conflict import ARRIVALS, Conflict
from muster.loop.matter import Matter
from muster.people.person import Grant, Person
from muster.people.role import Role

GOVERN = (Role.HEADQUARTERS, Role.DISPATCHER)


def conflicts_seen_by(person: Person) -> QuerySet[Conflict]:
    """What oneself sent second, and what is one's own to settle."""
    return Conflict.objects.filter(Q(by=person) | governed_by(person))


def governed_by(person: Person) -> Q:
    """Acts on matters of the areas that one dispatches in; registrations are for the incident's headquarters."""
    governed = Q(pk__in=[])
    for grant in person.grants_at():
        if grant.role in GOVERN:
            governed |= _of(grant)
    return governed


def _of(grant: Grant) -> Q:
    here = Matter.objects.filter(pk=OuterRef("matter_id"), area_path__startswith=grant.area.path)
    acts = Q(Exists(here)) & ~Q(action__in=ARRIVALS)
    if grant.role != Role.HEADQUARTERS:
        return acts
    return acts | Q(action__in=ARRIVALS, incident__area__path__startswith=grant.area.path)
