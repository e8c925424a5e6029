from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

import psycopg
import pytest

from muster.server.embedded import running
from muster.server.watch import Watch
from tests.server.users import answers, postmaster


def test_a_killed_postmaster_is_brought_back_with_what_was_committed(
    data: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with Watch(data, durable=False), running(data, durable=False) as info:
        with psycopg.connect(info.dsn) as connection:
            connection.execute("create table kept as select 7 as n")
        killed = postmaster(data)
        os.kill(killed, signal.SIGKILL)
        _wait(lambda: answers(data) and postmaster(data) != killed)
        with psycopg.connect(info.dsn) as connection:
            assert connection.execute("select n from kept").fetchone() == (7,)
        _wait(lambda: "it runs again after" in (said := capfd.readouterr().err) and said.count("\n") == 1)
    assert not answers(data)


def test_it_never_puts_an_empty_database_in_the_place_of_vanished_data(
    data: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with Watch(data, durable=False):
        os.kill(postmaster(data), signal.SIGKILL)
        (data / "postgresql").rename(data / "away")
        _wait(lambda: "is no longer there" in capfd.readouterr().err)
        assert not (data / "postgresql").exists()
    shutil.rmtree(data / "away")


def _wait(true: object) -> None:
    assert callable(true)
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)
