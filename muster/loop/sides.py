"""Sides: whoever did the work stands on one side of a matter for ever, whoever checks it on the other."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection, models

from muster.loop.state import Side
from muster.people.organisation import Organisation
from muster.people.person import Person

if TYPE_CHECKING:
    from muster.loop.matter import Matter


class Party(models.Model):
    """The side an organisation stands on in one matter: first come, for ever. Insert-only."""

    pk = models.CompositePrimaryKey("matter_id", "organisation_id")
    matter: models.ForeignKey[Matter, Matter] = models.ForeignKey(
        "muster.Matter", models.PROTECT, related_name="parties"
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    side = models.TextField(choices=Side)

    class Meta:
        db_table = "party"
        constraints = [models.CheckConstraint(condition=models.Q(side__in=Side.values), name="party_side_known")]


class Hand(models.Model):
    """The side a person stands on in one matter: first come, for ever. Insert-only."""

    pk = models.CompositePrimaryKey("matter_id", "person_id")
    matter: models.ForeignKey[Matter, Matter] = models.ForeignKey("muster.Matter", models.PROTECT, related_name="hands")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    side = models.TextField(choices=Side)

    class Meta:
        db_table = "hand"
        constraints = [models.CheckConstraint(condition=models.Q(side__in=Side.values), name="hand_side_known")]


TAKE_SIDE = """
with p as (insert into party (matter_id, organisation_id, side)
             select %(matter)s, o, %(side)s from unnest(%(organisations)s::bigint[]) o on conflict do nothing)
insert into hand (matter_id, person_id, side)
  select %(matter)s, h, %(side)s from unnest(%(persons)s::bigint[]) h on conflict do nothing
"""


def take_side(matter_id: UUID, side: Side, organisations: list[int], persons: list[int]) -> None:
    """Stand on a side of a matter, if on none yet.

    Who stands on the other side stays there: the row that follows then breaks its foreign key onto the side, which is
    refused as WrongSide.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            TAKE_SIDE,
            {"matter": matter_id, "side": side.value, "organisations": organisations, "persons": persons},
        )
