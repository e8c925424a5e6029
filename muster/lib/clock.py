"""What time it is: the world's, or in an exercise that replays a past day, the exercise's."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import datetime, timedelta

from django.utils import timezone

_behind: ContextVar[timedelta] = ContextVar("behind", default=timedelta())


def now() -> datetime:
    return timezone.now() - _behind.get()


def how_far_behind() -> timedelta:
    """How far the clock that is followed here runs behind the world's; nothing outside an exercise."""
    return _behind.get()


@contextlib.contextmanager
def behind(by: timedelta) -> Iterator[None]:
    """Follow a clock that runs behind the world's."""
    token = _behind.set(by)
    try:
        yield
    finally:
        _behind.reset(token)
