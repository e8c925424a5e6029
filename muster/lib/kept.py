"""Secrets that are made once and stay in a file."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def kept(path: Path, make: Callable[[], str]) -> str:
    """What the file holds; where there is none, what ``make`` says is written to it first, for its owner alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            _write(path, make())
    return path.read_text().strip()


def _write(path: Path, secret: str) -> None:
    """Whole, under another name first: two processes may need it at once, and one may be killed."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(secret)
    try:
        os.link(draft, path)
    finally:
        draft.unlink()
