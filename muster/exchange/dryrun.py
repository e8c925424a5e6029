"""The dry run: what taking a ledger in would make, change and refuse, line by line; nothing is written."""

from __future__ import annotations

import contextlib
import gc
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from muster.exchange.changes import Change, Facts, changes_of, facts_of, permitted
from muster.exchange.columns import LEDGER, Vocabulary
from muster.exchange.known import KnownLines
from muster.exchange.line import Fault, Line, Told
from muster.exchange.lists.matters import said_of
from muster.exchange.names import Memo, Question
from muster.exchange.reader import Reader
from muster.exchange.records import Sender
from muster.exchange.table import BLANK, Table
from muster.lib import clock
from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.loop.dispatch import must_see
from muster.loop.ledger import importing
from muster.loop.matter import Matter
from muster.loop.refusals import WrongSide
from muster.loop.situation import Actor
from muster.loop.telling import stands_with
from muster.people.person import Grant, Person

MADE, CHANGED, SAME, REFUSED = "made", "changed", "same", "refused"
OUTCOMES = (MADE, CHANGED, SAME, REFUSED)
BATCH = 5_000


class TwiceInLedger(Refusal):
    code = "twice_in_ledger"
    status = 422
    message = _("The same problem stands in row {row} already, with other words beside it. Leave one of the two.")


class UnknownNumber(Refusal):
    code = "unknown_number"
    status = 422
    message = _("You see no matter with the number {number}. Compare it with its source, or leave the cell empty.")


class KnownElsewhere(Refusal):
    code = "known_elsewhere"
    status = 422
    message = _(
        "This problem came in before, as a matter that you don't see. Ask the headquarters above to look for it."
    )


@dataclass(slots=True)
class Verdict:
    """What becomes of a line. ``known``: the line that it came in as before. ``first``: the row of this ledger that says the
    same, where it stands there twice."""

    line: Line
    outcome: str = ""
    matter: UUID | None = None
    known: int | None = None
    changes: list[Change] = field(default_factory=list)
    first: int | None = None

    @property
    def faults(self) -> list[Fault]:
        return self.line.faults


@dataclass
class DryRun:
    """``left_out``: sheet, row and kind of each row that is no line of the ledger; empty rows are only counted."""

    verdicts: list[Verdict] = field(default_factory=list)
    left_out: list[tuple[str, int, str]] = field(default_factory=list)
    blank: int = 0
    other_sheets: list[str] = field(default_factory=list)
    words: Vocabulary = LEDGER

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(one.outcome for one in self.verdicts)
        return {outcome: found[outcome] for outcome in OUTCOMES}

    @property
    def questions(self) -> list[tuple[Question, int]]:
        """What is to be asked, each once, with how many lines wait for it; the most first."""
        asked: dict[tuple[str, str], list[Question]] = defaultdict(list)
        for one in self.verdicts:
            for question in one.line.questions:
                asked[question.about, question.text].append(question)
        return sorted(((found[0], len(found)) for found in asked.values()), key=lambda pair: -pair[1])

    def of(self, outcome: str) -> Iterator[Verdict]:
        return (one for one in self.verdicts if one.outcome == outcome)


def dry_run(tables: Iterable[Table], reader: Reader, by: Person, sender: Sender | None) -> DryRun:
    """Read all lines, then hold them against what is there."""
    found = DryRun()
    with uncollected():
        for table in tables:
            _read(table, reader, found)
        _Judge(reader, by, sender).judge(found.verdicts)
    return found


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Without looking for garbage: a hundred thousand lines are kept, and looking through them again and again takes as long
    as reading them."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _read(table: Table, reader: Reader, found: DryRun) -> None:
    for line, number, what in reader.lines(table):
        if line:
            found.verdicts.append(Verdict(line))
        elif what == BLANK:
            found.blank += 1
        else:
            found.left_out.append((table.sheet.name, number, what))


