"""The bare endpoint: no framework, only the SQL of a request as ``bench.replay`` recorded it, and the same answer.

Plain psycopg with its own defaults, so statements are prepared, as the best hand could do. Serves what the pickle
BENCH_STATEMENTS holds, on the database MUSTER_DATABASE.
"""

from __future__ import annotations

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

from psycopg import ClientCursor, Connection
from psycopg_pool import ConnectionPool

from bench.served import Start
from bench.statement import BEGIN, COMMIT, Named, Statement

Values = dict[str, Any]


def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    environ["wsgi.input"].read()
    matter = UUID(environ["PATH_INFO"].split("/")[3])
    values: Values = {"matter": matter, "act": _uuid7(), "session": _session(environ["HTTP_COOKIE"])}
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
    # Two statements in one message can't be prepared.
    several = ";" in statement.sql
    cursor = ClientCursor(connection) if several else connection.cursor()
    cursor.execute(statement.sql.encode(), _filled(statement.values, values))
    if cursor.description:
        _learn(statement.sql, cursor.fetchall(), values)


def _learn(sql: str, rows: list[Any], values: Values) -> None:
    """The values that later statements need of what this one read."""
    if "FOR NO KEY UPDATE" in sql:
        values["last"], values["seq"] = rows[0][-3], rows[0][-2] + 1
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
