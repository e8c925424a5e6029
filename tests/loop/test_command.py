"""Command: reclassifying, escalating, voiding, merging, publishing and looking elsewhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from muster.loop.command import NothingChanges, NotMergeable, NotOverdue, NumberNeeded, SecondPersonNeeded
from muster.loop.freeze import recorded_as
from muster.loop.matter import Matter
from muster.loop.refusals import AlreadyDone, NothingPending, NotYours, ReasonNeeded, TooLate
from muster.people.role import Role
from muster.places.site import Site
from muster.policy.pack import CategoryNotForKind
from tests.cast import Cast, act_id
from tests.loop.stage import (
    assigned,
    drafted,
    failed,
    in_exercise,
    known,
    last,
    overdue,
    published,
    refuses,
    sides,
    spans,
    voiding_asked,
)


def test_reclassifying_keeps_old_and_new(cast: Cast) -> None:
    matter, act = assigned(cast), act_id()
    due = known(matter.due_at)
    matter.reclassify(by=cast.dispatcher, area=cast.county, category="gates", reason="实为卡口", id=act)
    row = matter.reclassifications.get()
    assert (row.pk, row.old_area, row.old_category, row.old_severity) == (act, cast.town, "testing", "critical")
    assert (row.new_area, row.new_category, row.new_severity) == (cast.county, "gates", "critical")
    assert (matter.area, matter.area_path, matter.category) == (cast.county, cast.county.path, "gates")
    assert (matter.status, matter.due_at, matter.kind) == ("assigned", due, "finding")
    assert spans(matter)[-1].area == cast.county
    assert sides(matter)["dispatcher"] == "checker"


def test_another_severity_moves_the_deadline_from_when_its_clock_began(cast: Cast) -> None:
    matter = assigned(cast, at=timezone.now() - timedelta(hours=2))
    began = known(matter.dispatched_at)
    matter.reclassify(by=cast.chief, severity="major", reason="核实")
    assert (matter.due_at, matter.rule.evidence_to_close) == (began + timedelta(hours=24), 2)
    assert spans(matter)[-1].due_at == matter.due_at


def test_in_a_later_cycle_it_moves_by_redo_hours(cast: Cast) -> None:
    matter = failed(cast)
    began = known(matter.clock_from)
    matter.reclassify(by=cast.chief, severity="major", reason="核实")
    assert matter.due_at == began + timedelta(hours=12)


def test_whoever_takes_over_in_a_later_cycle_keeps_full_hours(cast: Cast) -> None:
    matter, at = failed(cast), timezone.now()
    matter.reassign(by=cast.dispatcher, lead=cast.support, reason="换单位", at=at)
    assert matter.due_at == at + timedelta(hours=4)
    matter.reclassify(by=cast.chief, severity="major", reason="核实")
    assert matter.due_at == at + timedelta(hours=24)


@pytest.mark.parametrize("stage", ["registered", "closure_requested"])
def test_where_no_clock_of_the_unit_runs_none_is_moved(cast: Cast, stage: str) -> None:
    matter = cast.finding() if stage == "registered" else cast.at_closure()
    due = matter.due_at
    matter.reclassify(by=cast.chief, severity="minor", reason="核实")
    assert matter.due_at == due


def test_reclassifying_needs_a_reason_and_a_change_the_pack_knows(cast: Cast) -> None:
    matter = cast.finding()
    with refuses(ReasonNeeded):
        matter.reclassify(by=cast.chief, severity="major", reason="")
    with refuses(NothingChanges):
        matter.reclassify(by=cast.chief, severity="critical", area=cast.town, reason="核实")
    with refuses(CategoryNotForKind):
        matter.reclassify(by=cast.chief, category="medical", reason="核实")


def test_escalation_climbs_the_ladder_once_per_assignment(cast: Cast) -> None:
    start = in_exercise(cast)
    with recorded_as(start):
        matter = assigned(cast)
    due = known(matter.due_at)
    with recorded_as(due - timedelta(seconds=1)), refuses(NotOverdue):
        matter.escalate(by=None)
    for hours in (0, 12, 24):
        with recorded_as(due + timedelta(hours=hours, seconds=1)):
            matter.escalate(by=None)
            with refuses(NotOverdue):
                matter.escalate(by=cast.chief)
    rungs = [(row.level, row.area.level, row.by) for row in matter.escalations.order_by("level")]
    assert rungs == [(1, "county", None), (2, "city", None), (3, "province", None)]
    assert (matter.status, matter.due_at) == ("assigned", due)
    with recorded_as(due + timedelta(days=9)), refuses(NotOverdue):
        matter.escalate(by=cast.chief)


def test_a_new_assignment_begins_the_ladder_anew(cast: Cast) -> None:
    matter = overdue(cast)
    matter.escalate(by=None)
    matter.reassign(by=cast.dispatcher, lead=cast.support, reason="换单位", at=timezone.now() - timedelta(hours=5))
    matter.escalate(by=cast.chief, reason="仍未动")
    assert [row.level for row in matter.escalations.order_by("recorded_at")] == [1, 1]


def test_a_failed_check_does_not_begin_the_ladder_anew(cast: Cast) -> None:
    matter = cast.at_closure(overdue(cast))
    past = timezone.now() - timedelta(hours=3)
    matter.verify(by=cast.verifier, passed=False, remark="仍漏", photos=[cast.photo()], at=past)
    matter.escalate(by=None)
    assert matter.escalations.get().level == 1
    with refuses(NotOverdue):
        matter.escalate(by=None)


def test_voiding_takes_two_people(cast: Cast) -> None:
    matter, asked = cast.finding(), act_id()
    matter.ask_voiding(by=cast.chief, reason="重复录入", id=asked)
    assert matter.status == "registered"
    with refuses(AlreadyDone):
        matter.ask_voiding(by=cast.deputy, reason="重复")
    with refuses(SecondPersonNeeded):
        matter.void(by=cast.chief)
    receipt = matter.void(by=cast.deputy, reason="同意")
    assert matter.voidings.get().asked_id == asked
    assert matter.voidingrequests.get().ended_at == receipt.recorded_at
    assert (matter.status, spans(matter)[-1].status) == ("void", "void")
    assert sides(matter) == {"headquarters": "checker", "chief": "checker", "deputy": "checker"}


def test_voiding_needs_a_reason_and_a_request(cast: Cast) -> None:
    matter = cast.finding()
    with refuses(NothingPending):
        matter.void(by=cast.deputy)
    with refuses(ReasonNeeded):
        matter.ask_voiding(by=cast.chief, reason=" ")
    assert voiding_asked(cast).status == "registered"


def test_merging_ends_one_and_is_told_on_both(cast: Cast) -> None:
    matter, target, act = assigned(cast), cast.finding(), act_id()
    matter.merge(by=cast.dispatcher, target=target, reason="同一件事", id=act)
    target.refresh_from_db()
    assert (matter.merges.get().pk, matter.merges.get().target) == (act, target)
    assert (matter.status, matter.merged_into, matter.verify_due_at) == ("merged", target, None)
    assert (target.status, last(target).action, last(target).act_id) == ("registered", "absorb", None)
    assert target.head_hash == last(target).hash == last(target).sealed_hash()
    assert spans(matter)[-1].status == "merged"
    assert len(spans(target)) == 1


def test_only_two_live_matters_of_a_kind_merge(cast: Cast) -> None:
    matter = cast.finding()
    for target in (matter, cast.request(), cast.closed()):
        with refuses(NotMergeable):
            matter.merge(by=cast.dispatcher, target=target, reason="同一件事")
    with refuses(ReasonNeeded):
        matter.merge(by=cast.dispatcher, target=matter, reason="")


def test_merging_needs_the_role_in_both_areas(cast: Cast) -> None:
    cast.person("local", "headquarters", Role.DISPATCHER, area=cast.town)
    matter, target = cast.finding(), cast.finding(area=cast.county, site=None)
    with refuses(NotYours):
        matter.merge(by=cast.local, target=target, reason="同一件事")


def test_publishing_takes_two_people_and_is_withdrawn_never_deleted(cast: Cast) -> None:
    matter = drafted(cast)
    with refuses(AlreadyDone):
        matter.draft_publication(by=cast.deputy, reason="典型")
    with refuses(SecondPersonNeeded):
        matter.publish(by=cast.chief, number="第 7 期")
    with refuses(NumberNeeded):
        matter.publish(by=cast.deputy, number=" ")
    matter.publish(by=cast.deputy, number="第 7 期")
    publication = matter.publications.get()
    assert (publication.number, publication.ended_at) == ("第 7 期", None)
    assert matter.publicationdrafts.get().ended_at == publication.recorded_at
    with refuses(ReasonNeeded):
        matter.withdraw(by=cast.chief, reason=" ")
    matter.withdraw(by=cast.chief, reason="更正")
    publication.refresh_from_db()
    assert publication.ended_at == last(matter).recorded_at
    with refuses(NothingPending):
        matter.withdraw(by=cast.chief, reason="更正")
    with refuses(NothingPending):
        matter.publish(by=cast.deputy, number="第 8 期")


def test_it_is_published_in_one_place_at_a_time(cast: Cast) -> None:
    matter = published(cast)
    matter.draft_publication(by=cast.chief, reason="再登")
    with refuses(AlreadyDone):
        matter.publish(by=cast.deputy, number="第 8 期")
    matter.withdraw(by=cast.chief, reason="更正")
    matter.publish(by=cast.deputy, number="第 8 期")
    assert [row.number for row in matter.publications.filter(ended_at=None)] == ["第 8 期"]


def test_a_draft_needs_a_reason(cast: Cast) -> None:
    matter = cast.finding()
    with refuses(ReasonNeeded):
        matter.draft_publication(by=cast.chief, reason="")


def test_a_sweep_tells_what_is_alike_and_what_was_not_looked_at(cast: Cast) -> None:
    gone = Site.objects.create(kind="compound", name="旧小区", area=cast.town, closed_at=timezone.now())
    unseen = Site.objects.create(kind="compound", name="湖畔小区", area=cast.town)
    Site.objects.create(kind="compound", name="冠县小区", area=cast.elsewhere)
    matter, alike, act = cast.finding(), cast.finding(), act_id()
    cast.finding(category="gates")
    Matter.objects.get(pk=voiding_asked(cast).pk).void(by=cast.deputy)
    matter.sweep(by=cast.dispatcher, area=cast.county, id=act)
    sweep = matter.sweeps.get()
    assert (sweep.pk, sweep.similar, sweep.sites) == (act, [alike.pk], [unseen.pk])
    assert sweep.criteria == {"area": "371581", "category": "testing", "site_kind": "compound"}
    assert gone.pk not in sweep.sites
    assert matter.status == "registered"


def test_an_extension_can_not_be_asked_once_escalated(cast: Cast) -> None:
    matter = overdue(cast)
    matter.escalate(by=None)
    with refuses(TooLate):
        matter.ask_extension(by=cast.fixer, reason="等", until=known(matter.due_at) + timedelta(hours=9))
