from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from muster.server.location import data_dir, database_url


def test_the_environment_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUSTER_DATA", "~/here")
    monkeypatch.setenv("MUSTER_DATABASE_URL", "postgresql://db/muster")
    assert data_dir() == Path.home() / "here"
    assert database_url() == "postgresql://db/muster"


def test_without_it_the_platforms_place_and_the_embedded_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MUSTER_DATA", raising=False)
    monkeypatch.setenv("MUSTER_DATABASE_URL", "")
    monkeypatch.setenv("XDG_DATA_HOME", "relative/is/ignored")
    expected = Path.home() / (
        "Library/Application Support/muster" if sys.platform == "darwin" else ".local/share/muster"
    )
    assert data_dir() == (Path("/var/lib/muster") if os.geteuid() == 0 else expected)
    assert database_url() is None
