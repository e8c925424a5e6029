"""The wall: what it shows to whom, that it names no person, and that its numbers are the figures'."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone

from muster.briefings import board
from muster.briefings.figure import FIGURES, Scope
from muster.briefings.wall import Wall
from muster.loop.freeze import recorded_as
from muster.loop.matter import Matter
from muster.people.role import Role
from muster.web.boardpage import sparkline, told
from muster.web.mapping import drawing
from tests.cast import Cast
from tests.loop import stage
from tests.web.asking import few_questions
from tests.web.signed_in import signed_in

OUTLINES = {
    "371581": [[115.5, 36.6], [115.9, 36.6], [115.9, 37.0], [115.5, 37.0], [115.5, 36.6]],
    "371525": [[115.2, 36.6], [115.5, 36.6], [115.5, 37.0], [115.2, 37.0], [115.2, 36.6]],
}
VALUES = r'class="wfig-v[^"]*">(?:<a href="([^"]+)">)?([\d,]+)'


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    board.forget()
    drawing.cache_clear()
    yield
    board.forget()
    drawing.cache_clear()


@pytest.fixture
def drawn(cast: Cast) -> Cast:
    for area in (cast.county, cast.elsewhere):
        area.outline = {"type": "Polygon", "coordinates": [OUTLINES[area.pk]]}
        area.save()
    return cast


@pytest.fixture
def late(drawn: Cast) -> Matter:
    """A finding a day past its deadline."""
    start = stage.in_exercise(drawn)
    with recorded_as(start):
        return stage.assigned(drawn, drawn.finding(text="张三（13812345678）家漏采，住 2单元501室，电话 138 1234 5678"))


def link(cast: Cast, **changes: object) -> str:
    fields = {"name": "会商室", "area": cast.city, "made_by": cast.chief, "until": timezone.now() + timedelta(days=1)}
    made = Wall(**{**fields, **changes})
    token = made.give_token()
    made.save()
    return f"/wall/{token}/"


def test_the_numbers_are_the_figures_and_open_their_rows(cast: Cast, late: Matter) -> None:
    cast.closed(cast.finding())
    client = signed_in(cast.chief)
    page = client.get("/wall/").content.decode()
    shown = [(html.unescape(address), int(value)) for address, value in re.findall(VALUES, page)]
    scope = Scope(cast.incident, cast.city)
    assert [value for _address, value in shown] == [FIGURES[key].value(scope) for key in board.SHOWN]
    for address, value in shown:
        listed = re.findall(r'class="told"><a href="/matters/([0-9a-f-]{36})/', client.get(address).content.decode())
        assert len(set(listed)) == value, address
    assert f"/matters/{late.pk}/" in page


def test_the_kiosk_has_no_link_and_no_person(cast: Cast, late: Matter) -> None:
    request = cast.request(text="我是李四，住2号楼", caller=None)
    request.assign(by=cast.dispatcher, lead=cast.unit)
    Matter.objects.filter(pk=request.pk).update(due_at=timezone.now() - timedelta(days=200))
    page = Client().get(link(cast)).content.decode()
    assert "<a " not in page
    assert str(late.pk) not in page
    for person in [*cast.people.values()]:
        assert person.login not in page
    assert not re.search(r"1\d{2}\s?\d{4}\s?\d{4}|501|李四|2号楼", page)
    assert "unit" in page


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("漏采 3 户", "漏采 3 户"),
        ("业主群公布姓名（3、4号楼）", "业主群公布姓名"),
        ("电话 138 1234 5678 无人接", "电话  无人接"),
        ("身份证 371502-19900101-1234", "身份证"),
        ("住501室", "住"),
        ("（3号楼）", "采样检测"),
    ],
)
def test_titles_lose_what_points_at_a_household(cast: Cast, text: str, title: str) -> None:
    from django.utils import translation

    with translation.override("zh-hans"):
        assert told(cast.finding(text=text)) == title


@pytest.mark.parametrize("who", ["outsider", "stranger", "administrator", "fixer", "operator"])
def test_to_who_sees_no_area_there_is_no_wall(cast: Cast, who: str) -> None:
    assert signed_in(cast.people[who]).get("/wall/").status_code == 404


def test_a_reader_sees_the_wall_of_the_own_area_alone(cast: Cast) -> None:
    cast.person("local", "bureau", Role.READER, area=cast.elsewhere)
    client = signed_in(cast.local)
    assert client.get("/wall/").status_code == 200
    assert client.get("/wall/?area=371525").status_code == 200
    assert client.get("/wall/?area=371581").status_code == 404
    assert client.get("/wall/?area=no such place").status_code == 404


def test_without_an_account_one_is_led_to_sign_in(cast: Cast) -> None:
    assert Client().get("/wall/").status_code == 302


def test_a_link_that_was_revoked_or_ended_or_never_was_opens_nothing(cast: Cast) -> None:
    address = link(cast)
    assert Client().get(address).status_code == 200
    Wall.objects.get().revoke(cast.chief)
    assert Client().get(address).status_code == 404
    past = link(cast, made_at=timezone.now() - timedelta(days=2), until=timezone.now() - timedelta(days=1))
    assert Client().get(past).status_code == 404
    assert Client().get("/wall/nothing/").status_code == 404


def test_only_a_hash_of_the_token_is_kept(cast: Cast) -> None:
    token = link(cast).split("/")[2]
    row = Wall.objects.values().get()
    assert token not in map(str, row.values())


def test_the_screen_is_noted_once_a_minute(cast: Cast) -> None:
    address = link(cast)
    Client().get(address)
    first = Wall.objects.get().seen_at
    assert first
    Client().get(address)
    assert Wall.objects.get().seen_at == first


@pytest.mark.parametrize(("language", "word"), [("en", "Checks overdue"), ("zh-hans", "核验超期")])
def test_it_speaks_the_language_and_has_the_colours_of_its_link(cast: Cast, language: str, word: str) -> None:
    page = Client().get(link(cast, language=language, theme="light"), HTTP_ACCEPT_LANGUAGE="fr").content.decode()
    assert word in page
    assert f'lang="{language}"' in page
    assert 'data-theme="light"' in page


def test_what_the_screen_fetches_is_the_board_alone(cast: Cast, late: Matter) -> None:
    part = Client().get(link(cast) + "?part=1").content.decode()
    assert "data-as-of" in part
    assert "<html" not in part


def test_drawings_are_well_formed(cast: Cast, late: Matter) -> None:
    page = signed_in(cast.reader).get("/wall/").content.decode()
    drawings = re.findall(r'<svg class="(?:map|spark)".*?</svg>', page, re.S)
    assert len(drawings) == 1 + len(board.SHOWN)
    for one in drawings:
        ElementTree.fromstring(one)
    assert drawings[-1].count("<path") == 2


def test_an_area_whose_parts_have_no_outline_is_listed(cast: Cast) -> None:
    cast.finding()
    page = signed_in(cast.chief).get("/wall/?area=371581").content.decode()
    assert '<svg class="map"' not in page
    assert cast.town.name_zh in page


def test_many_screens_take_few_queries_and_one_computation(cast: Cast, late: Matter) -> None:
    address, client = link(cast), Client()
    # The first time, the pack is read as well.
    client.get(address)
    board.forget()
    with few_questions():
        client.get(address)
    with few_questions(5):
        client.get(address)


def test_it_is_small_and_comes_compressed(cast: Cast, late: Matter) -> None:
    answer = Client().get(link(cast), HTTP_ACCEPT_ENCODING="gzip")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.content) < 20_000
    assert answer.headers["Cache-Control"].startswith("max-age=0")


@pytest.mark.parametrize("trend", [(0, 0, 0), (1, 2, 3), (5, 1, 9, 4)])
def test_a_trend_stays_in_its_frame(trend: tuple[int, ...]) -> None:
    points = [tuple(map(float, one.split(","))) for one in sparkline(trend).split()]
    assert len(points) == len(trend)
    assert all(0 <= x <= 128 and 0 <= y <= 36 for x, y in points)
