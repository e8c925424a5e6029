"""A throwaway PostgreSQL for the whole test run, started before Django reads its settings.

Loaded with ``-p tests.database``: pytest-django reads the settings before any conftest. Workers of xdist inherit it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from muster.server.embedded import running

_open: list[object] = []


def start() -> None:
    # Texts are asserted as they are written in the code, unless a test asks for another language.
    os.environ["LANG"] = "C.UTF-8"
    folder = Path(tempfile.mkdtemp(prefix="muster-test-"))
    folder.chmod(0o755)
    server = running(folder / "pg", durable=False)
    os.environ["MUSTER_DATABASE"] = server.__enter__().dsn
    os.environ["MUSTER_DATA"] = str(folder / "data")
    _open.extend((server, folder))


def pytest_unconfigure() -> None:
    if _open:
        server, folder = _open
        server.__exit__(None, None, None)  # type: ignore[attr-defined]
        shutil.rmtree(str(folder), ignore_errors=True)
        _open.clear()


if "PYTEST_XDIST_WORKER" not in os.environ:
    start()
