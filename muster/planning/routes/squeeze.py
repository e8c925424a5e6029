"""Emptying whole routes into others, until that can't be done. Compiled.

Christiaens and Vanden Berghe 2020, section 5.3; that a route's stops are thrown out and squeezed in elsewhere is older: Nagata
and Bräysy 2009 (A powerful route minimization heuristic for the vehicle routing problem with time windows).
"""

from __future__ import annotations

from muster.planning.routes.anneal import squeeze_in
from muster.planning.routes.chance import below
from muster.planning.routes.fast import fast
from muster.planning.routes.moves import put, take_out, tell_times
from muster.planning.routes.tables import Ints, Plan, Tables
from muster.planning.routes.work import LEFT, Work


@fast
def squeeze(
    tables: Tables, plan: Plan, work: Work, part: int, routes: Ints, kept: Ints, turns: int, heat: float
) -> tuple[bool, int]:
    """Try to empty one of the routes in at most so many turns; if it can't be done, everything is as it was. Whether it was done,
    and how many turns it took.

    ``kept``: room for as many stops as there are, and their routes.
    """
    count = keep(tables, plan, routes, kept)
    if not empty_easiest(tables, plan, work, routes):
        return False, 0
    took = squeeze_in(tables, plan, work, part, turns, heat)
    done = work.counts[LEFT] == 0
    if not done:
        restore(tables, plan, routes, kept, count)
        work.counts[LEFT] = 0
    return bool(done), took


@fast
def empty_easiest(tables: Tables, plan: Plan, work: Work, routes: Ints) -> bool:
    """Take all out of the route that seems to be squeezed into others most easily; they are ``left``."""
    route = _easiest(tables, plan, work, routes)
    if route >= 0:
        _empty(tables, plan, route, work)
    return bool(route >= 0)


@fast
def _easiest(tables: Tables, plan: Plan, work: Work, routes: Ints) -> int:
    """Of a few routes drawn, the one whose stops are fewest, and were missed least often; -1 where all are empty."""
    found, least = -1, 1e300
    for _draw in range(max(3, len(routes) // 4) if len(routes) else 0):
        route = routes[below(work.chance, len(routes))]
        place, missed = plan.after[tables.stops + route], 0.0
        while place < tables.stops:
            missed += 1.0 + work.missed[place]
            place = plan.after[place]
        if 0.0 < missed < least:
            found, least = route, missed
    return found


@fast
def _empty(tables: Tables, plan: Plan, route: int, work: Work) -> None:
    place = plan.after[tables.stops + route]
    while place < tables.stops:
        after = plan.after[place]
        take_out(tables, plan, place)
        work.left[work.counts[LEFT]] = place
        work.counts[LEFT] += 1
        place = after
    tell_times(tables, plan, route)


@fast
def keep(tables: Tables, plan: Plan, routes: Ints, kept: Ints) -> int:
    """Write down the routes' stops in their order, each with its route; how many."""
    count = 0
    for route in routes:
        place = plan.after[tables.stops + route]
        while place < tables.stops:
            kept[count, 0], kept[count, 1] = place, route
            count += 1
            place = plan.after[place]
    return count


@fast
def restore(tables: Tables, plan: Plan, routes: Ints, kept: Ints, count: int) -> None:
    """Make the routes what they were when they were written down."""
    for route in routes:
        place = plan.after[tables.stops + route]
        while place < tables.stops:
            after = plan.after[place]
            take_out(tables, plan, place)
            place = after
    for nr in range(count):
        stop, route = kept[nr, 0], kept[nr, 1]
        put(tables, plan, stop, plan.before[tables.stops + tables.routes + route], route)
    for route in routes:
        tell_times(tables, plan, route)
