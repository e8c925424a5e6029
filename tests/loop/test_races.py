"""Races: acts on connections of their own that overlap. One of them wins, and the other says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from muster.loop import audit
from muster.loop.act import Receipt
from muster.loop.arrival import Caller
from muster.loop.command import NotMergeable, NotOverdue
from muster.loop.conflict import Conflict
from muster.loop.contact import Contact
from muster.loop.freeze import TooBusyToFreeze, freeze
from muster.loop.matter import Matter
from muster.loop.refusals import AlreadyDone, ConflictingContent, DoersCannotClose, WrongSide, WrongState
from muster.people.role import Role
from tests.cast import Cast, act_id
from tests.loop.meanwhile import all_at_once, while_uncommitted
from tests.loop.stage import asked_of, assigned, overdue, voiding_asked

ROUNDS = 5
pytestmark = pytest.mark.xdist_group("apart")


def fresh(matter: Matter) -> Matter:
    """The matter as another process reads it."""
    return Matter.objects.get(pk=matter.pk)


def passes(cast: Cast, matter: Matter, by: str) -> Callable[[], Receipt]:
    photo = cast.photo(by)
    return lambda: fresh(matter).verify(by=cast.people[by], passed=True, photos=[photo])


def test_of_two_verifiers_one_closes(apart: Cast) -> None:
    matter = apart.at_closure()
    first, second = while_uncommitted(passes(apart, matter, "verifier"), passes(apart, matter, "second_verifier"))
    assert isinstance(first, Receipt)
    assert isinstance(second, WrongState)
    assert matter.verifications.count() == 1


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_of_two_verifiers_at_once_one_closes(apart: Cast, round_: int) -> None:
    matter = apart.at_closure()
    answers = all_at_once([passes(apart, matter, name) for name in ("verifier", "second_verifier")])
    assert sorted(type(answer).__name__ for answer in answers) == ["Receipt", "WrongState"]
    assert fresh(matter).closing_check == matter.verifications.get().pk


def test_of_two_dispatchers_one_assigns(apart: Cast) -> None:
    matter = apart.finding()
    first, second = while_uncommitted(
        lambda: fresh(matter).assign(by=apart.dispatcher, lead=apart.unit),
        lambda: fresh(matter).assign(by=apart.chief, lead=apart.support),
    )
    assert (type(first), type(second)) == (Receipt, WrongState)
    assert matter.assignments.get().organisation == apart.unit


@pytest.mark.parametrize("verified_first", [True, False])
def test_a_matter_is_verified_or_reassigned(apart: Cast, verified_first: bool) -> None:
    matter = apart.at_closure()
    acts = [
        passes(apart, matter, "verifier"),
        lambda: fresh(matter).reassign(by=apart.dispatcher, lead=apart.support, reason="换单位"),
    ]
    first, second = while_uncommitted(*(acts if verified_first else reversed(acts)))
    assert (type(first), type(second)) == (Receipt, WrongState)
    assert fresh(matter).status == ("closed" if verified_first else "assigned")


@pytest.mark.parametrize("checked_first", [True, False])
def test_an_organisation_does_not_check_while_it_is_being_assigned(apart: Cast, checked_first: bool) -> None:
    if "keeper" not in apart.people:
        apart.person("keeper", "checkers", Role.LIAISON)
    matter, photo = apart.at_closure(), apart.photo("verifier")

    def check() -> Receipt:
        return fresh(matter).verify(by=apart.verifier, passed=False, remark="仍漏", photos=[photo])

    def assign() -> Receipt:
        return fresh(matter).reassign(by=apart.chief, lead=apart.checkers, reason="换单位")

    first, second = while_uncommitted(check, assign) if checked_first else while_uncommitted(assign, check)
    assert isinstance(first, Receipt)
    assert type(second) is (WrongSide if checked_first else DoersCannotClose)


def test_an_act_sent_twice_at_once_is_done_once(apart: Cast) -> None:
    matter, act = assigned(apart), act_id()

    def send() -> Receipt:
        return fresh(matter).respond(by=apart.fixer, text="已补采", id=act)

    first, second = while_uncommitted(send, send)
    assert (first.repeated, second.repeated) == (False, True)
    assert first.hash == second.hash
    assert matter.responses.count() == 1
    again = all_at_once([send] * 4)
    assert {answer.hash for answer in again} == {first.hash}


def test_two_acts_under_one_id_on_two_matters_are_not_both_done(apart: Cast) -> None:
    one, other, act = apart.finding(), apart.finding(), act_id()
    first, second = while_uncommitted(
        lambda: fresh(one).note(by=apart.reader, text="已电话核实", id=act),
        lambda: fresh(other).note(by=apart.reader, text="已电话核实", id=act),
    )
    assert (type(first), type(second)) == (Receipt, AlreadyDone)
    with pytest.raises(ConflictingContent):
        fresh(other).note(by=apart.reader, text="已电话核实", id=act)
    assert other.notes.count() == 0


def register(cast: Cast, like: Matter, act: UUID, **changes: Any) -> Callable[[], Receipt]:
    fields = {**asked_of(like), "by": cast.operator, "caller": Caller("王秀兰", "13812345678"), **changes}
    return lambda: Matter.register(**fields, id=act)


def test_an_intake_sent_twice_at_once_is_registered_once(apart: Cast) -> None:
    like, act = apart.request(), act_id()
    first, second = while_uncommitted(register(apart, like, act), register(apart, like, act))
    assert (first.repeated, second.repeated) == (False, True)
    assert (first.hash, first.seq) == (second.hash, second.seq)
    assert Contact.objects.filter(pk=act).count() == 1
    assert Conflict.objects.filter(act_id=act).count() == 0


def test_two_intakes_under_one_id_are_kept_as_a_conflict(apart: Cast) -> None:
    like, act = apart.request(), act_id()
    first, second = while_uncommitted(register(apart, like, act), register(apart, like, act, text="别的事"))
    assert (type(first), type(second)) == (Receipt, ConflictingContent)
    assert Matter.objects.get(pk=act).text == like.text
    assert Conflict.objects.filter(act_id=act).count() == 1


def test_numbers_are_given_once(apart: Cast) -> None:
    like = apart.request()

    def five() -> list[str]:
        made = [register(apart, like, act_id())().matter_id for _time in range(5)]
        return [matter.number for matter in Matter.objects.filter(pk__in=made)]

    numbers = [number for some in all_at_once([five] * 8) for number in some]
    assert len(numbers) == len(set(numbers)) == 40


def test_two_merges_that_cross(apart: Cast) -> None:
    one, other = apart.finding(), apart.finding()
    first, second = while_uncommitted(into(apart, one, other), into(apart, other, one))
    assert (type(first), type(second)) == (Receipt, NotMergeable)
    assert (fresh(one).merged_into, fresh(other).status) == (other, "registered")


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_two_merges_that_cross_never_wait_for_each_other(apart: Cast, round_: int) -> None:
    one, other = apart.finding(), apart.finding()
    answers = all_at_once([into(apart, one, other), into(apart, other, one)])
    assert sorted(type(answer).__name__ for answer in answers) == ["NotMergeable", "Receipt"]


def into(cast: Cast, matter: Matter, target: Matter) -> Callable[[], Receipt]:
    return lambda: fresh(matter).merge(by=cast.dispatcher, target=fresh(target), reason="同一件事")


def test_the_timer_and_headquarters_escalate_once(apart: Cast) -> None:
    matter = overdue(apart)
    first, second = while_uncommitted(
        lambda: fresh(matter).escalate(by=None), lambda: fresh(matter).escalate(by=apart.chief)
    )
    assert (type(first), type(second)) == (Receipt, NotOverdue)


def test_it_is_voided_once(apart: Cast) -> None:
    matter = voiding_asked(apart)
    first, second = all_at_once([lambda: fresh(matter).void(by=apart.deputy)] * 2)
    assert {type(first), type(second)} == {Receipt, WrongState}


AS_OF = "select matter_id, status from span where from_at <= %s and (to_at is null or to_at > %s) order by matter_id"


def as_of(moment: datetime) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(AS_OF, [moment, moment])
        return list(cursor.fetchall())


def test_no_moment_is_frozen_while_an_act_is_stamped_but_not_committed(apart: Cast) -> None:
    matter = apart.finding()
    act, refused = while_uncommitted(
        lambda: fresh(matter).assign(by=apart.dispatcher, lead=apart.unit), lambda: _freeze_during(matter)
    )
    assert isinstance(act, Receipt)
    moment, answer = refused
    assert moment > act.recorded_at
    assert answer == as_of(moment)
    assert (matter.pk, "assigned") in answer


def _freeze_during(matter: Matter) -> tuple[datetime, list[tuple[Any, ...]]]:
    moment = freeze().at
    return moment, as_of(moment)


def test_freezing_gives_up_in_time(apart: Cast) -> None:
    matter, over = apart.finding(), Event()

    def hold() -> Receipt:
        receipt: Receipt = fresh(matter).note(by=apart.reader, text="已电话核实")
        assert isinstance(all_at_once([lambda: freeze(tries=1)])[0], TooBusyToFreeze)
        over.set()
        return receipt

    first, second = while_uncommitted(hold, freeze)
    assert over.is_set()
    assert second.at > first.recorded_at


def test_what_was_frozen_stays_as_it_was_while_everybody_works(apart: Cast) -> None:
    over, frozen = Event(), list[tuple[datetime, list[tuple[Any, ...]]]]()

    def work() -> None:
        while not over.is_set():
            apart.at_closure()

    def watch() -> None:
        try:
            for _time in range(10):
                moment = freeze().at
                frozen.append((moment, as_of(moment)))
        finally:
            over.set()

    faults = [answer for answer in all_at_once([work, work, work, watch]) if answer]
    assert faults == []
    assert len(frozen) == 10
    assert [answer for _moment, answer in frozen] == [as_of(moment) for moment, _answer in frozen]


def test_a_check_of_the_record_is_of_one_moment_while_others_act(apart: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody acts after the entries were read and before the matter is: that is no fault."""
    matter = apart.finding()
    read = audit._sides

    def meanwhile(ids: list[UUID]) -> Any:
        [done] = all_at_once([lambda: Matter.objects.get(pk=matter.pk).assign(by=apart.dispatcher, lead=apart.unit)])
        assert isinstance(done, Receipt), done
        return read(ids)

    monkeypatch.setattr(audit, "_sides", meanwhile)
    assert [str(fault) for fault in audit.audit()] == []
    matter.refresh_from_db()
    assert matter.status == "assigned"
