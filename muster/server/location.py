"""Where Muster keeps its data, and which database server it uses."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def data_dir() -> Path:
    """The data folder, absolute; it need not exist yet.

    MUSTER_DATA when set. Else /var/lib/muster for root (Filesystem Hierarchy Standard 3.0, 5.8), and for
    others the platform's folder for a user's data (XDG Base Directory Specification; on macOS Application
    Support).
    """
    chosen = os.environ.get("MUSTER_DATA")
    return Path(chosen).expanduser().absolute() if chosen else _default()


def database_url() -> str | None:
    """The address of a server of one's own (libpq URI, MUSTER_DATABASE_URL); None means embedded."""
    return os.environ.get("MUSTER_DATABASE_URL") or None


def _default() -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib/muster")
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/muster"
    shared = os.environ.get("XDG_DATA_HOME", "")
    # The specification has relative values ignored.
    return (Path(shared) if os.path.isabs(shared) else Path.home() / ".local/share") / "muster"
