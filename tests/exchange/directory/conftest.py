from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.conf import LazySettings

from muster.exchange.dryrun import DryRun
from muster.exchange.ledger import read, sender_called, take
from muster.exchange.records import LedgerImport, keep
from muster.people.person import Person
from tests.cast import Cast

In = Callable[..., DryRun]


@pytest.fixture
def taken(cast: Cast, tmp_path: Path, settings: LazySettings) -> In:
    """Take a list of this kind in, rows of cells below their headings or a text; by default in the administrator's name."""
    settings.FILES_DIR = tmp_path / "files"

    def taken(
        kind: str, rows: list[list[Any]] | str, *, by: Person | None = None, apply: bool = True, whole: bool = False,
        answers: dict[str, dict[str, str]] | None = None,
    ) -> DryRun:  # fmt: skip
        by = by or cast.administrator
        sender = sender_called(None, f"{kind} {by.login}")
        sender.answers = {**sender.answers, **(answers or {})}
        sender.save()
        path = tmp_path / ("list.txt" if isinstance(rows, str) else "list.xlsx")
        _write(path, rows)
        if not apply:
            return read(path, path.name, sender, kind).run_dry(sender, by)
        with path.open("rb") as stream:
            came = LedgerImport.objects.create(
                kind=kind, sender=sender, by=by, file=path.name, sha256=keep(stream, path.name), all_or_nothing=whole
            )
        return take(came, by)

    return taken


def _write(path: Path, rows: list[list[Any]] | str) -> None:
    if isinstance(rows, str):
        path.write_text(rows)
        return
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("清单")
        for nr, row in enumerate(rows):
            sheet.write_row(nr, 0, row)


def counts(found: DryRun) -> dict[str, int]:
    return {key: count for key, count in found.counts.items() if count}


def faults(found: DryRun) -> list[tuple[int, str, str]]:
    """Row, column as the list calls it, and code."""
    return [
        (one.line.number, one.line.headings.get(fault.key, fault.key), fault.code)
        for one in found.of("refused") for fault in one.faults
    ]  # fmt: skip
