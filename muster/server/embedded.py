"""The embedded PostgreSQL: one server for a data folder's processes; the first starts it, the last stops it.

It listens on a socket inside the data folder and never on the network. No process is its parent in any sense
that matters: it outlives whoever started it, and whoever comes next joins it.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import psycopg
from psycopg import errors, sql
from psycopg.pq import Ping

from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.server import binaries, locks, preflight
from muster.server.account import Account, server_account
from muster.server.cluster import GONE_S, STOP_S, Cluster
from muster.server.layout import DATABASE, ConnectionInfo, Layout

ARRIVAL_S = GONE_S + STOP_S + 30

_joined: dict[Path, Server] = {}
_joining = threading.Lock()


class DataGone(Refusal):
    code = "data_gone"
    status = 503
    message = _(
        "The database that was in {path} is no longer there. Bring the folder back (is its disk mounted?), "
        "or stop Muster and restore a backup."
    )


def ensure(data: Path, *, durable: bool = True) -> ConnectionInfo:
    """The embedded server of the folder data, with the database `muster`, running until this process ends.

    Safe to call by many processes at once, and again. Raises the refusals of `preflight`, `binaries` and
    `cluster`.
    """
    with _joining:
        place = data.expanduser().resolve()
        if place not in _joined:
            server = Server(place, durable=durable)
            info = server.join()
            _joined[place] = server
            return info
        return _joined[place].join()


@contextmanager
def running(data: Path, *, durable: bool = True) -> Iterator[ConnectionInfo]:
    """The embedded server of the folder data, for as long as the block runs; the last to leave stops it."""
    server = Server(data, durable=durable)
    try:
        yield server.join()
    finally:
        server.leave()


def ensure_database(server: ConnectionInfo, name: str) -> ConnectionInfo:
    """The server's database of that name, made empty when there is none."""
    with psycopg.connect(server.database("postgres").dsn, autocommit=True) as connection:
        there = connection.execute("select from pg_database where datname = %s", [name]).fetchone()
        if there is None:
            # Nobody can be connected to template0, so two makers don't stand in each other's way.
            make = sql.SQL("create database {} template template0").format(sql.Identifier(name))
            with contextlib.suppress(errors.DuplicateDatabase, errors.UniqueViolation):
                connection.execute(make)
    return server.database(name)


class Server:
    """One process's part in the embedded server of a data folder: it joins, and it leaves."""

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        self.data = data
        self._durable = durable
        self._seat: int | None = None

    def join(self) -> ConnectionInfo:
        """Start the server or join the one that runs, and keep it until leave(). May be called again."""
        layout = preflight.claim(self.data)
        with locks.held(layout.arrivals, ARRIVAL_S):
            if not preflight.check_version(layout, self._major):
                self._cluster.make()
            self._sit_down(layout)
            try:
                self._cluster.bring_up()
                return ensure_database(layout.connection, DATABASE)
            except BaseException:
                self._stand_up()
                self._stop_if_last()
                raise

    def leave(self) -> None:
        """Let go of the server; stop it when nobody else uses it. Never raises: nothing more can be done."""
        if self._seat is None:
            return
        self._stand_up()
        with contextlib.suppress(Refusal, OSError), locks.held(self._layout.arrivals, ARRIVAL_S):
            self._stop_if_last()

    def alive(self) -> bool:
        """Whether the server answers, be it only to say that it is starting."""
        return self._cluster.answers() in (Ping.OK, Ping.REJECT)

    def revive(self) -> bool:
        """Start the server again if it died; whether it had. Never makes new data. Raises as join() does."""
        if not self._layout.arrivals.exists():
            raise DataGone(path=self.data)
        with locks.held(self._layout.arrivals, ARRIVAL_S):
            # In here nobody else is starting or stopping it, so only now the question is settled.
            if self._seat is None or self.alive():
                return False
            if not preflight.check_version(self._layout, self._major):
                raise DataGone(path=self.data)
            self._cluster.bring_up()
            return True

    def _stop_if_last(self) -> None:
        # A descriptor of its own: a forked child shares our old one, and is counted by it.
        last = locks.taken(self._layout.users)
        if last is None:
            return
        try:
            self._cluster.stop()
        finally:
            os.close(last)

    def _sit_down(self, layout: Layout) -> None:
        if self._seat is None:
            self._seat = locks.shared(layout.users)
            # Also for a block that never ends properly: an exit must not leave a server without users.
            atexit.register(self.leave)

    def _stand_up(self) -> None:
        seat, self._seat = self._seat, None
        if seat is not None:
            os.close(seat)
            atexit.unregister(self.leave)

    @cached_property
    def _layout(self) -> Layout:
        return preflight.claim(self.data)

    @cached_property
    def _account(self) -> Account:
        account = server_account(self._layout.cluster)
        preflight.check_reachable(self._layout, account)
        return account

    @cached_property
    def _cluster(self) -> Cluster:
        return Cluster(self._layout, self._account, self._programs, durable=self._durable)

    @cached_property
    def _programs(self) -> Path:
        return binaries.programs(self._account)

    @property
    def _major(self) -> int:
        return binaries.major(self._programs, self._account)
