"""Two routes exchange all that follows a place in each: strings are too short for that. Compiled.

Potvin and Rousseau 1995 (An exchange heuristic for routing problems with time windows: 2-opt*). One of the two may be empty, or
become so: a route is split in two, or two are made one.
"""

from __future__ import annotations

import math

from muster.planning.routes.chance import below, drawn
from muster.planning.routes.fast import fast
from muster.planning.routes.moves import UNKNOWN, tell_times, travel
from muster.planning.routes.tables import Plan, Tables
from muster.planning.routes.work import Work

SPLITS = 0.05
"""How often a route is split."""


@fast
def swap_tails(tables: Tables, plan: Plan, work: Work, part: int, heat: float) -> None:
    """Try it once, after a stop that is drawn and before one that is near it; kept if it isn't too much worse.

    Not for plans where moved stops, working times or groups count: what that costs isn't reckoned here.
    """
    first = work.stops[below(work.chance, len(work.stops))]
    route = plan.route[first]
    if route < 0:
        return
    if drawn(work.chance) < SPLITS:
        other = _empty_like(tables, plan, part, route)
        second = tables.stops + tables.routes + other
    else:
        rank = min(below(work.chance, tables.near.shape[1]), below(work.chance, tables.near.shape[1]))
        second = tables.near[first, rank]
        other = plan.route[second] if second >= 0 else -1
    if other < 0 or other == route or plan.part[other] != part or tables.team[other] != tables.team[route]:
        return
    adds = _adds(tables, plan, route, other, first, second)
    if adds >= -heat * math.log(drawn(work.chance) + 1e-300) or not _have_room(
        tables, plan, route, other, first, second
    ):
        return
    _swap(tables, plan, route, other, first, second)
    plan.cost[part] += adds
    tell_times(tables, plan, route)
    tell_times(tables, plan, other)


@fast
def _empty_like(tables: Tables, plan: Plan, part: int, route: int) -> int:
    """A route that is empty, of the same kind of team; -1 where there is none."""
    for other in range(tables.routes):
        if plan.size[other] == 0 and plan.part[other] == part and tables.team[other] == tables.team[route]:
            return other
    return -1


@fast
def _adds(tables: Tables, plan: Plan, route: int, other: int, first: int, second: int) -> int:
    """What it adds that ``second`` follows ``first``, and what followed that follows whoever was before ``second``; ``UNKNOWN``
    where somebody would come too late."""
    n = tables.stops
    before, after = plan.before[second], plan.after[first]
    ends, begins = after >= n, before >= n
    to_second, to_after = travel(tables, route, first, second), travel(tables, other, before, after)
    if to_second >= UNKNOWN or to_after >= UNKNOWN:
        return UNKNOWN
    if tables.timed:
        if plan.early[first] + tables.service[first] + to_second > plan.late[second]:
            return UNKNOWN
        if plan.early[before] + tables.service[before] + to_after > plan.late[after]:
            return UNKNOWN
    adds = to_second - plan.onward[first]
    adds -= plan.onward[before] if plan.size[other] else -tables.cost[other]
    return int(adds + (-tables.cost[other] if ends and begins else to_after))


@fast
def _have_room(tables: Tables, plan: Plan, route: int, other: int, first: int, second: int) -> bool:
    for kind in range(tables.demand.shape[1]):
        follows = _load_from(tables, plan, plan.after[first], kind) - _load_from(tables, plan, second, kind)
        if plan.load[route, kind] - follows > tables.capacity[route, kind]:
            return False
        if plan.load[other, kind] + follows > tables.capacity[other, kind]:
            return False
    return True


@fast
def _load_from(tables: Tables, plan: Plan, place: int, kind: int) -> int:
    load = 0
    while place < tables.stops:
        load += tables.demand[place, kind]
        place = plan.after[place]
    return load


@fast
def _swap(tables: Tables, plan: Plan, route: int, other: int, first: int, second: int) -> None:
    before, after = plan.before[second], plan.after[first]
    last, others_last = _last(tables, plan, route), _last(tables, plan, other)
    _hand_over(tables, plan, after, other)
    _hand_over(tables, plan, second, route)
    _join(tables, plan, route, first, second, others_last if second < tables.stops else first)
    _join(tables, plan, other, before, after, last if after < tables.stops else before)


@fast
def _last(tables: Tables, plan: Plan, route: int) -> int:
    return int(plan.before[tables.stops + tables.routes + route])


@fast
def _hand_over(tables: Tables, plan: Plan, place: int, to: int) -> None:
    """Count the stops from there on as another route's."""
    while place < tables.stops:
        route = plan.route[place]
        plan.route[place] = to
        plan.size[route] -= 1
        plan.size[to] += 1
        for kind in range(tables.demand.shape[1]):
            plan.load[route, kind] -= tables.demand[place, kind]
            plan.load[to, kind] += tables.demand[place, kind]
        place = plan.after[place]


@fast
def _join(tables: Tables, plan: Plan, route: int, before: int, place: int, last: int) -> None:
    """Let a chain that begins with ``place`` and ends with ``last`` follow ``before``, to the route's end."""
    end = tables.stops + tables.routes + route
    if place < tables.stops:
        plan.after[before], plan.before[place] = place, before
        plan.onward[before] = travel(tables, route, before, place)
    plan.after[last], plan.before[end] = end, last
    plan.onward[last] = travel(tables, route, last, end)
