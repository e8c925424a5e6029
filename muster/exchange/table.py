"""The table within a sheet: where its header is, which columns it has, and which of its rows are data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from xlsxwriter.utility import xl_col_to_name

from muster.exchange.columns import ASIDE, LEDGER, WORDS, Vocabulary, plain
from muster.exchange.sheet import Cell, Sheet

LOOKED_AT = 60
"""Rows from the top among which a header is looked for: titles and notes may stand above it."""
FEWEST = 2
LONGEST_HEADING = 40
#: 合计, 合计：40个; not a problem that begins so.
TOTAL = re.compile(rf"(?:{'|'.join(WORDS['rows']['total'])})\s*[:：]?\s*[\d\s个件条项户处]*", re.IGNORECASE)
REMARK = re.compile(rf"(?:{'|'.join(WORDS['rows']['remark'])})\s*(?:[:：]|[\d一二三]*[.、．]|$)", re.IGNORECASE)
BLANK, HEADER_AGAIN, SUMMARY, REMARKS = "blank", "header_again", "total", "remark"


@dataclass(frozen=True)
class Field:
    """A column of a table: its place from 0, what its heading says, and which column it means, if any."""

    place: int
    heading: str
    key: str | None = None

    @property
    def shown(self) -> str:
        return self.heading or xl_col_to_name(self.place)


@dataclass
class Table:
    """``header`` is the number of the header's last row; ``title`` what stands above it."""

    sheet: Sheet
    header: int
    fields: list[Field]
    words: Vocabulary = LEDGER
    title: list[str] = field(default_factory=list)

    @cached_property
    def headings(self) -> dict[str, str]:
        """How the ledger calls the columns that are known, by their keys."""
        return {one.key: one.heading for one in self.fields if one.key}

    @cached_property
    def keys(self) -> list[tuple[str, int]]:
        """Every column with a key of its own: what it means, else its heading, with its letter where another has the same."""
        found: dict[str, int] = {}
        for one in self.fields:
            key = one.key or f"?{one.shown}"
            found[key if key not in found else f"?{one.heading} {xl_col_to_name(one.place)}"] = one.place
        return list(found.items())

    @property
    def signature(self) -> str:
        """The headings: the same from a sender who always sends the same form."""
        return "|".join(plain(one.heading) for one in self.fields)

    def rows(self) -> Iterator[tuple[int, Sequence[Cell], str]]:
        """Number and cells of every row below the header, and what the row is where it is no data."""
        merged = self._merged()
        heads = {text for one in self.fields if one.heading for text in (one.heading, plain(one.heading))}
        needed = next((one.place for one in self.fields if one.key == self.words.main), None)
        for number, row in self.sheet.rows():
            if number > self.header:
                cells = self._filled(number, row, merged) if merged else row
                yield number, cells, kind_of_row(cells, heads, needed)

    def _merged(self) -> dict[int, list[tuple[int, int]]]:
        """By the number of a row: the columns that a block merged downwards fills there, and the block's first row."""
        found: dict[int, list[tuple[int, int]]] = {}
        self._tops: dict[tuple[int, int], Cell] = {}
        for (top, left), (bottom, _right) in self.sheet.merged:
            if top >= self.header and bottom > top:
                for row in range(top, bottom + 1):
                    found.setdefault(row + 1, []).append((left, top + 1))
        return found

    def _filled(self, number: int, row: Sequence[Cell], merged: dict[int, list[tuple[int, int]]]) -> Sequence[Cell]:
        blocks = merged.get(number)
        if not blocks:
            return row
        filled = list(row)
        for column, top in blocks:
            if column >= len(filled):
                continue
            if number == top:
                self._tops[column, top] = filled[column]
            elif filled[column] == "":
                filled[column] = self._tops.get((column, top), "")
        return filled


def kind_of_row(cells: Sequence[Cell], heads: set[str], needed: int | None) -> str:
    """Empty for data. Only what can't be a line is none: of whatever else lacks something it is said."""
    told = cells[needed] if needed is not None and needed < len(cells) else ""
    if isinstance(told, str) and told[:1] == "#" and all(cell == "" or str(cell)[:1] == "#" for cell in cells):
        return HEADER_AGAIN  # HXL's tags, the machines' second row of headings.
    if told != "" and len(cells) - cells.count("") > FEWEST and not _repeats(told, heads):
        # The usual case, quickly: it says what the problem is, and more.
        return SUMMARY if isinstance(cells[0], str) and TOTAL.fullmatch(cells[0].strip()) else ""
    said = [text for cell in cells if (text := str(cell).strip())]
    if not said:
        return BLANK
    if len(said) > 1 and sum(plain(text) in heads for text in said) >= 0.6 * len(said):
        return HEADER_AGAIN
    if TOTAL.fullmatch(said[0]):
        return SUMMARY
    alone = len(said) <= FEWEST and str(told).strip() not in said[1:]
    return REMARKS if alone and REMARK.match(said[0]) else ""


def _repeats(cell: Cell, heads: set[str]) -> bool:
    return isinstance(cell, str) and cell.strip() in heads


