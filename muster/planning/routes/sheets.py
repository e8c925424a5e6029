"""Our own table of sites and bases (CSV), and matrices of travel times (CSV, or what OSRM's table service answers)."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from muster.lib.said import said as _
from muster.planning.refused import PlanRefused
from muster.planning.routes.problem import LATEST, Problem, Stop, Team, Window
from muster.planning.routes.travel import Matrix, Streets

BASES = frozenset(("base", "team", "基地", "队伍"))
KM_A_DEGREE = 111.195
BETWEEN = ";"
NONE: tuple[Window, ...] = ()
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

    def number(self, column: str) -> float:
        return self.value(column, math.nan, float, _("a number"))

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
        return (self.cells.get("kind") or "").strip() in BASES


@dataclass(frozen=True)
class Sheet:
    """A problem, and where its stops and teams are in the file's own coordinates, by their names."""

    problem: Problem
    places: Mapping[str, Place]


def read_sheet(path: Path, teams: Path | None = None, matrix: Path | None = None) -> Sheet:
    """Raises UnclearCell, ColumnMissing, NotAMatrix, and what a problem is refused with."""
    rows = _rows(path)
    more = _rows(teams) if teams else []
    all_ = [*rows, *more]
    places = {row.id: _given(row) for row in all_}
    there = _in_km(all_)
    stops = [row for row in rows if not row.is_base]
    bases = [row for row in rows if row.is_base] + more
    order = [all_.index(row) for row in (*stops, *bases, *bases)] if matrix else []
    travel = Matrix(_matrix(matrix, len(all_))[np.ix_(order, order)]) if matrix else Streets()
    problem = Problem(
        tuple(_stop(row, there[row.id]) for row in stops), tuple(_team(row, there[row.id]) for row in bases), travel
    )
    return Sheet(problem, places)


def _rows(path: Path) -> list[Row]:
    with path.open(newline="", encoding="utf-8-sig") as stream:
        table = csv.DictReader(stream)
        columns = set(table.fieldnames or ())
        for column in ("id", *(("lat", "lon") if "lat" in columns else ("x_km", "y_km"))):
            if column not in columns:
                raise ColumnMissing(file=path.name, column=column)
        return [Row(path.name, nr, cells) for nr, cells in enumerate(table, 2) if any(cells.values())]


def _given(row: Row) -> Place:
    """As GeoJSON has it: longitude first."""
    return (row.number("lon"), row.number("lat")) if "lat" in row.cells else (row.number("x_km"), row.number("y_km"))


def _in_km(rows: Iterable[Row]) -> dict[str, Place]:
    """Degrees are made kilometres about their middle; within a city that is right to a thousandth."""
    given = {row.id: (_given(row), "lat" in row.cells) for row in rows}
    degrees = [place for place, geographic in given.values() if geographic]
    middle = math.radians(sum(lat for _lon, lat in degrees) / len(degrees)) if degrees else 0.0
    wide = KM_A_DEGREE * math.cos(middle)
    return {id_: (x * wide, y * KM_A_DEGREE) if geographic else (x, y) for id_, ((x, y), geographic) in given.items()}


def _stop(row: Row, place: Place) -> Stop:
    prize = row.whole("prize_s", -1)
    return Stop(
        row.id, *place, service_s=row.whole("service_s", 0), windows=_windows(row), demand=row.numbers("demand"),
        prize_s=None if prize < 0 else prize, priority=row.whole("priority", 1), needs=row.words("needs"), line=row.line,
    )  # fmt: skip


def _team(row: Row, place: Place) -> Team:
    cost = row.whole("cost_s", -1)
    return Team(
        row.id, place, opens_s=row.whole("tw_early_s", 0), closes_s=row.whole("tw_late_s", LATEST),
        count=row.whole("team_days", 1), capacity=row.numbers("capacity"), skills=row.words("skills"),
        cost_s=cost if cost >= 0 else None, line=row.line,
    )  # fmt: skip


def _windows(row: Row) -> tuple[Window, ...]:
    several: tuple[Window, ...] = row.value("windows", NONE, _windows_in, _("seconds as 0-14400;16200-28800"))
    if several:
        return several
    early, late = row.whole("tw_early_s", -1), row.whole("tw_late_s", -1)
    return ((max(early, 0), late if late >= 0 else LATEST),) if early >= 0 or late >= 0 else ()


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
    return np.array([[np.nan if cell is None else cell for cell in row] for row in rows], dtype=float)
