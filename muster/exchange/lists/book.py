"""A list as a workbook that a clerk would send on: title, as of when, filters, headings that stay, real dates, drop-downs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muster.exchange.lists import watermark
from muster.exchange.lists.listing import Heading, Listing, Shape
from muster.lib.refusal import Refusal
from muster.lib.said import said

MOST_ROWS = 1_000_000
"""Excel's sheets end a little below."""
MOMENT = "yyyy-mm-dd hh:mm"
LONGEST, TOO_LONG = 32_767, -2
"""Characters in a cell, and what XlsxWriter answers for more, which it doesn't write."""
TOLD_EVERY = 1_000
#: Columns of the widest page that is printed on A4 across without becoming unreadable.
PRINTED_ACROSS = 8


class TooManyForAWorkbook(Refusal):
    code = "too_many_for_a_workbook"
    status = 422
    message = said("These are {count} rows; a workbook holds {most}. Narrow the list, or choose CSV.")


@dataclass(frozen=True)
class Stamp:
    """Who takes a list out, and what for: on every page of the workbook. ``mark`` stands behind its cells."""

    taken_by: str
    reason: str
    mark: str


def write(
    path: Path, listing: Listing, stamp: Stamp, *, tags: bool, progress: Callable[[int], object] = lambda _count: None
) -> int:
    """How many rows were written; ``progress`` is told now and then. Raises TooManyForAWorkbook."""
    if listing.count > MOST_ROWS:
        raise TooManyForAWorkbook(count=listing.count, most=MOST_ROWS)
    options = {"constant_memory": True, "default_date_format": MOMENT, "strings_to_formulas": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": listing.title, "author": stamp.taken_by, "comments": stamp.reason})
        return _Writing(book, listing, stamp, tags).write(progress)


class _Writing:
    def __init__(self, book: Any, listing: Listing, stamp: Stamp, tags: bool) -> None:
        self.listing, self.stamp, self.tags = listing, stamp, tags
        self.sheet = book.add_worksheet(_("List"))
        self.choices = book.add_worksheet(_("Choices")) if any(one.choices for one in listing.headings) else None
        self.title = book.add_format({"bold": True, "font_size": 16, "valign": "vcenter"})
        self.soft = book.add_format({"font_color": "#59636E"})
        self.head = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bottom": 2, "top": 1})
        self.text = book.add_format({"valign": "top"})
        self.long = book.add_format({"valign": "top", "text_wrap": True})
        self.moment = book.add_format({"valign": "top", "num_format": MOMENT, "align": "left"})

    def write(self, progress: Callable[[int], object]) -> int:
        self._page()
        below = self._above()
        count = self._rows(below, progress)
        last = max(below, below + count - 1)
        self.sheet.autofilter(below - 1 - self.tags, 0, last, len(self.listing.headings) - 1)
        self._drop_downs(below, last)
        return count

    def _page(self) -> None:
        """Widths, what is printed on every page, and the mark behind the cells."""
        for place, one in enumerate(self.listing.headings):
            self.sheet.set_column(place, place, one.width)
        self.sheet.set_paper(9 if len(self.listing.headings) <= PRINTED_ACROSS else 8)
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer(f"&L{_printed(self.stamp.taken_by)}&C{_printed(self.stamp.mark)}&R&P / &N")
        self.sheet.set_background(watermark.drawn(self.stamp.mark))

    def _above(self) -> int:
        """Title, as of when and what it was narrowed by, who takes it out; then the headings. The first row below."""
        listing, sheet = self.listing, self.sheet
        rows = ngettext("%(count)s row", "%(count)s rows", listing.count) % {"count": listing.count}
        as_of = _("as of %(at)s") % {"at": f"{listing.as_of:%Y-%m-%d %H:%M}"}
        narrowed = "; ".join(_("%(filter)s: %(value)s") % {"filter": label, "value": value} if value else label
                             for label, value in listing.filters)  # fmt: skip
        sheet.set_row(0, 28)
        sheet.write_string(0, 0, listing.title, self.title)
        sheet.write_string(1, 0, " · ".join(filter(None, (as_of, rows, narrowed))), self.soft)
        sheet.write_string(2, 0, f"{self.stamp.taken_by} · {self.stamp.reason} · {self.stamp.mark}", self.soft)
        sheet.set_row(3, 32)
        for place, one in enumerate(listing.headings):
            sheet.write_string(3, place, one.label, self.head)
        if self.tags:
            for place, one in enumerate(listing.headings):
                sheet.write_string(4, place, one.tag, self.soft)
        below = 4 + self.tags
        sheet.freeze_panes(below, 0)
        sheet.repeat_rows(3, below - 1)
        return below

    def _rows(self, below: int, progress: Callable[[int], object]) -> int:
        string, number, moment = self.sheet.write_string, self.sheet.write_number, self.sheet.write_datetime
        formats = [self.long if one.shape is Shape.LONG else self.text for one in self.listing.headings]
        at, dated = below - 1, self.moment
        for at, row in enumerate(self.listing.rows, below):
            for place, value in enumerate(row):
                if value.__class__ is str:
                    if value and string(at, place, value, formats[place]) == TOO_LONG:
                        string(at, place, value[: LONGEST - 1] + "…", formats[place])
                elif value.__class__ is datetime:
                    moment(at, place, value, dated)
                elif value is not None:
                    number(at, place, value, formats[place])
            if not (at - below + 1) % TOLD_EVERY:
                progress(at - below + 1)
        return at - below + 1

    def _drop_downs(self, below: int, last: int) -> None:
        """What a column may say, on a sheet of its own, as Excel takes no more than 255 characters of choices in place."""
        if not self.choices:
            return
        chosen = [(place, one) for place, one in enumerate(self.listing.headings) if one.choices]
        longest = max(len(one.choices) for _place, one in chosen)
        for nr in range(longest):
            for column, (_place, one) in enumerate(chosen):
                if nr < len(one.choices):
                    self.choices.write_string(nr, column, one.choices[nr])
        self.choices.hide()
        for column, (place, one) in enumerate(chosen):
            self._drop_down(below, last, place, column, one)

    def _drop_down(self, below: int, last: int, place: int, column: int, heading: Heading) -> None:
        letter, name = chr(ord("A") + column), _("Choices").replace("'", "''")
        source = f"='{name}'!${letter}$1:${letter}${len(heading.choices)}"
        self.sheet.data_validation(below, place, last, place, {
            "validate": "list", "source": source, "error_type": "warning", "error_title": heading.label[:32],
            "error_message": _("This is none of the choices. Muster will ask what is meant."),
        })  # fmt: skip


def _printed(text: str) -> str:
    """In a footer, & begins a command; Excel takes 255 characters."""
    return text.replace("&", "&&")[:70]
