"""The demo city: whole, honest by its own check, and every state of the loop in it."""

from __future__ import annotations

import pytest

from muster.demo.load import NotEmpty, load
from muster.evidence.file import File
from muster.loop.audit import audit, file_faults
from muster.loop.matter import Matter
from muster.loop.state import Status
from muster.loop.steps import Evidence
from muster.people.person import Person
from muster.people.team import Team
from muster.places.area import Area
from muster.places.site import Site

pytestmark = pytest.mark.django_db


def test_the_city_stands_as_the_page_tells_it(city: tuple[str, ...]) -> None:
    assert Area.objects.filter(level="county").count() == 8
    assert Area.objects.filter(level="town").count() == 136
    assert Area.objects.filter(level="community").count() == 2408
    assert teams("371581") == {"coordination_cell": 1, "field_team": 9, "telephone_squad": 9}
    assert teams("371525") == {"inspection_team": 15, "embedded_team": 8}
    assert teams("371502") == {"inspection_team": 10}
    assert set(Matter.objects.values_list("status", flat=True)) == set(Status)
    assert 900 <= Matter.objects.count() <= 1300
    assert city
    assert Matter.objects.filter(lead__name="澄湖苑社区居委会").count() >= 5
    assert Person.objects.filter(login__startswith="demo.").count() == 9
    with pytest.raises(NotEmpty):
        load()


def test_its_record_and_its_files_are_without_fault(city: tuple[str, ...]) -> None:
    assert [str(fault) for fault in audit()] == []
    assert [str(fault) for fault in file_faults()] == []
    # Photos that nobody handed in left no rows behind, but for those that the others are copies of.
    assert File.objects.exclude(pk__in=Evidence.objects.values("file")).count() < 60


def test_every_site_lies_somewhere_and_is_answered_for(city: tuple[str, ...]) -> None:
    assert Site.objects.filter(organisation=None).count() == 0
    assert Site.objects.filter(longitude=None).count() == 0
    names = list(Site.objects.values_list("name", flat=True))
    assert len(names) == len(set(names)) > 250


def teams(county: str) -> dict[str, int]:
    kinds = list(Team.objects.filter(area=county, until=None).values_list("kind", flat=True))
    return {kind: kinds.count(kind) for kind in kinds}
