"""What SQL a request runs, recorded so that a bare endpoint can run the same with moving values.

What differs from request to request is recorded under a name: the matter, the act, the moment of its recording and the
matter's last one, the place in the history, and the session.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from django.db import connection
from django.test import Client

from bench.ground import CSRF
from bench.statement import BEGIN, COMMIT, Named, Statement
from muster.loop.matter import Matter

#: So large that no other number in the statements is mistaken for it.
SEQ = 7_000_000


@dataclass
class Recorder:
    """Listens to one request's SQL, transactions included."""

    statements: list[Statement] = field(default_factory=list)
    _open: bool = False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.turn(connection.in_atomic_block)
        self.statements.append(Statement(sql, params))
        return execute(sql, params, many, context)

    def turn(self, atomic: bool) -> None:
        if atomic != self._open:
            self.statements.append(Statement(BEGIN if atomic else COMMIT))
        self._open = atomic


def record(matter_id: UUID, noun: str, body: str, cookie: str) -> list[Statement]:
    """Take a step through the API, and return the SQL of the whole request with its moving values named."""
    client = Client(enforce_csrf_checks=True, headers={"cookie": cookie, "x-csrftoken": CSRF, "host": "127.0.0.1"})
    address = f"/api/matters/{matter_id}/{noun}"
    Matter.objects.filter(pk=matter_id).update(head_seq=SEQ)
    last = Matter.objects.get(pk=matter_id).recorded_at
    recorder = Recorder()
    with connection.execute_wrapper(recorder):
        answer = client.post(address, body, content_type="application/json")
    recorder.turn(False)
    if answer.status_code != 201:
        raise RuntimeError(f"{address}: {answer.status_code} {answer.content!r}")
    names = _names(matter_id, json.loads(answer.content), last, cookie)
    return [Statement(one.sql, _named(one.values, names)) for one in recorder.statements]


def _names(matter_id: UUID, receipt: dict[str, Any], last: datetime, cookie: str) -> dict[Any, Named]:
    # The answer has milliseconds only.
    now = Matter.objects.get(pk=matter_id).recorded_at
    session = cookie.removeprefix("sessionid=").split(";")[0]
    found = {
        matter_id: "matter",
        UUID(receipt["act_id"]): "act",
        now: "now",
        last: "last",
        SEQ + 1: "seq",
        session: "session",
    }
    return {value: Named(name) for value, name in found.items()}


def _named(values: Any, names: dict[Any, Named]) -> Any:
    match values:
        case dict():
            return {key: _value(value, names) for key, value in values.items()}
        case list() | tuple():
            return [_value(value, names) for value in values]
    return None


def _value(value: Any, names: dict[Any, Named]) -> Any:
    if isinstance(value, list | dict):
        return value
    plain = value.value if isinstance(value, Enum) else value
    return names.get(plain, plain)
