"""The register's page: for every role, its views, orders, columns and texts."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from muster.briefings.figure import FIGURES, Scope
from muster.loop.matter import Matter
from muster.web.chattext import unnamed
from muster.web.registertable import COLUMNS
from tests.cast import Cast
from tests.web.asking import few_questions
from tests.web.signed_in import signed_in

ENGLISH: dict[str, Any] = {"HTTP_ACCEPT_LANGUAGE": "en"}
DOORS = ("/matters/", "/matters/map/", "/matters/paste/")


def rows(client: Client, query: str = "") -> list[str]:
    page = client.get(f"/matters/{query}", **ENGLISH).content.decode()
    return re.findall(r'name="id" value="([0-9a-f-]{36})"', page)


@pytest.mark.parametrize("who", ["outsider", "administrator"])
def test_to_who_sees_no_matters_there_is_no_register(cast: Cast, who: str) -> None:
    client = signed_in(cast.people[who])
    for address in DOORS:
        assert client.get(address).status_code == 404
    for address in ("/matters/paste/", "/matters/views/", "/matters/views/1/", "/matters/views/1/remove/"):
        assert client.post(address).status_code == 404


@pytest.mark.parametrize(
    ("who", "sees"),
    [("chief", 3), ("dispatcher", 3), ("finder", 3), ("verifier", 3), ("reader", 3), ("operator", 1), ("fixer", 1),
     ("junior", 3), ("helper", 0), ("stranger", 0)],
)  # fmt: skip
def test_everyone_else_lists_what_they_see(cast: Cast, who: str, sees: int) -> None:
    cast.finding()
    cast.request()
    cast.finding().assign(by=cast.dispatcher, lead=cast.unit)
    client = signed_in(cast.people[who])
    assert len(rows(client)) == sees
    assert [client.get(address).status_code for address in DOORS] == [200, 200, 200]


@pytest.mark.parametrize("key", [key for key, figure in FIGURES.items() if figure.opens == "matters"])
def test_a_figure_opens_exactly_its_rows(cast: Cast, key: str) -> None:
    waits, done = cast.at_closure(), cast.closed()
    late, returned = cast.finding(), cast.finding()
    for one in (late, returned):
        one.assign(by=cast.dispatcher, lead=cast.unit)
    returned.return_(by=cast.fixer, reason="不归我们管")
    Matter.objects.filter(pk__in=[late.pk]).update(due_at=timezone.now() - timedelta(hours=1))
    done.reopen(by=cast.chief, reason="反弹")
    cast.request()
    assert waits.pk
    scope = Scope(cast.incident, cast.county)
    expected = {str(pk) for pk in FIGURES[key].rows(scope).values_list("pk", flat=True)}
    assert set(rows(signed_in(cast.chief), FIGURES[key].address(scope).partition("/matters/")[2])) == expected


def test_the_views_tell_how_many_they_list(cast: Cast) -> None:
    cast.at_closure()
    late = cast.finding()
    late.assign(by=cast.dispatcher, lead=cast.unit)
    Matter.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(hours=1))
    client = signed_in(cast.chief)
    page = client.get("/matters/?overdue=1", **ENGLISH).content.decode()
    tabs = dict(re.findall(r'<a href="/matters/\?(\w+)=1"[^>]*>[^<]+<span class="n">(\d+)</span>', page))
    assert tabs == {"overdue": "1", "due_today": "0", "waiting": "1", "returned": "0", "published": "0"}
    assert 'href="/matters/?overdue=1" aria-current="page"' in page
    assert [len(rows(client, f"?{name}=1")) for name in tabs] == [int(number) for number in tabs.values()]


def test_what_is_many_is_not_counted_to_the_end(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muster.register.views.COUNTED", 2)
    made = [cast.finding() for _n in range(2)]
    client = signed_in(cast.chief)
    assert '<b class="num">2</b>' in client.get("/matters/").content.decode()
    made.append(cast.finding())
    assert '<b class="num">2+</b>' in client.get("/matters/").content.decode()


def test_pages_follow_each_other_in_both_directions(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muster.web.register.PAGE", 2)
    made = [str(cast.finding().pk) for _n in range(5)][::-1]
    client, query, seen = signed_in(cast.chief), "", []
    for _page in range(3):
        page = client.get(f"/matters/{query}").content.decode()
        seen.append(re.findall(r'name="id" value="([0-9a-f-]{36})"', page))
        query = html.unescape((re.findall(r'rel="next" href="([^"]+)"', page) or [query])[0])
    back = html.unescape(re.findall(r'rel="prev" href="([^"]+)"', page)[0])
    assert seen == [made[:2], made[2:4], made[4:]]
    assert rows(client, back) == made[2:4]


@pytest.mark.parametrize("query", ["status=nope", "area=临青市", "q=a", "sort=up", "after=x", "column=no", "site=没有"])
def test_what_is_not_known_is_said(cast: Cast, query: str) -> None:
    cast.finding()
    answer = signed_in(cast.chief).get(f"/matters/?{query}")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_what_a_form_left_empty_is_left_out_of_the_address(cast: Cast) -> None:
    usual = "&".join(f"column={key}" for key in ("number", "problem", "place", "lead", "due", "state"))
    answer = signed_in(cast.chief).get(f"/matters/?q=&status=closed&area=&sort=newest&{usual}")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/matters/?status=closed")


def test_the_columns_are_those_that_the_address_names(cast: Cast) -> None:
    cast.closed()
    client = signed_in(cast.chief)
    page = client.get("/matters/?column=number&column=category&column=severity", **ENGLISH).content.decode()
    headings = re.findall(r"<th[^>]*>(?:<a[^>]*>)?([^<]+)", re.findall(r"<thead>.*?</thead>", page, re.S)[0])
    assert [one.strip(" ↓") for one in headings if one.strip()] == ["Number", "Category", "Severity"]
    assert "Sampling and testing" in page
    every = "&".join(f"column={key}" for key in COLUMNS)
    assert client.get(f"/matters/?{every}").status_code == 200


def test_a_row_tells_what_it_waits_for(cast: Cast) -> None:
    made = cast.finding()
    made.assign(by=cast.dispatcher, lead=cast.unit)
    made.return_(by=cast.fixer, reason="不归我们管")
    assert (
        '<span class="tag">Return pending</span>' in signed_in(cast.chief).get("/matters/", **ENGLISH).content.decode()
    )


def test_the_text_to_copy_names_nobody(cast: Cast) -> None:
    made = cast.request(text="王女士 13900000017 要降压药，身份证 37158119500101001X")
    page = signed_in(cast.operator).get("/matters/?kind=request", **ENGLISH).content.decode()
    text = html.unescape(re.findall(r'id="copy-text"[^>]*>(.*?)</textarea>', page, re.S)[0])
    assert made.number in text
    assert "http://testserver/matters/?kind=request" in text
    assert "13900000017" not in text
    assert "19500101" not in text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("电话13900000017。", "电话139****。"),
        ("WT-371581-20221205-0007", "WT-371581-20221205-0007"),
        ("3 号楼 501", "3 号楼 501"),
    ],
)
def test_numbers_of_matters_stay_and_of_people_do_not(text: str, told: str) -> None:
    assert unnamed(text) == told


def test_the_panel_shows_a_unit_no_door_that_it_can_not_open(cast: Cast) -> None:
    for who, shown in (("chief", True), ("fixer", False)):
        page = signed_in(cast.people[who]).get("/matters/").content.decode()
        assert [f'name="{name}"' in page for name in ("reporter", "team", "recurrence")] == [shown] * 3


@pytest.mark.parametrize(
    "query", ["", "?q=漏采", "?area=临清市&status=assigned&overdue=1&sort=due", "?q=chy", "?site=澄湖苑小区"]
)
def test_the_register_asks_the_database_few_questions(cast: Cast, query: str) -> None:
    for _n in range(3):
        cast.finding().assign(by=cast.dispatcher, lead=cast.unit)
    client = signed_in(cast.chief)
    client.get(f"/matters/{query}")
    with few_questions():
        client.get(f"/matters/{query}")
