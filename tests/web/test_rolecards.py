from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from muster.incidents.incident import Incident
from muster.people.person import Person
from muster.people.role import Role
from tests.cast import Cast
from tests.web.signing import is_in

HERE: Any = {"HTTP_HOST": "localhost:8000", "REMOTE_ADDR": "127.0.0.1"}


@pytest.fixture
def exercise(cast: Cast, settings: object) -> Cast:
    settings.ALLOWED_HOSTS = ["*"]  # type: ignore[attr-defined]
    Incident.objects.update(exercise=True)
    cast.person("demo.verifier", "checkers", Role.VERIFIER)
    cast.person("demo.duty", "headquarters", Role.HEADQUARTERS, Role.DISPATCHER)
    cast.person("demo.outsider", "other")
    cast.person("demo.second_verifier", "checkers", Role.VERIFIER)
    return cast


@pytest.fixture
def here(exercise: Cast) -> Client:
    return Client(**HERE)


def enter(client: Client, login: str = "demo.verifier", **more: str) -> int:
    return client.post("/demo/enter", {"login": login}, **more).status_code  # type: ignore[arg-type]


@pytest.mark.parametrize("address", ["/", "/sign-in"])
def test_the_cards_stand_in_their_order_with_label_name_and_organisation(here: Client, address: str) -> None:
    page = here.get(address, headers={"accept-language": "en"})
    cards = page.context["cards"]
    assert [card.login for card in cards] == ["demo.duty", "demo.verifier", "demo.outsider", "demo.second_verifier"]
    labels = [page.text.index(f"<b>{label}</b>") for label in ("Duty officer", "Verifier", "Outsider")]
    assert labels == sorted(labels)
    assert (cards[0].name, cards[0].organisation) == ("Demo.Duty", "headquarters")


def test_one_click_signs_in_and_needs_no_second_factor(here: Client) -> None:
    answer = here.post("/demo/enter", {"login": "demo.duty"})
    assert answer.headers["Location"] == "/work/"
    assert here.get("/work/").status_code == 200
    assert here.get("/me").context["user"].login == "demo.duty"
    assert enter(here, "demo.outsider") == 302
    assert here.get("/me").context["user"].login == "demo.outsider"


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"REMOTE_ADDR": "192.168.1.20"},
        {"HTTP_HOST": "muster.example.cn"},
        {"HTTP_HOST": "192.168.1.5:8000"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
    ],
)
def test_from_anywhere_else_there_are_no_cards(here: Client, elsewhere: dict[str, str]) -> None:
    assert here.get("/sign-in", **elsewhere).context["cards"] == []  # type: ignore[arg-type]
    assert enter(here, **elsewhere) == 404
    assert not is_in(here)
    assert enter(here) == 302
    assert here.get("/me", **elsewhere).headers["Location"] == "/sign-in"  # type: ignore[arg-type]
    assert not is_in(here)


@pytest.mark.parametrize(
    ("address", "host"), [("127.8.0.1", "127.0.0.1"), ("::1", "[::1]:8000"), ("::ffff:127.0.0.1", "localhost")]
)
def test_this_machine_has_several_names(exercise: Cast, address: str, host: str) -> None:
    assert enter(Client(REMOTE_ADDR=address, HTTP_HOST=host)) == 302


def test_outside_an_exercise_there_are_no_cards_and_those_who_came_by_one_are_out(here: Client) -> None:
    enter(here)
    Incident.objects.update(exercise=False)
    assert here.get("/work/").headers["Location"] == "/sign-in"
    assert here.get("/sign-in").context["cards"] == []
    assert enter(here) == 404


def test_only_the_invented_persons_have_cards(here: Client) -> None:
    Person.objects.filter(login="demo.outsider").update(is_active=False)
    for login in ("chief", "demo.outsider", "demo.nobody", ""):
        assert enter(here, login) == 404
    assert here.get("/demo/enter").status_code == 404


def test_a_card_cannot_be_pressed_from_another_site(exercise: Cast) -> None:
    assert enter(Client(enforce_csrf_checks=True, **HERE)) == 403


def test_behind_a_card_there_is_no_password_to_change(here: Client) -> None:
    enter(here)
    assert here.get("/me/password").status_code == 404
