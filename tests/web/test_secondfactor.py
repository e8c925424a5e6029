from __future__ import annotations

import base64
import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from tests.cast import Cast
from tests.web.signing import code, is_in, set_up, sign_in, with_password

SET_UP = "/me/second-factor/set-up"
API = "/api/matters"


@pytest.fixture
def chief(client: Client, cast: Cast) -> Client:
    """Headquarters, signed in by password for the first time."""
    with_password(cast.chief)
    sign_in(client, "chief")
    return client


def test_headquarters_is_led_to_the_second_factor_before_any_page(chief: Client) -> None:
    for page in ("/work/", "/matters/", "/me", "/me/password", "/me/sessions", "/me/second-factor"):
        assert chief.get(page).headers["Location"].startswith(f"{SET_UP}?next=")
    answer = chief.get(API)
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor")
    assert chief.post("/looks", {"theme": "dark"}).status_code == 302
    assert chief.post("/sign-out").headers["Location"] == "/sign-in"


def test_administrators_need_one_and_inspectors_do_not(client: Client, cast: Cast) -> None:
    for login, page in (("administrator", f"{SET_UP}?next=%2Fwork%2F"), ("finder", None)):
        with_password(cast.people[login])
        client.logout()
        sign_in(client, login)
        assert client.get("/work/").headers.get("Location") == page


def test_setting_up_shows_a_qr_code_and_the_key_and_takes_the_code(chief: Client) -> None:
    page = chief.get(SET_UP)
    assert 'style="' not in page.text
    assert "<script>" not in page.text
    drawn = re.search('src="data:image/svg\\+xml;base64,([^"]+)"', page.text)
    assert drawn
    assert b"<svg" in base64.b64decode(drawn[1])
    secret = chief.session["mfa.totp.secret"]
    assert secret in page.text
    assert chief.post(SET_UP, {"code": code(secret, -5)}).context["form"].errors
    assert chief.post(SET_UP, {"code": code(secret)}).headers["Location"] == "/me/recovery-codes"
    assert len(chief.get("/me/recovery-codes").context["unused_codes"]) == 10
    assert chief.get("/work/").status_code == 200


def test_from_then_on_the_password_alone_opens_nothing(chief: Client) -> None:
    secret = set_up(chief)
    browser = Client()
    assert sign_in(browser, "chief").headers["Location"] == "/sign-in/code"
    assert not is_in(browser)
    assert browser.post("/sign-in/code", {"code": code(secret, -5)}).context["form"].errors
    assert not is_in(browser)
    assert browser.post("/sign-in/code", {"code": code(secret, 1)}).headers["Location"] == "/work/"
    assert browser.get("/work/").status_code == 200


def test_a_code_opens_once(chief: Client) -> None:
    later = code(set_up(chief), 1)
    opened = []
    for browser in (Client(), Client()):
        sign_in(browser, "chief")
        browser.post("/sign-in/code", {"code": later})
        opened.append(is_in(browser))
        # The library remembers a code for half a minute only, which is shorter than it takes it.
        cache.delete(f"allauth.mfa.totp.used?user={Authenticator.objects.first().user_id}&code={later}")
    assert opened == [True, False]


def test_a_recovery_code_opens_once(chief: Client) -> None:
    set_up(chief)
    spare = chief.get("/me/recovery-codes").context["unused_codes"][0]
    opened = []
    for browser in (Client(), Client()):
        sign_in(browser, "chief")
        browser.post("/sign-in/code", {"code": spare})
        opened.append(is_in(browser))
    assert opened == [True, False]
    assert len(chief.get("/me/recovery-codes/file").text.split("\n\n")[1].split()) == 9


def test_guessing_codes_ends_after_five(chief: Client) -> None:
    secret = set_up(chief)
    browser = Client()
    sign_in(browser, "chief")
    for _attempt in range(5):
        browser.post("/sign-in/code", {"code": code(secret, -9)})
    answer = browser.post("/sign-in/code", {"code": code(secret, 1)})
    assert answer.context["form"].has_error("code", "too_many_login_attempts")
    assert not is_in(browser)


def test_a_session_opened_by_the_password_alone_has_not_passed(chief: Client) -> None:
    stranger = Client()
    sign_in(stranger, "chief")
    secret = set_up(chief)
    assert stranger.get("/work/").headers["Location"] == "/me/confirm/code?next=%2Fwork%2F"
    for page in ("/me/second-factor/remove", "/me/recovery-codes", "/me/password"):
        assert stranger.post(page).headers["Location"].startswith("/me/confirm/code")
    assert stranger.get(API).status_code == 403
    answer = stranger.post("/me/confirm/code", {"code": code(secret, 1), "next": "/work/"})
    assert answer.headers["Location"] == "/work/"
    assert stranger.get("/work/").status_code == 200


def test_who_removes_it_sets_up_a_new_one(chief: Client) -> None:
    set_up(chief)
    assert chief.post("/me/second-factor/remove").headers["Location"] == "/me/second-factor"
    assert not Authenticator.objects.exists()
    assert chief.get("/work/").headers["Location"].startswith(SET_UP)


def test_new_recovery_codes_replace_the_old(chief: Client) -> None:
    set_up(chief)
    old = chief.get("/me/recovery-codes").context["unused_codes"]
    assert chief.post("/me/recovery-codes/new").headers["Location"] == "/me/recovery-codes"
    assert not set(old) & set(chief.get("/me/recovery-codes").context["unused_codes"])


def test_what_concerns_the_account_asks_for_the_password_after_a_while(chief: Client) -> None:
    set_up(chief)
    session = chief.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 301
    session.save()
    assert chief.get("/me/recovery-codes").headers["Location"] == "/me/confirm?next=%2Fme%2Frecovery-codes"
    assert chief.post("/me/second-factor/remove").headers["Location"].startswith("/me/confirm?")
    assert Authenticator.objects.filter(type="totp").exists()
