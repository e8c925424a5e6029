"""Links to walls: made, listed and ended by headquarters, each for what lies in their own area."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from muster.briefings.wall import Wall
from muster.people.role import Role
from tests.cast import Cast
from tests.web.signed_in import signed_in

TYPED = {"name": "会商室左屏", "area": "临清市", "language": "zh-hans", "theme": "dark"}


def typed(**changes: str) -> dict[str, str]:
    return {**TYPED, "last_day": str(timezone.localdate() + timedelta(days=7)), **changes}


@pytest.fixture
def chief(cast: Cast) -> Client:
    return signed_in(cast.chief)


def test_a_link_is_shown_once_and_opens_the_wall(cast: Cast, chief: Client) -> None:
    page = chief.post("/walls/new/", typed()).content.decode()
    found = re.search(r"<code>(http://testserver(/wall/[^<]+))</code>", page)
    assert found
    assert Client().get(html.unescape(found[2])).status_code == 200
    made = Wall.objects.get()
    assert (made.area, made.made_by, made.name) == (cast.county, cast.chief, "会商室左屏")
    listed = chief.get("/walls/").content.decode()
    assert "会商室左屏" in listed
    assert found[2] not in listed


@pytest.mark.parametrize(
    "change", [{"name": ""}, {"area": "临青市"}, {"last_day": "2020-01-01"}, {"last_day": "2999-01-01"}]
)
def test_what_is_refused_stays_as_it_was_typed(chief: Client, change: dict[str, str]) -> None:
    answer = chief.post("/walls/new/", typed(**change))
    assert answer.status_code == 422
    assert not Wall.objects.exists()
    for value in typed(**change).values():
        assert value in answer.content.decode()


def test_it_can_be_revoked(cast: Cast, chief: Client) -> None:
    chief.post("/walls/new/", typed())
    made = Wall.objects.get()
    chief.post(f"/walls/{made.pk}/revocation/")
    made.refresh_from_db()
    assert made.revoked_by == cast.chief
    assert not made.open
    assert f"/walls/{made.pk}/revocation/" not in chief.get("/walls/").content.decode()


@pytest.mark.parametrize(
    "who", ["outsider", "dispatcher", "finder", "verifier", "operator", "fixer", "reader", "administrator"]
)
def test_only_headquarters_has_them(cast: Cast, who: str) -> None:
    client = signed_in(cast.people[who])
    for address in ("/walls/", "/walls/new/"):
        assert client.get(address).status_code == 404
    assert client.post("/walls/1/revocation/").status_code == 404
    assert 'href="/walls/"' not in client.get("/figures/").content.decode()


def test_another_countys_walls_dont_exist(cast: Cast, chief: Client) -> None:
    chief.post("/walls/new/", typed())
    cast.person("local", "bureau", Role.HEADQUARTERS, area=cast.elsewhere)
    local = signed_in(cast.local)
    assert "会商室左屏" not in local.get("/walls/").content.decode()
    assert local.post(f"/walls/{Wall.objects.get().pk}/revocation/").status_code == 404
    assert local.post("/walls/new/", typed()).status_code == 422
