"""What every command stands on: the database, running and as this version wants it; and serving."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator

import click
import psycopg

from muster.server.embedded import ensure
from muster.server.location import data_dir, database_url
from muster.server.own import check_server
from muster.server.preflight import claim
from muster.server.watch import Watch


@contextlib.contextmanager
def database(*, migrated: bool = True) -> Iterator[str]:
    """The database, running, and Django ready to use it; its schema as this version wants it."""
    own = database_url()
    if own:
        with psycopg.connect(own) as connection:
            check_server(connection)
    else:
        claim(data_dir())
    dsn = own or ensure(data_dir()).dsn
    os.environ["MUSTER_DATABASE"] = dsn
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "muster.config.settings")
    if migrated:
        migrate()
    yield dsn


def migrate() -> None:
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    # Two that start at once: the second waits for the first.
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [MIGRATING])
        try:
            call_command("migrate", verbosity=0, interactive=False)
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", [MIGRATING])


MIGRATING = 0x6D69677261746500


def run_server(host: str, port: int, workers: int = 2) -> None:
    from django.db import connection
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    from muster.worker.run import beside

    # The processes that answer are forked: two that share one connection would read each other's answers.
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    click.echo(f"Muster is at http://{host}:{port}/  (Ctrl-C ends it)")
    watch = None if database_url() else Watch(data_dir()).start()
    with beside():
        server = Server(
            "muster.config.wsgi:application", address=host, port=port, interface=Interfaces.WSGI, workers=workers,
            blocking_threads=4, backpressure=64, log_level=LogLevels.warning, respawn_failed_workers=True,
        )  # fmt: skip
        server.serve()
    if watch:
        watch.stop()


def must_be_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as taken:
            raise click.ClickException(
                f"Port {port} on {host} can't be used ({taken.strerror}). End what uses it, or choose another by --port."
            ) from taken
