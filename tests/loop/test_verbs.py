"""What all verbs share: the whole run, receipts, repetition, time and the chain of entries."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from muster.loop.act import Receipt
from muster.loop.arrival import Caller
from muster.loop.conflict import Conflict
from muster.loop.contact import Contact
from muster.loop.entry import Afterwards
from muster.loop.freeze import recorded_as
from muster.loop.matter import Matter
from muster.loop.refusals import ActInFuture, ConflictingContent
from tests.cast import Cast, act_id, later
from tests.loop.attempts import CASES
from tests.loop.stage import asked_of, assigned, in_exercise, last, refuses, rows, spans


def test_a_finding_runs_through_the_loop_to_its_close(cast: Cast) -> None:
    matter = cast.closed()
    assert matter.status == "closed"
    assert matter.number.startswith("WT-371581-")
    assert [e.action for e in matter.entries.order_by("seq")] == [
        "register", "assign", "respond", "request_closure", "verify",
    ]  # fmt: skip
    assert [s.status for s in matter.spans.order_by("from_at")] == [
        "registered", "assigned", "in_progress", "closure_requested", "closed",
    ]  # fmt: skip


@pytest.mark.parametrize("verb", [name for name in CASES if not name.startswith(("register_", "import_"))])
def test_every_verb_enters_the_history_and_keeps_the_spans(cast: Cast, verb: str) -> None:
    case = CASES[verb]
    matter = case.ready(cast)
    before = last(matter)
    actor = min(case.may)
    receipt = case.attempt(cast, matter, cast.people.get(actor))
    entry = last(matter)
    assert (entry.seq, entry.previous, entry.act_id) == (before.seq + 1, before.hash, receipt.act_id)
    assert (receipt.matter_id, receipt.seq, receipt.hash) == (matter.pk, entry.seq, entry.sealed_hash())
    assert (entry.by_id, entry.recorded_at) == (getattr(cast.people.get(actor), "pk", None), receipt.recorded_at)
    assert Afterwards.objects.filter(entry=entry).exists()
    matter.refresh_from_db()
    assert (matter.head_seq, matter.head_hash, matter.recorded_at) == (entry.seq, entry.hash, entry.recorded_at)
    span = spans(matter)[-1]
    now = (matter.status, matter.area_id, matter.lead_id, matter.due_at, matter.verify_due_at)
    assert (span.status, span.area_id, span.lead_id, span.due_at, span.verify_due_at) == now


def test_the_same_act_sent_again_is_answered_with_the_same_receipt(cast: Cast) -> None:
    matter, act, at = cast.finding(), act_id(), timezone.now()
    first = matter.assign(by=cast.dispatcher, lead=cast.unit, at=at, id=act)
    matter.respond(by=cast.fixer, text="已补采")
    before = rows()
    again = matter.assign(by=cast.dispatcher, lead=cast.unit, at=at, id=act)
    assert again == Receipt(**{**vars(first), "repeated": True})
    assert rows() == before
    assert matter.status == "in_progress"


def test_evidence_sent_again_is_known_by_its_content(cast: Cast) -> None:
    matter, act, photo = assigned(cast), act_id(), cast.photo("fixer")
    matter.respond(by=cast.fixer, photos=[photo], id=act)
    photo.pk = act_id()
    photo.save(force_insert=True)
    assert matter.respond(by=cast.fixer, photos=[photo], id=act).repeated
    with refuses(ConflictingContent):
        matter.respond(by=cast.fixer, photos=[cast.photo("fixer")], id=act)


@pytest.mark.parametrize("change", ["content", "actor", "verb", "matter", "time"])
def test_something_else_under_a_known_id_is_kept_as_a_conflict(cast: Cast, change: str) -> None:
    matter, other, act = assigned(cast), assigned(cast), act_id()
    matter.respond(by=cast.fixer, text="已补采", id=act)
    sent: dict[str, Any] = {"by": cast.fixer, "text": "已补采", "id": act}
    changes = {"content": {"text": "已补采两户"}, "actor": {"by": cast.helper}, "time": {"at": timezone.now()}}
    subject, verb = (other if change == "matter" else matter), ("note" if change == "verb" else "respond")
    with refuses(ConflictingContent):
        getattr(subject, verb)(**{**sent, **changes.get(change, {})})
    conflict = Conflict.objects.get()
    assert (conflict.act_id, conflict.matter_id, conflict.action) == (act, subject.pk, verb)
    assert matter.responses.get().text == "已补采"


def registered_under(cast: Cast, act: UUID, **changes: Any) -> Receipt:
    fields = asked_of(cast.request()) | {"by": cast.operator, "caller": Caller("王秀兰", "13812345678")}
    return Matter.register(**{**fields, **changes}, id=act)


def test_an_intake_sent_again_is_answered_with_the_same_receipt(cast: Cast) -> None:
    act = act_id()
    first = registered_under(cast, act)
    count = Matter.objects.count()
    again = registered_under(cast, act)
    assert again == Receipt(**{**vars(first), "repeated": True})
    assert (first.act_id, first.matter_id) == (act, act)
    assert Matter.objects.count() == count + 1
    assert Contact.objects.count() == 1


@pytest.mark.parametrize(
    "changes", [{"text": "别的事"}, {"caller": Caller("李建国", "13812345678")}, {"severity": "minor"}]
)
def test_another_intake_under_a_known_id_is_kept_as_a_conflict(cast: Cast, changes: dict[str, Any]) -> None:
    act = act_id()
    registered_under(cast, act)
    with pytest.raises(ConflictingContent):
        registered_under(cast, act, **changes)
    conflict = Conflict.objects.get()
    assert (conflict.act_id, conflict.action, conflict.by) == (act, "register", cast.operator)
    assert "13812345678" not in conflict.content
    assert Matter.objects.get(pk=act).text == "独居老人降压药只剩两天"


def test_an_act_and_an_intake_do_not_share_an_id(cast: Cast) -> None:
    matter = cast.finding()
    with refuses(ConflictingContent):
        matter.note(by=cast.reader, text="已电话核实", id=matter.pk)
    note = matter.note(by=cast.reader, text="已电话核实")
    with pytest.raises(ConflictingContent):
        registered_under(cast, note.act_id)
    assert Conflict.objects.count() == 2


def test_a_refused_act_leaves_its_id_free(cast: Cast) -> None:
    matter, act = cast.finding(), act_id()
    with refuses(ActInFuture):
        matter.note(by=cast.reader, text="已电话核实", at=later(minutes=6), id=act)
    assert not matter.note(by=cast.reader, text="已电话核实", id=act).repeated


def test_acts_are_recorded_one_after_the_other_whenever_they_occurred(cast: Cast) -> None:
    matter, seen = cast.finding(), timezone.now() - timedelta(days=2)
    matter.note(by=cast.reader, text="今天")
    matter.note(by=cast.reader, text="前天", at=seen)
    first, second = matter.notes.order_by("recorded_at")
    assert second.occurred_at == seen
    assert first.recorded_at < second.recorded_at


def test_recorded_time_may_be_set_in_an_exercise(cast: Cast) -> None:
    start = in_exercise(cast)
    with recorded_as(start):
        matter = assigned(cast)
    assert matter.registered_at == start
    assert matter.dispatched_at == last(matter).recorded_at == start + timedelta(microseconds=1)
    assert [span.from_at for span in spans(matter)] == [start, start + timedelta(microseconds=1)]
    with recorded_as(start + timedelta(hours=1)):
        matter.accept(by=cast.fixer)
    assert spans(matter)[-1].from_at == start + timedelta(hours=1)


@pytest.mark.parametrize("moment", [datetime.now().astimezone() - timedelta(days=1), later(hours=1)])
def test_recorded_time_is_the_databases_own_in_an_incident(cast: Cast, moment: datetime) -> None:
    matter = cast.finding()
    matter_then_entries = (Matter.objects.count(), matter.entries.count())
    with (
        recorded_as(moment),
        pytest.raises(IntegrityError, match="recorded time is set by the database"),
        transaction.atomic(),
    ):
        cast.finding()
    if moment > timezone.now():
        with recorded_as(moment), pytest.raises(IntegrityError, match="recorded time"), transaction.atomic():
            matter.note(by=cast.reader, text="已电话核实")
    assert (Matter.objects.count(), matter.entries.count()) == matter_then_entries


def test_the_chain_of_entries_shows_what_was_changed(cast: Cast) -> None:
    matter = cast.closed()
    entries = list(matter.entries.order_by("seq"))
    assert [entry.previous for entry in entries] == ["", *(entry.hash for entry in entries[:-1])]
    for entry in entries:
        assert entry.hash == entry.sealed_hash()
        entry.facts = entry.facts.replace("[", "[ ", 1)
        assert entry.hash != entry.sealed_hash()
    assert matter.head_hash == entries[-1].hash
    assert len(entries[-1].hash) == hashlib.sha256().digest_size * 2
