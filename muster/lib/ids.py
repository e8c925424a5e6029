"""Identifiers: UUIDv7 (RFC 9562, section 5.7), made where the thing is made."""

from __future__ import annotations

import hashlib
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


def part_of(whole: UUID, part: UUID) -> UUID:
    """The id of one of many acts that were decided together: always the same for the same two, of the whole's moment."""
    digest = int.from_bytes(hashlib.sha256(whole.bytes + part.bytes).digest()[:10], "big")
    stamp_ms = whole.int >> 80
    return UUID(int=stamp_ms << 80 | 0x7 << 76 | (digest >> 62 & 0xFFF) << 64 | 0b10 << 62 | digest & (2**62 - 1))
