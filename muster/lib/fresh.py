"""What takes long to make, shown again for a while to whoever asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")
KEPT_MOST = 500
#: What is costly is shown for so many times as long as it took to make: so making it takes at most a fiftieth of a processor.
TIMES = 50


def while_costly(quick_s: float) -> Callable[[float], float]:
    """For ``Fresh``: what takes no longer than that is made anew for everyone who asks."""
    return lambda took_s: TIMES * took_s if took_s > quick_s else 0.0


@dataclass(frozen=True)
class Made(Generic[Value]):
    value: Value
    until: float


class Fresh(Generic[Value]):
    """Values by their key, in this process alone. ``lasts_s`` says how long one is shown that took so many seconds to make.

    While one asker makes a value anew, the others are shown the last one; where there is none yet, they wait for it.
    """

    def __init__(self, lasts_s: Callable[[float], float]) -> None:
        self._lasts_s = lasts_s
        self._made: dict[Hashable, Made[Value]] = {}
        self._making: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        known = self._made.get(key)
        if known and time.monotonic() < known.until:
            return known.value
        self._make_room()
        making = self._making.setdefault(key, threading.Lock())
        if not making.acquire(blocking=known is None) and known:
            return known.value
        try:
            again = self._made.get(key)
            return again.value if again and again is not known else self._make(key, make)
        finally:
            making.release()

    def _make(self, key: Hashable, make: Callable[[], Value]) -> Value:
        began = time.monotonic()
        value = make()
        if lasts_s := self._lasts_s(time.monotonic() - began):
            self._made[key] = Made(value, time.monotonic() + lasts_s)
        else:
            self._made.pop(key, None)
        return value

    def _make_room(self) -> None:
        if len(self._making) >= KEPT_MOST:
            self.forget()

    def forget(self) -> None:
        """Make everything anew."""
        self._made.clear()
        self._making.clear()
