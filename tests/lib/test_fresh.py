"""What takes long is made once for many, and again after a while."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from muster.lib import fresh
from muster.lib.fresh import Fresh, while_costly


class Making:
    """Makes the next number each time, and takes so long."""

    def __init__(self, takes_s: float) -> None:
        self.takes_s, self.count = takes_s, 0

    def __call__(self) -> int:
        time.sleep(self.takes_s)
        self.count += 1
        return self.count


def test_what_isnt_to_last_is_made_each_time() -> None:
    kept, make = Fresh[int](lambda took_s: 0), Making(0)
    assert [kept.get("a", make) for _n in range(3)] == [1, 2, 3]


def test_what_takes_long_is_kept_for_each_key_until_it_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, make = Fresh[int](lambda took_s: 50 * took_s), Making(0.02)
    assert [kept.get("a", make), kept.get("a", make), kept.get("b", make), kept.get("a", make)] == [1, 1, 2, 1]
    later = time.monotonic() + 60
    monkeypatch.setattr("muster.lib.fresh.time.monotonic", lambda: later)
    assert kept.get("a", make) == 3


def test_what_is_costly_lasts_fifty_times_as_long_as_it_took(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fresh, "TIMES", 50)
    assert [while_costly(0.01)(took_s) for took_s in (0.001, 0.01, 0.02, 2.0)] == [0, 0, 1.0, 100]


def test_those_who_come_meanwhile_wait_once_and_later_are_shown_the_last_one() -> None:
    kept, make = Fresh[int](lambda took_s: 0.01), Making(0.2)
    with ThreadPoolExecutor(4) as hands:
        assert list(hands.map(lambda _n: kept.get("a", make), range(4))) == [1, 1, 1, 1]
    kept.forget()
    kept.get("a", make)
    time.sleep(0.02)
    anew = threading.Thread(target=kept.get, args=("a", make))
    anew.start()
    time.sleep(0.05)
    began = time.monotonic()
    assert kept.get("a", make) == 2
    assert time.monotonic() - began < 0.1
    anew.join()
    assert make.count == 3


def test_a_fault_leaves_nothing_locked() -> None:
    kept = Fresh[int](lambda took_s: 1)
    with pytest.raises(ZeroDivisionError):
        kept.get("a", lambda: 1 // 0)
    assert kept.get("a", lambda: 7) == 7
    kept.forget()
    assert kept.get("a", lambda: 8) == 8


def test_it_doesnt_grow_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fresh, "KEPT_MOST", 3)
    kept = Fresh[int](lambda took_s: 60)
    for n in range(10):
        assert kept.get(n, Making(0)) == 1
    assert max(len(kept._made), len(kept._making)) <= 3
