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

from muster.planning.routes.clocks import clocks_of, windows_apart
from muster.planning.routes.problem import LATEST, Problem, skills_of
from muster.planning.routes.travel import Matrix

Ints = NDArray[np.int64]
MUST = 1 << 36
"""What leaving out a stop costs that must be visited: more than all else together."""
PARTS = 64
"""At most so many are worked on side by side."""
SPARE = 1.25
"""Routes that are kept ready, to those that the demand needs, where there are many more teams."""
FEW = 20
USUAL_DAY_S = 28_800


class Tables(NamedTuple):
    """``stops``, ``routes``: how many. ``row``: by place, its row in the matrix. ``near``: the nearest other stops, -1 where
    there are none left; ``near_way``: the ways to them. ``begins``, ``ends``: windows by clock and stop; ``soonest``, ``last``:
    over all clocks. ``mate``: the next stop of its group, around; a stop itself if it has none. ``was``: the route it had in the
    plan that is kept, else -1. ``alone``: what it costs at least in a route of its own.

    By route: ``team``, which kind of team (routes of a kind are neighbours); ``clock``, how it counts time; ``speed``, how much
    faster it is than the travel says, ``paced`` if any is; ``fair``: what the square of its working time costs; ``cost``, if it
    is used, and the ``cheapest`` of all.
    """

    stops: int
    routes: int
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    way: int
    numbers: NDArray[np.float64]
    matrix: NDArray[np.int32]
    row: Ints
    speed: NDArray[np.float64]
    paced: bool
    service: Ints
    clock: Ints
    begins: Ints
    ends: Ints
    soonest: Ints
    last: Ints
    timed: bool
    demand: Ints
    prize: Ints
    needs: Ints
    near: NDArray[np.int32]
    near_way: Ints
    mate: Ints
    grouped: bool
    was: Ints
    move: int
    fair: NDArray[np.float64]
    weighed: bool
    team: Ints
    opens: Ints
    closes: Ints
    capacity: Ints
    skills: Ints
    cost: Ints
    cheapest: int
    alone: Ints


class Plan(NamedTuple):
    """By place: the one after and before it, the route (-1: in none), the earliest beginning of its service, the latest arrival
    that the rest allows, the time to the next. By route: load, number of stops, whether it is late somewhere, which part may
    change it, and how long it works (``busy``). By stop: which part may put it somewhere while it is left out. By part: what its
    routes cost, and what is left out.
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
    busy: Ints
    keeper: Ints
    cost: Ints


def tables_of(problem: Problem, near: int) -> Tables:
    stops, teams = problem.stops, problem.teams
    counts = _counts(problem)
    kind = np.repeat(np.arange(len(teams)), counts)
    routes = len(kind)
    way, numbers = problem.travel.numbers()
    clocks = clocks_of(problem)
    hours = np.array(clocks.hours, dtype=np.int64)[np.array(clocks.of_team, dtype=np.int64)[kind]]
    speed = np.array([one.speed for one in teams], dtype=float)[kind]
    skills = skills_of(problem)
    at = np.array([(one.x, one.y) for one in stops], dtype=float).reshape(-1, 2)
    from_, to = _homes(problem)
    xy = np.vstack([at, from_[kind], to[kind]])
    n = len(stops)
    costs = _ints(one.day_cost_s for one in teams)[kind]
    nearest = _near(problem, at, near)
    return Tables(
        n, routes, xy[:, 0].copy(), xy[:, 1].copy(), int(way), numbers,
        problem.travel.seconds if isinstance(problem.travel, Matrix) else np.zeros((1, 1), np.int32),
        np.concatenate([np.arange(n), n + kind, n + len(teams) + kind]).astype(np.int64),
        speed, bool((speed != 1.0).any()),
        np.concatenate([_ints(one.service_s for one in stops), np.zeros(2 * routes, np.int64)]),
        np.array(clocks.of_team, dtype=np.int64)[kind], clocks.begins, clocks.ends,
        _ints(windows_apart(one)[0][0] for one in stops), _ints(windows_apart(one)[-1][1] for one in stops),
        _is_timed(problem),
        _filled([one.demand for one in stops], problem.kinds),
        _ints(MUST * one.priority if one.prize_s is None else one.prize_s for one in stops),
        _ints(sum(1 << skills[skill] for skill in one.needs) for one in stops),
        nearest, np.zeros(nearest.shape, np.int64), _mates(problem), any(one.group for one in stops),
        _was(problem, kind), problem.move_s, _fairness(problem)[kind], bool(problem.move_s or problem.balance),
        kind.astype(np.int64), hours[:, 0].copy(), hours[:, 1].copy(),
        _filled([one.capacity or (0,) * problem.kinds for one in teams], problem.kinds)[kind],
        _ints(sum(1 << skills[skill] for skill in one.skills if skill in skills) for one in teams)[kind],
        costs, int(costs.min(initial=MUST)), np.zeros(n, np.int64),
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
        np.zeros(routes, np.int64), np.zeros(routes, np.int64), np.zeros(routes, np.int64), np.zeros(routes, np.int64),
        np.zeros(n, np.int64), np.zeros(PARTS, np.int64),
    )  # fmt: skip


def _ints(values: object) -> Ints:
    return np.fromiter(values, dtype=np.int64)  # type: ignore[call-overload, no-any-return]


def _filled(rows: list[tuple[int, ...]], kinds: int) -> Ints:
    """Each row with zeros for what it doesn't say."""
    return np.array([(*row, *(0,) * kinds)[:kinds] for row in rows], dtype=np.int64).reshape(len(rows), kinds)


