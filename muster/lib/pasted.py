"""Rows that somebody pasted: cells copied from a spreadsheet, or a list of lines from a chat."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from io import StringIO

#: What copying brings along and nobody sees: zero-width signs, the mark of byte order.
UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff]")


@dataclass(frozen=True)
class Pasted:
    """A row, with its place in what was pasted, from 1."""

    nr: int
    cells: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(cell for cell in self.cells if cell)


def pasted(text: str) -> list[Pasted]:
    """The rows of a text, without the empty ones. A cell that held a line break stays one cell, as spreadsheets quote it."""
    lines = StringIO(UNSEEN.sub("", text.replace("\0", "")).replace("\r\n", "\n").replace("\r", "\n"))
    rows = [tuple(_plain(cell) for cell in row) for row in _read(lines)]
    return [Pasted(nr, cells) for nr, cells in enumerate(rows, 1) if any(cells)]


def _read(lines: StringIO) -> list[list[str]]:
    """As a spreadsheet puts it; a quote that nobody closes is only a quote."""
    whole = lines.getvalue()
    if whole.count('"') % 2:
        return [line.split("\t") for line in whole.split("\n")]
    try:
        return list(csv.reader(StringIO(whole, newline=""), dialect="excel-tab"))
    except csv.Error:
        return [line.split("\t") for line in whole.split("\n")]


def _plain(cell: str) -> str:
    """Half-width, with single spaces."""
    return " ".join(unicodedata.normalize("NFKC", cell).split())
