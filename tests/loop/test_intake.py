"""Intake: registering, fixing on the spot, notes and attachments."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from muster.incidents.incident import Incident, NoPackInForce
from muster.loop.arrival import Caller, SiteElsewhere, TextNeeded
from muster.loop.audit import audit
from muster.loop.contact import Contact
from muster.loop.entry import Entry
from muster.loop.refusals import ActInFuture, EvidenceNeeded, NotYours, WrongSide
from muster.loop.steps import VoidingRequest
from muster.policy.pack import CategoryNotForKind, UnknownCategory, UnknownKind, UnknownSeverity
from muster.policy.version import PackVersion
from tests.cast import PACK, Cast, act_id, later
from tests.loop.stage import last, refuses, returned, sides, spans, voiding_asked


def test_registering_writes_the_matter_its_first_span_and_its_first_entry(cast: Cast) -> None:
    matter = cast.finding(photos=[cast.photo()], text="  上门采样漏采 3 户 ")
    assert (matter.status, matter.cycle, matter.text) == ("registered", 1, "上门采样漏采 3 户")
    assert (matter.due_at, matter.lead, matter.dispatched_at) == (None, None, None)
    assert (matter.reporter, matter.reporter_organisation) == (cast.finder, cast.inspection)
    assert [evidence.of for evidence in matter.evidences.all()] == ["before"]
    assert [(span.status, span.from_at, span.to_at) for span in spans(matter)] == [
        ("registered", matter.registered_at, None)
    ]
    entry = matter.entries.get()
    assert (entry.action, entry.seq, entry.previous, entry.act_id) == ("register", 1, "", matter.pk)
    assert entry.hash == entry.sealed_hash() == matter.head_hash
    assert [row[0] for row in json.loads(entry.facts)] == ["evidence", "matter"]


def test_a_matter_copies_the_rules_it_will_be_judged_by(cast: Cast) -> None:
    before = cast.finding()
    changed = PACK.replace("due_h = 4", "due_h = 3").replace("due_h = 24", "due_h = 20")
    cast.incident.put_in_force(PackVersion.adopt(changed, "stricter.toml"))
    after = cast.finding()
    assert (before.rule.due_h, after.rule.due_h) == (4, 3)
    before.reclassify(by=cast.dispatcher, severity="major", reason="核实")
    assert before.rule.due_h == 24


def test_when_it_occurred_is_kept_apart_from_when_it_was_recorded(cast: Cast) -> None:
    seen = datetime(2022, 12, 5, 8, 30, tzinfo=UTC)
    matter = cast.finding(at=seen)
    assert matter.occurred_at == seen
    assert abs(matter.registered_at - timezone.now()) < timedelta(minutes=1)


@pytest.mark.parametrize(("kind", "prefix"), [("finding", "WT"), ("request", "SQ"), ("proposal", "JY")])
def test_numbers_run_by_kind_county_and_day(cast: Cast, kind: str, prefix: str) -> None:
    register = {"finding": cast.finding, "request": cast.request, "proposal": cast.proposal}[kind]
    day = timezone.now().astimezone(cast.incident.tz).strftime("%Y%m%d")
    assert [register().number for _time in range(2)] == [f"{prefix}-371581-{day}-000{n}" for n in (1, 2)]
    assert register(area=cast.city).number == f"{prefix}-371500-{day}-0001"


def test_who_asks_is_kept_apart_and_only_a_salted_hash_stands_in_the_history(cast: Cast) -> None:
    matter = cast.request(caller=Caller("王秀兰", "13812345678"))
    contact = Contact.objects.get(matter=matter)
    assert (contact.name, contact.phone) == ("王秀兰", "13812345678")
    assert contact.expires_at == matter.registered_at + timedelta(days=30)
    entry = matter.entries.get()
    assert ["contact", str(matter.pk), contact.digest] in json.loads(entry.facts)
    assert not any("13812345678" in str(value) for value in vars(entry).values())


def test_a_proposal_needs_no_person(cast: Cast) -> None:
    assert cast.proposal().reporter is None
    with refuses(NotYours):
        cast.request(by=None)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"text": "  "}, TextNeeded),
        ({"kind": "rumour"}, UnknownKind),
        ({"category": "medical"}, CategoryNotForKind),
        ({"category": "weather"}, UnknownCategory),
        ({"severity": "huge"}, UnknownSeverity),
        ({"at": later(hours=1)}, ActInFuture),
    ],
)
def test_what_cannot_be_registered(cast: Cast, changes: dict[str, object], refusal: type) -> None:
    with refuses(refusal):
        cast.finding(**changes)


def test_a_device_may_run_a_few_minutes_fast(cast: Cast) -> None:
    assert cast.finding(at=later(minutes=4)).occurred_at > timezone.now()


def test_a_site_lies_in_the_area(cast: Cast) -> None:
    with refuses(SiteElsewhere):
        cast.finding(area=cast.elsewhere)
    assert cast.finding(area=cast.county).area == cast.county


def test_nothing_is_registered_without_a_pack(cast: Cast) -> None:
    bare = Incident.objects.create(name_zh="演练", name_en="Drill", area=cast.city, started_at=timezone.now())
    with refuses(NoPackInForce):
        cast.finding(incident=bare)


def test_fixed_on_the_spot_is_fed_back_and_closed_at_once(cast: Cast) -> None:
    matter, check = cast.finding(), act_id()
    at = timezone.now() - timedelta(minutes=30)
    matter.fix_on_spot(
        by=cast.finder, doer=cast.unit, at=at, id=check, before=[cast.photo()], after=[cast.photo()], remark="当场补采"
    )
    verification = matter.verifications.get()
    assert (verification.pk, verification.how, verification.passed) == (check, "on_spot", True)
    assert verification.evidence is not None
    assert verification.evidence.of == "after"
    assignment = matter.assignments.get()
    assert (assignment.organisation, assignment.part, assignment.dispatched_at) == (cast.unit, "lead", at)
    assert (matter.status, matter.closing_check, matter.lead) == ("closed", check, cast.unit)
    assert (matter.dispatched_at, matter.due_at) == (at, at + timedelta(hours=4))
    assert matter.closed_at == verification.recorded_at
    assert sides(matter) == {"unit": "doer", "inspection": "checker", "finder": "checker"}
    assert [span.status for span in spans(matter)] == ["registered", "closed"]
    assert last(matter).action == "fix_on_spot"


def test_a_fix_on_the_spot_ends_the_request_for_voiding(cast: Cast) -> None:
    matter = voiding_asked(cast)
    matter.fix_on_spot(by=cast.finder, doer=cast.unit, before=[cast.photo()], after=[cast.photo()])
    assert VoidingRequest.objects.get(matter=matter).ended_at == matter.closed_at
    assert [str(fault) for fault in audit()] == []


def test_the_age_of_a_matter_runs_from_its_first_dispatch(cast: Cast) -> None:
    matter = returned(cast)
    first = matter.dispatched_at
    matter.rule_return(by=cast.dispatcher, upheld=True, reason="属实")
    matter.fix_on_spot(by=cast.finder, doer=cast.support, before=[cast.photo()], after=[cast.photo()])
    assert matter.dispatched_at == first


def test_the_photo_of_the_intake_counts_as_the_one_before(cast: Cast) -> None:
    matter = cast.finding(photos=[cast.photo()])
    matter.fix_on_spot(by=cast.finder, doer=cast.unit, after=[cast.photo()])
    assert matter.status == "closed"


def test_fixing_on_the_spot_needs_a_photo_before_and_one_after(cast: Cast) -> None:
    matter = cast.finding()
    for photos in ({}, {"before": [cast.photo()]}, {"after": [cast.photo(), cast.photo()]}):
        with refuses(EvidenceNeeded):
            matter.fix_on_spot(by=cast.finder, doer=cast.unit, **photos)


@pytest.mark.parametrize("doer", ["inspection", "above"])
def test_nobody_closes_on_the_spot_what_the_own_organisation_mended(cast: Cast, doer: str) -> None:
    cast.organisation("above", cast.city)
    cast.inspection.parent, cast.inspection.path = cast.above, f"{cast.above.path}{cast.inspection.pk}/"
    cast.inspection.save()
    matter = cast.finding()
    with refuses(WrongSide):
        matter.fix_on_spot(by=cast.finder, doer=cast.organisations[doer], before=[cast.photo()], after=[cast.photo()])


def test_notes_and_attachments_change_nothing_of_the_present(cast: Cast) -> None:
    matter, note, file = cast.finding(), act_id(), act_id()
    before = matter.present()
    matter.note(by=cast.reader, text=" 已电话核实 ", id=note)
    matter.attach(by=cast.reader, photos=[cast.photo(), cast.photo()], id=file)
    assert matter.notes.get().pk == note
    assert matter.notes.get().text == "已电话核实"
    assert [evidence.of for evidence in matter.evidences.all()] == ["other", "other"]
    assert matter.evidences.filter(pk=file).exists()
    assert matter.present() == before
    assert len(spans(matter)) == 1
    assert list(Entry.objects.filter(matter=matter, seq__gt=1).values_list("action", flat=True)) == ["note", "attach"]
    assert sides(matter) == {}


def test_empty_notes_and_attachments_are_refused(cast: Cast) -> None:
    matter = cast.finding()
    with refuses(TextNeeded):
        matter.note(by=cast.reader, text=" ")
    with refuses(EvidenceNeeded):
        matter.attach(by=cast.reader, photos=[])


def test_what_recurs_is_a_new_matter_that_names_the_old_one(cast: Cast) -> None:
    old = cast.closed()
    new = cast.finding(recurrence_of=old)
    assert list(old.recurrences.all()) == [new]
