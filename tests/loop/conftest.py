"""A database in which acts are really committed, for what several connections do at once."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from psycopg import sql
from pytest_django import DjangoDbBlocker

from tests.cast import Cast, gather


@pytest.fixture(scope="module")
def apart(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    """The cast in a database of the module's own, a copy of the worker's empty one, thrown away afterwards.

    Rows of the loop refuse to be truncated, so pytest-django's way of emptying the database after a committing test can't
    be used. The tests of a module share the cast; each makes its own matters, and is not marked ``django_db``.
    """
    usual, own = connection.settings_dict["NAME"], f"apart_{os.getpid()}"
    with django_db_blocker.unblock():
        _point_at(own)
        _run("create database {} template {}", own, usual)
        try:
            yield gather()
        finally:
            _point_at(usual)
            _run("drop database {} with (force)", own)


def _point_at(name: str) -> None:
    """Let Django connect to another database from now on, in threads too: they share these settings."""
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    connection.settings_dict["NAME"] = name


def _run(statement: str, *names: str) -> None:
    with psycopg.connect(os.environ["MUSTER_DATABASE"], autocommit=True) as server:
        server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
