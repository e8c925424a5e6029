"""The page of an organisation's figures: for its liaisons and for who reads the area; its rows are what it counts."""

from __future__ import annotations

import re

import pytest

from muster.people.role import Role
from tests.cast import Cast
from tests.web.signed_in import signed_in
from tests.web.test_areas import opened


def address(cast: Cast, key: str) -> str:
    return f"/organisations/{cast.organisations[key].pk}/figures/"


@pytest.mark.parametrize("who", ["chief", "fixer"])
def test_it_counts_what_was_given_to_it_and_opens_that(cast: Cast, who: str) -> None:
    cast.closed()
    cast.at_closure()
    cast.finding().assign(by=cast.dispatcher, lead=cast.support)
    client = signed_in(cast.people[who])
    shown = opened(client.get(address(cast, "unit")).content.decode())
    assert {key: shown[key][1] for key in ("findings_found", "findings_rectified", "findings_closed", "overdue")} == {
        "findings_found": 2, "findings_rectified": 2, "findings_closed": 1, "overdue": 0,
    }  # fmt: skip
    listed = client.get(shown["findings_found"][0]).content.decode()
    assert len(set(re.findall(r"/matters/([0-9a-f-]{36})/", listed))) == 2
    assert "unit" in re.findall(r'class="of-figure">([^<]+)', listed)[0]


def test_what_is_below_counts_with_it(cast: Cast) -> None:
    cast.closed()
    page = signed_in(cast.reader).get(address(cast, "bureau")).content.decode()
    assert opened(page)["findings_found"][1] == 1


def test_what_it_found_itself_stands_apart(cast: Cast) -> None:
    cast.person("own", "crew", Role.INSPECTOR)
    cast.finding(by=cast.own).assign(by=cast.dispatcher, lead=cast.unit)
    cast.finding().assign(by=cast.dispatcher, lead=cast.unit)
    page = signed_in(cast.fixer).get(address(cast, "unit")).content.decode()
    assert re.search(r'findings_self_reported[^>]*>[^<]+</a><span class="num">1<', page)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("chief", 200), ("reader", 200), ("finder", 200), ("fixer", 200), ("helper", 404), ("stranger", 404),
        ("outsider", 404), ("administrator", 404), ("operator", 404),
    ],
)  # fmt: skip
def test_who_gets_to_it(cast: Cast, who: str, status: int) -> None:
    client = signed_in(cast.people[who])
    assert client.get(address(cast, "unit")).status_code == status
    assert client.get(f"/figures/?area=371500&organisation={cast.unit.pk}").status_code == status
    assert client.get(f"/api/figures?area=371500&organisation={cast.unit.pk}").status_code == status
    assert client.get("/organisations/999999/figures/").status_code == 404


def test_a_liaison_has_no_figures_of_the_area(cast: Cast) -> None:
    client = signed_in(cast.fixer)
    assert client.get("/figures/").status_code == 404
    assert client.get("/figures/?organisation=999999").status_code in (404, 422)
    assert client.get("/figures/?area=371500").status_code == 404


def test_the_reader_of_another_county_sees_only_what_it_does_there(cast: Cast) -> None:
    cast.person("local", "other", Role.READER, area=cast.elsewhere)
    client = signed_in(cast.local)
    assert client.get(address(cast, "bureau")).status_code == 404
    cast.finding(area=cast.elsewhere, site=None).assign(by=cast.dispatcher, lead=cast.unit)
    assert opened(client.get(address(cast, "bureau")).content.decode())["findings_found"][1] == 1


def test_ones_own_page_leads_there(cast: Cast) -> None:
    assert f'href="{address(cast, "unit")}"' in signed_in(cast.fixer).get("/me").content.decode()
