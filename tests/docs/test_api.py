"""The API's documents: every endpoint with an example that fits, and every code that it may answer."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest

from muster.api.app import api
from muster.people.token import Scope
from tests.docs.markdown import DOCS, code_of, coded, table, text_of
from tests.docs.refusals import codes, refusals

DOCUMENTS = sorted(
    f"api/{one.name}" for one in (DOCS / "api").glob("*.md") if one.name not in ("access.md", "tokens.md")
)
METHODS = ("GET ", "POST ", "PATCH ", "DELETE ")
SCHEMA: dict[str, Any] = api.get_openapi_schema()


def endpoints() -> set[str]:
    return {
        f"{method.upper()} {path.replace('{pk}', '{id}')}"
        for path, methods in SCHEMA["paths"].items()
        for method in methods
    }


@cache
def sections() -> dict[str, str]:
    """What stands below the heading of an endpoint."""
    found: dict[str, str] = {}
    for name in DOCUMENTS:
        for part in re.split(r"^#+ ", text_of(name), flags=re.MULTILINE):
            heading, _end, below = part.partition("\n")
            if heading.startswith(METHODS):
                assert heading not in found, f"{heading} is documented twice"
                found[heading] = below
    return found


def test_every_endpoint_is_documented_and_no_other() -> None:
    assert set(sections()) == endpoints()


@pytest.mark.parametrize("endpoint", sorted(endpoints()))
def test_an_endpoint_has_an_example_that_fits(endpoint: str) -> None:
    method, path = endpoint.split()
    below = sections()[endpoint]
    address = re.sub(r"\\\{\w+\\\}", r"[$\\w]+", re.escape(path.removeprefix("/api")))
    call = rf"(?m)^{method.lower()} [\"']?{address}[\"' ?]|^{method.lower()} [\"']?{address}[\"']?$|{re.escape('$BASE' + path)}$"
    assert re.search(call, below), f"{endpoint} has no example"
    for body in re.findall(r"^(?:post|patch) \S+ '(.*)'", below, re.MULTILINE):
        must_fit(json.loads(body), fields_of(endpoint))


@pytest.mark.parametrize("endpoint", sorted(endpoints()))
def test_what_is_asked_for_is_named(endpoint: str) -> None:
    named = set(re.findall(r"[a-z0-9_]+", sections()[endpoint]))
    assert set(fields_of(endpoint).get("properties", {})) - {"id", "at"} <= named


@pytest.mark.parametrize("endpoint", sorted(endpoints()))
def test_what_is_answered_is_named(endpoint: str) -> None:
    (name,) = {name for name in DOCUMENTS if f"### {endpoint}\n" in text_of(name)}
    assert answered(operation(endpoint)["responses"]) <= set(re.findall(r"[a-z0-9_]+", text_of(name)))


def test_every_code_of_the_loop_is_listed_with_its_status() -> None:
    must_be_listed("api/matters.md", ("muster.loop", "muster.policy.pack", "muster.incidents"))


def test_every_code_of_files_is_listed_with_its_status() -> None:
    must_be_listed("api/files.md", ("muster.evidence",))


def test_every_code_and_scope_of_tokens_is_listed() -> None:
    must_be_listed("api/tokens.md", ("muster.api.auth",))
    listed = {scope for row in table("api/tokens.md", "scope", "for") for scope in coded(row["scope"])}
    assert listed == set(Scope.values)


def test_every_code_of_webhooks_and_packs_is_listed() -> None:
    must_be_listed("api/webhooks.md", ("muster.exchange.webhooks", "muster.api.webhooks"))
    must_be_listed("api/packs.md", ("muster.api.packs",))


def test_what_is_refused_before_anything_is_listed() -> None:
    answers = {
        code_of(row["answer"]): int(row["status"]) for row in table("api/matters.md", "answer", "status", "when")
    }
    defined = {one.code: one.status for one in refusals() if one.__module__ in ("muster.api.app", "muster.api.asked")}
    assert not defined.items() - answers.items()


def must_be_listed(name: str, modules: tuple[str, ...]) -> None:
    listed = {code_of(row["code"]): int(row["status"]) for row in table(name, "code", "status", "when")}
    defined = {one.code: one.status for one in refusals() if one.__module__.startswith(modules)}
    missing = defined.items() - listed.items()
    assert not missing
    assert set(listed) <= codes()


def operation(endpoint: str) -> dict[str, Any]:
    method, path = endpoint.split()
    found: dict[str, Any] = SCHEMA["paths"][path.replace("{id}", "{pk}")][method.lower()]
    return found


def fields_of(endpoint: str) -> dict[str, Any]:
    """The schema of what is sent there; empty where nothing is."""
    content = operation(endpoint).get("requestBody", {}).get("content", {"": {"schema": {}}})
    (media,) = content.values()
    schema: dict[str, Any] = media["schema"]
    named = schema.get("$ref", "").rpartition("/")[2]
    return SCHEMA["components"]["schemas"][named] if named else schema


def answered(part: Any) -> set[str]:
    """The names of all fields of an answer, at any depth; a refusal's are the same everywhere."""
    if isinstance(part, list):
        return set().union(*map(answered, part))
    if not isinstance(part, dict):
        return set()
    named = part.get("$ref", "").rpartition("/")[2]
    if named:
        return set() if named == "RefusedOut" else answered(SCHEMA["components"]["schemas"][named])
    return set(part.get("properties", {})) | set().union(*map(answered, part.values()))


def must_fit(body: dict[str, Any], schema: dict[str, Any]) -> None:
    assert set(body) <= set(schema.get("properties", {}))
    assert set(schema.get("required", ())) <= set(body)
