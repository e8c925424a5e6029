"""Every endpoint × every role × the outsider: what each is answered, as a table that stands in the documents.

For each step a matter stands ready for it, so that a refusal is for who asks. ``MUSTER_WRITE_TABLE=1`` writes the table anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import models, transaction
from django.test import Client
from ninja import Schema

from muster.api.app import api
from muster.evidence.file import File
from muster.loop.matter import Matter
from muster.loop.nouns import NOUNS
from tests.api.calls import Call, calls, send
from tests.cast import Cast
from tests.loop.attempts import CASES
from tests.web.test_pin import fresh

pytestmark = pytest.mark.xdist_group("access")
TABLE = Path(__file__).parents[2] / "docs" / "api" / "access.md"
HEAD = """# API: who is answered what

Made by `tests/api/test_access.py`, for every endpoint, every role and the outsider. For each step a matter stands ready for
it, so that a refusal is for who asks. 404 is for who doesn't see the matter, 403 for who sees it and may not take the step.

"""
#: By what stands at the head of the table; several of a role where it matters on which side they stand.
WHO = {
    "headquarters": "deputy", "dispatcher": "dispatcher", "inspector": "finder", "verifier": "second_verifier",
    "operator": "operator", "liaison of the unit": "fixer", "liaison elsewhere": "stranger", "reader": "reader",
    "administrator": "administrator", "outsider": "outsider", "nobody": "",
}  # fmt: skip
Row = tuple[str, list[int]]


def endpoints() -> list[str]:
    paths = api.get_openapi_schema()["paths"]
    return [f"{method.upper()} {path}" for path, methods in paths.items() for method in methods]


class Asked:
    """Takes the place of a matter in an attempt: what it is asked to do, instead of doing it."""

    def __init__(self, matter: Matter) -> None:
        self.matter, self.given = matter, dict[str, Any]()

    def __getattr__(self, name: str) -> Any:
        if name in ("due_at", "pk", "area", "kind", "incident"):
            return getattr(self.matter, name)
        return lambda **given: self.given.update(given)


def body_of(asked: dict[str, Any], who: str, cast: Cast) -> dict[str, Any]:
    """As the API takes it; photos are handed in by who asks."""
    return {name: plain(value, who, cast) for name, value in asked.items() if name != "by"}


def plain(value: Any, who: str, cast: Cast) -> Any:
    match value:
        case File():
            return str(cast.photo(who).pk) if who else str(value.pk)
        case list():
            return [plain(one, who, cast) for one in value]
        case models.Model():
            return value.pk if isinstance(value.pk, int) else str(value.pk)
        case datetime():
            return value.isoformat()
    return value


def ask(who: str, cast: Cast, method: str, call: Callable[[], Call]) -> int:
    """The status, and nothing done."""
    client = fresh(cast.people[who]) if who else Client()
    with transaction.atomic():
        address, body, way = call()
        more: dict[str, Any] = {"content_type": "application/json"} if way == "json" and method != "GET" else {}
        status = int(getattr(client, method.lower())(address, body or {}, **more).status_code)
        transaction.set_rollback(True)
    return status


def of_steps(cast: Cast) -> Iterator[Row]:
    for noun, verb in NOUNS.items():
        case = CASES["call_back" if verb == "confirm" else verb]
        matter = case.ready(cast)
        asked = Asked(matter)
        case.attempt(cast, asked, cast.chief)  # type: ignore[arg-type]
        address = f"/api/matters/{matter.pk}/{noun}"
        answers = [
            ask(who, cast, "POST", partial(send, address, **body_of(asked.given, who, cast))) for who in WHO.values()
        ]
        yield f"POST /api/matters/{{pk}}/{noun}", answers


def of_others(cast: Cast) -> Iterator[Row]:
    for name, call in calls(cast).items():
        yield name, [ask(who, cast, name.split()[0], call) for who in WHO.values()]


def table(rows: list[Row]) -> str:
    lines = ["| endpoint | " + " | ".join(WHO) + " |", "|---" * (len(WHO) + 1) + "|"]
    return "\n".join([*lines, *(f"| `{name}` | " + " | ".join(map(str, told)) + " |" for name, told in rows)]) + "\n"


@pytest.fixture(autouse=True)
def kept_apart(settings: LazySettings, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path
    settings.WEBHOOK_HOSTS = ["city-brain.example"]


#: Asked once: more than a thousand questions.
_rows: list[Row] = []


@pytest.fixture
def rows(cast: Cast) -> list[Row]:
    if not _rows:
        _rows.extend([*of_others(cast), *of_steps(cast)])
    return _rows


def test_the_table_is_what_is_answered(rows: list[Row]) -> None:
    if os.environ.get("MUSTER_WRITE_TABLE"):
        TABLE.write_text(HEAD + table(rows))
    assert TABLE.read_text() == HEAD + table(rows)


def test_every_endpoint_stands_in_it(rows: list[Row]) -> None:
    assert {name for name, _told in rows} == set(endpoints())


def test_the_outsider_and_nobody_get_nothing(rows: list[Row]) -> None:
    for name, told in rows:
        by_who = dict(zip(WHO, told, strict=True))
        assert by_who["nobody"] == 401, name
        # A list that shows nothing of anybody's is an empty list; one's own name one may know.
        empty = name.removeprefix("GET /api/") in ("matters", "bulletins", "work", "conflicts", "me")
        nothing = (200,) if empty else (403,) if name == "POST /api/matters" else (404,)
        assert by_who["outsider"] in nothing, name


def test_every_step_is_taken_by_somebody_and_closed_by_no_doer(rows: list[Row]) -> None:
    for name, told in rows:
        by_who = dict(zip(WHO, told, strict=True))
        assert {200, 201, 204} & set(told), name
        if re.search("verification|confirmation|revisit", name):
            assert by_who["liaison of the unit"] == 403, name


def test_no_two_things_of_the_document_are_called_alike() -> None:
    """Of two schemas of one name the document would show only one."""
    named: dict[str, set[Any]] = {}
    for kind in _below(Schema):
        if kind.__module__.startswith("muster.api"):
            named.setdefault(kind.__name__, set()).add(kind)
    assert {name for name, kinds in named.items() if len(kinds) > 1} == set()


def _below(kind: type[Any]) -> Iterator[type[Any]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)
