"""Taking a ledger in: what its dry run would make and change is made and changed, all of it or the good lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from uuid import UUID

from django.db import IntegrityError, transaction

from muster.exchange.dryrun import CHANGED, MADE, REFUSED, DryRun, Verdict
from muster.exchange.line import Fault, Line, Told
from muster.exchange.records import Imported, LedgerImport
from muster.incidents.incident import Incident
from muster.lib.ids import uuid7
from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.loop.bulk import Incoming, copy_rows, import_many
from muster.loop.matter import Matter
from muster.loop.past import Past
from muster.people.person import Person

BATCH = 1_000
"""Lines that come in together: others who record wait no longer than these take."""


class SomeRefused(Refusal):
    code = "some_lines_refused"
    status = 422
    message = _(
        "{count} lines are refused, and all or nothing was asked for: nothing was taken in. Correct them, or take the good "
        "lines in and send the others again."
    )


class TakenMeanwhile(Refusal):
    code = "taken_meanwhile"
    status = 409
    message = _(
        "Somebody took some of these lines in at the same moment. Look at the ledger again, and take in what is left."
    )


def take_in(came: LedgerImport, found: DryRun, by: Person) -> None:
    """Make and change what the dry run says; refused lines stay outside. Raises SomeRefused.

    All or nothing is one transaction. Else each thousand is one: when it is cut off, the same ledger goes on where it was.
    """
    incident = came.sender.of
    refused = found.counts["refused"]
    if came.all_or_nothing and refused:
        raise SomeRefused(count=refused)
    with transaction.atomic() if came.all_or_nothing else nullcontext():
        for batch in _batches([*found.of(MADE)]):
            _make(came, incident, by, batch)
            came.tell(len(batch))
        for one in [*found.of(CHANGED)]:
            try:
                _change(came, by, one)
            except Refusal as refusal:
                # Somebody was quicker: the line comes back with the others that are refused.
                if came.all_or_nothing:
                    raise
                one.outcome = REFUSED
                one.line.faults.append(Fault(one.changes[0].key, refusal))
            came.tell(1)


def _batches(verdicts: Sequence[Verdict]) -> Iterator[Sequence[Verdict]]:
    return (verdicts[start : start + BATCH] for start in range(0, len(verdicts), BATCH))


def _make(came: LedgerImport, incident: Incident, by: Person, batch: Sequence[Verdict]) -> None:
    incoming = [_incoming(came, one.line, one.line.told) for one in batch if one.line.told]
    lines = [_remembered(came, one.line, made.id) for one, made in zip(batch, incoming, strict=True)]
    try:
        with transaction.atomic():
            import_many(Matter, by, incident, incoming)
            copy_rows(Imported, lines)
    except IntegrityError as fault:
        raise TakenMeanwhile from fault


def _incoming(came: LedgerImport, line: Line, told: Told) -> Incoming:
    return Incoming(
        kind=told.kind, area=told.area, category=told.category, severity=told.severity, text=told.text, site=told.site,
        source=source_of(came, line), source_number=line.said.get("number", "")[:80], past=told.past,
    )  # fmt: skip


def source_of(came: LedgerImport, line: Line) -> str:
    """Where a line stands: 临清市督导组 台账.xlsx 12月 14."""
    return " ".join(part for part in (came.sender.name, came.file, line.sheet, str(line.number)) if part)


def _remembered(came: LedgerImport, line: Line, matter: UUID) -> Imported:
    return Imported(
        incident_id=came.sender.of.pk, problem=line.problem, identity=line.identity, digest=line.digest,
        sender_id=came.sender_id, number=line.number_said, matter_id=matter, came_id=came.pk, sheet=line.sheet,
        row=line.number, words=line.said,
    )  # fmt: skip


def _change(came: LedgerImport, by: Person, one: Verdict) -> None:
    """By the loop's own verbs, each with the line as its reason; then the line is remembered as it is now."""
    line, told = one.line, one.line.told
    assert told
    assert one.matter
    matter = Matter.objects.get(pk=one.matter)
    keys = {change.key for change in one.changes}
    reason = source_of(came, line)
    with transaction.atomic():
        if keys & {"area", "category", "severity"}:
            matter.reclassify(by=by, id=uuid7(), reason=reason, **_classes(keys, told))
        if "lead" in keys and told.past.lead and matter.lead_id:
            matter.reassign(by=by, id=uuid7(), reason=reason, lead=told.past.lead, supports=list(told.past.supports))
        if keys & {"lead", "done", "closed"}:
            past = _untold(told.past, keys, known=matter.lead_id is not None)
            matter.tell(by=by, id=uuid7(), source=reason, past=past)
        _remember(came, one, matter.pk)


def _classes(keys: set[str], told: Told) -> dict[str, object]:
    return {key: getattr(told, key) for key in ("area", "category", "severity") if key in keys}


def _untold(past: Past, keys: set[str], *, known: bool) -> Past:
    """What of the past is new: what was done isn't told twice."""
    fields = vars(past).copy()
    if "done" not in keys:
        fields |= {"done": "", "done_at": None}
    if "closed" not in keys:
        fields |= {"closure_asked_at": None, "reviewed_at": None, "reviewer": None, "passed": None}
    if known:
        fields |= {"dispatched_at": None, "accepted_at": None, "due_at": None, "supports": (), "found_at": None}
    return Past(**fields)


def _remember(came: LedgerImport, one: Verdict, matter: UUID) -> None:
    """The line as it is now; words that it doesn't say any more stay."""
    row = _remembered(came, one.line, matter)
    known = Imported.objects.filter(pk=one.known, matter=matter).first() if one.known else None
    if known:
        row.pk, row.identity, row.problem = known.pk, known.identity, known.problem
        row.number, row.sender_id = (row.number, row.sender_id) if row.number else (known.number, known.sender_id)
        row.words = {**known.words, **row.words}
        row.save(force_update=True)
    elif not Imported.objects.filter(incident=row.incident_id, identity=row.identity).exists():
        row.save(force_insert=True)
