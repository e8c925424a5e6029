"""Access tokens: what they open, for how long, and who makes and ends them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from muster.lib.ids import uuid7
from muster.people.person import Person
from muster.people.role import Role
from muster.people.setup import NobodyOfThatName, UnknownScope, token_for
from muster.people.token import AccessToken, Scope, hashed
from tests.api.test_matters import finding
from tests.cast import Cast
from tests.web.asking import few_questions
from tests.web.signed_in import signed_in
from tests.web.test_matters import jpeg
from tests.web.test_pin import fresh

ENGLISH: dict[str, Any] = {"HTTP_ACCEPT_LANGUAGE": "en"}


def token(person: Person, *scopes: str, days: float = 1, **more: Any) -> str:
    usual = {"second_factor": True, **more}
    return AccessToken.make(person, "省平台", list(scopes), timezone.now() + timedelta(days=days), **usual)[1]


def get(address: str, token: str, client: Client | None = None) -> Any:
    return (client or Client()).get(f"/api{address}", HTTP_AUTHORIZATION=f"Bearer {token}")


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "") if answer.status_code >= 400 else ""


def test_a_token_reads_what_its_person_sees(cast: Cast) -> None:
    matter, elsewhere = cast.finding(), cast.finding(area=cast.elsewhere, site=None)
    cast.reader.grants.update(area=cast.county)
    opened = token(cast.reader, "matters:read")
    assert [one["id"] for one in get("/matters", opened).json()["items"]] == [str(matter.pk)]
    assert get(f"/matters/{elsewhere.pk}", opened).status_code == 404
    assert AccessToken.objects.get().used_at


def test_a_token_writes_without_a_cookie(cast: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    opened: dict[str, Any] = {"HTTP_AUTHORIZATION": f"Bearer {token(cast.finder, 'matters:write', 'files:write')}"}
    photo = strict.post("/api/files", {"file": jpeg()}, **opened).json()["id"]
    body = finding(cast, photos=[photo])
    first, again = (strict.post("/api/matters", body, content_type="application/json", **opened) for _n in range(2))
    assert (first.status_code, again.json()["repeated"]) == (201, True)


def test_a_session_still_needs_its_token_against_forged_requests(cast: Cast) -> None:
    client = signed_in(cast.finder, Client(enforce_csrf_checks=True))
    assert client.post("/api/matters", finding(cast), content_type="application/json").status_code == 403


@pytest.mark.parametrize("scope", Scope.values)
def test_a_token_is_for_what_it_is_for_and_nothing_else(cast: Cast, scope: str) -> None:
    opened: dict[str, Any] = {"HTTP_AUTHORIZATION": f"Bearer {token(cast.chief, scope)}"}
    tried = {
        "matters:read": ("get", "/api/matters", {}),
        "matters:write": ("post", f"/api/matters/{cast.finding().pk}/note", {"text": "x"}),
        "files:write": ("post", "/api/files", {}), "figures:read": ("get", "/api/figures", {}),
        "bulletins:read": ("get", "/api/bulletins", {}),
    }  # fmt: skip
    for wanted, (method, address, body) in tried.items():
        more: dict[str, Any] = {"content_type": "application/json"} if body else {}
        answer = getattr(Client(), method)(address, body, **opened, **more)
        refused = answer.status_code == 403 and answer.json()["code"] == "scope_missing"
        assert refused == (wanted != scope), wanted


def test_what_opens_nothing(cast: Cast) -> None:
    over, ended, card = (token(cast.reader, "matters:read", **more) for more in ({}, {}, {"by_card": True}))
    AccessToken.objects.get(sha256=hashed(ended)).end(cast.reader)
    with timezone.override("UTC"):
        assert code(get("/matters", card)) == (401, "unauthorized"), "something real is open"
    for wrong in ("", "muster_", "muster_" + "x" * 43, over[:-1], over.upper(), ended):
        assert get("/matters", wrong).status_code == 401, wrong
    cast.reader.is_active = False
    cast.reader.save()
    assert code(get("/matters", over)) == (401, "unauthorized")


def test_a_wrong_token_is_not_tried_as_a_session(cast: Cast) -> None:
    assert code(get("/matters", "muster_wrong", signed_in(cast.chief))) == (401, "unauthorized")


def test_what_the_person_lost_the_token_lost(cast: Cast) -> None:
    cast.finding()
    opened = token(cast.reader, "matters:read")
    cast.reader.grants.update(until=timezone.now())
    assert get("/matters", opened).json()["items"] == []


def test_without_a_second_factor_no_role_that_needs_one_is_opened(cast: Cast) -> None:
    opened = token(cast.fixer, "matters:read", second_factor=False)
    assert get("/matters", opened).status_code == 200
    cast.grant("fixer", Role.HEADQUARTERS, "unit", area=cast.town)
    assert code(get("/matters", opened)) == (403, "token_without_second_factor")


def test_the_matters_behind_a_figure_are_matters(cast: Cast) -> None:
    opened = token(cast.reader, "figures:read")
    assert get("/figures", opened).status_code == 200
    assert code(get("/figures/findings_found/matters", opened)) == (403, "scope_missing")


def test_a_token_that_is_over_ends_by_itself_and_none_lasts_for_ever(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="within_a_year"), transaction.atomic():
        token(cast.reader, "matters:read", days=367)
    for wrong, said in (
        ({"name": ""}, "has_a_name"),
        ({"scopes": []}, "for_something"),
        ({"scopes": ["all"]}, "scopes_known"),
    ):
        usual: dict[str, Any] = {"name": "x", "scopes": ["matters:read"], "until": timezone.now() + timedelta(days=1)}
        with pytest.raises(IntegrityError, match=said), transaction.atomic():
            AccessToken.make(cast.reader, second_factor=True, **{**usual, **wrong})


def test_what_a_token_is_for_never_changes(cast: Cast) -> None:
    token(cast.reader, "matters:read")
    for change in (
        {"scopes": ["matters:write"]},
        {"until": timezone.now() + timedelta(days=300)},
        {"person": cast.chief},
    ):
        with pytest.raises(IntegrityError, match="rows are kept"), transaction.atomic():
            AccessToken.objects.update(**change)
    with pytest.raises(IntegrityError, match="rows are kept"), transaction.atomic():
        AccessToken.objects.all().delete()


def make(client: Client, **said: Any) -> Any:
    return client.post("/me/tokens/", {"name": "省平台", "scopes": ["figures:read"], "days": 30, **said}, **ENGLISH)


def test_it_is_shown_once_on_the_page_that_makes_it(cast: Cast) -> None:
    client = fresh(cast.reader, "password")
    [made] = re.findall(r'id="token" readonly value="(muster_[\w-]+)"', make(client).content.decode())
    assert get("/figures", made).status_code == 200
    page = client.get("/me/tokens/", **ENGLISH)
    assert (made in page.content.decode(), "省平台" in page.content.decode()) == (False, True)
    assert page["Cache-Control"] == "no-store"
    assert AccessToken.objects.get().sha256 == hashed(made)
    client.post(f"/me/tokens/{AccessToken.objects.get().pk}/end/")
    assert get("/figures", made).status_code == 401


def test_making_one_needs_a_fresh_sign_in_and_all_that_is_asked(cast: Cast) -> None:
    assert make(signed_in(cast.reader))["Location"].startswith("/me/confirm")
    client = fresh(cast.reader, "password")
    wrongs: list[dict[str, Any]] = [{"name": ""}, {"scopes": []}, {"scopes": ["everything"]}, {"days": 1000}]
    for wrong in wrongs:
        assert make(client, **wrong).status_code == 422
    assert not AccessToken.objects.exists()


def test_of_others_nobody_sees_or_ends_one(cast: Cast) -> None:
    token(cast.chief, "matters:read")
    client = signed_in(cast.reader)
    assert "never used" not in client.get("/me/tokens/", **ENGLISH).content.decode()
    assert client.post(f"/me/tokens/{AccessToken.objects.get().pk}/end/").status_code == 404
    assert signed_in(cast.outsider).get("/me/tokens/").status_code == 404


@pytest.mark.parametrize("act", ["sessions", "deactivate", "password", "second-factor"])
def test_tokens_end_with_the_sessions_that_an_administrator_ends(cast: Cast, act: str) -> None:
    admin = signed_in(cast.administrator)
    opened = token(cast.finder, "matters:read")
    admin.post(f"/people/{cast.finder.pk}/{act}/", {"password1": "korrekt-pferd-9", "password2": "korrekt-pferd-9"})
    Person.objects.filter(pk=cast.finder.pk).update(is_active=True)
    assert get("/matters", opened).status_code == 401


def test_the_command_makes_one(cast: Cast) -> None:
    assert get("/figures", token_for("reader", "省平台", ["figures:read"], 7)).status_code == 200
    with pytest.raises(NobodyOfThatName):
        token_for("nobody", "x", ["figures:read"], 7)
    with pytest.raises(UnknownScope, match="figures:write"):
        token_for("reader", "x", ["figures:write"], 7)


def test_a_token_costs_one_question_more(cast: Cast) -> None:
    matter = cast.finding()
    opened = token(cast.reader, "matters:read")
    get(f"/matters/{matter.pk}", opened)
    with few_questions(3):
        get(f"/matters/{matter.pk}", opened)
    assert get(f"/matters/{uuid7()}", opened).status_code == 404
