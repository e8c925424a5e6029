"""Identifiers: UUIDv7 (RFC 9562, section 5.7), made where the thing is made."""

from __future__ import annotations

import secrets
import time
from datetime import datetime
from uuid import UUID


def uuid7(at: datetime | None = None) -> UUID:
    """A new id: 48 bits of Unix time in ms, then 74 random bits, so that ids sort by when they were made.

    ``at`` is for who replays the past.
    """
    stamp_ms = int(at.timestamp() * 1000) if at else time.time_ns() // 1_000_000
    high = secrets.randbits(12)
    low = secrets.randbits(62)
    return UUID(int=stamp_ms << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)
