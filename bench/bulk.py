"""Filling many rows at once: indexes are left behind and made anew at the end, and the disk isn't waited for."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

#: Only while rows are filled in: a server that falls over then is thrown away.
HASTE = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "8GB", "autovacuum": "off"}
HANDS = 2

FILLED = """
select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'public' and c.relkind = 'r' and exists (
  select 1 from pg_attribute a where a.attrelid = c.oid and (a.attname = 'matter_id' or c.relname in ('matter', 'file')))
order by pg_table_size(c.oid) desc
"""
#: An index that isn't ready isn't written; making it anew makes it ready. Primary keys of few rows are looked up meanwhile.
LEAVE = "update pg_index set indisready = false, indisvalid = false where indrelid = any(%s::regclass[])"


@contextmanager
def without_indexes(dsn: str) -> Iterator[None]:
    """The tables that grow with matters have no indexes inside; after it they have all, and are vacuumed and analysed."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        tables = [row[0] for row in connection.execute(FILLED)]
        connection.execute(LEAVE, [tables])
        _set(connection)
        try:
            yield
        finally:
            tables = [row[0] for row in connection.execute(FILLED)]
            with ThreadPoolExecutor(HANDS) as hands:
                list(hands.map(lambda table: _finish(dsn, table), tables))
            _reset(connection)
            connection.execute("vacuum analyze")
            connection.execute("checkpoint")


def _finish(dsn: str, table: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("set maintenance_work_mem = '1GB'")
        connection.execute(f"vacuum analyze {table}")
        connection.execute(f"reindex table {table}")


def _set(connection: psycopg.Connection[Any]) -> None:
    for name, value in HASTE.items():
        connection.execute(sql.SQL("alter system set {} = {}").format(sql.Identifier(name), value))
    connection.execute("select pg_reload_conf()")


def _reset(connection: psycopg.Connection[Any]) -> None:
    for name in HASTE:
        connection.execute(sql.SQL("alter system reset {}").format(sql.Identifier(name)))
    connection.execute("select pg_reload_conf()")
