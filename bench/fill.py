"""Making matters with all their rows and indexes, against binary COPY of the very same rows into the same tables.

Both leave the indexes behind and make them at the end, with as many hands.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from bench.bulk import FILLED, HANDS, without_indexes
from bench.ground import ground
from bench.measure import ROUNDS, Line, at_least

MATTERS = 50_000
TARGET = 0.5
#: Generated columns aren't copied: the database makes them.
COLUMNS = """
select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
where attrelid = %s::regclass and attnum > 0 and not attisdropped and attgenerated = ''
"""


def measure(rounds: int = ROUNDS, matters: int = MATTERS) -> Iterator[Line]:
    with ground(durable=True) as place, psycopg.connect(place.dsn, autocommit=True) as bare:
        from bench.generate import fill, prepare

        values = prepare(place.dsn, place.incident, matters, False, 1, datetime.now(UTC))
        fill(place.dsn, values)
        tables, rows = kept(bare, place.folder)
        ratios, made_s = [], []
        for _round in range(rounds):
            empty(bare, tables)
            made_s.append(timed(lambda: fill(place.dsn, values)))
            empty(bare, tables)
            ratios.append(timed(lambda: copied(place.dsn, tables, place.folder)) / made_s[-1])
        per_s = rows / sorted(made_s)[rounds // 2]
        yield at_least(
            f"{matters:,} matters with all rows: rows a second ÷ COPY's",
            TARGET,
            ratios,
            f"; {rows:,} rows, {per_s:,.0f} a second",
        )


def kept(bare: psycopg.Connection[Any], folder: Path) -> tuple[dict[str, str], int]:
    """Tables with their columns, whose rows now stand in files; and how many rows these are."""
    found = {table: str(one(bare, COLUMNS, table)) for (table,) in bare.execute(FILLED).fetchall()}
    rows = 0
    for table, columns in found.items():
        with (
            bare.cursor().copy(f"copy {table} ({columns}) to stdout (format binary)") as copy,
            file_of(folder, table).open("wb") as out,
        ):
            for data in copy:
                out.write(data)
        rows += int(str(one(bare, f"select count(*) from {table}")))
    return found, rows


def one(bare: psycopg.Connection[Any], sql: str, *values: str) -> object:
    row = bare.execute(sql, values).fetchone()
    assert row
    return row[0]


def empty(bare: psycopg.Connection[Any], tables: dict[str, str]) -> None:
    bare.execute("set session_replication_role = replica")
    bare.execute(f"truncate {', '.join(tables)} cascade")


def copied(dsn: str, tables: dict[str, str], folder: Path) -> None:
    with without_indexes(dsn), ThreadPoolExecutor(HANDS) as hands:
        list(hands.map(lambda table: copy_in(dsn, table, tables[table], folder), tables))


def copy_in(dsn: str, table: str, columns: str, folder: Path, *, guarded: bool = False) -> None:
    """``guarded``: with triggers and foreign keys."""
    with psycopg.connect(dsn) as connection:
        if not guarded:
            connection.execute("set session_replication_role = replica")
        sql = f"copy {table} ({columns}) from stdin (format binary)"
        with connection.cursor().copy(sql) as copy, file_of(folder, table).open("rb") as rows:
            while data := rows.read(1 << 20):
                copy.write(data)


def file_of(folder: Path, table: str) -> Path:
    return folder / f"{table}.rows"


def timed(call: Any) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began
