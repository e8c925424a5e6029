"""The page of a sweep, and what is alike on the page of a matter."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from muster.lib.ids import uuid7
from muster.loop.matter import Matter
from muster.loop.steps import Sweep
from muster.people.role import Role
from muster.places.site import Site
from tests.cast import Cast
from tests.loop import stage
from tests.web.signed_in import signed_in


@pytest.fixture
def unseen(cast: Cast) -> Site:
    return Site.objects.create(kind="compound", name="湖畔小区", area=cast.town, organisation=cast.support)


@pytest.fixture
def matter(cast: Cast, unseen: Site) -> Matter:
    cast.finding(text="上门采样漏采 5 户")
    return stage.assigned(cast, cast.finding(text="上门采样漏采 3 户（7号楼）"))


@pytest.fixture
def swept(cast: Cast, matter: Matter) -> Sweep:
    matter.sweep(by=cast.dispatcher)
    return Sweep.objects.get()


SEES = ("chief", "dispatcher", "finder", "verifier", "reader")
BLIND = ("outsider", "administrator", "stranger", "operator", "fixer", "helper", "junior")


@pytest.mark.parametrize("who", SEES)
def test_who_sees_the_matter_sees_its_sweep(cast: Cast, swept: Sweep, who: str) -> None:
    client = signed_in(cast.people[who])
    page = client.get(f"/sweeps/{swept.pk}/").content.decode()
    assert "上门采样漏采 5 户" in page
    assert "湖畔小区" in page
    assert ("/findings/new/?" in page) == (who in ("chief", "dispatcher", "finder"))
    assert f"/sweeps/{swept.pk}/" in client.get(f"/matters/{swept.matter_id}/").content.decode()
    assert "上门采样漏采 5 户" in client.get(f"/matters/{swept.matter_id}/similar/?part=1").content.decode()


@pytest.mark.parametrize("who", BLIND)
def test_to_who_does_the_work_and_to_anyone_else_there_is_none(cast: Cast, swept: Sweep, who: str) -> None:
    client = signed_in(cast.people[who])
    for address in (f"/sweeps/{swept.pk}/", f"/matters/{swept.matter_id}/similar/"):
        assert client.get(address).status_code == 404
    page = client.get(f"/matters/{swept.matter_id}/").content.decode()
    assert "/sweeps/" not in page
    assert "/similar/" not in page


def test_taking_the_step_leads_to_its_page(cast: Cast, matter: Matter) -> None:
    act = uuid7()
    answer = signed_in(cast.dispatcher).post(f"/matters/{matter.pk}/sweep/", {"id": str(act), "area": ""})
    assert answer.headers["Location"] == f"/sweeps/{act}/"


def test_a_door_leads_to_the_intake_filled_in(cast: Cast, swept: Sweep, unseen: Site) -> None:
    client = signed_in(cast.finder)
    (row,) = client.get(f"/sweeps/{swept.pk}/").context["page"].to_visit
    asked = {name: value[0] for name, value in parse_qs(urlsplit(row.door).query).items()}
    assert asked == {"site": str(unseen.pk), "category": "testing", "severity": "critical", "text": "上门采样漏采 3 户"}
    assert "湖畔小区" in client.get(row.door).content.decode()


def test_what_was_found_since_is_told(cast: Cast, swept: Sweep, unseen: Site) -> None:
    found = cast.finding(site=unseen)
    page = signed_in(cast.chief).get(f"/sweeps/{swept.pk}/")
    assert [row.since for row in page.context["page"].to_visit] == [found]
    assert page.context["page"].looked_at == 1
    assert "湖畔小区" not in page.context["page"].copy_text


def test_nobody_is_shown_more_than_their_own_area(cast: Cast, matter: Matter) -> None:
    far = Site.objects.create(kind="compound", name="冠县小区", area=cast.elsewhere)
    there = cast.finding(area=cast.elsewhere, site=far, text="上门采样漏采 4 户")
    other = Site.objects.create(kind="compound", name="冠县新居", area=cast.elsewhere)
    matter.sweep(by=cast.dispatcher)
    cast.person("local", "headquarters", Role.READER, area=cast.town)
    swept = Sweep.objects.get()
    assert (there.pk in swept.similar, other.pk in swept.sites) == (True, True)
    page = signed_in(cast.local).get(f"/sweeps/{swept.pk}/").content.decode()
    for hidden in ("上门采样漏采 4 户", "冠县新居"):
        assert hidden not in page
    part = signed_in(cast.local).get(f"/matters/{matter.pk}/similar/?part=1").content.decode()
    assert "上门采样漏采 4 户" not in part


def test_pages_ask_the_database_few_questions(cast: Cast, swept: Sweep) -> None:
    client = signed_in(cast.chief)
    for address in (f"/sweeps/{swept.pk}/", f"/matters/{swept.matter_id}/similar/", f"/matters/{swept.matter_id}/"):
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        assert len(asked) <= 15, [query["sql"][:90] for query in asked.captured_queries]
