"""The check of the record: history against rows, rows against the present, seals against history."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models

from muster.evidence import store
from muster.evidence.file import originals
from muster.lib.steady import steady
from muster.loop.contact import Contact
from muster.loop.entry import Entry, Seal, digest_of, heads_at
from muster.loop.matter import Matter
from muster.loop.replay import Replay, Rows
from muster.loop.sides import Hand, Party
from muster.loop.span import SPAN_FIELDS, Span
from muster.loop.step import Step
from muster.loop.steps import STEPS, Evidence
from muster.places.area import Area

BATCH = 500


@dataclass(frozen=True)
class Fault:
    """A row that isn't as the record says: which, of which matter, and what is wrong with it."""

    matter: str
    table: str
    row: str
    what: str

    def __str__(self) -> str:
        return f"{self.matter}: {self.table} {self.row}: {self.what}"


def audit(progress: Callable[[int], None] | None = None) -> Iterator[Fault]:
    """Every fault of the record, as of one moment: others may act meanwhile. Changes nothing. ``progress`` is told how many
    matters have been read."""
    with steady():
        yield from _audited(progress)


def _audited(progress: Callable[[int], None] | None) -> Iterator[Fault]:
    areas = {area.pk: area for area in Area.objects.defer("outline")}
    ids = list(Matter.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        for record in _records(batch, areas):
            yield from record.faults()
        if progress:
            progress(len(batch))
    yield from _orphans()
    yield from seal_faults()


@dataclass
class Record:
    """All that is stored of one matter."""

    matter: Matter
    areas: dict[str, Area]
    entries: list[Entry]
    steps: dict[tuple[str, UUID], Step]
    spans: list[Span]
    sides: dict[tuple[str, int], str]
    contact: Contact | None

    def faults(self) -> Iterator[Fault]:
        yield from self.chain_faults()
        rows = list(self.row_faults())
        yield from rows
        if not any(fault.what == REMOVED for fault in rows):
            yield from self.present_faults()

    def chain_faults(self) -> Iterator[Fault]:
        """The entries must follow each other, each carrying the hash of the one before, up to the matter's head."""
        previous = ""
        for seq, entry in enumerate(self.entries, start=1):
            if entry.seq != seq or entry.previous != previous:
                yield self.fault("entry", entry.seq, "doesn't follow the entry before it: one was removed or changed")
            if entry.hash != entry.sealed_hash():
                yield self.fault("entry", entry.seq, CHANGED)
            previous = entry.hash
        if (self.matter.head_seq, self.matter.head_hash) != (len(self.entries), previous):
            yield self.fault("entry", self.matter.head_seq, "the history doesn't end where the matter says")

    def row_faults(self) -> Iterator[Fault]:
        """Every row that an entry tells of must be there unchanged, and no other."""
        unheard = set(self.steps)
        for table, row_id, digest in self.facts():
            key = (table, UUID(row_id))
            unheard.discard(key)
            found = self.digest(key)
            if found is None:
                yield self.fault(table, row_id, REMOVED)
            elif found != digest:
                yield self.fault(table, row_id, CHANGED)
        for table, step_id in sorted(unheard):
            yield self.fault(table, step_id, "stands there without an entry that tells of it")

    def present_faults(self) -> Iterator[Fault]:
        """The present, spans, ends and sides, computed anew from the rows."""
        replay = self.replay()
        for name, value in replay.present().items():
            stored = getattr(self.matter, name)
            if stored != value:
                yield self.fault("matter", name, f"says {stored}, its rows say {value}")
        yield from self.span_faults(replay)
        yield from self.end_faults(replay)
        for (table, who), side in replay.sides.items():
            if self.sides.get((table, who)) != side:
                yield self.fault(table, who, f"isn't on the side of the {side}")
        for table, who in self.sides.keys() - replay.sides.keys():
            yield self.fault(table, who, "stands there without a row that put it there")

    def span_faults(self, replay: Replay) -> Iterator[Fault]:
        ends = [span[-1] for span in replay.spans[1:]] + [None]
        expected = [(*span, end) for span, end in zip(replay.spans, ends, strict=True)]
        stored = [(*(getattr(s, n) for n in SPAN_FIELDS), s.from_at, s.to_at) for s in self.spans]
        for position in range(max(len(expected), len(stored))):
            if expected[position : position + 1] != stored[position : position + 1]:
                yield self.fault("span", position + 1, "isn't what the rows say")

    def end_faults(self, replay: Replay) -> Iterator[Fault]:
        for (table, step_id), step in self.steps.items():
            if hasattr(step, "ended_at") and step.ended_at != replay.ended.get(step_id):
                yield self.fault(table, step_id, f"ended at {step.ended_at}, its rows say {replay.ended.get(step_id)}")

    def replay(self) -> Replay:
        replay = Replay(self.matter, self.areas)
        area_id, category, severity = self.registered_as()
        replay.begin(self.areas[area_id], category, severity)
        for entry in self.entries:
            rows = [self.steps.get((table, UUID(row_id))) for table, row_id, _digest in json.loads(entry.facts)]
            replay.take(entry, Rows(row for row in rows if row is not None))
        return replay

    def registered_as(self) -> tuple[str, str, str]:
        """Area, category and severity as they were before any reclassification."""
        for step in sorted(self.steps.values(), key=lambda row: row.recorded_at):
            if step._meta.db_table == "reclassification":
                old: Any = step
                return old.old_area_id, old.old_category, old.old_severity
        return self.matter.area_id, self.matter.category, self.matter.severity

    def facts(self) -> Iterator[tuple[str, str, str]]:
        for entry in self.entries:
            if entry.action != "absorb":
                yield from json.loads(entry.facts)

    def digest(self, key: tuple[str, UUID]) -> str | None:
        table, _row = key
        if table == "matter":
            return self.matter.registration_digest(*self.registered_as())
        if table == "contact":
            return self.contact_digest()
        return digest_of(self.steps[key]) if key in self.steps else None

    def contact_digest(self) -> str | None:
        """A contact that has expired says nothing any more, and its entry neither: that is as it should be."""
        if self.contact and not self.contact.salt:
            told = [digest for table, _row, digest in self.facts() if table == "contact"]
            return told[0]
        return self.contact.digest if self.contact else None

    def fault(self, table: str, row: object, what: str) -> Fault:
        return Fault(self.matter.number, table, str(row), what)


REMOVED = "was removed"
CHANGED = "was changed"


def record_of(matter_id: UUID) -> Record:
    """All that is stored of a matter."""
    areas = {area.pk: area for area in Area.objects.defer("outline")}
    return next(_records([matter_id], areas))


def _records(ids: list[UUID], areas: dict[str, Area]) -> Iterator[Record]:
    entries = _by_matter(Entry.objects.filter(matter__in=ids).order_by("seq"))
    spans = _by_matter(Span.objects.filter(matter__in=ids).order_by("from_at"))
    contacts = Contact.objects.in_bulk(ids)
    steps: dict[UUID, dict[tuple[str, UUID], Step]] = defaultdict(dict)
    for kind in STEPS:
        for row in kind._default_manager.filter(matter__in=ids):
            steps[row.matter_id][(kind._meta.db_table, row.pk)] = row
    sides = _sides(ids)
    for matter in Matter.objects.filter(pk__in=ids).select_related("pack"):
        pk = matter.pk
        yield Record(matter, areas, entries[pk], steps[pk], spans[pk], sides[pk], contacts.get(pk))


def _sides(ids: list[UUID]) -> dict[UUID, dict[tuple[str, int], str]]:
    sides: dict[UUID, dict[tuple[str, int], str]] = defaultdict(dict)
    for matter_id, who, side in Party.objects.filter(matter__in=ids).values_list(
        "matter_id", "organisation_id", "side"
    ):
        sides[matter_id][("party", who)] = side
    for matter_id, who, side in Hand.objects.filter(matter__in=ids).values_list("matter_id", "person_id", "side"):
        sides[matter_id][("hand", who)] = side
    return sides


def _by_matter(rows: Iterable[Any]) -> dict[UUID, list[Any]]:
    grouped: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.matter_id].append(row)
    return grouped


