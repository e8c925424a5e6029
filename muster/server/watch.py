"""Keeps the embedded server alive under a long-lived process."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from types import TracebackType

from muster.server.embedded import Server

INTERVAL_S = 1.0


class Watch:
    """Looks every second, in a daemon thread, whether the server of the folder data lives; else starts it.

    It is itself a user of the server. Each outage, and each new reason against a restart, is one line on
    stderr.
    """

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        self._server = Server(data, durable=durable)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="muster-database-watch", daemon=True)
        self._said = ""

    def start(self) -> Watch:
        """Join the server (raises as Server.join does) and begin to look."""
        self._server.join()
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop looking and leave the server."""
        self._over.set()
        # A restart under way ends by its own limits; leave() then waits for it at the lock.
        self._thread.join(timeout=2 * INTERVAL_S)
        self._server.leave()

    def __enter__(self) -> Watch:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _look(self) -> None:
        while not self._over.wait(INTERVAL_S):
            began = time.monotonic()
            try:
                if not self._server.alive() and self._server.revive():
                    self._say(f"PostgreSQL had stopped; it runs again after {time.monotonic() - began:.1f} s")
                self._said = ""
            # Whatever it is, the thread must go on: the next look may find the disk emptied or mounted again.
            except Exception as error:
                self._say(f"PostgreSQL has stopped and doesn't start again, trying on: {_reason(error)}")

    def _say(self, line: str) -> None:
        if line != self._said:
            self._said = line
            print("muster:", " ".join(line.split()), file=sys.stderr, flush=True)


def _reason(error: Exception) -> str:
    try:
        return str(error)
    # A refusal's text needs Django's settings, which a bare script that watches may lack.
    except Exception:
        return repr(error)
