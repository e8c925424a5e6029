"""Sheets: rows of cells with the numbers that a spreadsheet shows, and how far they may go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from python_calamine import CalamineSheet

from muster.lib.refusal import Refusal
from muster.lib.said import said as _

Cell = str | int | float | bool | datetime | date | time | timedelta
Corner = tuple[int, int]
MAX_ROWS = 200_000
MAX_COLUMNS = 100


class NotAWorkbook(Refusal):
    code = "not_a_workbook"
    status = 415
    message = _("{file} is no workbook that can be read ({fault}). Save it as “Excel workbook (.xlsx)” or as CSV.")


class TooManyRows(Refusal):
    code = "too_many_rows"
    status = 422
    message = _(
        "“{sheet}” goes down to row {row}; at most {max} are read. Delete the empty rows below the last one that says "
        "something (Ctrl+End shows how far they go), or send the ledger in parts."
    )


class TooManyColumns(Refusal):
    code = "too_many_columns"
    status = 422
    message = _(
        "“{sheet}” is {columns} columns wide; at most {max} are read. Delete the columns that aren't the ledger's."
    )


@dataclass(frozen=True)
class Sheet:
    """Rows and columns of ``merged`` are counted from 0. ``left``: so many columns are empty in all rows before the first."""

    name: str
    source: CalamineSheet | Sequence[Sequence[Cell]]
    left: int = 0

    def rows(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """Each row with its number as the spreadsheet shows it, its cells from column A on."""
        before = [""] * self.left
        for number, row in enumerate(self.source if isinstance(self.source, Sequence) else self.source.iter_rows(), 1):
            yield number, [*before, *row] if before else row

    @cached_property
    def merged(self) -> list[tuple[Corner, Corner]]:
        """The first and the last cell of every block that was merged into one."""
        found = None if isinstance(self.source, Sequence) else self.source.merged_cell_ranges
        return list(found or ())


def must_fit(sheet: str, rows: int, columns: int) -> None:
    if rows > MAX_ROWS:
        raise TooManyRows(sheet=sheet, row=f"{rows:,}", max=f"{MAX_ROWS:,}")
    if columns > MAX_COLUMNS:
        raise TooManyColumns(sheet=sheet, columns=columns, max=MAX_COLUMNS)
