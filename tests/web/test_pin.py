"""Changing person by PIN: only at a trusted computer, few tries, a session of one's own, and nothing that lasts longer."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from muster.incidents.incident import Incident
from muster.people.computer import ComputerEvent, NoSuchPin, Pin, PinLocked, TrustedComputer
from muster.people.person import Person
from muster.people.role import Role
from tests.cast import Cast
from tests.web.signed_in import signed_in
from tests.web.signing import PASSWORD, code, is_in, set_up, sign_in, with_password

RIGHT, WRONG = "274018", "000001"
HERE: Any = {"HTTP_HOST": "localhost:8000", "REMOTE_ADDR": "127.0.0.1"}


def fresh(person: Person, method: str = "mfa", client: Client | None = None, ago_s: float = 0) -> Client:
    """A browser in which a person has just signed in in full."""
    client = client or signed_in(person)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": method, "at": time.time() - ago_s}]
    session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = str(person.pk)
    session.save()
    return client


def trust(cast: Cast) -> Client:
    """The browser of the duty room: trusted by the chief, who is signed in."""
    client = fresh(cast.chief)
    assert client.post("/computers/new/", {"name": "值班室", "hours": "12"}).headers["Location"] == "/computers/"
    return client


def computer_with(cast: Cast, *who: str) -> tuple[Client, TrustedComputer]:
    client = trust(cast)
    computer = TrustedComputer.objects.get()
    for name in who:
        Pin.set(computer, cast.people[name], RIGHT)
    return client, computer


def change(client: Client, person: Person, pin: str = RIGHT, **more: Any) -> Any:
    return client.post("/pin/", {"person": person.pk, "pin": pin, "next": "/desk/", **more})


def who_is_in(client: Client) -> str:
    return str(client.get("/me").context["user"].login)


def test_the_second_factor_just_passed_makes_a_computer_trusted(cast: Cast) -> None:
    client = trust(cast)
    cookie = client.cookies["trusted_computer"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert cookie.value not in str(list(TrustedComputer.objects.values()))
    assert "值班室" in client.get("/computers/").content.decode()


@pytest.mark.parametrize(("method", "ago_s"), [("password", 0), ("mfa", 301)])
def test_a_password_alone_or_a_factor_passed_long_ago_trusts_nothing(cast: Cast, method: str, ago_s: float) -> None:
    client = fresh(cast.chief, method, ago_s=ago_s)
    for answer in (client.get("/computers/new/"), client.post("/computers/new/", {"name": "x", "hours": "12"})):
        assert answer.headers["Location"] == "/me/confirm/code?next=%2Fcomputers%2Fnew%2F"
    assert not TrustedComputer.objects.exists()


@pytest.mark.parametrize(
    "who", ["dispatcher", "finder", "verifier", "operator", "fixer", "reader", "administrator", "outsider", "stranger"]
)
def test_only_headquarters_trusts_a_computer(cast: Cast, who: str) -> None:
    client = fresh(cast.people[who])
    assert client.post("/computers/new/", {"name": "x", "hours": "12"}).status_code == 404
    assert client.get("/computers/").status_code == 200
    assert client.get("/pin/").status_code == 404
    assert client.get("/pin/new/").status_code == 404


def test_the_whole_way_from_the_second_factor_to_a_signed_hand_over(cast: Cast) -> None:
    """As a browser does it: the chief trusts it, the dispatcher sets a PIN, and comes back by it."""
    for who in ("chief", "dispatcher"):
        with_password(cast.people[who])
    browser = Client()
    sign_in(browser, "chief")
    secret = set_up(browser)
    browser.post("/me/confirm/code", {"code": code(secret, 1), "next": "/computers/new/"})
    assert browser.post("/computers/new/", {"name": "值班室", "hours": "12"}).status_code == 302
    browser.post("/sign-out")
    sign_in(browser, "dispatcher")
    assert browser.post("/pin/new/", {"pin": RIGHT, "again": RIGHT}).headers["Location"] == "/computers/"
    browser.post("/sign-out")
    sign_in(browser, "chief")
    browser.post("/sign-in/code", {"code": code(secret, -1)})
    log = browser.post("/handover/new/", {"remark": ""}).headers["Location"]
    answer = browser.post("/pin/", {"person": cast.dispatcher.pk, "pin": RIGHT, "next": log})
    assert answer.headers["Location"] == log
    until = timezone.localtime(timezone.now() + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M")
    assert browser.post(f"{log}take/", {"until": until}).headers["Location"] == log
    assert "by PIN" in browser.get(log, headers={"accept-language": "en"}).content.decode()


def test_the_former_session_ends_and_a_new_one_begins(cast: Cast) -> None:
    client, _computer = computer_with(cast, "dispatcher")
    before, csrf = client.session.session_key, client.get("/desk/").context["csrf_token"]
    answer = change(client, cast.dispatcher)
    assert answer.headers["Location"] == "/desk/"
    after = client.session.session_key
    assert after != before
    assert not Session.objects.filter(session_key=before).exists()
    assert who_is_in(client) == "dispatcher"
    assert str(csrf) != str(client.get("/desk/").context["csrf_token"])
    # It is listed, and can be ended from elsewhere, like any other.
    assert list(UserSession.objects.values_list("user__login", "session_key")) == [("dispatcher", after)]
    thief = Client()
    thief.cookies["sessionid"] = str(before)
    assert not is_in(thief)


def test_nothing_of_the_former_session_goes_over(cast: Cast) -> None:
    client, _computer = computer_with(cast, "dispatcher")
    session = client.session
    session["left_over"] = "chief's"
    session.save()
    change(client, cast.dispatcher)
    assert "left_over" not in client.session
    assert AUTHENTICATION_METHODS_SESSION_KEY not in client.session


def test_headquarters_comes_in_without_a_second_factor_at_a_trusted_computer_alone(cast: Cast) -> None:
    client, _computer = computer_with(cast, "deputy")
    Authenticator.objects.create(user=cast.deputy, type="totp", data={})
    change(client, cast.deputy)
    assert client.get("/desk/").status_code == 200
    stolen = Client()
    stolen.cookies["sessionid"] = client.cookies["sessionid"].value
    assert stolen.get("/desk/").headers["Location"] == "/sign-in"
    assert not is_in(client), "a session seen without its computer ends"


def test_a_pin_without_the_cookie_is_useless(cast: Cast) -> None:
    computer_with(cast, "dispatcher")
    elsewhere = signed_in(cast.verifier)
    assert elsewhere.get("/pin/").status_code == 404
    assert change(elsewhere, cast.dispatcher).status_code == 404
    elsewhere.cookies["trusted_computer"] = "a-guess"
    assert change(elsewhere, cast.dispatcher).status_code == 404
    assert who_is_in(elsewhere) == "verifier"


def test_a_pin_of_another_computer_opens_nothing_here(cast: Cast) -> None:
    client, _computer = computer_with(cast, "verifier")
    other, _token = TrustedComputer.trust(cast.chief, "别处", 12)
    Pin.set(other, cast.dispatcher, RIGHT)
    assert change(client, cast.dispatcher).status_code == 422
    with pytest.raises(NoSuchPin):
        Pin.opened(TrustedComputer.objects.exclude(pk=other.pk).get(), cast.dispatcher.pk, RIGHT)


def test_who_is_signed_out_changes_to_nobody(cast: Cast) -> None:
    client, _computer = computer_with(cast, "dispatcher")
    client.post("/sign-out")
    assert change(client, cast.dispatcher).headers["Location"].startswith("/sign-in")
    assert not is_in(client)


def test_it_cannot_be_sent_from_another_site(cast: Cast) -> None:
    client, _computer = computer_with(cast, "dispatcher")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert change(strict, cast.dispatcher).status_code == 403


def test_after_five_wrong_ones_the_right_one_opens_nothing_either(cast: Cast) -> None:
    client, computer = computer_with(cast, "dispatcher")
    answers = [change(client, cast.dispatcher, WRONG) for _try in range(5)]
    assert [answer.status_code for answer in answers] == [422] * 5
    assert 'type="password"' in answers[0].content.decode()
    assert WRONG not in answers[0].content.decode()
    assert change(client, cast.dispatcher).status_code == 422
    assert who_is_in(client) == "chief"
    assert list(computer.events.filter(by=cast.dispatcher).order_by("id").values_list("what", flat=True)) == [
        "pin_set", *["pin_failed"] * 4, "pin_locked",
    ]  # fmt: skip


def test_a_full_sign_in_opens_it_again_and_a_pin_elsewhere_does_not(cast: Cast) -> None:
    with_password(cast.dispatcher)
    client, computer = computer_with(cast, "dispatcher")
    other, _token = TrustedComputer.trust(cast.chief, "别处", 12)
    Pin.set(other, cast.dispatcher, RIGHT)
    for _try in range(5):
        with pytest.raises((NoSuchPin, PinLocked)):
            Pin.opened(computer, cast.dispatcher.pk, WRONG)
    Pin.opened(other, cast.dispatcher.pk, RIGHT)
    with pytest.raises(PinLocked):
        Pin.opened(computer, cast.dispatcher.pk, RIGHT)
    browser = Client()
    sign_in(browser, "dispatcher", "not-it")
    with pytest.raises(PinLocked):
        Pin.opened(computer, cast.dispatcher.pk, RIGHT)
    sign_in(browser, "dispatcher", PASSWORD)
    assert change(client, cast.dispatcher).status_code == 302


@pytest.mark.parametrize("pin", ["111111", "123456", "654321", "098765", "27401", "27401a", "２７４０１８", "2740181"])
def test_a_pin_is_six_digits_that_are_not_the_first_to_be_guessed(cast: Cast, pin: str) -> None:
    client, _computer = computer_with(cast)
    answer = client.post("/pin/new/", {"pin": pin, "again": pin})
    assert answer.status_code == 422
    assert not Pin.objects.exists()


def test_the_two_must_be_the_same(cast: Cast) -> None:
    client, _computer = computer_with(cast)
    assert client.post("/pin/new/", {"pin": RIGHT, "again": "274019"}).status_code == 422
    assert client.post("/pin/new/", {"pin": RIGHT, "again": RIGHT}).status_code == 302
    assert RIGHT not in Pin.objects.get().encoded
    assert Pin.objects.get().encoded.startswith("argon2")


def test_who_signed_in_a_while_ago_proves_it_before_setting_a_pin(cast: Cast) -> None:
    client, _computer = computer_with(cast)
    client = fresh(cast.chief, "mfa", client, ago_s=301)
    assert client.post("/pin/new/", {"pin": RIGHT, "again": RIGHT}).headers["Location"].startswith("/me/confirm?")


def test_what_a_pin_opened_sets_no_pin_and_trusts_nothing(cast: Cast) -> None:
    client, _computer = computer_with(cast, "deputy")
    Authenticator.objects.create(user=cast.deputy, type="totp", data={})
    change(client, cast.deputy)
    for address in ("/pin/new/", "/computers/new/"):
        assert client.get(address).status_code == 404
    page = client.get("/computers/").content.decode()
    assert "/pin/new/" not in page
    assert "/computers/new/" not in page
    assert client.get("/me/second-factor/set-up").status_code == 302
    assert client.post("/me/second-factor/remove").headers["Location"].startswith("/me/confirm")


def test_there_is_no_pin_for_administrators(cast: Cast) -> None:
    client, computer = computer_with(cast, "deputy")
    Authenticator.objects.create(user=cast.deputy, type="totp", data={})
    change(client, cast.deputy)
    cast.grant("deputy", Role.ADMINISTRATOR, "headquarters")
    assert client.get("/people/").headers["Location"] == "/sign-in"
    with pytest.raises(NoSuchPin):
        Pin.opened(computer, cast.deputy.pk, RIGHT)
    admin = fresh(cast.administrator)
    admin.cookies["trusted_computer"] = client.cookies["trusted_computer"].value
    assert admin.get("/pin/new/").status_code == 404


@pytest.mark.parametrize("end", ["revoked", "expired", "removed", "password", "inactive", "second_factor"])
def test_what_a_pin_opened_ends_with_what_it_stood_on(cast: Cast, admin: Client, end: str) -> None:
    client, computer = computer_with(cast, "verifier")
    change(client, cast.verifier)
    assert client.get("/work/").status_code == 200
    match end:
        case "revoked":
            computer.revoke(cast.chief)
        case "expired":
            TrustedComputer.objects.update(at=timezone.now() - timedelta(days=2), until=timezone.now())
        case "removed":
            Pin.objects.get().remove(cast.verifier)
        case "password":
            with_password(cast.verifier)
        case "inactive":
            Person.objects.filter(pk=cast.verifier.pk).update(is_active=False)
        case "second_factor":
            assert admin.post(f"/people/{cast.verifier.pk}/second-factor/").status_code == 302
    assert client.get("/work/").headers["Location"].startswith("/sign-in")
    assert not is_in(client)
    assert signed_in(cast.dispatcher, client).get("/pin/").status_code == 404
    if end not in ("revoked", "expired"):
        with pytest.raises(NoSuchPin):
            Pin.opened(computer, cast.verifier.pk, RIGHT)


def test_one_ends_what_one_trusted_and_an_administrator_what_is_theirs(cast: Cast, admin: Client) -> None:
    client, computer = computer_with(cast, "dispatcher")
    other = signed_in(cast.deputy)
    assert other.post(f"/computers/{computer.pk}/revoke/").status_code == 404
    assert "值班室" not in other.get("/computers/").content.decode()
    local = cast.person("local_admin", "other", Role.ADMINISTRATOR, area=cast.elsewhere)
    assert signed_in(local).post(f"/computers/{computer.pk}/revoke/").status_code == 404
    dispatcher = signed_in(cast.dispatcher)
    assert "值班室" in dispatcher.get("/computers/").content.decode()
    assert dispatcher.post(f"/computers/{computer.pk}/revoke/").status_code == 404
    assert f"/computers/{computer.pk}/revoke/" in admin.get("/computers/").content.decode()
    assert admin.post(f"/computers/{computer.pk}/revoke/").status_code == 302
    assert list(ComputerEvent.objects.values_list("what", "by__login")[:1]) == [("revoked", "administrator")]
    assert client.get("/pin/").status_code == 404


def test_one_removes_ones_own_pin_alone(cast: Cast) -> None:
    client, _computer = computer_with(cast, "dispatcher")
    pin = Pin.objects.get()
    assert client.post(f"/pin/{pin.pk}/remove/").status_code == 404
    assert signed_in(cast.dispatcher).post(f"/pin/{pin.pk}/remove/").status_code == 302
    assert not Pin.objects.exists()


def test_the_names_offered_are_those_with_a_pin_here(cast: Cast) -> None:
    client, _computer = computer_with(cast, "dispatcher", "verifier")
    page = client.get("/desk/").content.decode()
    assert re.findall(r"/pin/\?person=(\d+)", page) == [str(cast.dispatcher.pk), str(cast.verifier.pk)]
    assert "Deputy" not in client.get("/pin/").content.decode()


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""])
def test_one_goes_on_at_this_server_only(cast: Cast, address: str) -> None:
    client, _computer = computer_with(cast, "dispatcher")
    assert change(client, cast.dispatcher, next=address).headers["Location"] == "/"


def test_the_api_needs_the_same_computer(cast: Cast) -> None:
    client, computer = computer_with(cast, "dispatcher")
    change(client, cast.dispatcher)
    assert client.get("/api/matters").status_code == 200
    computer.revoke(cast.chief)
    assert client.get("/api/matters").status_code in (302, 401)


def test_events_are_kept(cast: Cast) -> None:
    computer_with(cast, "dispatcher")
    with pytest.raises(IntegrityError, match="refused"):
        ComputerEvent.objects.all().delete()


def test_in_the_demo_role_cards_use_it_too_and_only_there(cast: Cast) -> None:
    Incident.objects.update(exercise=True)
    for login in ("demo.duty", "demo.other"):
        cast.person(login, "headquarters", Role.HEADQUARTERS, Role.DISPATCHER)
    here = Client(**HERE)
    here.post("/demo/enter", {"login": "demo.duty"})
    assert here.post("/computers/new/", {"name": "演示", "hours": "12"}).status_code == 302
    here.post("/demo/enter", {"login": "demo.other"})
    assert here.post("/pin/new/", {"pin": RIGHT, "again": RIGHT}).status_code == 302
    here.post("/demo/enter", {"login": "demo.duty"})
    assert change(here, cast.people["demo.other"]).headers["Location"] == "/desk/"
    assert who_is_in(here) == "demo.other"
    Incident.objects.update(exercise=False)
    assert here.get("/desk/").headers["Location"] == "/sign-in"


def test_who_came_by_a_role_card_sets_no_pin_that_outlives_the_cards(cast: Cast) -> None:
    Incident.objects.update(exercise=True)
    cast.person("demo.duty", "headquarters", Role.HEADQUARTERS)
    _computer, token = TrustedComputer.trust(cast.chief, "值班室", 12)
    here = Client(**HERE)
    here.cookies["trusted_computer"] = token
    here.post("/demo/enter", {"login": "demo.duty"})
    assert here.post("/pin/new/", {"pin": RIGHT, "again": RIGHT}).status_code == 404
