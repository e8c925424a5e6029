"""The register on a map, and the table that says the same."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from muster.config.settings import tile_origin
from muster.loop.matter import Matter
from muster.places.area import Area
from muster.places.site import Site
from tests.cast import Cast
from tests.web.signed_in import signed_in

SQUARE = {"type": "Polygon", "coordinates": [[[115, 36], [116, 36], [116, 37], [115, 37], [115, 36]]]}


def drawing(page: str) -> dict[str, Any]:
    drawn: dict[str, Any] = json.loads(re.findall(r'id="map-data"[^>]*>(.*?)</script>', page, re.S)[0])
    return drawn


@pytest.fixture
def drawn(cast: Cast) -> Cast:
    Area.objects.filter(pk__in=[cast.county.pk, cast.elsewhere.pk]).update(outline=SQUARE)
    Site.objects.filter(pk=cast.site.pk).update(longitude=115.5, latitude=36.5)
    late = cast.finding()
    late.assign(by=cast.dispatcher, lead=cast.unit)
    Matter.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(hours=1))
    cast.request()
    return cast


def test_areas_and_sites_open_the_register_filtered(drawn: Cast) -> None:
    client = signed_in(drawn.chief)
    page = client.get("/matters/map/?kind=finding").content.decode()
    told = drawing(page)
    assert {(one["name"], one["matters"], one["shade"]) for one in told["shapes"]} == {("临清市", 1, 1), ("冠县", 0, 0)}
    (point,) = told["points"]
    assert (point["where"], point["matters"]) == ([36.5, 115.5], 1)
    for address in [one["address"] for one in told["shapes"] if one["matters"]] + [point["address"]]:
        assert "kind=finding" in address
        assert client.get(address).content.decode().count('name="id"') == 1
    assert 'href="/matters/?area=371581&amp;kind=finding"' in page


@pytest.mark.parametrize(("who", "count"), [("chief", 2), ("reader", 2), ("fixer", 1), ("operator", 1), ("helper", 0)])
def test_it_counts_what_one_sees(drawn: Cast, who: str, count: int) -> None:
    page = signed_in(drawn.people[who]).get("/matters/map/").content.decode()
    assert sum(one["matters"] for one in drawing(page)["shapes"]) == count


def test_many_sites_are_not_drawn_each_by_itself(drawn: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muster.web.mattermap.POINTS", 0)
    Area.objects.filter(pk=drawn.county.pk).update(outline=None)
    page = signed_in(drawn.chief).get("/matters/map/").content.decode()
    assert [(one["matters"], one["address"]) for one in drawing(page)["points"]] == [(2, "/matters/?area=371581")]


def test_an_area_below_is_drawn_within_what_holds_it(drawn: Cast) -> None:
    page = signed_in(drawn.chief).get(f"/matters/map/?area={drawn.town.pk}").content.decode()
    assert [one["name"] for one in drawing(page)["shapes"]] == ["临清市"]


def test_what_is_not_clear_is_asked(drawn: Cast) -> None:
    answer = signed_in(drawn.chief).get("/matters/map/?area=临青市")
    assert answer.status_code == 422
    assert "/matters/map/?area=371581" in answer.content.decode()


def test_it_asks_the_database_few_questions(drawn: Cast) -> None:
    client = signed_in(drawn.chief)
    client.get("/matters/map/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/matters/map/?area=临清市")
    assert len(asked) <= 15, [one["sql"][:90] for one in asked.captured_queries]


def test_nothing_is_loaded_from_elsewhere_unless_it_was_set(drawn: Cast) -> None:
    answer = signed_in(drawn.chief).get("/matters/map/")
    assert "http" not in answer.headers["Content-Security-Policy"]
    assert tile_origin("") == []
    assert tile_origin("https://{s}.tiles.example.org/{z}/{x}/{y}.png") == ["https://*.tiles.example.org"]
