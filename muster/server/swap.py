"""Puts a new database and a new folder in the place of the old ones, both or neither."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg
from psycopg import errors, sql
from psycopg.conninfo import make_conninfo
from psycopg.rows import scalar_row

from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.server import tools

PROVIDERS = {"c": "libc", "i": "icu", "b": "builtin"}


class MayNotCreate(Refusal):
    code = "may_not_create_database"
    message = _(
        "The user {user} may not make a database beside {database}, and a restore needs that. Let an "
        "administrator run: ALTER ROLE {user} CREATEDB"
    )


class InUse(Refusal):
    code = "database_in_use"
    message = _(
        "The database {database} is used by sessions that we may not end. Nothing was changed. End them "
        "(stop what else is connected to it) and try again."
    )


class OldRemains(Refusal):
    code = "old_data_remain"
    message = _(
        "The backup is in place and in use, but what was there before could not be removed: {what} "
        "({reason}). Remove it by hand: it holds personal data."
    )


class Databases:
    """Fresh databases beside the one at dsn, on the same server and with the same locale."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        with tools.connect(dsn) as connection:
            self.name = connection.info.dbname
            self.major = connection.info.server_version // 10000
            cursor = connection.cursor(row_factory=scalar_row)
            self.empty = bool(cursor.execute(NOTHING_IN_IT).fetchone())
            self._facts: dict[str, Any] = cursor.execute(FACTS, [self.name]).fetchone() or {}

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The name of a new empty database, which is dropped afterwards unless it has been put in place."""
        name = self._beside("restoring")
        with self._admin() as admin:
            try:
                admin.execute(self._creation(name))
            except errors.InsufficientPrivilege as error:
                raise MayNotCreate(user=admin.info.user, database=self.name) from error
        try:
            yield name
        finally:
            with self._admin() as admin:
                admin.execute(_drop(name))

    def dsn(self, name: str) -> str:
        """How to reach the database of that name on this server."""
        return make_conninfo(self._dsn, dbname=name)

    def put_in_place(self, fresh: str, folder: FolderSwap) -> str:
        """Give the database fresh the old one's name and swap the folder with it; the old one's new name.

        Sessions in the old database are ended. On any failure everything is as it was. Raises InUse.
        """
        old = self._beside("before")
        # The folder is swapped just before the commit, and put back when the commit fails.
        with (
            self._admin() as admin,
            self._nobody_inside(),
            contextlib.ExitStack() as swapped,
            admin.transaction(),
        ):
            try:
                admin.execute(_rename(self.name, old))
            except errors.ObjectInUse as error:
                raise InUse(database=self.name) from error
            admin.execute(_rename(fresh, self.name))
            swapped.enter_context(folder)
        return old

    def drop(self, name: str) -> None:
        """Drop a database that has been replaced. Raises OldRemains."""
        try:
            with self._admin() as admin:
                admin.execute(_drop(name))
        except psycopg.Error as error:
            raise OldRemains(what=name, reason=error) from error

    @contextmanager
    def _nobody_inside(self) -> Iterator[None]:
        # Renaming waits five seconds for the sessions to end, and keeps new ones out meanwhile. They are
        # ended from beside: closing the database to them first would leave it closed if we were killed.
        over = threading.Event()
        thread = threading.Thread(target=self._end_sessions, args=[over], daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _end_sessions(self, over: threading.Event) -> None:
        with contextlib.suppress(psycopg.Error), self._admin() as admin:
            while True:
                admin.execute(END_SESSIONS, [self.name])
                if over.wait(0.1):
                    return

    def _creation(self, name: str) -> sql.Composed:
        facts = self._facts
        provider = PROVIDERS[facts["datlocprovider"]]
        options = {"lc_collate": facts["datcollate"], "lc_ctype": facts["datctype"]}
        options["locale_provider"] = provider
        # Called daticulocale before PostgreSQL 17.
        if locale := facts.get("datlocale") or facts.get("daticulocale"):
            options[f"{provider}_locale"] = locale
        words = [sql.SQL("create database {} template template0 encoding 'UTF8'").format(sql.Identifier(name))]
        words += [sql.SQL("{} {}").format(sql.SQL(key), sql.Literal(value)) for key, value in options.items()]
        return sql.SQL(" ").join(words)

    def _beside(self, what: str) -> str:
        # An identifier holds 63 bytes (PostgreSQL manual, 4.1.1).
        return f"{self.name[:30]}_{what}_{secrets.token_hex(4)}"

    def _admin(self) -> psycopg.Connection[tuple[Any, ...]]:
        # A database can't be renamed from inside.
        beside = "postgres" if self.name != "postgres" else "template1"
        return psycopg.connect(self.dsn(beside), autocommit=True)


class FolderSwap:
    """Puts the folder fresh in the place of folder on entry, and puts the old one back if the block fails."""

    def __init__(self, folder: Path, fresh: Path) -> None:
        self._folder = folder
        self._fresh = fresh
        self._old = folder.with_name(f"{folder.name}.before-{secrets.token_hex(4)}")

    def __enter__(self) -> None:
        try:
            if self._folder.exists():
                self._folder.rename(self._old)
            self._fresh.rename(self._folder)
        except OSError:
            self._put_back()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._folder.rename(self._fresh)
            self._put_back()

    def forget(self) -> None:
        """Remove the old folder. Raises OldRemains."""
        try:
            if self._old.exists():
                shutil.rmtree(self._old)
        except OSError as error:
            raise OldRemains(what=self._old, reason=error.strerror) from error

    def _put_back(self) -> None:
        if self._old.exists():
            self._old.rename(self._folder)


FACTS = "select to_jsonb(d) from pg_database d where datname = %s"

# What an extension brought isn't anybody's data.
NOTHING_IN_IT = """
select not exists (
  select from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
    and not exists (
      select from pg_depend d
      where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'))
"""

END_SESSIONS = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = %s and pid <> pg_backend_pid() and pg_has_role(usesysid, 'member')
"""


def _rename(name: str, to: str) -> sql.Composed:
    return sql.SQL("alter database {} rename to {}").format(sql.Identifier(name), sql.Identifier(to))


def _drop(name: str) -> sql.Composed:
    return sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
