"""Time: when an act is recorded, and moments as of which the record is exact.

A plain "recorded_at ≤ T" changes its answer when a transaction that was stamped before T commits after it was asked.
So every verb holds lock K shared while it stamps and commits; who freezes takes K alone for an instant, and what is
stamped later than the clock read then is later than that moment for ever.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import datetime
from time import sleep
from typing import NamedTuple

from django.db import OperationalError, connection, transaction

from muster.lib import clock
from muster.lib.refusal import Refusal
from muster.lib.said import said as _

K = 0x6D7573746572

_replayed: ContextVar[datetime | None] = ContextVar("replayed", default=None)


class TooBusyToFreeze(Refusal):
    code = "busy"
    status = 503
    message = _("The record could not be frozen: acts were being recorded all the time. Try again in a minute.")


@contextlib.contextmanager
def recorded_as(at: datetime) -> Iterator[None]:
    """Record acts as of ``at``. Only for the loader of an exercise; the database refuses it anywhere else."""
    token = _replayed.set(at)
    try:
        yield
    finally:
        _replayed.reset(token)


def replayed_at() -> datetime | None:
    return _replayed.get()


def recorded_now() -> datetime:
    """The moment that guards judge by: now, or the moment that the loader of an exercise replays."""
    return _replayed.get() or clock.now()


class Frozen(NamedTuple):
    """A moment as of which the record is complete and stays so, and the id of the last entry that was there."""

    at: datetime
    entry_id: int


def freeze(tries: int = 20) -> Frozen:
    """Freeze the record for an instant. Waits at most 300 ms a try for acts under way."""
    for _try in range(tries):
        with contextlib.suppress(OperationalError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("set local lock_timeout = '300ms'")
            cursor.execute("select pg_advisory_xact_lock(%s)", [K])
            cursor.execute("select clock_timestamp(), (select coalesce(max(id), 0) from entry)")
            at, entry_id = cursor.fetchone()
            return Frozen(at - clock.how_far_behind(), entry_id)
        sleep(0.05)
    raise TooBusyToFreeze
