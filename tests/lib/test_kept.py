"""A secret is made once, whole, for its owner alone."""

from __future__ import annotations

import stat
from pathlib import Path

from muster.lib.kept import kept


def test_what_was_made_first_stays(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secret"
    assert kept(path, lambda: "one") == kept(path, lambda: "two") == "one"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["secret"]


def test_who_comes_second_takes_what_the_first_made(tmp_path: Path) -> None:
    """Another process made it between the look and the link."""
    path = tmp_path / "secret"

    def slow() -> str:
        kept(path, lambda: "first")
        return "second"

    assert kept(path, slow) == "first"
    assert [one.name for one in tmp_path.iterdir()] == ["secret"]
