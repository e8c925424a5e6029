"""A ledger that was sent: opened, its columns known, run dry, and taken in. The command and the pages both use this."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from muster.exchange import summary
from muster.exchange.columns import LEDGER, Vocabulary
from muster.exchange.directory import intake
from muster.exchange.dryrun import DryRun, dry_run
from muster.exchange.line import Defaults
from muster.exchange.names import Names
from muster.exchange.reader import Reader
from muster.exchange.records import REGISTER, ImportState, LedgerImport, Sender
from muster.exchange.table import Field, Table, tables
from muster.exchange.taking import take_in
from muster.exchange.values import Times
from muster.exchange.workbook import Workbook, opened
from muster.incidents.incident import Incident
from muster.lib import clock
from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.people.person import Person


class NoLedger(Refusal):
    """``tables`` are those that may be one, if it is said which column tells of the problem."""

    code = "no_ledger"
    status = 422
    message = _(
        "{file} holds no table of problems: no row of its sheets ({sheets}) has headings like 问题描述 and 责任单位. "
        "Name the columns in one row above the lines."
    )

    def __init__(self, tables: list[Table], **details: Any) -> None:
        super().__init__(**details)
        self.tables = tables


class NoSuchTable(NoLedger):
    code = "no_such_table"
    message = _(
        "{file} holds no such list: no row of its sheets ({sheets}) has headings like {headings}. Name the columns in one row "
        "above the lines."
    )


@dataclass
class Ledger:
    """The tables of a workbook, with the columns that the sender's headings mean."""

    workbook: Workbook
    tables: list[Table]
    others: list[str] = field(default_factory=list)
    kind: str = REGISTER

    @classmethod
    def of(cls, workbook: Workbook, columns: Mapping[str, Mapping[str, str]], kind: str = REGISTER) -> Ledger:
        """``columns``: what the sender said before, by the signature of a header and by heading. Raises NoLedger."""
        words = vocabulary(kind)
        found, others = tables(workbook.sheets, words)
        for table in found:
            known = columns.get(table.signature)
            if known is not None:
                table.fields = [_named(one, known, words) for one in table.fields]
        ledgers = [table for table in found if {one.key for one in table.fields}.intersection(words.needed)]
        if not ledgers:
            sheets = ", ".join(one.name for one in workbook.sheets) or "–"
            headings = ", ".join(words.headings[key][0] for key in [*words.columns][:4])
            no_table = NoLedger if kind == REGISTER else NoSuchTable
            raise no_table(found, file=workbook.file or "–", sheets=sheets, headings=headings)
        return cls(workbook, ledgers, others + [one.sheet.name for one in found if one not in ledgers], kind)

    def run_dry(self, sender: Sender, by: Person) -> DryRun:
        found = self._register(sender, by) if self.kind == REGISTER else self._directory(sender, by)
        found.other_sheets = self.others
        return found

    def _directory(self, sender: Sender, by: Person) -> DryRun:
        return intake.run_dry(self.kind, self.tables, by, sender.answers)

    def _register(self, sender: Sender, by: Person) -> DryRun:
        incident = sender.of
        with incident.clock():
            reader = Reader(
                Names(incident, sender.answers), Times(incident.tz, clock.now()), Defaults(**sender.defaults)
            )
            return dry_run(self.tables, reader, by, sender)


def _named(one: Field, known: Mapping[str, str], words: Vocabulary) -> Field:
    key = known.get(one.heading)
    return Field(one.place, one.heading, key if key in words.columns else None)


def vocabulary(kind: str) -> Vocabulary:
    return LEDGER if kind == REGISTER else intake.VOCABULARIES[kind]


def read(path: Path, file: str, sender: Sender, kind: str = REGISTER) -> Ledger:
    """Raises what opening a workbook raises, and NoLedger."""
    return Ledger.of(opened(path, file), sender.columns, kind)


def sender_called(incident: Incident | None, name: str) -> Sender:
    return Sender.objects.get_or_create(incident=incident, name=name.strip())[0]


def look(came: LedgerImport, by: Person) -> None:
    """Run a ledger dry, and keep what was found with it. Of one whose columns aren't known, its headings are kept."""
    with _kept_with(came):
        try:
            ledger = read(came.path, came.file, came.sender, came.kind)
        except NoLedger as refusal:
            _keep(came, ImportState.LOOKED_AT, fault=str(refusal), counts={}, report=summary.of_tables(refusal.tables))
            return
        found = ledger.run_dry(came.sender, by)
        report = summary.of(found, ledger.tables)
        _keep(came, ImportState.LOOKED_AT, fault="", counts=found.counts, report=report)


def take(came: LedgerImport, by: Person) -> DryRun:
    """Run a ledger dry once more, as things stand now, and take it in. What went wrong is kept with it, and raised."""
    _keep(came, ImportState.APPLYING, done=0, fault="")
    with _kept_with(came):
        ledger = read(came.path, came.file, came.sender, came.kind)
        found = ledger.run_dry(came.sender, by)
        if came.kind == REGISTER:
            take_in(came, found, by)
        else:
            intake.take_in(found, came.all_or_nothing, came.tell)
        report = summary.of(found, ledger.tables)
        _keep(came, ImportState.APPLIED, counts=found.counts, report=report, applied_at=clock.now())
    return found


@contextlib.contextmanager
def _kept_with(came: LedgerImport) -> Iterator[None]:
    try:
        yield
    except Exception as fault:
        said = str(fault) if isinstance(fault, Refusal) else f"{type(fault).__name__}: {fault}"
        _keep(came, ImportState.FAILED, fault=said[:2000])
        raise


def _keep(came: LedgerImport, state: ImportState, **values: Any) -> None:
    for name, value in {"state": state, **values}.items():
        setattr(came, name, value)
    came.save(update_fields=["state", *values])
