"""A problem as arrays, and where its plan stands: what the compiled parts work on.

A plan is a linked list for each route. Its places are numbered: the stops from 0, then the beginning of each route, then the end
of each: of n stops and R routes, route r begins at n + r and ends at n + R + r.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from muster.planning.routes.problem import LATEST, Problem, Stop, skills_of
from muster.planning.routes.travel import Matrix

Ints = NDArray[np.int64]
MUST = 1 << 36
"""What leaving out a stop costs that must be visited: more than all else together."""
PARTS = 64
"""At most so many are worked on side by side."""
SPARE = 1.25
"""Routes that are kept ready, to those that the demand needs, where there are many more teams."""
FEW = 20


class Tables(NamedTuple):
    """``stops``, ``routes``: how many. ``row``: by place, its row in the matrix. ``begins``, ``ends``: windows by place.
    ``near``: the nearest other stops, -1 where there are no more. ``team``: by route, which kind of team; routes of a kind are
    neighbours. ``cost``: of a route that is used; the ``cheapest`` of all."""

    stops: int
    routes: int
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    way: int
    numbers: NDArray[np.float64]
    matrix: NDArray[np.int32]
    row: Ints
    service: Ints
    begins: Ints
    ends: Ints
    timed: bool
    demand: Ints
    prize: Ints
    needs: Ints
    near: NDArray[np.int32]
    team: Ints
    opens: Ints
    closes: Ints
    capacity: Ints
    skills: Ints
    cost: Ints
    cheapest: int


class Plan(NamedTuple):
    """By place: the one after and before it, the route (-1: in none), the earliest beginning of its service, the latest arrival
    that the rest allows, the time to the next. By route: load, number of stops, whether it is late somewhere, and which part may
    change it. By stop: which part may put it somewhere while it is left out. By part: what its routes cost, and what is left out.
    """

    after: Ints
    before: Ints
    route: Ints
    early: Ints
    late: Ints
    onward: Ints
    load: Ints
    size: Ints
    tardy: Ints
    part: Ints
    keeper: Ints
    cost: Ints


def tables_of(problem: Problem, near: int) -> Tables:
    stops, teams = problem.stops, problem.teams
    counts = _counts(problem)
    kind = np.repeat(np.arange(len(teams)), counts)
    routes = len(kind)
    way, numbers = problem.travel.numbers()
    begins, ends = _windows(problem, 2 * routes)
    skills = skills_of(problem)
    at = np.array([(one.x, one.y) for one in stops], dtype=float).reshape(-1, 2)
    from_, to = _homes(problem)
    xy = np.vstack([at, from_[kind], to[kind]])
    n = len(stops)
    of_team = _of_teams(problem)[kind]
    return Tables(
        n, routes, xy[:, 0].copy(), xy[:, 1].copy(), int(way), numbers,
        problem.travel.seconds if isinstance(problem.travel, Matrix) else np.zeros((1, 1), np.int32),
        np.concatenate([np.arange(n), n + kind, n + len(teams) + kind]).astype(np.int64),
        np.concatenate([_ints(one.service_s for one in stops), np.zeros(2 * routes, np.int64)]),
        begins, ends, _is_timed(problem),
        _filled([one.demand for one in stops], problem.kinds),
        _ints(MUST * one.priority if one.prize_s is None else one.prize_s for one in stops),
        _ints(sum(1 << skills[skill] for skill in one.needs) for one in stops),
        _near(problem, at, near),
        kind.astype(np.int64), of_team[:, 0].copy(), of_team[:, 1].copy(),
        _filled([one.capacity or (0,) * problem.kinds for one in teams], problem.kinds)[kind],
        _ints(sum(1 << skills[skill] for skill in one.skills if skill in skills) for one in teams)[kind],
        of_team[:, 2].copy(), int(of_team[:, 2].min(initial=MUST)),
    )  # fmt: skip


def _homes(problem: Problem) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where each kind of team begins, and where it ends."""
    both = np.array([(one.start, one.home) for one in problem.teams], dtype=float).reshape(-1, 2, 2)
    return both[:, 0], both[:, 1]


