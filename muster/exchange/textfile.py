"""Text with commas or tabs, as a sheet."""

from __future__ import annotations

import csv
import io
import re

from muster.exchange.sheet import Cell, NotAWorkbook, Sheet, must_fit

UNCLOSED = 3
"""More lines hardly any cell has."""


def of_bytes(content: bytes, file: str) -> Sheet:
    """UTF-8, or what Chinese spreadsheets save by themselves."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not re.search("[\0-\x08\x0e-\x1f]", text):
            return of_text(text, file)
    raise NotAWorkbook(file=file, fault="it is neither a workbook nor text")


def of_text(text: str, name: str) -> Sheet:
    """Tabs where most of the first lines have one, as copied cells have; else commas."""
    first = [line for line in text.splitlines()[:20] if line.strip()]
    delimiter = "\t" if 2 * sum("\t" in line.strip() for line in first) > len(first) else ","
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        if any(cell.count("\n") > UNCLOSED and delimiter in cell for row in rows for cell in row):
            # A quote that nobody closes took the lines after it into one cell.
            rows = [line.split(delimiter) for line in text.splitlines()]
    except csv.Error as fault:
        raise NotAWorkbook(file=name, fault=f"{fault}") from fault
    must_fit(name, len(rows), max(map(len, rows), default=0))
    return Sheet(name, [list[Cell](row) for row in rows])
