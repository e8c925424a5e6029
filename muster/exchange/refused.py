"""The lines that were refused, as a workbook in the sender's own layout with the reason beside: to be mended and sent again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from muster.exchange.dryrun import REFUSED, DryRun
from muster.exchange.ledger import Ledger
from muster.exchange.sheet import Cell
from muster.exchange.summary import reason_of
from muster.exchange.table import Table

WIDEST, NARROWEST = 44, 8
#: Of a text's file; Excel's own sheets have none of these.
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")


def write(path: Path, ledger: Ledger, found: DryRun) -> int:
    """Write the refused lines below the rows that stand above them in the ledger; how many there are."""
    reasons = {(one.line.sheet, one.line.number): reason_of(one.line) for one in found.of(REFUSED)}
    with xlsxwriter.Workbook(
        str(path), {"default_date_format": "yyyy-mm-dd hh:mm", "strings_to_formulas": False}
    ) as book:
        for table in ledger.tables:
            own = {row: why for (sheet, row), why in reasons.items() if sheet == table.sheet.name}
            if own:
                _Writing(book, table).write(own)
        if not reasons:
            book.add_worksheet().write(0, 0, _("Nothing was refused."))
    return len(reasons)


class _Writing:
    def __init__(self, book: Any, table: Table) -> None:
        self.table = table
        self.sheet = book.add_worksheet(NOT_IN_NAMES.sub("_", table.sheet.name)[:31].strip("'") or None)
        self.head = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1})
        self.plain = book.add_format({"text_wrap": True, "valign": "top"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top"})
        self.why = book.add_format({"text_wrap": True, "valign": "top", "font_color": "#B42318"})
        self.reason_at = len(table.fields)

    def write(self, reasons: dict[int, str]) -> None:
        below = self.table.header
        widths = [max(NARROWEST, 2 * len(one.heading) + 2) for one in self.table.fields]
        for number, row in self.table.sheet.rows():
            if number <= self.table.header:
                self._row(number - 1, row, self.head)
        self.sheet.write(self.table.header - 1, self.reason_at, _("Why it was refused"), self.head)
        for number, cells, _what in self.table.rows():
            if number in reasons:
                self._row(below, cells, self.plain)
                self.sheet.write_string(below, self.reason_at, reasons[number], self.why)
                widths = [max(width, *_widths(cells, place)) for place, width in enumerate(widths)]
                below += 1
        for place, width in enumerate(widths):
            self.sheet.set_column(place, place, min(WIDEST, width))
        self.sheet.set_column(self.reason_at, self.reason_at, 60)
        self.sheet.freeze_panes(self.table.header, 0)

    def _row(self, number: int, cells: Sequence[Cell], form: Any) -> None:
        for place, cell in enumerate(cells):
            match cell:
                case "":
                    continue
                case bool():
                    self.sheet.write_boolean(number, place, cell, form)
                case datetime():
                    self.sheet.write_datetime(number, place, cell, self.moment if cell.time() != time.min else self.day)
                case date() | time() | timedelta():
                    self.sheet.write_datetime(number, place, cell, self.day)
                case str():
                    self.sheet.write_string(number, place, cell, form)
                case _:
                    self.sheet.write_number(number, place, cell, form)


def _widths(cells: Sequence[Cell], place: int) -> Iterator[int]:
    """Of the longest line in a cell, Chinese characters counted double."""
    text = str(cells[place]) if place < len(cells) else ""
    yield max((sum(2 if ord(c) > 0x2E80 else 1 for c in line) + 1 for line in text.split("\n")), default=0)