def plan_of(tables: Tables) -> Plan:
    """Nobody is visited yet."""
    n, routes = tables.stops, tables.routes
    places = n + 2 * routes
    before, after = np.full(places, -1), np.full(places, -1)
    after[n : n + routes] = np.arange(n + routes, places)
    before[n + routes :] = np.arange(n, n + routes)
    late = np.full(places, LATEST)
    late[n + routes :] = tables.closes
    early = np.zeros(places, np.int64)
    early[n : n + routes] = tables.opens
    return Plan(
        after, before, np.full(n, -1), early, late, np.zeros(places, np.int64),
        np.zeros((routes, tables.demand.shape[1]), np.int64),
        np.zeros(routes, np.int64), np.zeros(routes, np.int64), np.zeros(routes, np.int64), np.zeros(n, np.int64),
        np.zeros(PARTS, np.int64),
    )  # fmt: skip


def _ints(values: object) -> Ints:
    return np.fromiter(values, dtype=np.int64)  # type: ignore[call-overload, no-any-return]


def _filled(rows: list[tuple[int, ...]], kinds: int) -> Ints:
    """Each row with zeros for what it doesn't say."""
    return np.array([(*row, *(0,) * kinds)[:kinds] for row in rows], dtype=np.int64).reshape(len(rows), kinds)


def _of_teams(problem: Problem) -> Ints:
    rows = [(one.opens_s, one.closes_s, one.day_cost_s) for one in problem.teams]
    return np.array(rows, dtype=np.int64).reshape(-1, 3)


def _counts(problem: Problem) -> list[int]:
    """Of teams without end (as sets of instances have them) as many as may be needed."""
    n = len(problem.stops)
    loads = [sum(one.demand[kind] for one in problem.stops if len(one.demand) > kind) for kind in range(problem.kinds)]
    counts = []
    for team in problem.teams:
        least = max(
            (_least(problem, kind, loads[kind], room) for kind, room in enumerate(team.capacity) if room), default=n
        )
        enough = n if _is_timed(problem) else math.ceil(least * SPARE) + FEW
        counts.append(min(team.count, n, enough))
    return counts


def _least(problem: Problem, kind: int, load: int, room: int) -> int:
    """No two that take more than half go together."""
    large = sum(2 * one.demand[kind] > room for one in problem.stops if len(one.demand) > kind)
    return max(math.ceil(load / room), large)


def _is_timed(problem: Problem) -> bool:
    return any(one.windows for one in problem.stops) or any(one.closes_s < LATEST for one in problem.teams)


def _windows(problem: Problem, beside: int) -> tuple[Ints, Ints]:
    """Windows that don't touch, in their order, filled up with the last one."""
    each = [_apart(one) for one in problem.stops]
    width = max(map(len, each), default=1)
    rows = [(windows + windows[-1:] * width)[:width] for windows in each] + [[(-LATEST, LATEST)] * width] * beside
    table = np.array(rows, dtype=np.int64).reshape(-1, width, 2)
    return table[:, :, 0].copy(), table[:, :, 1].copy()


def _apart(stop: Stop) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for early, late in sorted(stop.windows):
        if merged and early <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], late))
        else:
            merged.append((early, late))
    return merged or [(-LATEST, LATEST)]


def _near(problem: Problem, at: NDArray[np.float64], near: int) -> NDArray[np.int32]:
    n = len(at)
    if n < 2:
        return np.full((n, 1), -1, np.int32)
    near = min(near, n - 1)
    if isinstance(problem.travel, Matrix):
        found = _near_by_matrix(problem.travel.seconds[:n, :n], near)
    else:
        _far, found = cKDTree(at).query(at, k=near + 1)
    return _without_self(found.astype(np.int32), near)


def _near_by_matrix(seconds: NDArray[np.int32], near: int) -> NDArray[np.int32]:
    """By the way there and back; a row at a time, so that no second matrix is made."""
    found = np.empty((len(seconds), near + 1), np.int32)
    for row in range(len(seconds)):
        both = seconds[row].astype(np.int64) + seconds[:, row]
        both[(seconds[row] < 0) | (seconds[:, row] < 0)] = MUST
        both[row] = -1
        nearest = np.argpartition(both, near)[: near + 1]
        found[row] = nearest[np.argsort(both[nearest], kind="stable")]
    return found


def _without_self(found: NDArray[np.int32], near: int) -> NDArray[np.int32]:
    """Of several at one place, a stop itself needn't come first."""
    kept = found != np.arange(len(found), dtype=np.int32)[:, None]
    kept[kept.all(axis=1), -1] = False
    others: NDArray[np.int32] = found[kept].reshape(len(found), near)
    return others
