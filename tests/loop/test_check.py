"""Check: verifying, confirming, silence, revisiting and reopening."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from muster.loop.check import AwaitsConfirmation, RatingNeeded, SomebodyElseRevisits, TooLateToReopen
from muster.loop.freeze import recorded_as
from muster.loop.refusals import AlreadyDone, DoersCannotClose, EvidenceNeeded, NotSeen, NotYours, ReasonNeeded
from muster.people.role import Role
from tests.cast import Cast, act_id
from tests.loop.stage import closed, failed, in_exercise, known, last, long_unheard, refuses, sides, spans, unheard


def test_a_passing_visit_closes(cast: Cast) -> None:
    matter, act = cast.at_closure(), act_id()
    due = known(matter.due_at)
    receipt = matter.verify(by=cast.verifier, passed=True, remark="逐户核对", photos=[cast.photo()], id=act)
    check = matter.verifications.get()
    assert (check.pk, check.how, check.passed, check.cycle, check.kind) == (act, "visit", True, 1, "finding")
    assert check.evidence is not None
    assert (check.evidence.of, check.evidence_needed) == ("check", True)
    assert (matter.status, matter.closing_check, matter.closed_at) == ("closed", act, receipt.recorded_at)
    assert (matter.due_at, matter.verify_due_at, matter.cycle) == (due, None, 1)
    assert {"checkers": "checker", "verifier": "checker"}.items() <= sides(matter).items()
    assert (last(matter).action, spans(matter)[-1].status) == ("verify", "closed")


def test_a_failed_check_starts_a_new_cycle_with_redo_hours(cast: Cast) -> None:
    matter, at = cast.at_closure(), timezone.now()
    matter.verify(by=cast.verifier, passed=False, remark="仍漏 1 户", photos=[cast.photo()], at=at)
    assert (matter.status, matter.cycle, matter.closing_check, matter.verify_due_at) == ("in_progress", 2, None, None)
    assert (matter.due_at, matter.clock_from) == (at + timedelta(hours=2), at)
    assert matter.lead == cast.unit
    assert matter.assignments.get(part="lead").ended_at is None
    cast.closed(matter)
    assert [(check.cycle, check.passed) for check in matter.verifications.order_by("recorded_at")] == [
        (1, False), (2, True),
    ]  # fmt: skip


def test_a_check_needs_evidence_and_a_failed_one_a_remark(cast: Cast) -> None:
    matter = cast.at_closure()
    for passed in (True, False):
        with refuses(EvidenceNeeded):
            matter.verify(by=cast.verifier, passed=passed, remark="仍漏")
    with refuses(ReasonNeeded):
        matter.verify(by=cast.verifier, passed=False, remark=" ", photos=[cast.photo()])


def test_the_finder_may_verify(cast: Cast) -> None:
    matter = cast.at_closure()
    cast.grant("finder", Role.VERIFIER, "inspection")
    matter.verify(by=cast.finder, passed=True, photos=[cast.photo()])
    assert matter.status == "closed"


@pytest.mark.parametrize(
    ("person", "organisation"), [("fixer", "checkers"), ("verifier", "support"), ("helper", "other")]
)
def test_no_doer_verifies_whatever_other_grants_say(cast: Cast, person: str, organisation: str) -> None:
    matter = cast.finding()
    matter.assign(by=cast.dispatcher, lead=cast.unit, supports=[cast.support])
    matter.respond(by=cast.helper, text="已到现场")
    cast.at_closure(matter)
    cast.join(person, organisation)
    cast.grant(person, Role.VERIFIER, organisation)
    with refuses(DoersCannotClose):
        matter.verify(by=cast.people[person], passed=True, photos=[cast.photo()])


def test_nobody_below_a_doer_verifies(cast: Cast) -> None:
    matter = cast.at_closure()
    with refuses(DoersCannotClose):
        matter.verify(by=cast.junior, passed=True, photos=[cast.photo()])


def test_who_did_the_work_never_checks_it_even_after_leaving(cast: Cast) -> None:
    matter = cast.at_closure()
    cast.fixer.memberships.update(until=timezone.now())
    cast.join("fixer", "checkers")
    cast.grant("fixer", Role.VERIFIER, "checkers")
    with refuses(DoersCannotClose):
        matter.verify(by=cast.fixer, passed=True, photos=[cast.photo()])


def test_a_unit_long_relieved_still_does_not_check(cast: Cast) -> None:
    matter = cast.finding()
    matter.assign(by=cast.dispatcher, lead=cast.support)
    matter.reassign(by=cast.dispatcher, lead=cast.unit, reason="换单位")
    cast.at_closure(matter)
    cast.join("verifier", "support")
    with refuses(DoersCannotClose):
        matter.verify(by=cast.verifier, passed=True, photos=[cast.photo()])


def test_a_resident_confirms_by_call_back(cast: Cast) -> None:
    matter, act = cast.at_closure(cast.request()), act_id()
    matter.confirm(by=cast.operator, done=True, id=act)
    check = matter.verifications.get()
    assert (check.pk, check.how, check.by, matter.status) == (act, "call_back", cast.operator, "closed")
    assert sides(matter)["operator"] == "checker"


def test_what_a_resident_denies_is_done_again(cast: Cast) -> None:
    matter, at = cast.at_closure(cast.request()), timezone.now()
    with refuses(ReasonNeeded):
        matter.confirm(by=cast.operator, done=False)
    matter.confirm(by=cast.operator, done=False, remark="药没到", at=at)
    assert (matter.status, matter.cycle, matter.due_at) == ("in_progress", 2, at + timedelta(hours=4))


def test_a_proposer_rates_the_reply(cast: Cast) -> None:
    matter = cast.at_closure(cast.proposal())
    for rating in (None, 0, 6):
        with refuses(RatingNeeded):
            matter.confirm(by=None, done=True, rating=rating)
    matter.confirm(by=None, done=True, rating=4)
    check = matter.verifications.get()
    assert (check.how, check.rating, check.by, matter.status) == ("rating", 4, None, "closed")


def test_a_finding_is_confirmed_by_nobody(cast: Cast) -> None:
    matter = cast.at_closure()
    for by, refusal in ((cast.operator, NotSeen), (cast.finder, NotYours), (None, NotYours)):
        with refuses(refusal):
            matter.confirm(by=by, done=True, rating=5)


@pytest.mark.parametrize("kind", ["request", "proposal"])
def test_a_verifier_waits_for_whoever_asked(cast: Cast, kind: str) -> None:
    matter = cast.at_closure(cast.request() if kind == "request" else cast.proposal())
    with refuses(AwaitsConfirmation):
        matter.verify(by=cast.verifier, passed=True, photos=[cast.photo()])


def test_silence_hands_the_check_to_a_verifier_and_closes_nothing(cast: Cast) -> None:
    matter = unheard(cast)
    silence = matter.silences.get()
    assert (matter.status, matter.verify_due_at) == ("closure_requested", silence.occurred_at + timedelta(hours=24))
    matter.verify(by=cast.verifier, passed=True)
    assert (matter.status, matter.verifications.get().how) == ("closed", "visit")


def test_a_late_answer_still_counts_after_silence(cast: Cast) -> None:
    matter = unheard(cast)
    matter.confirm(by=cast.operator, done=True)
    assert matter.status == "closed"


def test_silence_comes_once_a_cycle_and_after_the_packs_days(cast: Cast) -> None:
    matter = long_unheard(cast)
    asked_at = matter.closurerequests.get().recorded_at
    with recorded_as(asked_at + timedelta(days=3) - timedelta(seconds=1)), refuses(AwaitsConfirmation):
        matter.fall_silent(by=None)
    matter.fall_silent(by=None)
    with refuses(AlreadyDone):
        matter.fall_silent(by=None)
    matter.verify(by=cast.verifier, passed=False, remark="没人用上药")
    cast.at_closure(matter)
    with refuses(AwaitsConfirmation):
        matter.verify(by=cast.verifier, passed=True)


def test_a_backdated_request_for_closure_does_not_hasten_silence(cast: Cast) -> None:
    matter = cast.request()
    matter.assign(by=cast.dispatcher, lead=cast.unit)
    matter.respond(by=cast.fixer, text="药已送到")
    matter.request_closure(by=cast.fixer, at=timezone.now() - timedelta(days=20))
    with refuses(AwaitsConfirmation):
        matter.fall_silent(by=None)


def test_a_finding_never_falls_silent(cast: Cast) -> None:
    matter = cast.at_closure()
    with refuses(AlreadyDone):
        matter.fall_silent(by=None)


def test_a_passing_revisit_leaves_it_closed_by_the_first_check(cast: Cast) -> None:
    matter = cast.closed()
    before = matter.present()
    matter.revisit(by=cast.second_verifier, passed=True, photos=[cast.photo()])
    assert matter.present() == before
    assert [check.how for check in matter.verifications.order_by("recorded_at")] == ["visit", "sample"]
    assert spans(matter)[-1].status == "closed"


def test_a_failed_revisit_opens_it_again(cast: Cast) -> None:
    matter, at = cast.closed(), timezone.now()
    with refuses(ReasonNeeded):
        matter.revisit(by=cast.second_verifier, passed=False, photos=[cast.photo()])
    matter.revisit(by=cast.second_verifier, passed=False, remark="又漏采", photos=[cast.photo()], at=at)
    assert (matter.status, matter.cycle, matter.closing_check, matter.closed_at) == ("in_progress", 2, None, None)
    assert matter.due_at == at + timedelta(hours=2)


def test_a_revisit_needs_evidence_and_another_verifier(cast: Cast) -> None:
    matter = cast.closed()
    with refuses(EvidenceNeeded):
        matter.revisit(by=cast.second_verifier, passed=True)
    with refuses(SomebodyElseRevisits):
        matter.revisit(by=cast.verifier, passed=True, photos=[cast.photo()])


@pytest.mark.parametrize("kind", ["finding", "request", "proposal"])
def test_reopening_starts_a_new_cycle(cast: Cast, kind: str) -> None:
    register = {"finding": cast.finding, "request": cast.request, "proposal": cast.proposal}[kind]
    matter, act, at = closed(cast, register()), act_id(), timezone.now()
    with refuses(ReasonNeeded):
        matter.reopen(by=cast.chief, reason=" ")
    matter.reopen(by=cast.chief, reason="反弹", id=act, at=at)
    assert matter.reopenings.get().pk == act
    assert (matter.status, matter.cycle, matter.closing_check) == ("in_progress", 2, None)
    assert matter.due_at == at + timedelta(hours=matter.rule.redo_h)


def test_reopening_has_a_last_day(cast: Cast) -> None:
    start = in_exercise(cast)
    with recorded_as(start):
        matter = cast.closed()
    closed_at = known(matter.closed_at)
    with recorded_as(closed_at + timedelta(days=30, seconds=1)), refuses(TooLateToReopen):
        matter.reopen(by=cast.dispatcher, reason="反弹")
    with recorded_as(closed_at + timedelta(days=30)):
        matter.reopen(by=cast.dispatcher, reason="反弹")
    assert matter.status == "in_progress"


def test_each_failure_counts_one_cycle(cast: Cast) -> None:
    matter = failed(cast)
    cast.closed(matter)
    matter.reopen(by=cast.chief, reason="反弹")
    cast.closed(matter)
    assert matter.cycle == 3
    assert [span.status for span in spans(matter)][-3:] == ["in_progress", "closure_requested", "closed"]
