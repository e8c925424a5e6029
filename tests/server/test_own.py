from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import sql

from muster.server.layout import ConnectionInfo
from muster.server.own import ChineseNotSearchable, NotUnicode, check_server


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        ("locale_provider libc lc_collate 'C' lc_ctype 'C'", ChineseNotSearchable),
        ("lc_ctype 'C'", ChineseNotSearchable),
        ("encoding 'LATIN1' locale_provider libc lc_collate 'C' lc_ctype 'C'", NotUnicode),
        ("", None),
    ],
    ids=["locale C", "ctype C under a builtin locale", "no Unicode", "as the embedded server makes it"],
)
def test_a_database_is_judged_by_trying(server: ConnectionInfo, options: str, refusal: type[Exception] | None) -> None:
    with _made(server, options) as info, psycopg.connect(info.dsn) as connection:
        if refusal is None:
            check_server(connection)
        else:
            with pytest.raises(refusal, match=r"CREATE DATABASE probe"):
                check_server(connection)
        assert connection.execute("select from pg_extension where extname = 'pg_trgm'").fetchone() is None


@contextmanager
def _made(server: ConnectionInfo, options: str) -> Iterator[ConnectionInfo]:
    with psycopg.connect(server.dsn, autocommit=True) as admin:
        admin.execute(sql.SQL("create database probe template template0 " + options))
        try:
            yield server.database("probe")
        finally:
            admin.execute("drop database probe with (force)")
