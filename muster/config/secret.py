"""The signing key: given, or made once and kept in the data folder."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path


def secret_key(data: Path) -> str:
    """The key from MUSTER_SECRET_KEY, or from the file in the data folder, which is made when it is missing."""
    return os.environ.get("MUSTER_SECRET_KEY") or _kept(data / "secret_key")


def _kept(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            _make(path)
    return path.read_text().strip()


def _make(path: Path) -> None:
    """Write it whole under another name first: two processes may start at once, and one may be killed."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(48))
    try:
        os.link(draft, path)
    finally:
        draft.unlink()
