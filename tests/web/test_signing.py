from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password
from django.db.models import F
from django.test import Client

from muster.people.person import Person
from muster.web import hashing
from tests.cast import Cast
from tests.web.signing import PASSWORD, is_in, sign_in, with_password

LIMIT = 5


@pytest.fixture
def finder(cast: Cast) -> Person:
    return with_password(cast.finder)


def test_nobody_gets_in_without_signing_in(client: Client, cast: Cast) -> None:
    for page in ("/me", "/work/", "/me/sessions", "/me/password", "/me/second-factor/set-up", "/me/recovery-codes"):
        assert client.get(page).headers["Location"] == f"/sign-in?next={page}"
    for page in ("/", "/sign-in", "/sign-in/new", "/sign-in/forgotten", "/sign-in/inactive"):
        assert client.get(page).status_code == 200
    assert client.get("/sign-in/code").headers["Location"] == "/sign-in"


def test_the_right_password_signs_in(client: Client, finder: Person) -> None:
    assert finder.password.startswith("argon2$argon2id$")
    assert sign_in(client, " Finder ").headers["Location"] == "/work/"
    assert is_in(client)
    assert client.get("/me").context["user"] == finder


def test_a_wrong_password_says_so_and_not_which_part_was_wrong(client: Client, finder: Person) -> None:
    answers = [sign_in(client, login, "wrong") for login in ("finder", "nobody")]
    errors = [list(answer.context["form"].non_field_errors()) for answer in answers]  # type: ignore[attr-defined]
    assert errors[0] == errors[1]
    assert errors[0]
    assert not is_in(client)


def test_a_page_asked_for_opens_after_sign_in_but_not_another_site(client: Client, finder: Person) -> None:
    for asked, opened in (("/me", "/me"), ("https://evil.example/", "/work/")):
        client.logout()
        form = {"login": "finder", "password": PASSWORD, "next": asked}
        assert client.post("/sign-in", form).headers["Location"] == opened


def test_who_may_no_longer_sign_in_is_out_and_stays_out(client: Client, finder: Person) -> None:
    sign_in(client, "finder")
    Person.objects.filter(pk=finder.pk).update(is_active=False)
    assert client.get("/work/").headers["Location"] == "/sign-in?next=/work/"
    assert sign_in(Client(), "finder").headers["Location"] == "/sign-in/inactive"
    Person.objects.filter(pk=finder.pk).update(is_active=True)
    assert not is_in(client)


def test_nobody_signs_up(client: Client, cast: Cast) -> None:
    before = Person.objects.count()
    form = {"username": "newcomer", "password1": PASSWORD, "password2": PASSWORD}
    answer = client.post("/sign-in/new", form)
    assert answer.templates[0].name == "account/signup_closed.html"
    assert Person.objects.count() == before


def test_signing_out_takes_a_press_of_the_button(client: Client, finder: Person) -> None:
    sign_in(client, "finder")
    assert client.get("/sign-out").status_code == 200
    assert is_in(client)
    assert client.post("/sign-out").headers["Location"] == "/sign-in"
    assert not is_in(client)


def fail(client: Client, login: str = "finder", times: int = LIMIT, **more: Any) -> None:
    for _attempt in range(times):
        sign_in(client, login, "wrong", **more)


def test_five_failures_lock_and_say_until_when(client: Client, finder: Person) -> None:
    fail(client, times=LIMIT - 1)
    answer = sign_in(client, "finder", "wrong")
    assert answer.status_code == 429
    assert 890 <= int(answer.headers["Retry-After"]) <= 900
    until = AccessAttempt.objects.get().attempt_time + timedelta(minutes=15)
    assert answer.context["until"] == until  # type: ignore[attr-defined]


def test_during_the_lock_the_right_password_is_refused_and_trying_does_not_prolong_it(
    client: Client, finder: Person
) -> None:
    fail(client)
    first = sign_in(client, "finder")
    assert (first.status_code, is_in(client)) == (429, False)
    assert sign_in(client, "finder").context["until"] == first.context["until"]  # type: ignore[attr-defined]


