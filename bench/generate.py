"""Many matters fast: a city's register after two months, for measuring how it is read and written.

Areas, departments and texts are the demo's, with communities, their units and sites added; statuses are spread like life,
about ten entries a matter. The same seed, size and moment give the same matters. Rows are inserted with triggers off and
their hashes are made up, so ``muster check`` would find fault with every one of them: this is for measuring time, never
for anything else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import psycopg

from bench.bulk import without_indexes
from muster.demo.texts import texts
from muster.incidents.incident import Incident
from muster.policy.pack import Pack

Row = tuple[Any, ...]
Values = dict[str, Any]

CHUNK = 50_000
#: Chunks are independent of each other, so two make use of two processors.
HANDS = 2

SAID = """
create schema bench;
create table bench.said (kind text, nr int, prefix text, category text, severity text, text text, response text,
  remark text, site_kind text, rules jsonb, due_h int, redo_h int, verify_h int, primary key (kind, nr))
"""
CHUNKED = ("generate_lives.sql", "generate_events.sql", "generate_rows.sql")


def generate(
    dsn: str,
    incident: Incident,
    matters: int,
    *,
    registered_only: bool = False,
    seed: int = 1,
    until: datetime | None = None,
) -> None:
    """Fill the register with so many matters; ``registered_only``: all of them wait for their assignment."""
    values = prepare(dsn, incident, matters, registered_only, seed, until or datetime.now(UTC))
    fill(dsn, values)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("drop schema bench cascade")


def prepare(dsn: str, incident: Incident, matters: int, registered_only: bool, seed: int, until: datetime) -> Values:
    """Make what matters are drawn from; the values that the scripts ask for."""
    pack = incident.pack_version()
    values = {
        "matters": matters, "seed": seed, "until": until, "incident": incident.pk, "pack": pack.pk,
        "registered_only": registered_only,
    }  # fmt: skip
    with psycopg.connect(dsn, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute(SAID)
        with connection.cursor().copy("copy bench.said from stdin") as copy:
            for row in said(pack.pack):
                copy.write_row(row)
        connection.execute(script("generate_city.sql"), values)
    return values


def fill(dsn: str, values: Values) -> None:
    """Make the matters and all their rows; the indexes at the end."""
    matters = values["matters"]
    ends = [
        {**values, "first": first, "last": min(first + CHUNK - 1, matters)} for first in range(1, matters + 1, CHUNK)
    ]
    with without_indexes(dsn), ThreadPoolExecutor(HANDS) as hands:
        list(hands.map(lambda one: chunk(dsn, one), ends))


def chunk(dsn: str, values: Values) -> None:
    """Make some of the matters, in one transaction."""
    with psycopg.connect(dsn, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute(
            "set local session_replication_role = replica; set local work_mem = '256MB'; set local jit = off"
        )
        for name in CHUNKED:
            connection.execute(script(name), values)


def script(name: str) -> str:
    return files("bench").joinpath(name).read_text(encoding="utf-8")


def said(pack: Pack) -> Iterator[Row]:
    """What people say in the demo, with the rules that the pack judges it by."""
    for kind in ("finding", "request", "proposal"):
        for nr, text in enumerate(texts()[kind]):
            severity = text.get("severity", "minor")
            rules = pack.rules(kind, text["category"], severity)
            remark = text.get("passed") or text.get("confirmed") or text.get("rating_remark")
            yield (
                kind, nr, pack.kinds[kind].prefix, text["category"], severity, text["text"], text["response"],
                remark, text.get("site_kind", "compound"), json.dumps(asdict(rules)), rules.due_h, rules.redo_h, rules.verify_h,
            )  # fmt: skip
