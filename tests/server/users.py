"""Other processes that use the embedded server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg

from muster.server.layout import Layout

PROGRAM = """
import sys
from pathlib import Path
from muster.server.embedded import ensure
print(ensure(Path(sys.argv[1]), durable=False).dsn, flush=True)
sys.stdin.read()
"""


class User:
    """A process that holds the server of data until it is ended or killed."""

    def __init__(self, data: Path, program: str = PROGRAM) -> None:
        command = [sys.executable, "-c", program, str(data)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def dsn(self) -> str:
        """How it reaches the server; returns once it does."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def end(self) -> None:
        self.process.communicate(timeout=60)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=60)


def answers(data: Path) -> bool:
    try:
        psycopg.connect(Layout(data).connection.dsn, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def postmaster(data: Path) -> int:
    return int((data / "postgresql/postmaster.pid").read_text().splitlines()[0])
