"""Where a stop is put: beside one of its neighbours, or first in a route that is empty. Compiled.

Greedy insertion with blinks (Christiaens and Vanden Berghe 2020, Slack Induction by String Removals): a place is overlooked now
and then. They try every place; beside the nearest neighbours is enough, and doesn't take longer in a larger city.
"""

from __future__ import annotations

from muster.planning.routes.chance import Chance, drawn
from muster.planning.routes.fast import fast, inlined
from muster.planning.routes.moves import NEVER, beside_travel, fits, takes, travel
from muster.planning.routes.tables import Plan, Tables

BLINK = 0.01


@fast
def best_beside(tables: Tables, plan: Plan, stop: int, part: int, mates: int, chance: Chance) -> tuple[int, int]:
    """What it adds, and the place before it; -1 where there is none. ``mates``: the route of its group, or -1."""
    best, found = NEVER, -1
    near = tables.near
    for rank in range(near.shape[1]):
        neighbour = near[stop, rank]
        if neighbour < 0:
            break
        route = plan.route[neighbour]
        if route < 0 or plan.part[route] != part or (mates >= 0 and route != mates):
            continue
        after, before_it = may_follow(tables, plan, neighbour, stop), may_precede(tables, plan, stop, neighbour)
        if not (after or before_it) or not takes(tables, plan, route, stop):
            continue
        there = travel(tables, route, neighbour, stop)
        back = travel(tables, route, stop, neighbour) if tables.way == 0 else there
        if after and drawn(chance) >= BLINK:
            onward = travel(tables, route, stop, plan.after[neighbour])
            adds = there + onward - plan.onward[neighbour]
            adds += beside_travel(tables, plan, stop, route, adds)
            if adds < best and fits(tables, plan, route, stop, neighbour, there, onward):
                best, found = adds, neighbour
        if before_it and drawn(chance) >= BLINK:
            before = plan.before[neighbour]
            to_it = travel(tables, route, before, stop)
            adds = to_it + back - plan.onward[before]
            adds += beside_travel(tables, plan, stop, route, adds)
            if adds < best and fits(tables, plan, route, stop, before, to_it, back):
                best, found = adds, before
    return best, found


@inlined
def may_follow(tables: Tables, plan: Plan, place: int, stop: int) -> bool:
    """Whether it isn't too late after a place, however short the way; said before the way is known, which takes longer."""
    return not tables.timed or bool(plan.early[place] + tables.service[place] <= tables.last[stop])


@inlined
def may_precede(tables: Tables, plan: Plan, stop: int, place: int) -> bool:
    return not tables.timed or bool(tables.soonest[stop] + tables.service[stop] <= plan.late[place])


@fast
def best_anywhere(tables: Tables, plan: Plan, stop: int, part: int, mates: int) -> tuple[int, int]:
    """The same over every place of the part's routes: for whom no neighbour's route can take."""
    best, found = NEVER, -1
    for route in range(tables.routes):
        if plan.part[route] != part or plan.size[route] == 0 or (mates >= 0 and route != mates):
            continue
        if not takes(tables, plan, route, stop):
            continue
        place = tables.stops + route
        while place < tables.stops or place == tables.stops + route:
            to_it, onward = travel(tables, route, place, stop), travel(tables, route, stop, plan.after[place])
            adds = to_it + onward - plan.onward[place]
            adds += beside_travel(tables, plan, stop, route, adds)
            if adds < best and fits(tables, plan, route, stop, place, to_it, onward):
                best, found = adds, place
            place = plan.after[place]
    return best, found


@fast
def best_opening(tables: Tables, plan: Plan, stop: int, part: int) -> tuple[int, int]:
    """What a route of its own adds, and where that begins; of routes that are alike, one is looked at, and the one that
    it had."""
    best, found, last = NEVER, -1, -1
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


@inlined
def route_at(tables: Tables, plan: Plan, place: int) -> int:
    """The route of a stop or of a beginning."""
    return plan.route[place] if place < tables.stops else place - tables.stops
