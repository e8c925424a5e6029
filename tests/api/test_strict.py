"""What the API doesn't know it doesn't pass over: fields, types, parameters, methods, addresses, scopes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from muster.api.auth import READING
from muster.loop.matter import Matter
from muster.people.token import AccessToken, Scope
from tests.api.asking import api
from tests.api.calls import Call, calls
from tests.cast import Cast
from tests.web.signed_in import BACKEND, signed_in


@pytest.fixture(autouse=True)
def kept_apart(settings: LazySettings, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path
    settings.WEBHOOK_HOSTS = ["city-brain.example"]


def test_what_is_of_another_type_or_unknown_is_refused_by_field(cast: Cast) -> None:
    ask = api(cast.administrator)
    status, told = ask("post", "/sites", {"name": "x", "kind": "castle", "area": "青年路街道", "colour": "red"})
    assert (status, told["code"], set(told["fields"])) == (422, "malformed", {"kind", "colour"})
    status, told = ask("post", "/teams", {"organisation": "1", "kind": "field_team", "name": "x"})
    assert (status, set(told["fields"])) == (422, {"organisation"})


def test_what_no_column_can_hold_is_refused(cast: Cast) -> None:
    body = {"incident": cast.incident.pk, "kind": "finding", "area": cast.town.pk, "category": "testing",
            "severity": "minor", "text": "门岗\0无人"}  # fmt: skip
    assert api(cast.finder)("post", "/matters", body)[1]["code"] == "malformed"
    assert api(cast.administrator)("get", "/areas/%00")[0] in (404, 422)
    assert not Matter.objects.exists()


def test_an_address_that_is_none_answers_as_everything_else(cast: Cast) -> None:
    for client in (Client(), signed_in(cast.chief)):
        for method in ("get", "post", "delete"):
            answer = getattr(client, method)("/api/nothing/here")
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_parameter_or_method_that_an_endpoint_does_not_know_is_refused(cast: Cast) -> None:
    ask = api(cast.deputy)
    for address in ("/matters?areas=371581", "/figures?ares=1", "/areas?below=371581", "/exports?list=matters"):
        status, told = ask("get", address)
        assert (status, told["code"]) == (422, "malformed"), address
    status, told = ask("delete", "/matters")
    assert (status, told["code"]) == (405, "method_not_allowed")
    for address in ("/areas?above=371500&limit=0", "/exports?limit=101", "/work?incident=0"):
        assert ask("get", address)[1]["code"] == "malformed"
    status, told = ask("get", "/areas?above=371500&after=zz")
    assert (status, set(told["fields"])) == (422, {"after"})


def test_a_body_that_is_no_json_and_a_text_that_is_none_are_refused(cast: Cast) -> None:
    client = signed_in(cast.finder)
    answer = client.post("/api/matters", "{", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    note = f"/api/matters/{cast.finding().pk}/note"
    answer = client.post(note, '{"text": "\\ud800"}', content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    answer = client.post(note, {"text": "x" * 4001}, content_type="application/json")
    assert (answer.status_code, set(answer.json()["fields"])) == (422, {"text"})


def test_who_asks_is_told_who_they_are(cast: Cast) -> None:
    told = api(cast.fixer)("get", "/me")[1]
    assert (told["login"], told["organisations"][0]["id"], told["grants"][0]["role"]) == (
        "fixer",
        cast.unit.pk,
        "liaison",
    )
    _made, token = AccessToken.make(
        cast.fixer, "x", ["figures:read"], timezone.now() + timedelta(days=1), second_factor=True
    )
    bearer: Any = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    assert Client().get("/api/me", **bearer).json()["scopes"] == ["figures:read"]


def test_every_endpoint_has_a_scope_and_no_other_opens_it(cast: Cast) -> None:
    """By a token for everything but what is asked for; so none is opened by a scope of another noun."""
    client, until = Client(), timezone.now() + timedelta(days=1)
    for name, call in calls(cast).items():
        method, path = name.split()
        if path == "/api/me":
            continue
        wanted = scope_of(method, path)
        scopes = [one for one in Scope.values if one != wanted]
        _made, token = AccessToken.make(cast.deputy, name[:60], scopes, until, second_factor=True)
        assert asked(client, method, call(), token) == (403, "scope_missing"), name


def scope_of(method: str, path: str) -> str:
    noun = "matters" if path.endswith("/matters") else path.split("/")[2]
    known = {
        "areas": "places", "sites": "places", "organisations": "people", "teams": "people", "packs": "incidents",
        "handovers": "duty", "views": "matters", "work": "matters", "conflicts": "matters", "sweeps": "matters",
    }  # fmt: skip
    return f"{known.get(noun, noun)}:{'read' if method in READING else 'write'}"


def asked(client: Client, method: str, call: Call, token: str) -> tuple[int, str]:
    address, body, way = call
    more: dict[str, Any] = {"content_type": "application/json"} if way == "json" and method != "GET" else {}
    answer = getattr(client, method.lower())(address, body or {}, HTTP_AUTHORIZATION=f"Bearer {token}", **more)
    return answer.status_code, answer.json()["code"]


def test_of_who_could_hold_no_post_not_even_the_name_is_told(cast: Cast) -> None:
    until = (timezone.now() + timedelta(hours=8)).isoformat()
    for who in (cast.administrator, cast.fixer, cast.outsider):
        status, told = api(cast.dispatcher)("post", "/duty", {"post": "duty_chief", "person": who.pk, "until": until})
        assert (status, told["code"], who.name in told["message"]) == (404, "not_found", False)


def test_who_sends_a_cookie_and_a_token_acts_with_the_token(cast: Cast) -> None:
    until = timezone.now() + timedelta(days=1)
    _made, token = AccessToken.make(cast.administrator, "x", ["people:read"], until, second_factor=True)
    bearer: Any = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    for who in (cast.reader, cast.chief):
        client = signed_in(who)
        assert client.get("/api/people", **bearer).status_code == 200
        assert client.get("/api/me").json()["login"] == who.login
        assert client.get("/api/people").status_code == 404
    # What only looks like one opens nothing that the cookie doesn't.
    without = Client()
    without.force_login(cast.chief, backend=BACKEND)
    for header in ("BearerX y", "Basic Bearer", "bearer"):
        answer = without.get("/api/people", HTTP_AUTHORIZATION=header)
        assert answer.status_code in (401, 403), header
