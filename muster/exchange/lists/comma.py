"""A list as text with commas (RFC 4180, UTF-8 with its mark, so that spreadsheets read Chinese): headings, then rows."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from muster.exchange.lists.listing import Listing, Value
from muster.exchange.textfile import guarded


def write(path: Path, listing: Listing, *, tags: bool, progress: Callable[[int], object] = lambda _count: None) -> int:
    """How many rows were written; ``progress`` is told now and then."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(one.label for one in listing.headings)
        if tags:
            out.writerow(one.tag for one in listing.headings)
        for count, row in enumerate(listing.rows, 1):
            out.writerow(_cells(row))
            if count % 1000 == 0:
                progress(count)
    return count


def _cells(row: Iterable[Value]) -> list[str | int | float]:
    return [_cell(value) for value in row]


def _cell(value: Value) -> str | int | float:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return guarded(value) if isinstance(value, str) else "" if value is None else value
