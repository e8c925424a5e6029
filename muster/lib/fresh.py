"""What takes long to make, shown again for a while to whoever asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")
#: Made for so long, it is shown for so many times as long: making takes at most a fiftieth of a processor.
TIMES = 50
KEPT_MOST = 500


@dataclass(frozen=True)
class Made(Generic[Value]):
    value: Value
    until: float


class Fresh(Generic[Value]):
    """Values by their key, in this process alone. What was made within ``quick_s`` isn't kept, unless ``least_s`` says so.

    While one asker makes a value anew, the others are shown the last one; where there is none yet, they wait for it.
    """

    def __init__(self, *, quick_s: float = 0.0, least_s: float = 0.0) -> None:
        self.quick_s, self.least_s = quick_s, least_s
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
        took_s = time.monotonic() - began
        lasts_s = max(self.least_s, TIMES * took_s if took_s > self.quick_s else 0.0)
        if lasts_s:
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
