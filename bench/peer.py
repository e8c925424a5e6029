"""The bare endpoints: only the SQL of a request as ``bench.replay`` recorded it, and the same answer.

``application`` has no framework, and plain psycopg with its own defaults, so statements are prepared, as the best hand
could do. ``view`` is the least that Django serves: one view without middleware, on its connection. Both serve what the
pickle BENCH_STATEMENTS holds, on the database MUSTER_DATABASE.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import secrets
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg_pool import ConnectionPool

from bench.served import Start, django_alone
from bench.statement import BEGIN, COMMIT, Named, Statement

Values = dict[str, Any]


def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    environ["wsgi.input"].read()
    values = _values(environ)
    with pool().connection() as connection:
        for statement in statements():
            _run(connection, statement, values)
    answer = json.dumps(_receipt(values)).encode()
    start("201 Created", [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))])
    return [answer]


@cache
def pool() -> ConnectionPool[Connection[Any]]:
    return ConnectionPool(
        os.environ["MUSTER_DATABASE"], min_size=1, max_size=12, timeout=10, open=True, kwargs={"autocommit": True}
    )


@cache
def statements() -> list[Statement]:
    loaded: list[Statement] = pickle.loads(Path(os.environ["BENCH_STATEMENTS"]).read_bytes())
    return loaded


def _run(connection: Connection[Any], statement: Statement, values: Values) -> None:
    if statement.sql in (BEGIN, COMMIT):
        connection.execute(statement.sql)
        return
    cursor = connection.cursor()
    cursor.execute(statement.sql.encode(), _filled(statement.values, values))
    _learn(statement.sql, cursor, values)


def view(environ: dict[str, Any], start: Start) -> Any:
    return _handler()(environ, start)


@cache
def _handler() -> Any:
    return django_alone("api/matters/<uuid:pk>/<slug:noun>", step)


def step(request: Any, pk: UUID, noun: str) -> Any:
    from django.db import connection, transaction
    from django.http import JsonResponse

    json.loads(request.body)
    values = _values(request.META)
    with connection.cursor() as cursor, contextlib.ExitStack() as opened:
        for statement in statements():
            if statement.sql == BEGIN:
                opened.enter_context(transaction.atomic())
            elif statement.sql == COMMIT:
                opened.close()
            else:
                cursor.execute(statement.sql, _filled(statement.values, values))
                _learn(statement.sql, cursor, values)
    answer = JsonResponse(_receipt(values), status=201)
    answer["Content-Length"] = len(answer.content)
    return answer


def _values(environ: dict[str, Any]) -> Values:
    matter = UUID(environ["PATH_INFO"].split("/")[3])
    return {"matter": matter, "act": _uuid7(), "session": _session(environ["HTTP_COOKIE"])}


def _learn(sql: str, cursor: Any, values: Values) -> None:
    """Fetch what a statement read, and keep what later ones need of it."""
    rows = cursor.fetchall() if cursor.description else []
    if "FOR NO KEY UPDATE" in sql:
        found = dict(zip((column.name for column in cursor.description), rows[0], strict=True))
        values["last"], values["seq"] = found["recorded_at"], found["head_seq"] + 1
    elif "clock_timestamp()" in sql:
        values["now"] = rows[0][0]


def _filled(given: Any, values: Values) -> Any:
    if isinstance(given, dict):
        return {key: values[one.name] if isinstance(one, Named) else one for key, one in given.items()}
    return [values[one.name] if isinstance(one, Named) else one for one in given or ()]


def _receipt(values: Values) -> dict[str, Any]:
    recorded: datetime = values["now"].astimezone(UTC)
    return {
        "act_id": str(values["act"]), "matter_id": str(values["matter"]), "seq": values["seq"],
        "recorded_at": recorded.isoformat(timespec="milliseconds").replace("+00:00", "Z"), "hash": "0" * 64,
        "repeated": False,
    }  # fmt: skip


def _uuid7() -> UUID:
    stamp_ms = time.time_ns() // 1_000_000
    return UUID(int=stamp_ms << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62))


def _session(cookie: str) -> str:
    return cookie.removeprefix("sessionid=").split(";")[0]
