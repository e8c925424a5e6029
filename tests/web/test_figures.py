"""The page of figures, the teams behind a figure, and the register of what a figure counts."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from muster.briefings.figure import FIGURES, Scope
from muster.people.role import Role
from muster.people.team import Team
from tests.cast import Cast
from tests.web.signed_in import signed_in

ENGLISH: dict[str, Any] = {"HTTP_ACCEPT_LANGUAGE": "en"}


def test_every_figure_opens_its_rows(cast: Cast) -> None:
    cast.closed()
    Team.objects.create(kind="field_team", name="一组", area=cast.county, organisation=cast.unit)
    client = signed_in(cast.chief)
    page = client.get("/figures/", **ENGLISH).content.decode()
    links = [html.unescape(link) for link in re.findall(r'class="n value"><a href="([^"]+)"', page)]
    assert len(links) == len(FIGURES)
    for link, figure in zip(links, FIGURES.values(), strict=True):
        opened = client.get(link, **ENGLISH)
        assert opened.status_code == 200
        assert str(figure.name) in opened.content.decode()
        assert str(figure.definition) in html.unescape(page)


@pytest.mark.parametrize("who", ["outsider", "stranger", "administrator", "fixer", "operator"])
def test_to_who_sees_no_area_there_is_no_such_page(cast: Cast, who: str) -> None:
    client = signed_in(cast.people[who])
    for address in ("/figures/", "/figures/teams/?figure=field_teams"):
        assert client.get(address).status_code == 404
    assert 'href="/figures/"' not in client.get("/me").content.decode()


def test_one_sees_the_figures_of_ones_own_area_alone(cast: Cast) -> None:
    cast.finding()
    cast.person("local", "bureau", Role.READER, area=cast.elsewhere)
    client = signed_in(cast.local)
    assert cast.elsewhere.name_en in client.get("/figures/", **ENGLISH).content.decode()
    assert client.get("/figures/?area=371581").status_code == 404
    assert client.get("/figures/teams/?figure=field_teams&area=371581").status_code == 404


def test_what_was_typed_stays_and_is_asked_about(cast: Cast) -> None:
    answer = signed_in(cast.chief).get("/figures/?area=临青市&as_of=soon")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "临清市" in page
    assert 'value="soon"' in page


def test_the_text_to_copy_leads_back_to_this_moment(cast: Cast) -> None:
    cast.finding()
    client = signed_in(cast.chief)
    text = html.unescape(
        re.findall(r"<textarea[^>]*>(.*?)</textarea>", client.get("/figures/").content.decode(), re.S)[0]
    )
    lines = text.splitlines()
    assert lines[1].endswith(": 1 个问题") or lines[1].endswith(": 1 项问题") or ": 1 " in lines[1]
    assert "as_of=" in lines[-1]
    cast.finding()
    again = client.get(lines[-1].replace("http://testserver", "")).content.decode()
    assert lines[1] in html.unescape(again)


def listed(page: str) -> set[str]:
    return set(re.findall(r"/matters/([0-9a-f-]{36})/", page))


def test_the_register_lists_exactly_what_a_figure_counts(cast: Cast) -> None:
    made = cast.finding()
    before = timezone.now()
    made.reclassify(by=cast.dispatcher, area=cast.elsewhere, reason="地址有误")
    cast.finding()
    scope = Scope(cast.incident, cast.county, before)
    address = FIGURES["findings_found"].address(scope)
    page = signed_in(cast.chief).get(address, **ENGLISH).content.decode()
    assert listed(page) == {str(made.pk)}
    assert re.search(r"Figure: Findings found, Linqing[^,]*, as of [-\d]+ [:\d]+: 1<", page)


def test_a_figure_shows_nobody_more_than_they_see(cast: Cast) -> None:
    seen = cast.finding()
    seen.assign(by=cast.dispatcher, lead=cast.unit)
    cast.finding()
    query = "/matters/?" + urlencode({"figure": "findings_found", "area": cast.city.pk})
    page = signed_in(cast.fixer).get(query, **ENGLISH).content.decode()
    assert listed(page) == {str(seen.pk)}
    assert ": 1<" in page
    assert listed(signed_in(cast.outsider).get(query).content.decode()) == set()


@pytest.mark.parametrize(
    "query", ["figure=no_such", "figure=field_teams", "figure=overdue&as_of=soon", "figure=overdue&area=x"]
)
def test_what_is_not_clear_lists_nothing_and_says_so(cast: Cast, query: str) -> None:
    cast.finding()
    page = signed_in(cast.chief).get(f"/matters/?{query}").content.decode()
    assert listed(page) == set()
    assert 'role="alert"' in page


def test_further_filters_keep_the_figure(cast: Cast) -> None:
    kept, _other = cast.finding(category="testing"), cast.finding(category="gates")
    query = {
        "figure": "findings_found",
        "area": cast.city.pk,
        "category": "testing",
        "as_of": timezone.now().isoformat(),
    }
    page = signed_in(cast.chief).get("/matters/?" + urlencode(query)).content.decode()
    assert listed(page) == {str(kept.pk)}
    assert '<input type="hidden" name="figure" value="findings_found">' in page


def test_the_teams_behind_a_figure(cast: Cast) -> None:
    now = timezone.now()
    for name, until in (("一组", None), ("二组", now - timedelta(hours=1))):
        Team.objects.create(
            kind="field_team", name=name, area=cast.county, organisation=cast.unit,
            from_at=now - timedelta(days=1), until=until,
        )  # fmt: skip
    client = signed_in(cast.reader)
    page = client.get("/figures/teams/?figure=field_teams").content.decode()
    assert ("一组" in page, "二组" in page) == (True, False)
    assert client.get("/figures/teams/?figure=overdue").status_code == 404
