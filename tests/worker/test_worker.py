"""The worker: what happens after, and timers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from muster.lib import clock
from muster.loop.arrival import Caller
from muster.loop.audit import audit
from muster.loop.contact import Contact
from muster.loop.draw import RevisitDraw
from muster.loop.entry import Afterwards, Seal
from muster.loop.steps import Escalation
from muster.worker import after
from muster.worker.after import run_batch
from muster.worker.run import run_once
from muster.worker.timers import escalate_overdue, expire_contacts, fall_silent, seal_day
from tests.cast import Cast


def in_hours(cast: Cast, hours: float) -> None:
    """Let the incident be an exercise whose clock is so many hours ahead."""
    cast.incident.exercise, cast.incident.behind = True, timedelta(hours=-hours)
    cast.incident.save()


def test_every_entry_is_followed_once(cast: Cast) -> None:
    cast.closed()
    assert Afterwards.objects.count() == 5
    assert run_batch() == 5
    assert run_batch() == 0


def test_a_share_of_what_was_fixed_on_the_spot_is_drawn(cast: Cast) -> None:
    for _n in range(30):
        cast.finding().fix_on_spot(by=cast.finder, doer=cast.unit, before=[cast.photo()], after=[cast.photo()])
    while run_batch():
        pass
    assert 0 < RevisitDraw.objects.count() < 20


def test_what_fails_is_kept_and_tried_later(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(entry: object) -> None:
        raise RuntimeError("printer on fire")

    monkeypatch.setitem(after.AFTER, "register", (broken,))
    cast.finding()
    run_batch()
    left = Afterwards.objects.get()
    assert (left.tries, left.fault) == (1, "RuntimeError('printer on fire')")
    assert run_batch() == 0


def test_overdue_matters_climb_the_ladder_once_a_step(cast: Cast) -> None:
    matter = cast.finding()
    matter.assign(by=cast.dispatcher, lead=cast.unit)
    assert escalate_overdue() == 0
    in_hours(cast, 5)
    assert (escalate_overdue(), escalate_overdue()) == (1, 0)
    in_hours(cast, 5 + 12)
    assert escalate_overdue() == 1
    assert list(Escalation.objects.order_by("level").values_list("level", flat=True)) == [1, 2]
    assert Escalation.objects.get(level=1).area == cast.county


def test_silence_goes_to_a_verifier_and_closes_nothing(cast: Cast) -> None:
    matter = cast.at_closure(cast.request())
    assert fall_silent() == 0
    in_hours(cast, 24 * 3 + 1)
    assert (fall_silent(), fall_silent()) == (1, 0)
    matter.refresh_from_db()
    assert matter.status == "closure_requested"
    with clock.behind(cast.incident.behind):
        matter.verify(by=cast.verifier, passed=True, photos=[cast.photo()])
    assert matter.status == "closed"


def test_a_day_is_sealed_once(cast: Cast) -> None:
    cast.finding()
    assert (seal_day(), seal_day()) == (1, 0)
    assert Seal.objects.get().matters == 1


def test_who_asked_is_forgotten_at_its_end_and_the_record_stays_whole(cast: Cast) -> None:
    cast.request(caller=Caller("王女士", "13900000017"))
    assert expire_contacts() == 0
    Contact.objects.update(expires_at=clock.now() - timedelta(days=1))
    assert expire_contacts() == 1
    assert Contact.objects.get().phone == ""
    assert list(audit()) == []


def test_all_that_is_due_is_done_at_once(cast: Cast) -> None:
    cast.finding()
    assert run_once() >= 2