def _mates(problem: Problem) -> Ints:
    """Each group's stops one after another, around."""
    mate = np.arange(len(problem.stops))
    groups: dict[str, list[int]] = {}
    for nr, stop in enumerate(problem.stops):
        if stop.group:
            groups.setdefault(stop.group, []).append(nr)
    for members in groups.values():
        mate[members] = [*members[1:], members[0]]
    return mate


def _was(problem: Problem, kind: Ints) -> Ints:
    """By stop, the route that it is kept in: each kept route of a team is one of that team's, in their order."""
    was = np.full(len(problem.stops), -1)
    number = {one.id: nr for nr, one in enumerate(problem.stops)}
    for route, kept in zip(kept_as(problem, kind), problem.kept, strict=True):
        was[[number[stop] for stop in kept.stops]] = route
    return was


def kept_as(problem: Problem, kind: Ints) -> list[int]:
    """Which route each kept one is here. ``kind``: by route, which team's it is."""
    of_team = {(one.id, one.day): nr for nr, one in enumerate(problem.teams)}
    following = np.searchsorted(kind, np.arange(len(problem.teams)))
    routes = []
    for kept in problem.kept:
        team = of_team[kept.team, kept.day]
        routes.append(int(following[team]))
        following[team] += 1
    return routes


def _fairness(problem: Problem) -> NDArray[np.float64]:
    hours = [one.works_s if one.closes_s < LATEST else USUAL_DAY_S for one in problem.teams]
    return np.array([problem.balance / max(1, one) for one in hours], dtype=float)


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
        kept = sum((one.team, one.day) == (team.id, team.day) for one in problem.kept)
        counts.append(max(kept, min(team.count, n, enough)))
    return counts


def _least(problem: Problem, kind: int, load: int, room: int) -> int:
    """No two that take more than half go together."""
    large = sum(2 * one.demand[kind] > room for one in problem.stops if len(one.demand) > kind)
    return max(math.ceil(load / room), large)


def _is_timed(problem: Problem) -> bool:
    return any(one.windows for one in problem.stops) or any(one.closes_s < LATEST or one.pause for one in problem.teams)


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
