"""Text with commas or tabs, as a sheet."""

from __future__ import annotations

from muster.exchange.chain import table_of
from muster.exchange.sheet import Cell, NotAWorkbook, Sheet, must_fit
from muster.lib.pasted import decoded, rows_in

#: What a cell begins with that a spreadsheet computes.
FORMULAS = "=+-@\t\r"


def of_bytes(content: bytes, file: str) -> Sheet:
    """Raises NotAWorkbook, TooManyRows, TooManyColumns."""
    text = decoded(content)
    if text is None:
        raise NotAWorkbook(file=file, fault="it is neither a workbook nor text")
    return of_text(text, file)


def of_text(text: str, name: str) -> Sheet:
    """Tabs where most of the first lines have one, as copied cells have; else a sign-up chain, else commas."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    first = [line for line in text.split("\n")[:20] if line.strip()]
    tabs = 2 * sum("\t" in line.strip() for line in first) > len(first)
    rows = (None if tabs else table_of(text)) or rows_in(text, "\t" if tabs else ",")
    must_fit(name, len(rows), max(map(len, rows), default=0))
    return Sheet(name, [[unguarded(cell) for cell in row] for row in rows])


def guarded(text: str) -> str:
    """So that no spreadsheet takes it for a formula (owasp.org, CSV Injection): it stays text, behind an apostrophe."""
    return f"'{text}" if len(text) > 1 and text[0] in FORMULAS else text


def unguarded(text: str) -> Cell:
    return text[1:] if len(text) > 2 and text[0] == "'" and text[1] in FORMULAS else text
