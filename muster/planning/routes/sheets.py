"""Our own table of sites and bases (CSV), and matrices of travel times (CSV, or what OSRM's table service answers)."""

from __future__ import annotations

import contextlib
import csv
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from muster.lib.said import said as _
from muster.planning.refused import PlanRefused
from muster.planning.routes.problem import DAY_S, LATEST, MOST_DAYS, Problem, Stop, Team, TwiceInPlan, Window
from muster.planning.routes.travel import Matrix, Streets

BASES = frozenset(("base", "team", "基地", "队伍"))
SITES = frozenset(("", "site", "stop", "点位"))
ENCODINGS = ("utf-8-sig", "gb18030")
KM_A_DEGREE = 111.195
BETWEEN = ";"
NONE: tuple[Window, ...] = ()
DAYS = _("how many days, from 1 to 366")
PAUSE = _("seconds as 14400-16200")
Value = TypeVar("Value")
Place = tuple[float, float]


class UnclearCell(PlanRefused):
    code = "unclear_cell"
    message = _("{file}, line {line}, {column}: “{text}” can't be read. It should be {expected}.")


class ColumnMissing(PlanRefused):
    code = "column_missing"
    message = _(
        "{file} lacks the column {column}. It needs id, and x_km and y_km or lat and lon; for bases team_days, too."
    )


class UnlikePlaces(PlanRefused):
    code = "unlike_places"
    message = _("{one} and {other} don't say alike where their lines are: lat and lon in both, or x_km and y_km.")


class NotAMatrix(PlanRefused):
    code = "not_a_matrix"
    message = _(
        "{file} is no matrix of travel times: {fault}. It has a row and a column for each line of the table, in its order."
    )


@dataclass(frozen=True)
class Row:
    """A line of a file, with what is said where something can't be read."""

    file: str
    line: int
    cells: Mapping[str, str]

    def value(self, column: str, usual: Value, read: Callable[[str], Value], expected: str) -> Value:
        text = (self.cells.get(column) or "").strip()
        try:
            return read(text) if text else usual
        except ValueError as fault:
            raise UnclearCell(file=self.file, line=self.line, column=column, text=text, expected=expected) from fault

    def whole(self, column: str, usual: int) -> int:
        return self.value(column, usual, _whole, _("a whole number"))

    def maybe(self, column: str) -> int | None:
        unsaid: int | None = None
        return self.value(column, unsaid, _whole, _("a whole number"))

    def number(self, column: str) -> float:
        """Raises UnclearCell also where nothing is said."""
        found = self.value(column, math.nan, float, _("a number"))
        if not math.isfinite(found):
            raise UnclearCell(
                file=self.file, line=self.line, column=column, text=self.cells.get(column), expected=_("a number")
            )
        return found

    def words(self, column: str) -> frozenset[str]:
        said = (self.cells.get(column) or "").split(BETWEEN)
        return frozenset(word.strip() for word in said if word.strip())

    def numbers(self, column: str) -> tuple[int, ...]:
        return self.value(
            column, (), lambda text: tuple(map(_whole, text.split(BETWEEN))), _("whole numbers with ; between")
        )

    @property
    def id(self) -> str:
        return (self.cells.get("id") or "").strip() or str(self.line)

    @property
    def is_base(self) -> bool:
        """Raises UnclearCell."""
        kind = (self.cells.get("kind") or "").strip().casefold()
        if kind not in BASES | SITES:
            raise UnclearCell(file=self.file, line=self.line, column="kind", text=kind, expected="site, base")
        return kind in BASES


@dataclass(frozen=True)
class Sheet:
    """A problem, and where its stops and teams are in the file's own coordinates, by their names."""

    problem: Problem
    places: Mapping[str, Place]


def read_sheet(path: Path, teams: Path | None = None, matrix: Path | None = None) -> Sheet:
    """Raises UnclearCell, ColumnMissing, UnlikePlaces, NotAMatrix, and what a problem is refused with."""
    rows = _rows(path)
    more = _rows(teams) if teams else []
    all_ = [*rows, *more]
    _must_differ(all_)
    there = _in_km(all_)
    stops = [nr for nr, row in enumerate(rows) if not row.is_base]
    bases = [nr for nr in range(len(all_)) if nr >= len(rows) or rows[nr].is_base]
    days = {nr: all_[nr].value("days", 1, _days, DAYS) for nr in bases}
    most = max(days.values(), default=1)
    each = [(nr, day) for nr in bases for day in range(1, days[nr] + 1)]
    order = [*stops, *(nr for nr, _day in each), *(nr for nr, _day in each)]
    travel = Matrix(_matrix(matrix, len(all_))[np.ix_(order, order)]) if matrix else Streets()
    problem = Problem(
        tuple(_stop(all_[nr], there[nr], most) for nr in stops),
        tuple(_team(all_[nr], there[nr], day) for nr, day in each),
        travel,
    )
    return Sheet(problem, {row.id: _given(row) for row in all_})


def _must_differ(rows: list[Row]) -> None:
    """Sites and bases, too: a plan tells of both by their names."""
    seen: set[str] = set()
    for row in rows:
        if row.id in seen:
            raise TwiceInPlan(what=row.file, id=row.id, line=row.line)
        seen.add(row.id)
        if ("lat" in row.cells) != ("lat" in rows[0].cells):
            raise UnlikePlaces(one=rows[0].file, other=row.file)


