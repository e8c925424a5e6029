"""Reading the documents: their tables and what stands in backticks."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
Row = dict[str, str]


def text_of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def table(name: str, *columns: str) -> list[Row]:
    """The rows of every table of a document whose head names just these columns."""
    found: list[Row] = []
    head: list[str] = []
    for line in text_of(name).splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            head = []
        elif not head:
            head = cells
        elif head == list(columns) and not set(line) <= set("|-: "):
            found.append(dict(zip(head, cells, strict=True)))
    assert found, f"{name} has no table with the columns {', '.join(columns)}"
    return found


def coded(text: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", text)


def code_of(cell: str) -> str:
    """The one thing that stands in backticks there."""
    (name,) = coded(cell)
    return name
