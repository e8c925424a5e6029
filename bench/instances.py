"""Routing instances and what plans of them cost, read and counted apart from Muster, in the plainest way; for all planners alike.

VRPLIB as its sets count: CVRP rounds the straight line, instances with time windows cut it off after the first decimal (DIMACS'
challenge of 2022). A city's day is a table of sites and bases: straight line × 1.35, at 22 to 55 km/h, and 45 s to park.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import vrplib
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Instance:
    """Places are numbered, ``bases`` of them first. ``unit``: how many of the costs here are one of the set's own."""

    xy: NDArray[np.float64]
    ways: NDArray[np.int32]
    bases: int
    service: Ints
    early: Ints
    late: Ints
    demand: Ints
    prize: Ints
    capacity: int
    teams: tuple[int, ...]
    fixed: int = 0
    unit: int = 1
    timed: bool = False

    @property
    def clients(self) -> range:
        return range(self.bases, len(self.xy))


@dataclass(frozen=True)
class Route:
    base: int
    stops: list[int]


@dataclass(frozen=True)
class Cost:
    cost: float
    routes: int
    travel: float


def read(path: Path) -> Instance:
    return _city(path) if path.suffix == ".csv" else _vrplib(path)


def cost_of(one: Instance, routes: list[Route]) -> Cost:
    """Raises ValueError where it is no plan: of what is visited, each once and as it may, and nobody who must be is missing."""
    visited = [stop for route in routes for stop in route.stops]
    if len(visited) != len(set(visited)) or not set(visited) <= set(one.clients):
        raise ValueError("a stop is visited twice, or is none")
    out = sorted(set(one.clients) - set(visited))
    if any(one.prize[stop] == 0 for stop in out):
        raise ValueError(f"{sum(one.prize[stop] == 0 for stop in out)} stops are missing that must be visited")
    for base, count in enumerate(one.teams):
        if sum(route.base == base for route in routes) > count:
            raise ValueError(f"base {base} has only {count} team-days")
    travel = sum(_travelled(one, route) for route in routes)
    cost = travel + one.fixed * len(routes) + int(one.prize[out].sum())
    return Cost(cost / one.unit, len(routes), travel / one.unit)


def _travelled(one: Instance, route: Route) -> int:
    """Raises ValueError where the route can't be driven."""
    if one.demand[route.stops].sum() > one.capacity:
        raise ValueError(f"{one.demand[route.stops].sum()} is more than a team carries")
    places = [route.base, *route.stops, route.base]
    now, travel = int(one.early[route.base]), 0
    for here, there in pairwise(places):
        way = int(one.ways[here, there])
        now, travel = max(now + int(one.service[here]) + way, int(one.early[there])), travel + way
        if one.timed and now > one.late[there]:
            raise ValueError(f"place {there} is reached at {now}, {now - one.late[there]} too late")
    return travel


def _vrplib(path: Path) -> Instance:
    said = vrplib.read_instance(str(path), compute_edge_weights=False)
    timed = "time_window" in said
    unit, size = 10 if timed else 1, int(said["dimension"])
    xy = np.asarray(said["node_coord"], float)
    window = np.asarray(said["time_window"] if timed else np.zeros((size, 2)), np.int64) * unit
    demand = _column(said, "demand", size)
    return Instance(
        xy, _straight(xy, timed), 1, _column(said, "service_time", size) * unit, window[:, 0], window[:, 1],
        demand, _column(said, "prize", size) * unit, int(said["capacity"]),
        (int(said.get("vehicles", size - 1)),), unit=unit, timed=timed,
    )  # fmt: skip


def _column(said: dict[str, Any], section: str, size: int) -> Ints:
    column = np.broadcast_to(np.asarray(said.get(section, 0), np.int64), size).copy()
    column[0] = 0
    return column


def _straight(xy: NDArray[np.float64], timed: bool) -> NDArray[np.int32]:
    lines = _lines(xy)
    return np.asarray(lines * 10 if timed else lines + 0.5, np.int32)


def _city(path: Path) -> Instance:
    with path.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    xy = np.array([(row["x_km"], row["y_km"]) for row in rows], float)
    number = {
        name: np.array([int(row[name] or 0) for row in rows]) for name in ("service_s", "tw_early_s", "tw_late_s")
    }
    teams = tuple(int(row["team_days"]) for row in rows if row["kind"] == "base")
    none = np.zeros(len(rows), np.int64)
    return Instance(
        xy, _streets(xy), len(teams), number["service_s"], number["tw_early_s"], number["tw_late_s"], none, none, 0,
        teams, fixed=28_800, timed=True,
    )  # fmt: skip


def _streets(xy: NDArray[np.float64]) -> NDArray[np.int32]:
    lines = _lines(xy)
    road = lines * 1.35
    ways = np.asarray(road / np.clip(22 + 1.4 * road, 22, 55) * 3600 + np.where(lines > 0.02, 45, 0), np.int32)
    np.fill_diagonal(ways, 0)
    return ways


def _lines(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.hypot(xy[:, None, 0] - xy[None, :, 0], xy[:, None, 1] - xy[None, :, 1])