def _rows(path: Path) -> list[Row]:
    table = csv.DictReader(_text(path).splitlines(keepends=True))
    columns = set(table.fieldnames or ())
    for column in ("id", *(("lat", "lon") if "lat" in columns else ("x_km", "y_km"))):
        if column not in columns:
            raise ColumnMissing(file=path.name, column=column)
    return [Row(path.name, table.line_num, cells) for cells in table if any(cells.values())]


def _text(path: Path) -> str:
    """Spreadsheets on a Chinese Windows write GBK."""
    for encoding in ENCODINGS:
        with contextlib.suppress(UnicodeDecodeError):
            return path.read_text(encoding=encoding)
    raise ColumnMissing(file=path.name, column="id")


def _given(row: Row) -> Place:
    """As GeoJSON has it: longitude first."""
    return (row.number("lon"), row.number("lat")) if "lat" in row.cells else (row.number("x_km"), row.number("y_km"))


def _in_km(rows: list[Row]) -> list[Place]:
    """Degrees are made kilometres about their middle; within a city that is right to a thousandth."""
    given = [_given(row) for row in rows]
    if not rows or "lat" not in rows[0].cells:
        return given
    wide = KM_A_DEGREE * math.cos(math.radians(sum(lat for _lon, lat in given) / len(given)))
    return [(lon * wide, lat * KM_A_DEGREE) for lon, lat in given]


def _stop(row: Row, place: Place, days: int) -> Stop:
    return Stop(
        row.id, *place, service_s=row.whole("service_s", 0), windows=_on_days(row, _windows(row), days),
        demand=row.numbers("demand"), prize_s=row.maybe("prize_s"), priority=row.whole("priority", 1), needs=row.words("needs"),
        group=(row.cells.get("group") or "").strip(), line=row.line,
    )  # fmt: skip


def _team(row: Row, place: Place, day: int) -> Team:
    """On later days its hours are the same."""
    later = (day - 1) * DAY_S
    pauses = row.value("pause", NONE, _windows_in, PAUSE)
    if len(pauses) > 1:
        raise UnclearCell(file=row.file, line=row.line, column="pause", text=row.cells["pause"], expected=PAUSE)
    closes = row.maybe("tw_late_s")
    if closes is None and day > 1:
        raise UnclearCell(file=row.file, line=row.line, column="tw_late_s", text="", expected=_("when the day ends"))
    return Team(
        row.id, place, opens_s=row.whole("tw_early_s", 0) + later, closes_s=LATEST if closes is None else closes + later,
        count=row.whole("team_days", 1), capacity=row.numbers("capacity"), skills=row.words("skills"),
        cost_s=row.maybe("cost_s"), pause=(pauses[0][0] + later, pauses[0][1] + later) if pauses else None,
        speed=row.value("speed", 1.0, float, _("a number")), day=day, line=row.line,
    )  # fmt: skip


def _on_days(row: Row, windows: tuple[Window, ...], days: int) -> tuple[Window, ...]:
    """Where there are several days, windows are of each day, or of those that are said."""
    said = row.numbers("days")
    if not all(1 <= day <= days for day in said):
        raise UnclearCell(
            file=row.file,
            line=row.line,
            column="days",
            text=row.cells.get("days"),
            expected=_("days that bases have, as 1;3"),
        )
    if days == 1 or not (said or windows):
        return windows
    return tuple(
        (early + (day - 1) * DAY_S, late + (day - 1) * DAY_S)
        for day in said or range(1, days + 1)
        for early, late in windows or ((0, DAY_S - 1),)
    )


def _days(text: str) -> int:
    number = _whole(text)
    if not 1 <= number <= MOST_DAYS:
        raise ValueError(text)
    return number


def _windows(row: Row) -> tuple[Window, ...]:
    several: tuple[Window, ...] = row.value("windows", NONE, _windows_in, _("seconds as 0-14400;16200-28800"))
    if several:
        return several
    early, late = row.maybe("tw_early_s"), row.maybe("tw_late_s")
    if early is None and late is None:
        return ()
    return ((early or 0, LATEST if late is None else late),)


def _windows_in(text: str) -> tuple[Window, ...]:
    pairs = [part.partition("-") for part in text.split(BETWEEN) if part.strip()]
    return tuple((_whole(early), _whole(late)) for early, _dash, late in pairs)


def _whole(text: str) -> int:
    """Spreadsheets write 600 as 600.0."""
    number = float(text)
    if not number.is_integer():
        raise ValueError(text)
    return int(number)


def _matrix(path: Path, size: int) -> NDArray[np.int32]:
    try:
        found = (
            _of_osrm(path) if path.suffix == ".json" else np.loadtxt(path, delimiter=",", encoding="utf-8-sig", ndmin=2)
        )
    except (ValueError, KeyError, TypeError) as fault:
        raise NotAMatrix(file=path.name, fault=f"{fault}"[:120]) from fault
    if found.shape != (size, size):
        raise NotAMatrix(file=path.name, fault=f"{found.shape[0]} × {found.shape[1]} ≠ {size} × {size}")
    return np.where(np.isfinite(found), np.rint(found), -1).astype(np.int32)


def _of_osrm(path: Path) -> NDArray[np.float64]:
    """Where there is no way, OSRM says null."""
    rows = json.loads(path.read_text(encoding="utf-8"))["durations"]
    return np.array([[np.nan if cell is None else cell for cell in row] for row in rows], dtype=float, ndmin=2)
