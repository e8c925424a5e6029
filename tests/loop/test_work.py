"""Work: what the unit responsible does, up to its request for closure."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from muster.loop.dispatch import ExtensionTooLong
from muster.loop.refusals import EvidenceNeeded, Pending, ReasonNeeded, TooLate, WrongState
from muster.loop.work import ExtensionsUsedUp, NoResponseYet, NothingSaid
from tests.cast import Cast, act_id
from tests.loop.stage import (
    accepted,
    assigned,
    extension_asked,
    failed,
    in_progress,
    known,
    last,
    overdue,
    refuses,
    returned,
    sides,
    spans,
)


def test_accepting(cast: Cast) -> None:
    matter, act = assigned(cast), act_id()
    due = known(matter.due_at)
    matter.accept(by=cast.fixer, id=act)
    acceptance = matter.acceptances.get()
    assert (acceptance.pk, acceptance.assignment) == (act, matter.assignments.get(part="lead"))
    assert (matter.status, matter.due_at) == ("accepted", due)
    assert sides(matter) == {"unit": "doer", "support": "doer", "fixer": "doer"}
    assert [span.status for span in spans(matter)][-1] == "accepted"


def test_a_return_waits_while_the_clock_runs_on(cast: Cast) -> None:
    matter, act = accepted(cast), act_id()
    before, at = matter.present(), timezone.now()
    matter.return_(by=cast.fixer, reason="不在辖区", at=at, id=act)
    asked = matter.returns.get()
    assert (asked.pk, asked.ended_at, asked.rule_due_at) == (act, None, at + timedelta(hours=6))
    assert matter.present() == before
    assert last(matter).action == "return_"


def test_one_question_waits_at_a_time(cast: Cast) -> None:
    for matter in (returned(cast), extension_asked(cast)):
        with refuses(Pending):
            matter.return_(by=cast.fixer, reason="不在辖区")
        with refuses(Pending):
            matter.ask_extension(by=cast.fixer, reason="等试剂", until=known(matter.due_at) + timedelta(hours=1))
        matter.respond(by=cast.fixer, text="先做起来", photos=[cast.photo(), cast.photo()])
        with refuses(Pending):
            matter.request_closure(by=cast.fixer)


def test_questions_need_a_reason(cast: Cast) -> None:
    matter = assigned(cast)
    with refuses(ReasonNeeded):
        matter.return_(by=cast.fixer, reason=" ")
    with refuses(ReasonNeeded):
        matter.ask_extension(by=cast.fixer, reason="", until=known(matter.due_at) + timedelta(hours=1))


def test_an_extension_is_asked_for_within_the_packs_hours(cast: Cast) -> None:
    matter, act = assigned(cast), act_id()
    due = known(matter.due_at)
    for until in (due, due - timedelta(hours=1), due + timedelta(hours=72, seconds=1)):
        with refuses(ExtensionTooLong):
            matter.ask_extension(by=cast.fixer, reason="等试剂", until=until)
    matter.ask_extension(by=cast.fixer, reason="等试剂", until=due + timedelta(hours=72), id=act)
    assert matter.extensionrequests.get().pk == act
    assert matter.due_at == due


def test_an_extension_is_asked_for_before_the_deadline_by_recorded_time(cast: Cast) -> None:
    matter = overdue(cast)
    with refuses(TooLate):
        matter.ask_extension(
            by=cast.fixer,
            reason="等试剂",
            until=known(matter.due_at) + timedelta(hours=9),
            at=known(matter.due_at) - timedelta(hours=2),
        )


def test_extensions_are_counted_by_assignment(cast: Cast) -> None:
    matter = extension_asked(cast)
    matter.rule_extension(by=cast.dispatcher, granted=True, reason="同意")
    with refuses(ExtensionsUsedUp):
        matter.ask_extension(by=cast.fixer, reason="再等", until=known(matter.due_at) + timedelta(hours=1))
    matter.reassign(by=cast.dispatcher, lead=cast.unit, reason="重新交办")
    matter.ask_extension(by=cast.fixer, reason="等试剂", until=known(matter.due_at) + timedelta(hours=1))
    assert matter.extensionrequests.count() == 2


def test_the_first_response_accepts_too(cast: Cast) -> None:
    matter, act = assigned(cast), act_id()
    matter.respond(by=cast.fixer, text=" 已到现场 ", photos=[cast.photo()], id=act)
    response = matter.responses.get()
    assert (response.pk, response.text, response.cycle) == (act, "已到现场", 1)
    assert matter.acceptances.get().assignment == matter.assignments.get(part="lead")
    assert [evidence.of for evidence in matter.evidences.all()] == ["after"]
    matter.respond(by=cast.helper, photos=[cast.photo()])
    assert (matter.status, matter.acceptances.count(), matter.responses.count()) == ("in_progress", 1, 2)
    assert sides(matter) == {"unit": "doer", "support": "doer", "fixer": "doer", "helper": "doer"}
    assert [span.status for span in spans(matter)] == ["registered", "assigned", "in_progress"]


def test_a_response_says_or_shows_something(cast: Cast) -> None:
    matter = assigned(cast)
    with refuses(NothingSaid):
        matter.respond(by=cast.fixer, text="  ")


def test_requesting_closure_stops_the_units_clock_and_starts_the_checkers(cast: Cast) -> None:
    matter, act = in_progress(cast), act_id()
    due, at = known(matter.due_at), timezone.now()
    matter.request_closure(by=cast.fixer, text="已补采", photos=[cast.photo(), cast.photo()], at=at, id=act)
    request = matter.closurerequests.get()
    assert (request.pk, request.due_at, request.verify_due_at) == (act, due, request.recorded_at + timedelta(hours=12))
    assert (matter.status, matter.due_at, matter.verify_due_at) == ("closure_requested", due, request.verify_due_at)
    assert not matter.overdue_at(due + timedelta(days=1))
    assert matter.check_overdue_at(request.verify_due_at + timedelta(seconds=1))


def test_closure_needs_the_packs_evidence_of_this_cycle(cast: Cast) -> None:
    matter = in_progress(cast)
    with refuses(EvidenceNeeded):
        matter.request_closure(by=cast.fixer, photos=[cast.photo()])
    matter.attach(by=cast.fixer, photos=[cast.photo(), cast.photo()])
    with refuses(EvidenceNeeded):
        matter.request_closure(by=cast.fixer)
    matter.respond(by=cast.helper, photos=[cast.photo()])
    matter.request_closure(by=cast.fixer, photos=[cast.photo()])
    assert matter.status == "closure_requested"


def test_each_cycle_needs_its_own_response_and_evidence(cast: Cast) -> None:
    matter = failed(cast)
    with refuses(NoResponseYet):
        matter.request_closure(by=cast.fixer, photos=[cast.photo(), cast.photo()])
    matter.respond(by=cast.fixer, text="再次补采", photos=[cast.photo()])
    with refuses(EvidenceNeeded):
        matter.request_closure(by=cast.fixer)
    matter.request_closure(by=cast.fixer, photos=[cast.photo()])
    assert list(matter.closurerequests.order_by("cycle").values_list("cycle", flat=True)) == [1, 2]


@pytest.mark.parametrize("kind", ["request", "proposal"])
def test_requests_and_proposals_close_without_photos(cast: Cast, kind: str) -> None:
    matter = in_progress(cast, cast.request() if kind == "request" else cast.proposal())
    matter.request_closure(by=cast.fixer)
    assert matter.status == "closure_requested"


def test_closure_is_requested_once(cast: Cast) -> None:
    matter = cast.at_closure()
    with refuses(WrongState):
        matter.request_closure(by=cast.fixer)
