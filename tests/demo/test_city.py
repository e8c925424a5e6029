"""The demo city: whole, honest by its own check, and every state of the loop in it."""

from __future__ import annotations

import pytest

from muster.demo.load import NotEmpty, load
from muster.loop.audit import audit
from muster.loop.matter import Matter
from muster.loop.state import Status
from muster.people.person import Person
from muster.people.team import Team
from muster.places.area import Area

STATES = {Status.REGISTERED, Status.ASSIGNED, Status.ACCEPTED, Status.IN_PROGRESS, Status.CLOSURE_REQUESTED}


@pytest.mark.django_db
def test_the_city_stands_as_the_page_tells_it() -> None:
    links = load()
    assert Area.objects.filter(level="county").count() == 8
    assert Area.objects.filter(level="town").count() == 136
    assert Area.objects.filter(level="community").count() == 2408
    assert teams("371581") == {"coordination_cell": 1, "field_team": 9, "telephone_squad": 9}
    assert teams("371525") == {"inspection_team": 15, "embedded_team": 8}
    assert teams("371502") == {"inspection_team": 10}
    assert STATES | {Status.CLOSED, Status.VOID, Status.MERGED} <= set(Matter.objects.values_list("status", flat=True))
    assert 100 <= Matter.objects.count() <= 150
    assert [str(fault) for fault in audit()] == []
    assert links
    assert Matter.objects.filter(lead__name="澄湖苑社区居委会").count() >= 5
    assert Person.objects.filter(login__startswith="demo.").count() == 9
    with pytest.raises(NotEmpty):
        load()


def teams(county: str) -> dict[str, int]:
    kinds = list(Team.objects.filter(area=county, until=None).values_list("kind", flat=True))
    return {kind: kinds.count(kind) for kind in kinds}