def test_the_lock_ends_after_fifteen_minutes(client: Client, finder: Person) -> None:
    fail(client)
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=15))
    assert sign_in(client, "finder").headers["Location"] == "/work/"


def test_the_lock_is_for_one_name_at_one_address(client: Client, finder: Person, cast: Cast) -> None:
    with_password(cast.fixer)
    fail(client)
    assert sign_in(Client(), "fixer").headers["Location"] == "/work/"
    assert sign_in(Client(), "finder", REMOTE_ADDR="10.0.0.9").headers["Location"] == "/work/"
    assert sign_in(Client(), "finder").status_code == 429


def test_neither_capitals_nor_another_browser_get_around_the_lock(client: Client, finder: Person) -> None:
    for number, login in enumerate(("finder", "Finder", "FINDER", " finder", "fInder")):
        fail(client, login, 1, HTTP_USER_AGENT=f"Browser/{number}")
    assert sign_in(client, "finder").status_code == 429


def test_the_lock_ends_when_the_oldest_failures_are_forgotten(client: Client, finder: Person) -> None:
    fail(client, times=3, HTTP_USER_AGENT="Browser/1")
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=10))
    fail(client, times=2, HTTP_USER_AGENT="Browser/2")
    assert 280 <= int(sign_in(client, "finder").headers["Retry-After"]) <= 300


def test_the_right_password_in_time_forgets_the_failures(client: Client, finder: Person) -> None:
    for _round in range(2):
        fail(client, times=LIMIT - 1)
        assert sign_in(client, "finder").status_code == 302
        client.logout()


def test_a_name_longer_than_any_is_an_ordinary_failure(client: Client, cast: Cast) -> None:
    assert sign_in(client, "x" * 5000, "wrong").status_code == 200


def test_guessing_the_password_in_a_session_left_open_locks_too(client: Client, finder: Person) -> None:
    sign_in(client, "finder")
    answers = [client.post("/me/confirm", {"password": "wrong"}).status_code for _attempt in range(LIMIT)]
    assert answers == [200] * (LIMIT - 1) + [429]


def change(client: Client, old: str, new: str) -> Any:
    return client.post("/me/password", {"oldpassword": old, "password1": new, "password2": new})


def test_changing_the_password_signs_out_everywhere_else(client: Client, finder: Person) -> None:
    elsewhere = Client()
    for one in (client, elsewhere):
        sign_in(one, "finder")
    assert change(client, PASSWORD, "another-river-8").headers["Location"] == "/me"
    assert (is_in(client), is_in(elsewhere)) == (True, False)
    assert sign_in(Client(), "finder", "another-river-8").status_code == 302


@pytest.mark.parametrize(("old", "new"), [("wrong", "another-river-8"), (PASSWORD, "short"), (PASSWORD, "password123")])
def test_a_new_password_needs_the_old_one_and_some_strength(client: Client, finder: Person, old: str, new: str) -> None:
    sign_in(client, "finder")
    assert change(client, old, new).context["form"].errors
    finder.refresh_from_db()
    assert finder.check_password(PASSWORD)


def test_only_two_hashes_are_worked_on_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    real, lock, running, most = Argon2PasswordHasher.verify, threading.Lock(), [0], [0]

    def watched(self: Argon2PasswordHasher, password: str, encoded: str) -> bool:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.02)
        try:
            return real(self, password, encoded)
        finally:
            with lock:
                running[0] -= 1

    monkeypatch.setattr(Argon2PasswordHasher, "verify", watched)
    made = make_password(PASSWORD)
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda _number: check_password(PASSWORD, made), range(8)))
    assert most[0] == hashing.AT_ONCE


def test_when_no_turn_comes_nothing_is_counted(client: Client, finder: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "WAIT_S", 0.01)
    with hashing._turn(), hashing._turn():
        assert sign_in(client, "finder").status_code == 503
    assert not AccessAttempt.objects.exists()
    assert sign_in(client, "finder").status_code == 302
