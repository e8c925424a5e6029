"""When a line says that things were: its moments and its deadline, made sense of once for all lines that say the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from muster.exchange.line import Fault
from muster.exchange.names import Memo
from muster.exchange.sheet import Cell
from muster.exchange.values import A_DAY, Times
from muster.lib.refusal import Refusal
from muster.loop.past import Past

#: The columns that tell when, in the order in which it must have been; the past has them by the same names.
MOMENTS = ("found_at", "dispatched_at", "done_at", "closure_asked_at", "reviewed_at")
DUE = "due"
TIMES = (*MOMENTS, DUE)
A_MINUTE = timedelta(minutes=1)


@dataclass
class Timed:
    """``told``: moments by their column, and ``due_at``. ``at_day``: only the day is said on which it was found."""

    told: dict[str, Any] = field(default_factory=dict)
    at_day: bool = False
    faults: list[Fault] = field(default_factory=list)


class Timing:
    def __init__(self, times: Times) -> None:
        self.times = times
        self._timed: Memo[Timed] = Memo(self._make)

    def of(self, cells: tuple[Cell | None, ...], *, given: bool) -> Timed:
        """``cells``: those of ``TIMES``. ``given``: whether somebody has been given the matter; else no deadline runs yet."""
        return self._timed[given, cells]

    def _make(self, key: tuple[bool, tuple[Cell | None, ...]]) -> Timed:
        given, cells = key
        timed = Timed()
        last: datetime | None = None
        for name, cell in zip(MOMENTS, cells, strict=False):
            found, day = _read(timed, name, self.times.day_or_moment, cell) or (None, False)
            if found and day and last and found < last and found.date() == last.date():
                found = last  # On the same day, and the hour isn't said.
            timed.at_day = day if name == "found_at" else timed.at_day
            timed.told[name], last = found, found or last
        due = _read(timed, DUE, self.times.deadline, cells[-1])
        timed.told["due_at"] = self._until(timed.told, due) if given else None
        if not timed.faults:
            _read(timed, "found_at", lambda _cell: Past(**timed.told).must_be_in_order(self.times.now), "")
        return timed

    def _until(self, told: Mapping[str, Any], due: datetime | timedelta | None) -> datetime | None:
        """Days are counted to the end of the last one, unless it is said at which hour they began."""
        if not isinstance(due, timedelta):
            return due
        begun: datetime | None = told["dispatched_at"] or told["found_at"]
        if not begun:
            begun = self.times.now.astimezone(self.times.zone)  # Nothing says since when: from when it is told.
        days = due >= A_DAY and begun.time() == time.min
        return begun + due + (A_DAY - A_MINUTE if days else timedelta())


def _read(timed: Timed, name: str, read: Callable[[Cell], Any], cell: Cell | None) -> Any:
    try:
        return read(cell) if cell is not None else None
    except Refusal as refusal:
        timed.faults.append(Fault(name, refusal))
        return None
