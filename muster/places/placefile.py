"""A list of areas as a CSV file. ``docs/places.md`` describes its columns."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from muster.lib.pasted import decoded
from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.places.area import Level

#: Columns by the names that they may have in the first row.
COLUMNS = {
    "code": ("code", "代码"),
    "above": ("above", "上级代码"),
    "level": ("level", "级别"),
    "name": ("name", "名称"),
    "name_en": ("name_en", "英文名"),
    "aliases": ("aliases", "别名"),
    "former_names": ("former_names", "曾用名"),
    "former_codes": ("former_codes", "曾用代码"),
}
NEEDED = ("code", "above", "level", "name")
LEVELS = {
    "省": Level.PROVINCE, "市": Level.CITY, "县": Level.COUNTY, "区县": Level.COUNTY, "县市区": Level.COUNTY,
    "功能区": Level.ZONE, "乡镇": Level.TOWN, "街道": Level.TOWN, "乡镇街道": Level.TOWN, "社区": Level.COMMUNITY,
    "村": Level.COMMUNITY, "村社区": Level.COMMUNITY, **{level.value: level for level in Level},
}  # fmt: skip
BETWEEN = re.compile(r"[;；、|]")


class PlaceFileUnreadable(Refusal):
    code = "place_file_unreadable"
    status = 422
    message = said("{file} can't be read as CSV text: {fault}. Save it as “CSV UTF-8”, then try again.")


class PlaceColumnsMissing(Refusal):
    code = "place_columns_missing"
    status = 422
    message = said(
        "The first row of {file} lacks the columns {columns}. Name them there: docs/places.md has an example."
    )


@dataclass(frozen=True)
class Fault:
    """What is wrong in which row and column; rows are counted as a spreadsheet shows them."""

    row: int
    column: str
    what: str

    def __str__(self) -> str:
        words = {"row": self.row, "column": self.column, "what": self.what}
        return _("Row %(row)s, column %(column)s: %(what)s") % words


@dataclass(frozen=True)
class Line:
    """One row of the file."""

    row: int
    code: str
    above: str
    level: str
    name: str
    name_en: str
    aliases: tuple[str, ...]
    former_names: tuple[str, ...]
    former_codes: tuple[str, ...]

    @property
    def names(self) -> Iterator[tuple[str, str]]:
        """Each other name or code with its kind."""
        yield from ((text, "alias") for text in self.aliases)
        yield from ((text, "former") for text in self.former_names)
        yield from ((text, "former_code") for text in self.former_codes)


def read(content: bytes, file: str) -> tuple[list[Line], list[Fault]]:
    """The rows of a file, and what is wrong in each by itself. Raises PlaceFileUnreadable, PlaceColumnsMissing."""
    text = _text(content, file)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in text.partition("\n")[0] else ",")
    try:
        rows = list(enumerate(reader, 1))
    except csv.Error as error:
        raise PlaceFileUnreadable(file=file, fault=f"{error}") from error
    places = _places(rows[0][1] if rows else [], file)
    lines = [_line(number, row, places) for number, row in rows[1:] if any(cell.strip() for cell in row)]
    return lines, [fault for line in lines for fault in _faults(line)]


def _text(content: bytes, file: str) -> str:
    text = decoded(content)
    if text is None:
        raise PlaceFileUnreadable(file=file, fault=_("it is neither UTF-8 nor GB 18030"))
    return text


def _places(head: list[str], file: str) -> dict[str, int]:
    """Where each column stands."""
    named = [cell.strip().lower() for cell in head]
    places = {
        column: next(named.index(word) for word in words if word in named)
        for column, words in COLUMNS.items()
        if any(word in named for word in words)
    }
    missing = [column for column in NEEDED if column not in places]
    if missing:
        raise PlaceColumnsMissing(file=file, columns=", ".join(missing))
    return places


def _line(number: int, row: list[str], places: dict[str, int]) -> Line:
    cells = {column: row[place].strip() if place < len(row) else "" for column, place in places.items()}
    several = {
        column: tuple(dict.fromkeys(part for one in BETWEEN.split(cells.get(column, "")) if (part := one.strip())))
        for column in ("aliases", "former_names", "former_codes")
    }
    level = LEVELS.get(cells["level"], cells["level"])
    return Line(number, cells["code"], cells["above"], level, cells["name"], cells.get("name_en", ""), **several)


def _faults(line: Line) -> Iterator[Fault]:
    for column in ("code", "level", "name"):
        if not getattr(line, column):
            yield Fault(line.row, column, _("It is empty."))
    if line.level and line.level not in Level.values:
        known = ", ".join(Level.values)
        yield Fault(
            line.row,
            "level",
            _("“%(level)s” is no level. Write one of: %(known)s.") % {"level": line.level, "known": known},
        )
