"""Rows that somebody pasted: cells copied from a spreadsheet, or a list of lines from a chat."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Thing = TypeVar("Thing")

#: What no text has.
CONTROL = re.compile("[\0-\x08\x0e-\x1f]")
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


@dataclass(frozen=True)
class Looked(Generic[Thing]):
    """A pasted row, looked up: what it names, or why it names nothing."""

    row: Pasted
    found: Thing | None = None
    why: StrOrPromise = ""


def pasted(text: str) -> list[Pasted]:
    """The rows of a text, without the empty ones. A cell that held a line break stays one cell, as spreadsheets quote it."""
    lines = UNSEEN.sub("", text.replace("\0", "")).replace("\r\n", "\n").replace("\r", "\n")
    rows = [tuple(_plain(cell) for cell in row) for row in rows_in(lines)]
    return [Pasted(nr, cells) for nr, cells in enumerate(rows, 1) if any(cells)]


def rows_in(text: str, delimiter: str = "\t") -> list[list[str]]:
    """As a spreadsheet puts it; a quote that nobody closes is only a quote."""
    plainly = [line.split(delimiter) for line in text.split("\n")]
    if text.count('"') % 2:
        return plainly
    try:
        return list(csv.reader(StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return plainly


def decoded(content: bytes) -> str | None:
    """UTF-8, or what Chinese spreadsheets save by themselves; None for what is no text."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not CONTROL.search(text):
            return text
    return None


def _plain(cell: str) -> str:
    """Half-width, with single spaces."""
    return " ".join(unicodedata.normalize("NFKC", cell).split())
