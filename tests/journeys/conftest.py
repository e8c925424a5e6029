"""The demo city as a visitor finds it: loaded and served by the `muster` command, seen in a real browser."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

START_S = 240
#: For one command; the longest is the load of the demo.
COMMAND_S = 540
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


@dataclass
class Served:
    """`muster serve` on a data folder of its own."""

    folder: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def muster(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "muster.cli", *arguments]
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False, timeout=COMMAND_S
        )

    def sql(self, query: str) -> str:
        return self.muster("psql", "-At", "-v", "ON_ERROR_STOP=1", "-c", query).stdout.strip()

    def start(self) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "muster.cli", "serve", "--port", str(self.port)]
        self.process = subprocess.Popen(command, env=self.environment, start_new_session=True)
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            with suppress(OSError):
                urllib.request.urlopen(f"{self.address}/health", timeout=2)
                return
            time.sleep(0.2)
        raise AssertionError("muster serve did not answer")

    def stop(self) -> None:
        self.signal(signal.SIGTERM)

    def kill(self) -> None:
        """All processes of the pages and the worker at once, without a word."""
        self.signal(signal.SIGKILL)

    def signal(self, number: int) -> None:
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            self.process.wait(timeout=30)
            self.process = None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def city() -> Iterator[Served]:
    once()
    folder = Path(tempfile.mkdtemp(prefix="muster-journey-"))
    folder.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if name not in ("MUSTER_DATABASE", "MUSTER_DATABASE_URL")}
    served = Served(
        folder, environment={**kept, "MUSTER_DATA": str(folder / "data"), "MUSTER_WEBHOOK_HOSTS": "127.0.0.1"}
    )
    loaded = served.muster("demo", "--load-only")
    assert loaded.returncode == 0, loaded.stderr
    served.start()
    try:
        yield served
    finally:
        served.stop()
        shutil.rmtree(folder, ignore_errors=True)


def once() -> None:
    """Refuses a second load in the same run: then pytest-xdist hasn't kept the journeys on one worker."""
    Path(os.environ["MUSTER_DATA"]).parent.joinpath("journeys").mkdir()


@pytest.fixture(scope="session")
def browser_path() -> str:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), MAC)
    assert Path(found).exists(), "No Chromium: see tools/chromium.sh"
    return found


# Closed after each module: while it is open, a loop runs in this thread, and Django refuses to work in one.
@pytest.fixture(scope="module")
def chromium(browser_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def cast(chromium: Browser, city: Served) -> Iterator[Any]:
    """Visitors, each in a browser of their own."""
    from tests.journeys.visitor import Visitors

    visitors = Visitors(chromium, city)
    yield visitors
    visitors.leave()
