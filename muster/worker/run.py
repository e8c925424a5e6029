"""Running the worker: beside the pages, alone, or once."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator

from django.db import close_old_connections
from procrastinate.contrib.django import app

from muster.worker import jobs  # noqa: F401 - registers its tasks
from muster.worker.after import run_batch
from muster.worker.timers import TIMERS

PAUSE_S = 1.0
AT_ONCE = 3
"""Jobs beside the timers, which take turns."""


def run() -> None:
    """Work until the process is told to end."""
    stop = threading.Event()
    follower = threading.Thread(target=_follow, args=(stop,), name="afterwards", daemon=True)
    follower.start()
    working = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    try:
        with working.open():
            working.run_worker(listen_notify=True, delete_jobs="successful", concurrency=AT_ONCE)
    finally:
        stop.set()
        follower.join(timeout=10)


def run_once() -> int:
    """Everything that is due now; how many things were done."""
    done = sum(timer() for _cron, timer in TIMERS.values())
    while batch := run_batch():
        done += batch
    return done


@contextlib.contextmanager
def beside() -> Iterator[None]:
    """A worker process beside this one, started again when it dies."""
    stop = threading.Event()
    keeper = threading.Thread(target=_keep, args=(stop,), name="worker", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join(timeout=10)


def _keep(stop: threading.Event) -> None:
    while not stop.is_set():
        process = subprocess.Popen([sys.executable, "-m", "muster.cli", "worker"])
        while process.poll() is None and not stop.wait(PAUSE_S):
            pass
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=10)


def _follow(stop: threading.Event) -> None:
    while not stop.is_set():
        close_old_connections()
        if not run_batch():
            stop.wait(PAUSE_S)
