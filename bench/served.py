"""WSGI applications served as ``muster serve`` serves its own, in processes that end with the benchmark.

``python -m bench.served <application> <port>`` is one such server.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

MUSTER = "bench.timed:muster"
START_S = 60.0


@contextlib.contextmanager
def served(application: str, **environment: str) -> Iterator[int]:
    """Serve an application ("module:name") on a free port, which is given, until the block ends."""
    port = _free_port()
    command = [sys.executable, "-m", "bench.served", application, str(port)]
    process = subprocess.Popen(command, env={**os.environ, **environment}, start_new_session=True)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def serve(application: str, port: int) -> None:
    """With the settings of ``muster.running.run_server``, but without the worker beside."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        application, address="127.0.0.1", port=port, interface=Interfaces.WSGI, workers=2, blocking_threads=4,
        backpressure=64, log_level=LogLevels.warning, respawn_failed_workers=True,
    ).serve()  # fmt: skip


def django_alone(route: str, view: Callable[..., Any]) -> Any:
    """The least that Django serves: one view on its connection, without middleware."""
    import django
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from django.urls import path

    django.setup()
    settings.MIDDLEWARE = []
    settings.ROOT_URLCONF = (path(route, view),)
    return WSGIHandler()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise RuntimeError(f"the server on port {port} didn't start")


Start = Callable[..., Any]
Application = Callable[[dict[str, Any], Start], Any]

if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
