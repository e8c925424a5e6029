"""The front page's first five minutes, and the matters left open, each behind the card that opens it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from muster.loop.alike import similar_to
from muster.loop.matter import Matter
from muster.loop.state import Status
from muster.worker.after import run_batch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]

HERE: Any = {"HTTP_HOST": "localhost:8000", "REMOTE_ADDR": "127.0.0.1"}


@pytest.fixture
def here(settings: Any) -> Client:
    settings.ALLOWED_HOSTS = ["*"]
    return Client(**HERE, headers={"accept-language": "en"})


def test_six_steps_each_open_their_page(here: Client) -> None:
    steps = here.get("/").context["steps"]
    assert [len(step.doors) > 0 for step in steps] == [True] * 6
    for door in [door for step in steps for door in step.doors]:
        answer = here.post("/demo/enter", {"login": door.login, "next": door.address})
        assert answer.headers["Location"] == door.address
        status = here.get(door.address).status_code
        assert status == (404 if door.login == "demo.outsider" else 200), door


def test_the_unit_is_at_work_and_the_verifier_has_one_to_check(here: Client) -> None:
    steps = here.get("/").context["steps"]
    at_work, said_done, asked = (of(steps[number].doors[0].address) for number in (2, 3, 4))
    assert (at_work.status, said_done.status, asked.status) == (Status.ACCEPTED, *[Status.CLOSURE_REQUESTED] * 2)
    assert (at_work.kind, said_done.kind, asked.kind) == ("finding", "finding", "request")
    notes = list(said_done.notes.values_list("text", flat=True))
    assert any(asked.number in note for note in notes)


def test_fourteen_similar_ones_are_found_elsewhere(here: Client) -> None:
    problem = of(here.get("/").context["steps"][5].doors[0].address)
    alike = Matter.objects.filter(pk__in=similar_to(problem, problem.incident.area))
    assert len(alike) == 14
    assert all("漏采" in one.text for one in alike)


def test_a_draft_waits_for_the_duty_officer(here: Client) -> None:
    here.post("/demo/enter", {"login": "demo.duty"})
    page = here.get("/bulletins/").context
    assert [one.publishes for one in page["waiting"]] == [True]
    assert {one.area.name for one in page["issues"]} == {"Liaocheng", "Guanxian"}


def of(address: str) -> Matter:
    return Matter.objects.get(pk=address.strip("/").split("/")[1])


def test_the_intake_stands_filled_in(here: Client) -> None:
    door = here.get("/").context["steps"][1].doors[0]
    here.post("/demo/enter", {"login": door.login})
    page = here.get(door.address).text
    assert "上门采样漏采3户" in page
    assert "澄湖苑小区" in page


def test_something_of_each_sort_is_left_open(here: Client) -> None:
    while run_batch():
        pass
    left = here.get("/").context["left_open"]
    assert len(left) == 8
    for one in left:
        address = one.link
        if one.door:
            address = one.door.address
            here.post("/demo/enter", {"login": one.door.login})
        page = here.get(address)
        assert page.status_code == 200
        assert one.matter.title in page.text


def test_whoever_stepped_in_by_a_card_finds_back(here: Client) -> None:
    here.post("/demo/enter", {"login": "demo.duty"})
    assert "The first five minutes" in here.get("/").text


def test_a_card_leads_nowhere_else(here: Client) -> None:
    for onward in ("https://example.com/", "//example.com/", "javascript:alert(1)"):
        answer = here.post("/demo/enter", {"login": "demo.duty", "next": onward})
        assert answer.headers["Location"] == "/work/"


def test_photos_to_hand_in_differ(here: Client) -> None:
    photos = [here.get(f"/demo/photo/{signs}-{variant}.jpg") for signs in (2, 3) for variant in (1, 2)]
    assert all(Image.open(BytesIO(photo.content)).size == (1200, 900) for photo in photos)
    assert len({photo.content for photo in photos}) == 4
    assert here.get("/demo/photo/4-1.jpg").status_code == 404


def test_elsewhere_there_is_no_tour(here: Client) -> None:
    assert "steps" not in here.get("/", REMOTE_ADDR="192.168.1.20").context
    assert here.get("/demo/photo/2-1.jpg", REMOTE_ADDR="192.168.1.20").status_code == 404
