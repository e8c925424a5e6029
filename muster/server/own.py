"""The check of a PostgreSQL server of one's own: refused at once with the reason, not found out later."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import errors

from muster.lib.refusal import Refusal
from muster.lib.said import said as _

OLDEST = 15
SAMPLE = "消杀记录"

FACTS = """
select datname, pg_encoding_to_char(encoding), datctype from pg_database where datname = current_database()
"""
SCHEMA = """
select quote_ident(nspname) from pg_namespace n join pg_extension e on n.oid = e.extnamespace
where extname = 'pg_trgm'
"""


class ServerTooOld(Refusal):
    code = "server_too_old"
    message = _(
        "The server at MUSTER_DATABASE_URL is PostgreSQL {found}; Muster needs {oldest} or newer. Upgrade "
        "it, or leave MUSTER_DATABASE_URL unset to use the PostgreSQL that comes with Muster."
    )


class NotUnicode(Refusal):
    code = "database_not_utf8"
    message = _(
        "The database {database} has the encoding {encoding}, which can't hold every name. Make it anew: "
        "CREATE DATABASE {database} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
    )


class ChineseNotSearchable(Refusal):
    code = "database_cannot_search_chinese"
    message = _(
        "The database {database} has the locale {locale}, under which PostgreSQL doesn't take Chinese "
        "characters for letters: a search would find nothing. Make it anew with one that does: CREATE "
        "DATABASE {database} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
    )


def check_server(connection: psycopg.Connection[Any]) -> None:
    """Refuse a server older than 15, or a database that can't hold or search Chinese. Leaves no trace.

    Searching is tried, not derived from the locale's name: by a regular expression, and by the trigrams of
    pg_trgm where that extension is there or may be made. Raises ServerTooOld, NotUnicode,
    ChineseNotSearchable.
    """
    found = connection.info.server_version // 10000
    if found < OLDEST:
        raise ServerTooOld(found=found, oldest=OLDEST)
    database, encoding, locale = _facts(connection)
    if encoding != "UTF8":
        raise NotUnicode(database=database, encoding=encoding)
    if not (_letters(connection) and _trigrams(connection)):
        raise ChineseNotSearchable(database=database, locale=locale)


def _facts(connection: psycopg.Connection[Any]) -> tuple[str, str, str]:
    name, encoding, locale = _row(connection, FACTS)
    return name, encoding, locale


def _letters(connection: psycopg.Connection[Any]) -> bool:
    return bool(_row(connection, r"select %s ~ '^\w+$'", SAMPLE)[0])


def _trigrams(connection: psycopg.Connection[Any]) -> bool:
    try:
        with connection.transaction(force_rollback=True):
            connection.execute("create extension if not exists pg_trgm")
            # Wherever it stands, its schema need not be on the search path.
            schema = _row(connection, SCHEMA)[0]
            return bool(_row(connection, f"select cardinality({schema}.show_trgm(%s))", SAMPLE)[0])
    except (
        errors.InsufficientPrivilege,
        errors.FeatureNotSupported,
        errors.UndefinedFile,
        errors.ReadOnlySqlTransaction,
    ):
        # Not to be had here; the regular expression has judged by the same character classes.
        return True


def _row(connection: psycopg.Connection[Any], query: str, *values: str) -> tuple[Any, ...]:
    with connection.cursor(row_factory=psycopg.rows.tuple_row) as cursor:
        row = cursor.execute(query.encode(), values).fetchone()
    assert row is not None
    return row
