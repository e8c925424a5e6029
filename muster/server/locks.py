"""Locks between processes: flock(2) on files, which the kernel drops when their holder dies."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from muster.lib.refusal import Refusal
from muster.lib.said import said as _

POLL_S = 0.05


class Busy(Refusal):
    code = "server_busy"
    status = 503
    message = _(
        "Another muster process has been starting or stopping PostgreSQL in {path} for over {wait_s} s. Wait "
        "for it, or end it, and try again."
    )


@contextmanager
def held(path: Path, wait_s: float) -> Iterator[None]:
    """Hold the lock at path exclusively; Busy when it isn't had within wait_s seconds."""
    descriptor = _wait(path, wait_s)
    try:
        yield
    finally:
        os.close(descriptor)


def shared(path: Path) -> int:
    """A descriptor that holds the lock at path as one of many; closing it lets go."""
    descriptor = _open(path)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def taken(path: Path) -> int | None:
    """A descriptor that holds the lock at path exclusively, or None while anybody else has it."""
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def free(path: Path) -> bool:
    """Whether nobody holds the lock at path at this moment."""
    descriptor = taken(path)
    if descriptor is not None:
        os.close(descriptor)
    return descriptor is not None


def _wait(path: Path, wait_s: float) -> int:
    deadline = time.monotonic() + wait_s
    while (descriptor := taken(path)) is None:
        if time.monotonic() > deadline:
            raise Busy(path=path.parent, wait_s=round(wait_s))
        time.sleep(POLL_S)
    return descriptor


def _open(path: Path) -> int:
    # Read-only, so that a lock file which root made still serves the user who owns the server.
    return os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)
