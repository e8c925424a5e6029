"""The API's documents: every endpoint with an example that fits, and every code that it may answer."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest

from muster.api.app import api
from muster.people.token import Scope
from tests.docs.markdown import code_of, table, text_of
from tests.docs.refusals import codes, refusals

DOCUMENTS = ("api/matters.md", "api/files.md", "api/figures.md", "api/bulletins.md")
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
            if heading.startswith(("GET ", "POST ")):
                assert heading not in found, f"{heading} is documented twice"
                found[heading] = below
    return found


def test_every_endpoint_is_documented_and_no_other() -> None:
    assert set(sections()) == endpoints()


@pytest.mark.parametrize("endpoint", sorted(endpoints()))
def test_an_endpoint_has_an_example_that_fits(endpoint: str) -> None:
    method, path = endpoint.split()
    below = sections()[endpoint]
    address = re.escape(path.removeprefix("/api")).replace(r"\{id\}", r"\$MATTER").replace(r"\{key\}", "[a-z_]+")
    call = rf"(?m)^{method.lower()} [\"']?{address}[\"' ?]|^{method.lower()} [\"']?{address}[\"']?$|{re.escape('$BASE' + path)}$"
    assert re.search(call, below), f"{endpoint} has no example"
    for body in re.findall(r"^post \S+ '(.*)'$", below, re.MULTILINE):
        must_fit(json.loads(body), fields_of(path))


@pytest.mark.parametrize("endpoint", sorted(endpoints()))
def test_what_is_asked_for_is_named(endpoint: str) -> None:
    method, path = endpoint.split()
    named = set(re.findall(r"[a-z_]+", sections()[endpoint]))
    if method == "POST":
        assert set(fields_of(path)["properties"]) - {"id", "at"} <= named


def test_every_code_of_the_loop_is_listed_with_its_status() -> None:
    must_be_listed("api/matters.md", ("muster.loop", "muster.policy.pack", "muster.incidents"))


def test_every_code_of_files_is_listed_with_its_status() -> None:
    must_be_listed("api/files.md", ("muster.evidence",))


def test_every_code_and_scope_of_tokens_is_listed() -> None:
    must_be_listed("api/tokens.md", ("muster.api.auth",))
    assert {code_of(row["scope"]) for row in table("api/tokens.md", "scope", "for")} == set(Scope.values)


def must_be_listed(name: str, modules: tuple[str, ...]) -> None:
    listed = {code_of(row["code"]): int(row["status"]) for row in table(name, "code", "status", "when")}
    defined = {one.code: one.status for one in refusals() if one.__module__.startswith(modules)}
    missing = defined.items() - listed.items()
    assert not missing
    assert set(listed) <= codes()


def fields_of(path: str) -> dict[str, Any]:
    """The schema of what is posted there."""
    content = SCHEMA["paths"][path.replace("{id}", "{pk}")]["post"]["requestBody"]["content"]
    (media,) = content.values()
    schema: dict[str, Any] = media["schema"]
    named = schema.get("$ref", "").rpartition("/")[2]
    return SCHEMA["components"]["schemas"][named] if named else schema


def must_fit(body: dict[str, Any], schema: dict[str, Any]) -> None:
    assert set(body) <= set(schema["properties"])
    assert set(schema.get("required", ())) <= set(body)
