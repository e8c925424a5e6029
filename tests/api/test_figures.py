"""Figures by the API: for who sees all of an area by role, and for nobody else."""

from __future__ import annotations

import pytest

from muster.briefings.figure import FIGURES
from muster.people.role import Role
from tests.cast import Cast
from tests.web.signed_in import signed_in


@pytest.mark.parametrize("who", ["chief", "dispatcher", "finder", "verifier", "reader"])
def test_who_sees_the_area_reads_its_figures(cast: Cast, who: str) -> None:
    cast.finding()
    told = signed_in(cast.people[who]).get("/api/figures").json()
    assert [one["key"] for one in told] == list(FIGURES)
    assert (told[0]["value"], told[0]["area"]) == (1, cast.city.pk)


@pytest.mark.parametrize("who", ["outsider", "stranger", "administrator", "fixer", "operator"])
def test_to_anyone_else_there_are_none(cast: Cast, who: str) -> None:
    cast.finding()
    client = signed_in(cast.people[who])
    for address in ("/api/figures", "/api/figures?area=nowhere", "/api/figures/findings_found/matters"):
        assert client.get(address).status_code == 404


def test_another_countys_figures_do_not_exist(cast: Cast) -> None:
    cast.person("local", "bureau", Role.READER, area=cast.county)
    client = signed_in(cast.local)
    assert client.get("/api/figures").json()[0]["area"] == cast.county.pk
    assert client.get(f"/api/figures?area={cast.town.pk}").status_code == 200
    for area in (cast.city.pk, cast.elsewhere.pk):
        assert client.get(f"/api/figures?area={area}").status_code == 404
        assert client.get(f"/api/figures/overdue/matters?area={area}").status_code == 404


def test_a_figure_opens_exactly_its_matters_page_by_page(cast: Cast) -> None:
    made = [str(cast.finding().pk) for _n in range(3)]
    cast.request()
    client, address = signed_in(cast.chief), "/api/figures/findings_found/matters?limit=2"
    first = client.get(address).json()
    rest = client.get(f"{address}&after={first['after']}").json()
    assert [one["id"] for one in first["items"] + rest["items"]] == made[::-1]
    assert rest["after"] is None


def test_what_is_not_clear_is_asked_back(cast: Cast) -> None:
    client = signed_in(cast.chief)
    for query, code in (
        ("as_of=soon", "unclear_time"),
        ("from=2022-12-06&to=2022-12-05", "window_empty"),
        ("area=临青市", "unknown_place"),
    ):
        answer = client.get(f"/api/figures?{query}")
        assert (answer.status_code, answer.json()["code"]) == (422, code)


@pytest.mark.parametrize("key", ["no_such", "field_teams"])
def test_what_counts_no_matters_opens_none(cast: Cast, key: str) -> None:
    assert signed_in(cast.chief).get(f"/api/figures/{key}/matters").status_code == 404
