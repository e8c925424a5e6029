"""The page of an area's figures: who gets to it, and that every figure opens its rows."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from muster.briefings.figure import FIGURES, Scope
from muster.people.role import Role
from muster.web.charts import APART, Chart, Line, spread
from muster.web.figurepage import BESIDE, LOOP
from tests.cast import Cast
from tests.web.asking import few_questions
from tests.web.signed_in import signed_in

FIGURE = r'class="fig" href="([^"]+)">.*?class="fig-v[^"]*">([\d,.]+)'


def opened(page: str) -> dict[str, tuple[str, float]]:
    """Each figure's address and value by its key."""
    found = [(html.unescape(address), float(value.replace(",", ""))) for address, value in re.findall(FIGURE, page)]
    return {parse_qs(urlsplit(address).query)["figure"][0]: (address, value) for address, value in found}


def test_every_figure_is_the_named_one_and_opens_its_rows(cast: Cast) -> None:
    cast.closed()
    cast.finding()
    client = signed_in(cast.reader)
    shown = opened(client.get("/areas/371581/").content.decode())
    assert set(shown) == {*LOOP, *BESIDE}
    for key, (address, value) in shown.items():
        if FIGURES[key].additive:
            assert value == FIGURES[key].value(Scope(cast.incident, cast.county)), key
            page = client.get(address).content.decode()
            assert len(set(re.findall(r"/matters/([0-9a-f-]{36})/", page))) == value, key


def test_areas_below_stand_in_the_official_order(cast: Cast) -> None:
    cast.elsewhere.position, cast.county.position = 1, 2
    cast.elsewhere.save()
    cast.county.save()
    cast.finding()
    page = signed_in(cast.chief).get("/areas/371500/").content.decode()
    below = re.findall(r'scope="row" class="thin"><a href="/areas/(\d+)/"', page)
    assert below == [cast.elsewhere.pk, cast.county.pk]


def test_as_of_and_window_are_in_the_address(cast: Cast) -> None:
    before = timezone.now()
    cast.finding()
    client = signed_in(cast.chief)
    now, then = (
        opened(client.get("/areas/371581/", query).content.decode())["findings_found"][1]
        for query in ({}, {"as_of": before.isoformat()})
    )
    assert (now, then) == (1, 0)
    later = {"from": (timezone.now() + timedelta(days=1)).isoformat()}
    assert opened(client.get("/areas/371581/", later).content.decode())["findings_found"][1] == 0


def test_what_is_wrong_with_the_times_is_said_and_stays(cast: Cast) -> None:
    answer = signed_in(cast.chief).get("/areas/371581/?as_of=soon")
    assert answer.status_code == 422
    assert 'value="soon"' in answer.content.decode()
    assert 'role="alert"' in answer.content.decode()


@pytest.mark.parametrize("who", ["outsider", "stranger", "administrator", "fixer", "operator"])
def test_to_who_sees_no_area_there_is_no_page(cast: Cast, who: str) -> None:
    assert signed_in(cast.people[who]).get("/areas/371581/").status_code == 404


def test_ones_own_area_alone(cast: Cast) -> None:
    cast.person("local", "bureau", Role.READER, area=cast.county)
    client = signed_in(cast.local)
    page = client.get("/areas/371581001/").content.decode()
    assert 'href="/areas/371581/"' in page
    assert 'href="/areas/371500/"' not in page
    assert client.get("/areas/371500/").status_code == 404
    assert client.get("/areas/000000/").status_code == 404


def test_charts_are_well_formed_and_stand_as_tables(cast: Cast) -> None:
    cast.closed()
    page = signed_in(cast.chief).get("/areas/371581/").content.decode()
    charts = re.findall(r'<svg class="chart".*?</svg>', page, re.S)
    assert len(charts) == page.count('class="table by-day"') == 1
    for one in charts:
        assert ElementTree.fromstring(one).get("aria-label")


def test_it_takes_few_queries(cast: Cast) -> None:
    cast.closed()
    client = signed_in(cast.chief)
    client.get("/areas/371500/")
    with few_questions():
        client.get("/areas/371500/")


def test_labels_keep_apart() -> None:
    placed = spread([100, 100, 103])
    assert all(b - a >= APART for a, b in pairwise(placed))
    assert placed[-1] == 103 + 5


def test_the_grid_holds_every_value() -> None:
    day = timezone.localdate()
    for most in (0, 1, 7, 99, 1234, 1_000_000):
        chart = Chart("", "", [day, day], [Line("", "red", [0, most])])
        assert chart.top_value >= most
        assert chart.drawn[0].y >= 20
