"""Dispatch: assigning, rulings on what the unit asks, reassigning, and the clocks that follow."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from muster.loop.dispatch import ExtensionTooLong, NobodyThere
from muster.loop.refusals import NothingPending, NotSeen, ReasonNeeded, WrongSide
from muster.loop.work import ExtensionsUsedUp
from muster.people.role import Role
from tests.cast import Cast, act_id
from tests.loop.stage import assigned, extension_asked, failed, known, last, refuses, returned, sides, spans


def test_assigning_starts_the_clock_of_the_lead(cast: Cast) -> None:
    matter, act = cast.finding(), act_id()
    at = timezone.now() - timedelta(minutes=20)
    receipt = matter.assign(by=cast.dispatcher, lead=cast.unit, supports=[cast.support], at=at, id=act)
    lead, support = matter.assignments.order_by("part")
    assert (lead.pk, lead.organisation, support.organisation) == (act, cast.unit, cast.support)
    assert lead.due_at == support.due_at == matter.due_at == at + timedelta(hours=4)
    assert (matter.status, matter.lead, matter.dispatched_at, matter.clock_from) == ("assigned", cast.unit, at, at)
    assert sides(matter) == {"unit": "doer", "support": "doer"}
    was, now = spans(matter)
    assert (was.to_at, now.from_at, now.lead, now.due_at) == (receipt.recorded_at,) * 2 + (cast.unit, matter.due_at)
    assert (last(matter).action, last(matter).by_organisation) == ("assign", cast.headquarters)


def test_an_organisation_is_assigned_once_however_often_it_is_named(cast: Cast) -> None:
    matter = cast.finding()
    matter.assign(by=cast.dispatcher, lead=cast.unit, supports=[cast.unit, cast.support, cast.support])
    assert sorted(matter.assignments.values_list("part", flat=True)) == ["lead", "support"]


@pytest.mark.parametrize("supporting", [False, True])
def test_nobody_is_assigned_who_could_not_see_it(cast: Cast, supporting: bool) -> None:
    matter = cast.finding()
    parts = {"lead": cast.unit, "supports": [cast.other]} if supporting else {"lead": cast.other}
    with refuses(NobodyThere):
        matter.assign(by=cast.dispatcher, **parts)


def test_a_liaison_above_sees_for_the_organisations_below(cast: Cast) -> None:
    matter = cast.finding()
    matter.assign(by=cast.dispatcher, lead=cast.crew)
    matter.accept(by=cast.fixer)
    assert sides(matter) == {"crew": "doer", "unit": "doer", "fixer": "doer"}


@pytest.mark.parametrize("lead", ["headquarters", "above"])
def test_no_checker_nor_who_stands_above_one_is_assigned(cast: Cast, lead: str) -> None:
    cast.organisation("above", cast.city)
    cast.headquarters.parent, cast.headquarters.path = cast.above, f"{cast.above.path}{cast.headquarters.pk}/"
    cast.headquarters.save()
    cast.person("clerk", lead, Role.LIAISON)
    matter = returned(cast)
    matter.rule_return(by=cast.dispatcher, upheld=True, reason="属实")
    with refuses(WrongSide):
        matter.assign(by=cast.dispatcher, lead=cast.organisations[lead])


def test_nobody_is_assigned_whose_member_has_checked(cast: Cast) -> None:
    matter = failed(cast)
    cast.join("verifier", "support")
    with refuses(WrongSide):
        matter.reassign(by=cast.dispatcher, lead=cast.support, reason="换人")


def test_an_upheld_return_ends_the_assignment_and_the_next_gets_full_hours(cast: Cast) -> None:
    matter = assigned(cast, at=timezone.now() - timedelta(hours=3))
    first = matter.dispatched_at
    matter.return_(by=cast.fixer, reason="不在辖区")
    receipt = matter.rule_return(by=cast.dispatcher, upheld=True, reason="属实")
    assert (matter.status, matter.lead, matter.due_at, matter.clock_from) == ("registered", None, None, None)
    assert set(matter.assignments.values_list("ended_at", flat=True)) == {receipt.recorded_at}
    assert matter.returns.get().ended_at == receipt.recorded_at
    assert sides(matter)["unit"] == "doer"
    assert sides(matter)["dispatcher"] == sides(matter)["headquarters"] == "checker"
    at = timezone.now()
    matter.assign(by=cast.dispatcher, lead=cast.support, at=at)
    assert (matter.due_at, matter.dispatched_at) == (at + timedelta(hours=4), first)
    with refuses(NotSeen):
        matter.accept(by=cast.fixer)


def test_an_overruled_return_leaves_the_clock_running(cast: Cast) -> None:
    matter = returned(cast)
    before = matter.present()
    matter.rule_return(by=cast.chief, upheld=False, reason="属你辖区")
    assert matter.present() == before
    assert matter.returns.get().ended_at
    assert not matter.assignments.filter(ended_at__isnull=False).exists()
    assert [span.status for span in spans(matter)] == ["registered", "assigned"]


def test_a_granted_extension_moves_the_deadline(cast: Cast) -> None:
    matter = extension_asked(cast)
    due, asked = known(matter.due_at), matter.extensionrequests.get()
    matter.rule_extension(by=cast.dispatcher, granted=True, reason="同意")
    assert matter.due_at == asked.until == due + timedelta(hours=5)
    assert spans(matter)[-1].due_at == matter.due_at
    assert asked.ruling.due_at == matter.due_at


def test_the_dispatcher_may_set_another_deadline_up_to_the_packs_maximum(cast: Cast) -> None:
    matter = extension_asked(cast)
    due = known(matter.due_at)
    for out_of_bounds in (due, due + timedelta(hours=72, seconds=1)):
        with refuses(ExtensionTooLong):
            matter.rule_extension(by=cast.dispatcher, granted=True, reason="同意", due_at=out_of_bounds)
    matter.rule_extension(by=cast.dispatcher, granted=True, reason="同意", due_at=due + timedelta(hours=72))
    assert matter.due_at == due + timedelta(hours=72)


def test_a_refused_extension_changes_nothing(cast: Cast) -> None:
    matter = extension_asked(cast)
    before = matter.present()
    matter.rule_extension(by=cast.dispatcher, granted=False, reason="不同意")
    assert matter.present() == before
    assert matter.extensionrequests.get().ruling.due_at is None
    with refuses(ExtensionsUsedUp):
        matter.ask_extension(by=cast.fixer, reason="再等", until=known(matter.due_at) + timedelta(hours=1))


def test_rulings_need_a_question_and_a_reason(cast: Cast) -> None:
    matter = assigned(cast)
    with refuses(NothingPending):
        matter.rule_return(by=cast.dispatcher, upheld=True, reason="属实")
    with refuses(NothingPending):
        matter.rule_extension(by=cast.dispatcher, granted=True, reason="同意")
    one, other = returned(cast), extension_asked(cast)
    with refuses(ReasonNeeded):
        one.rule_return(by=cast.dispatcher, upheld=True, reason=" ")
    with refuses(ReasonNeeded):
        other.rule_extension(by=cast.dispatcher, granted=True, reason="")


def test_a_question_is_ruled_on_once(cast: Cast) -> None:
    matter = returned(cast)
    matter.rule_return(by=cast.dispatcher, upheld=False, reason="属你辖区")
    with refuses(NothingPending):
        matter.rule_return(by=cast.chief, upheld=True, reason="属实")


@pytest.mark.parametrize("asked", [returned, extension_asked])
def test_reassigning_ends_assignments_and_questions_and_gives_full_hours(cast: Cast, asked: object) -> None:
    assert callable(asked)
    matter, at = asked(cast), timezone.now()
    receipt = matter.reassign(by=cast.dispatcher, lead=cast.support, reason="交办错误", at=at)
    ended = matter.assignments.filter(ended_at=receipt.recorded_at)
    assert {assignment.organisation for assignment in ended} == {cast.unit, cast.support}
    now = matter.assignments.get(ended_at=None)
    assert (now.organisation, now.reason) == (cast.support, "交办错误")
    assert (matter.status, matter.lead, matter.due_at) == ("assigned", cast.support, at + timedelta(hours=4))
    questions = [*matter.returns.all(), *matter.extensionrequests.all()]
    assert [question.ended_at for question in questions] == [receipt.recorded_at]
    with refuses(NotSeen):
        matter.accept(by=cast.fixer)
    matter.ask_extension(by=cast.helper, reason="等试剂", until=known(matter.due_at) + timedelta(hours=1))


def test_reassigning_needs_a_reason(cast: Cast) -> None:
    matter = assigned(cast)
    with refuses(ReasonNeeded):
        matter.reassign(by=cast.dispatcher, lead=cast.support, reason="")


def test_who_takes_over_what_waited_for_a_check_requests_closure_in_turn(cast: Cast) -> None:
    matter = cast.at_closure()
    matter.reassign(by=cast.dispatcher, lead=cast.support, reason="换单位")
    assert (matter.status, matter.verify_due_at) == ("assigned", None)
    matter.respond(by=cast.helper, text="已补采", photos=[cast.photo(), cast.photo()])
    matter.request_closure(by=cast.helper)
    assert matter.status == "closure_requested"
