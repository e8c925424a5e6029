"""Running the worker: beside the pages, alone, or once."""

from __future__ import annotations

import contextlib
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

from django.db import close_old_connections
from procrastinate.contrib.django import app

from muster.worker import jobs  # noqa: F401 - registers its tasks
from muster.worker.after import run_batch
from muster.worker.timers import TIMERS
from muster.worker.webhooks import Delivering, deliver

log = logging.getLogger(__name__)

PAUSE_S = 1.0
AT_ONCE = 3
"""Jobs beside the timers, which take turns."""


def run() -> None:
    """Work until the process is told to end."""
    stop = threading.Event()
    loops = [
        threading.Thread(target=_again, args=(stop, batch), name=name, daemon=True)
        for name, batch in (("afterwards", run_batch), ("webhooks", Delivering()))
    ]
    for loop in loops:
        loop.start()
    working = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    try:
        with working.open():
            working.run_worker(listen_notify=True, delete_jobs="successful", concurrency=AT_ONCE)
    finally:
        stop.set()
        for loop in loops:
            loop.join(timeout=10)


def run_once() -> int:
    """Everything that is due now; how many things were done."""
    done = sum(timer() for _cron, timer in TIMERS.values())
    for batch in (run_batch, deliver):
        while count := batch():
            done += count
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


def _again(stop: threading.Event, batch: Callable[[], int]) -> None:
    """As long as there is something to do at once, else after a pause."""
    while not stop.is_set():
        close_old_connections()
        try:
            done = batch()
        except Exception:
            # As when the database starts anew: what is to be done is still there afterwards.
            log.exception("the worker goes on after")
            done = 0
        if not done:
            stop.wait(PAUSE_S)
