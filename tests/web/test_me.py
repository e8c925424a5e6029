from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from muster.people.role import Role
from muster.web.me import browser
from tests.cast import Cast
from tests.web.signing import is_in, sign_in, with_password

WECHAT = "Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 Chrome/86.0 Mobile Safari/537.36 MicroMessenger/8.0.30"


@pytest.fixture
def finder(client: Client, cast: Cast) -> Client:
    with_password(cast.finder)
    sign_in(client, "finder")
    return client


def test_me_says_what_i_may_do_and_for_whom(finder: Client, cast: Cast) -> None:
    cast.join("finder", "unit")
    cast.grant("finder", Role.VERIFIER, "unit", cast.county, until=timezone.now() + timedelta(days=3))
    cast.grant("finder", Role.READER, "unit", cast.county, until=timezone.now() - timedelta(days=3))
    page = finder.get("/me", headers={"accept-language": "en"})
    assert [grant.role for grant in page.context["grants"]] == ["inspector", "verifier"]
    for words in ("Inspector", "Verifier", "Linqing", "inspection", "unit", "until"):
        assert words in page.text
    assert "Reader" not in page.text


def test_i_see_and_end_my_own_sessions_one_by_one(finder: Client) -> None:
    other = Client()
    sign_in(other, "finder", HTTP_USER_AGENT=WECHAT)
    assert is_in(other)
    page = finder.get("/me/sessions")
    assert len(page.context["sessions"]) == 2
    session = UserSession.objects.get(session_key=other.session.session_key)
    assert finder.post(f"/me/sessions/{session.pk}/end").headers["Location"] == "/me/sessions"
    assert (is_in(finder), is_in(other)) == (True, False)


def test_i_end_all_others_at_once(finder: Client) -> None:
    others = [Client(), Client()]
    for other in others:
        sign_in(other, "finder")
    finder.post("/me/sessions")
    assert is_in(finder)
    assert not any(is_in(other) for other in others)


def test_ending_this_session_signs_out(finder: Client) -> None:
    session = UserSession.objects.get(session_key=finder.session.session_key)
    assert finder.post(f"/me/sessions/{session.pk}/end").headers["Location"] == "/sign-in"
    assert not is_in(finder)


def test_other_people_s_sessions_do_not_exist_for_me(finder: Client, cast: Cast) -> None:
    with_password(cast.fixer)
    other = Client()
    sign_in(other, "fixer")
    assert is_in(other)
    session = UserSession.objects.get(user=cast.fixer)
    assert finder.post(f"/me/sessions/{session.pk}/end").status_code == 404
    assert is_in(other)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (WECHAT, "WeChat, Android"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/78.0 Safari/537.36 Edg/78.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 13_1 like Mac OS X) Version/13.0 Mobile Safari/604.1", "Safari, iOS"),
        ("curl/8.0", "curl/8.0"),
    ],
)
def test_browsers_have_names(agent: str, name: str) -> None:
    assert browser(agent) == name