class _Judge:
    def __init__(self, reader: Reader, by: Person, sender: Sender | None) -> None:
        self.reader, self.incident, self.by, self.sender = reader, reader.names.incident, by, sender
        self.actor = Actor.of(by)
        self.now = clock.now()
        self._grants: Memo[Grant | Refusal | None] = Memo(self._import_grant)
        self._unit_refusals: Memo[Refusal | None] = Memo(self._no_unit)

    def judge(self, verdicts: list[Verdict]) -> None:
        first: dict[str | tuple[str, str], Verdict] = {}
        for start in range(0, len(verdicts), BATCH):
            batch = verdicts[start : start + BATCH]
            self._known(batch)
            for one in batch:
                self._judge(one, first)
            self._compare(batch)

    def _known(self, batch: list[Verdict]) -> None:
        """Which matters the lines tell of: by our number, else as lines that came in before; and what these told."""
        own = self._of_our_numbers({one.line.own for one in batch if one.line.own})
        said = said_of(self.by, self.incident, list(own.values()))
        known = KnownLines(self.incident, self.sender, (one.line for one in batch), own)
        before = [(one, known.find(one.line)) for one in batch]
        seen = self._seen({line.matter for _one, line in before if line})
        for one, line in before:
            if one.line.own:
                one.matter = own.get(one.line.own)
                if one.matter:
                    one.line.leave_out(said[one.matter])
                else:
                    one.line.faults.append(Fault("number", UnknownNumber(number=one.line.own)))
            elif line:
                one.matter = line.matter
            if line and line.matter == one.matter:
                one.known = line.pk
                one.outcome = SAME if line.digest == one.line.digest and line.matter in seen else ""

    def _of_our_numbers(self, numbers: set[str]) -> dict[str, UUID]:
        found = Matter.objects.seen_by(self.by).filter(number__in=numbers)
        return dict(found.values_list("number", "pk")) if numbers else {}

    def _seen(self, matters: set[UUID]) -> set[UUID]:
        found = Matter.objects.seen_by(self.by).filter(RawSQL("matter.id = any(%s)", [list(matters)], BooleanField()))
        return set(found.values_list("pk", flat=True)) if matters else set()

    def _judge(self, one: Verdict, first: dict[str | tuple[str, str], Verdict]) -> None:
        line = one.line
        before = first.setdefault(line.own or (line.problem, line.number_said), one)
        if before is not one:
            self._again(one, before)
        elif one.outcome == SAME:
            line.faults, line.questions = [], []
        elif line.faults:
            one.outcome = REFUSED
        elif line.own and not line.said:
            one.outcome = SAME
        elif not one.matter:
            self._admit(line)
            one.outcome = REFUSED if line.faults else MADE

    def _again(self, one: Verdict, before: Verdict) -> None:
        """What stands in the ledger twice: word for word it adds nothing; with other words, somebody must say which holds."""
        one.first = before.line.number
        if before.line.digest == one.line.digest:
            one.line.faults, one.line.questions = [*before.line.faults], []
            one.outcome = REFUSED if one.line.faults else SAME
        else:
            one.line.faults.append(Fault("text", TwiceInLedger(row=before.line.number)))
            one.outcome = REFUSED

    def _admit(self, line: Line) -> None:
        """What the loop would refuse."""
        told = line.told
        assert told
        grant = self._grants[told.kind, told.area.path]
        if isinstance(grant, Refusal):
            line.faults.append(Fault("area", grant))
        self._admit_units(line, told)

    def _admit_units(self, line: Line, told: Told) -> None:
        for unit in filter(None, (told.worked.lead, *told.worked.supports)):
            refusal = self._unit_refusals[unit.id, told.kind, told.area.path]
            if refusal:
                line.faults.append(Fault("lead", refusal))

    def _import_grant(self, key: tuple[str, str]) -> Grant | Refusal | None:
        """The grant under which such a matter may be imported at an area, or why none lets it."""
        kind, path = key
        try:
            return importing(Matter(kind=kind, area_path=path), self.actor)
        except Refusal as refusal:
            return refusal

    def _no_unit(self, key: tuple[int, str, str]) -> Refusal | None:
        """Why an organisation can't be given a matter of a kind at an area by this importer."""
        unit, kind, path = self.reader.names.units[key[0]], *key[1:]
        try:
            must_see(Matter(area_path=path), unit, self.now)
        except Refusal as refusal:
            return refusal
        grant = self._grants[kind, path]
        return WrongSide() if stands_with(self.by, grant if isinstance(grant, Grant) else None, [unit]) else None

    def _compare(self, batch: list[Verdict]) -> None:
        """Lines of matters that are there: what they tell that the matter doesn't, as far as the loop would take it."""
        open_ = [one for one in batch if not one.outcome]
        own = [one.matter for one in open_ if one.matter and one.line.own]
        facts = facts_of({one.matter: one.known for one in open_ if one.matter}, self.incident, self.by, own)
        for one in open_:
            there = facts.get(one.matter) if one.matter else None
            if there and one.line.own:
                self.reader.tell_of(one.line, there.matter)
            if one.line.faults:
                faults: list[Fault] = []
            elif there:
                one.changes, faults = changes_of(one.line, there)
                faults += self._refused(one, there) if one.changes and not faults else []
            else:
                faults = [Fault("text", KnownElsewhere())]
            one.line.faults += faults
            one.outcome = REFUSED if one.line.faults else CHANGED if one.changes else SAME

    def _refused(self, one: Verdict, there: Facts) -> list[Fault]:
        """What the verbs would refuse, asked of themselves."""
        told, keys = one.line.told, {change.key for change in one.changes}
        try:
            permitted(keys, there, self.actor)
        except Refusal as refusal:
            key = next((change.key for change in one.changes), "text")
            return [Fault(key, refusal)]
        if told and "lead" in keys:
            self._admit_units(one.line, told)
        return []