def tables(sheets: Sequence[Sheet], words: Vocabulary = LEDGER) -> tuple[list[Table], list[str]]:
    """What may be ledgers among the sheets, and the names of the sheets that hold none."""
    found = [(sheet, table_in(sheet, words)) for sheet in sheets]
    if not any(table for _sheet, table in found):
        found = [(sheet, widest_in(sheet, words)) for sheet in sheets]
    return [table for _sheet, table in found if table], [sheet.name for sheet, table in found if not table]


def table_in(sheet: Sheet, words: Vocabulary = LEDGER) -> Table | None:
    """The table whose header knows most columns, of one row or of two; None where there is hardly any.

    One that doesn't tell of problems by a heading that is known may do so by one of the sender's own.
    """
    top = [(number, list(row)) for number, row in islice(sheet.rows(), LOOKED_AT)]
    best: tuple[float, Table] | None = None
    for at, (number, row) in enumerate(top):
        below = top[at + 1][1] if at + 1 < len(top) else None
        one, two = _of_one(sheet, number, row, words), _of_two(sheet, number, row, below, words) if below else None
        for table in filter(None, (one, two)):
            score = _score(table)
            if best is None or score > best[0]:
                best = (score, table)
    if not best or best[0] < FEWEST:
        return None
    table = best[1]
    table.title = [
        str(cell).strip() for number, row in top if number < table.header for cell in row if str(cell).strip()
    ]
    return table


def widest_in(sheet: Sheet, words: Vocabulary) -> Table | None:
    """Where no heading says anything to us: the table below the first row that has most of them, to be asked about."""
    rows = [_of_one(sheet, number, list(row), words) for number, row in islice(sheet.rows(), LOOKED_AT)]
    found = [table for table in rows if table]
    return max(found, key=lambda table: sum(bool(one.heading) for one in table.fields), default=None)


def _of_one(sheet: Sheet, number: int, row: list[Cell], words: Vocabulary) -> Table | None:
    headings = [_heading(cell) for cell in row]
    return (
        Table(sheet, number, _meant(headings, headings, words), words) if sum(map(bool, headings)) >= FEWEST else None
    )


def _of_two(sheet: Sheet, number: int, row: list[Cell], below: list[Cell], words: Vocabulary) -> Table | None:
    """A header of two rows: a heading of the first stands over several of the second, or alone over an empty cell."""
    width = max(len(row), len(below))
    upper = [_heading(cell) for cell in row] + [""] * (width - len(row))
    lower = [_heading(cell) for cell in below] + [""] * (width - len(below))
    if sum(map(bool, upper)) < FEWEST:
        return None  # A title, and the header below it.
    if not any(lower) or any(str(cell).strip() and not _heading(cell) for cell in below):
        return None
    over = _spread(upper, lower)
    if not any(one and not two for one, two in zip(lower, upper, strict=True)) and len([*filter(None, lower)]) > 1:
        # Every cell below stands under a heading of its own: that is the first row of data.
        return None
    names = [two or one for one, two in zip(upper, lower, strict=True)]
    whole = [one + two if one and two else one or two for one, two in zip(over, lower, strict=True)]
    return Table(sheet, number + 1, _meant(names, whole, words), words)


def _spread(upper: list[str], lower: list[str]) -> list[str]:
    """The heading above each column: it goes on to the right as long as there are only headings of the second row."""
    over, last = [], ""
    for one, two in zip(upper, lower, strict=True):
        last = one or (last if two else "")
        over.append(last)
    return over


def _heading(cell: Cell) -> str:
    """What a cell says as a heading; a sentence is none, but for what it says in brackets."""
    text = " ".join(cell.split()) if isinstance(cell, str) else ""
    return text if len(text) <= LONGEST_HEADING or len(ASIDE.sub("", text)) <= LONGEST_HEADING // 2 else ""


def _meant(names: list[str], whole: list[str], words: Vocabulary) -> list[Field]:
    """What the headings mean; of several that mean one column, the surest one, and of those the first."""
    guessed = [max(filter(None, (words.called(one), words.called(all_))), key=lambda hit: hit[1], default=None)
               for one, all_ in zip(names, whole, strict=True)]  # fmt: skip
    surest: dict[str, tuple[float, int]] = {}
    for place, hit in enumerate(guessed):
        if hit and hit[1] > surest.get(hit[0], (0.0, 0))[0]:
            surest[hit[0]] = (hit[1], place)
    chosen = {place: key for key, (_sure, place) in surest.items()}
    shown = _told_apart(names, whole)
    return [Field(place, shown[place], chosen.get(place)) for place in range(len(names))]


def _told_apart(names: list[str], whole: list[str]) -> list[str]:
    """A heading that stands twice is told with what stands above it."""
    often = Counter(names)
    return [all_ if often[one] > 1 else one for one, all_ in zip(names, whole, strict=True)]


def _score(table: Table) -> float:
    """How many columns are known; headings that mean nothing speak a little against it."""
    known = sum(1.0 for one in table.fields if one.key)
    return known - 0.2 * sum(bool(one.heading) and not one.key for one in table.fields)