def _orphans() -> Iterator[Fault]:
    """Entries, steps and spans whose matter is gone."""
    tables: list[type[models.Model]] = [Entry, Span, *STEPS]
    for kind in tables:
        lost = kind._default_manager.exclude(matter__in=Matter.objects.values("pk"))
        for matter_id in lost.values_list("matter_id", flat=True).distinct():
            yield Fault(
                str(matter_id), "matter", str(matter_id), f"{REMOVED}, but a row of {kind._meta.db_table} is left"
            )


def seal_faults() -> Iterator[Fault]:
    """Seals must follow each other, and the heads as of each must be what was sealed."""
    previous = ""
    for seal in Seal.objects.order_by("id"):
        if seal.previous != previous or seal.hash != seal.sealed_hash():
            yield Fault("–", "seal", str(seal.day), "was changed, or the seal before it was removed")
        matters, heads = heads_at(seal.entry_id)
        if (matters, heads) != (seal.matters, seal.heads):
            what = f"sealed {seal.matters} matters; of that time {matters} are there, or their entries changed"
            yield Fault("–", "seal", str(seal.day), what)
        previous = seal.hash


def file_faults() -> list[Fault]:
    """Files of evidence whose content is gone or isn't what was handed in."""
    handed_in = Evidence.objects.select_related("file", "matter").order_by("recorded_at")
    return [
        Fault(one.matter.number, "file", str(one.file_id), "the content is gone or was changed")
        for one in handed_in
        if not store.verify(originals(), one.file.sha256)
    ]
