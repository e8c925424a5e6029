"""Two at the same moment: one signs, one waits, one holds the post; and no try of a PIN goes uncounted."""

from __future__ import annotations

from functools import partial

import pytest

from muster.briefings import dutylog
from muster.duty.duty import AlreadyOnDuty, Duty, Post, on_duty
from muster.duty.handover import Handover, HandoverSettled, HandoverWaits
from muster.people.computer import NoSuchPin, Pin, PinLocked, TrustedComputer
from tests.cast import Cast, later
from tests.loop.meanwhile import all_at_once

ROUNDS = 5
pytestmark = pytest.mark.xdist_group("apart")


def kinds(answers: list[object]) -> list[str]:
    return sorted(type(answer).__name__ for answer in answers)


def signed(cast: Cast, by: str) -> Handover:
    return dutylog.sign(cast.incident, cast.city, cast.people[by], "session", "")


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_of_two_who_take_over_at_once_one_does(apart: Cast, round_: int) -> None:
    log = signed(apart, "chief")
    acts = [lambda who=who: log.take(apart.people[who], "session", later(hours=1)) for who in ("deputy", "dispatcher")]
    assert kinds(all_at_once(acts)) == [HandoverSettled.__name__, "NoneType"]
    log.refresh_from_db()
    assert log.incoming in (apart.deputy, apart.dispatcher)


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_taking_over_and_withdrawing_at_once_does_one_of_them(apart: Cast, round_: int) -> None:
    log = signed(apart, "chief")
    acts = [lambda: log.take(apart.deputy, "session", later(hours=1)), lambda: log.withdraw(apart.chief)]
    assert kinds(all_at_once(acts)) == [HandoverSettled.__name__, "NoneType"]
    log.refresh_from_db()
    assert (log.taken_at is None) != (log.withdrawn_at is None)


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_of_two_who_hand_over_at_once_one_waits(apart: Cast, round_: int) -> None:
    acts = [lambda who=who: signed(apart, who) for who in ("deputy", "dispatcher")]
    assert kinds(all_at_once(acts)) == [Handover.__name__, HandoverWaits.__name__]
    Handover.objects.get(taken_at=None, withdrawn_at=None).take(apart.chief, "session", later(hours=1))


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_of_two_who_take_a_post_at_once_one_holds_it(apart: Cast, round_: int) -> None:
    def take(who: str) -> Duty:
        person = apart.people[who]
        return Duty.take(apart.incident, apart.city, Post.OFFICER, person, later(hours=1), person)

    answers = all_at_once([partial(take, who) for who in ("deputy", "dispatcher")])
    assert set(kinds(answers)) <= {Duty.__name__, AlreadyOnDuty.__name__}
    holder = on_duty(apart.incident, apart.city).get(post=Post.OFFICER)
    assert holder in answers
    holder.end(apart.chief)


def test_tries_of_a_pin_at_the_same_moment_all_count(apart: Cast) -> None:
    computer, _token = TrustedComputer.trust(apart.chief, "值班室", 12)
    pin = Pin.set(computer, apart.dispatcher, "274018")
    tries = [f"99{number:04}" for number in range(8)]
    acts = [partial(Pin.opened, computer, apart.dispatcher.pk, text) for text in tries]
    answers = kinds(all_at_once(acts))
    assert answers == [NoSuchPin.__name__] * 4 + [PinLocked.__name__] * 4
    pin.refresh_from_db()
    assert pin.failures == 5
