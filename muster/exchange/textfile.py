"""Text with commas or tabs, as a sheet."""

from __future__ import annotations

from muster.exchange.sheet import Cell, NotAWorkbook, Sheet, must_fit
from muster.lib.pasted import decoded, rows_in


def of_bytes(content: bytes, file: str) -> Sheet:
    """Raises NotAWorkbook, TooManyRows, TooManyColumns."""
    text = decoded(content)
    if text is None:
        raise NotAWorkbook(file=file, fault="it is neither a workbook nor text")
    return of_text(text, file)


def of_text(text: str, name: str) -> Sheet:
    """Tabs where most of the first lines have one, as copied cells have; else commas."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    first = [line for line in text.split("\n")[:20] if line.strip()]
    tabs = 2 * sum("\t" in line.strip() for line in first) > len(first)
    rows = rows_in(text, "\t" if tabs else ",")
    must_fit(name, len(rows), max(map(len, rows), default=0))
    return Sheet(name, [list[Cell](row) for row in rows])
