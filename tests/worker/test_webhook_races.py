"""Webhooks told by several at once, with connections of their own."""

from __future__ import annotations

import threading
import time

import pytest

from muster.worker.webhooks import Delivering, deliver
from tests.cast import Cast
from tests.loop.meanwhile import all_at_once
from tests.worker.receiver import Receiver, hook

pytestmark = pytest.mark.xdist_group("apart")


def test_workers_at_once_tell_each_of_several_once_and_in_order(apart: Cast, receiver: Receiver) -> None:
    made = [hook(apart, receiver, who) for who in ("reader", "chief", "finder")]
    for one in made:
        for _nr in range(20):
            one.try_out()
    all_at_once([deliver] * 4)
    while deliver():
        pass
    told = [headers["webhook-id"] for headers, _body in receiver.got]
    assert len(told) == len(set(told)) == 60
    for one in made:
        own = [str(pk) for pk in one.deliveries.order_by("id").values_list("pk", flat=True)]
        assert [pk for pk in told if pk in own] == own


def test_who_is_slow_holds_up_nobody_else(apart: Cast, receiver: Receiver) -> None:
    slow = hook(apart, receiver, "verifier")
    quick = hook(apart, receiver, "dispatcher")
    released, held = threading.Event(), str(slow.try_out().pk)
    receiver.before = lambda pk: released.wait(20) if pk == held else None
    delivering = Delivering()
    for nr in range(3):
        quick.try_out()
        delivering()
        waited = time.monotonic() + 10
        while quick.deliveries.filter(state="delivered").count() <= nr and time.monotonic() < waited:
            time.sleep(0.05)
    assert quick.deliveries.filter(state="delivered").count() == 3
    released.set()
    delivering.pool.shutdown()
