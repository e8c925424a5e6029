"""Where a stop is put: beside one of its neighbours, or first in a route that is empty. Compiled.

Greedy insertion with blinks (Christiaens and Vanden Berghe 2020, Slack Induction by String Removals): a place is overlooked now
and then. They try every place; beside the nearest neighbours is enough, and doesn't take longer in a larger city.
"""

from __future__ import annotations

import math

from muster.planning.routes.chance import Chance, drawn
from muster.planning.routes.fast import fast
from muster.planning.routes.moves import NEVER, beside_travel, fits, takes, travel
from muster.planning.routes.tables import Plan, Tables

BLINK = 0.1
"""How often a neighbour is overlooked: both neighbours of a place ten times less often."""
NOWHERE, TOO_FAR = -1, -2
"""Instead of a place."""


@fast
def best_beside(
    tables: Tables, plan: Plan, stop: int, part: int, mates: int, room: int, chance: Chance
) -> tuple[int, int]:
    """What it adds, which must be less than there is ``room`` for, and the place before it; ``NOWHERE`` where there is none,
    ``TOO_FAR`` where there is one that adds too much. ``mates``: the route of its group, or -1."""
    best, found, seen = room, NOWHERE, _until_blink(chance)
    for rank in range(tables.near.shape[1]):
        neighbour, way = tables.near[stop, rank], tables.near_way[stop, rank]
        if neighbour < 0:
            break
        route = plan.route[neighbour]
        if route < 0 or plan.part[route] != part or (mates >= 0 and route != mates):
            continue
        if not may_be_less(tables, plan, neighbour, way, best):
            found = TOO_FAR if found == NOWHERE else found
            continue
        seen -= 1
        if seen < 0:
            seen = _until_blink(chance)
        elif takes(tables, plan, route, stop):
            best, found = _best_around(tables, plan, stop, route, neighbour, way, best, found)
    return best, found


@fast
def _best_around(
    tables: Tables, plan: Plan, stop: int, route: int, neighbour: int, way: int, best: int, found: int
) -> tuple[int, int]:
    """The best so far, or the place after a neighbour or before it where that adds less."""
    there, back = way, way
    if tables.way == 0 or tables.paced:
        there, back = travel(tables, route, neighbour, stop), travel(tables, route, stop, neighbour)
    if may_follow(tables, plan, neighbour, stop):
        onward = travel(tables, route, stop, plan.after[neighbour])
        best, found = _best_or(tables, plan, stop, route, neighbour, there, onward, best, found)
    if may_precede(tables, plan, stop, neighbour):
        before = plan.before[neighbour]
        to_it = travel(tables, route, before, stop)
        best, found = _best_or(tables, plan, stop, route, before, to_it, back, best, found)
    return best, found


@fast
def _best_or(
    tables: Tables, plan: Plan, stop: int, route: int, before: int, to_it: int, onward: int, best: int, found: int
) -> tuple[int, int]:
    """The best so far, or the place after ``before``, which is ``to_it`` away, where that adds less; the next is ``onward``."""
    adds = to_it + onward - plan.onward[before]
    adds += beside_travel(tables, plan, stop, route, adds)
    if adds >= best:
        return best, TOO_FAR if found == NOWHERE else found
    if fits(tables, plan, route, stop, before, to_it, onward):
        return adds, before
    return best, found


@fast
def _until_blink(chance: Chance) -> int:
    """How many neighbours are seen before one is overlooked."""
    return int(math.log(drawn(chance) + 1e-300) / math.log(1.0 - BLINK))


@fast
def may_be_less(tables: Tables, plan: Plan, place: int, way: int, best: int) -> bool:
    """Whether a detour from a place to a stop so far away may add less than the best: the edge's other end is at least as far as
    the way is longer than the edge. With a matrix, or teams of other speeds, that isn't sure."""
    if tables.way == 0 or tables.paced:
        return True
    return bool(2 * (way - max(plan.onward[place], plan.onward[plan.before[place]])) < best)


@fast
def may_follow(tables: Tables, plan: Plan, place: int, stop: int) -> bool:
    """Whether it isn't too late after a place, however short the way; said before the way is known, which takes longer."""
    return not tables.timed or bool(plan.early[place] + tables.service[place] <= tables.last[stop])


@fast
def may_precede(tables: Tables, plan: Plan, stop: int, place: int) -> bool:
    return not tables.timed or bool(tables.soonest[stop] + tables.service[stop] <= plan.late[place])


@fast
def best_anywhere(tables: Tables, plan: Plan, stop: int, part: int, mates: int) -> tuple[int, int]:
    """The same over every place of the part's routes: for whom no neighbour's route can take."""
    best, found = NEVER, NOWHERE
    for route in range(tables.routes):
        if plan.part[route] != part or plan.size[route] == 0 or (mates >= 0 and route != mates):
            continue
        if not takes(tables, plan, route, stop):
            continue
        place = tables.stops + route
        while place < tables.stops or place == tables.stops + route:
            to_it, onward = travel(tables, route, place, stop), travel(tables, route, stop, plan.after[place])
            best, found = _best_or(tables, plan, stop, route, place, to_it, onward, best, found)
            place = plan.after[place]
    return best, found


@fast
def best_opening(tables: Tables, plan: Plan, stop: int, part: int) -> tuple[int, int]:
    """What a route of its own adds, and where that begins; of routes that are alike, one is looked at, and the one that
    it had."""
    best, found, last = NEVER, NOWHERE, -1
    for route in range(tables.routes):
        if plan.part[route] != part or plan.size[route] > 0:
            continue
        if tables.team[route] == last and route != tables.was[stop]:
            continue
        last = tables.team[route]
        begins = tables.stops + route
        if not takes(tables, plan, route, stop):
            continue
        to_it, onward = travel(tables, route, begins, stop), travel(tables, route, stop, plan.after[begins])
        adds = tables.cost[route] + to_it + onward + beside_travel(tables, plan, stop, route, to_it + onward)
        if adds < best and fits(tables, plan, route, stop, begins, to_it, onward):
            best, found = adds, begins
    return best, found


@fast
def route_at(tables: Tables, plan: Plan, place: int) -> int:
    """The route of a stop or of a beginning."""
    return plan.route[place] if place < tables.stops else place - tables.stops
