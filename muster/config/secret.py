"""The signing key: given, or made once and kept in the data folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from muster.lib.kept import kept


def secret_key(data: Path) -> str:
    """The key from MUSTER_SECRET_KEY, or from the file in the data folder, which is made when it is missing."""
    return os.environ.get("MUSTER_SECRET_KEY") or kept(data / "secret_key", lambda: secrets.token_urlsafe(48))
