from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from muster.server.embedded import running
from muster.server.layout import ConnectionInfo
from tests.server.users import User


@contextmanager
def folder() -> Iterator[Path]:
    # Not pytest's tmp_path: its folders are closed to the server's user, and their names too long for a socket.
    path = Path(tempfile.mkdtemp(prefix="m-", dir="/tmp"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def data() -> Iterator[Path]:
    """A new data folder; a server that a test left there is joined and, as its last user, stopped."""
    with folder() as path:
        yield path / "d"
        if (path / "d/postgresql").exists():
            with running(path / "d", durable=False):
                pass


@pytest.fixture
def users(data: Path) -> Iterator[list[User]]:
    """Three processes that all join the server of `data` at the same time."""
    started = [User(data) for _ in range(3)]
    yield started
    for user in started:
        user.end()


@pytest.fixture(scope="session")
def place() -> Iterator[Path]:
    """The data folder of the server `server`."""
    with folder() as path:
        yield path / "d"


@pytest.fixture(scope="session")
def server(place: Path) -> Iterator[ConnectionInfo]:
    """One server for the tests that don't kill it."""
    with running(place, durable=False) as info:
        yield info


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
