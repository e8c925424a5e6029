"""A ledger that was sent: opened, its columns known, run dry, and taken in. The command and the pages both use this."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from muster.exchange import summary
from muster.exchange.columns import COLUMNS, NEEDED
from muster.exchange.dryrun import DryRun, dry_run
from muster.exchange.line import Defaults
from muster.exchange.names import Names
from muster.exchange.reader import Reader
from muster.exchange.records import ImportState, LedgerImport, Sender
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


@dataclass
class Ledger:
    """The tables of a workbook, with the columns that the sender's headings mean."""

    workbook: Workbook
    tables: list[Table]
    others: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, workbook: Workbook, columns: Mapping[str, Mapping[str, str]]) -> Ledger:
        """``columns``: what the sender said before, by the signature of a header and by heading. Raises NoLedger."""
        found, others = tables(workbook.sheets)
        for table in found:
            known = columns.get(table.signature)
            if known is not None:
                table.fields = [_named(one, known) for one in table.fields]
        ledgers = [table for table in found if any(one.key == NEEDED for one in table.fields)]
        if not ledgers:
            sheets = ", ".join(one.name for one in workbook.sheets) or "–"
            raise NoLedger(found, file=workbook.file or "–", sheets=sheets)
        return cls(workbook, ledgers, others + [one.sheet.name for one in found if one not in ledgers])

    def run_dry(self, sender: Sender, by: Person) -> DryRun:
        incident = sender.incident
        with incident.clock():
            reader = Reader(
                Names(incident, sender.answers), Times(incident.tz, clock.now()), Defaults(**sender.defaults)
            )
            found = dry_run(self.tables, reader, by, sender)
        found.other_sheets = self.others
        return found


def _named(one: Field, known: Mapping[str, str]) -> Field:
    key = known.get(one.heading)
    return Field(one.place, one.heading, key if key in COLUMNS else None)


def read(path: Path, file: str, sender: Sender) -> Ledger:
    """Raises what opening a workbook raises, and NoLedger."""
    return Ledger.of(opened(path, file), sender.columns)


def sender_called(incident: Incident, name: str) -> Sender:
    return Sender.objects.get_or_create(incident=incident, name=name.strip())[0]


def look(came: LedgerImport, by: Person) -> None:
    """Run a ledger dry, and keep what was found with it. Of one whose columns aren't known, its headings are kept."""
    with _kept_with(came):
        try:
            ledger = read(came.path, came.file, came.sender)
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
        ledger = read(came.path, came.file, came.sender)
        found = ledger.run_dry(came.sender, by)
        take_in(came, found, by)
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
