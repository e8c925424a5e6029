"""A plan's routes as linked lists: putting a stop in, taking it out, and when things are then. Compiled."""

from __future__ import annotations

import math

from muster.planning.routes.fast import fast
from muster.planning.routes.tables import Ints, Plan, Tables

NEVER = 1 << 60
UNKNOWN = 1 << 55
"""A way that nobody knows: longer than leaving anything out costs."""


@fast
def travel(tables: Tables, route: int, a: int, b: int) -> int:
    """How long it takes a route's team from place ``a`` to ``b``."""
    way = shortest(tables, a, b)
    return int(way / tables.speed[route]) if tables.paced and way < UNKNOWN else way


@fast
def shortest(tables: Tables, a: int, b: int) -> int:
    """The same for a team that is neither faster nor slower than usual."""
    if tables.way == 0:
        way = tables.matrix[tables.row[a], tables.row[b]]
        return int(way) if way >= 0 else UNKNOWN
    dx, dy = tables.x[a] - tables.x[b], tables.y[a] - tables.y[b]
    line = math.sqrt(dx * dx + dy * dy)
    numbers = tables.numbers
    if tables.way == 1:
        return int(line * numbers[0] + numbers[1])
    road = line * numbers[0]
    speed = min(max(numbers[1] + numbers[2] * road, numbers[1]), numbers[3])
    return int(road / speed * 3600.0 + (numbers[4] if line > numbers[5] else 0.0))


@fast
def begin(tables: Tables, clock: int, stop: int, arrival: int) -> int:
    """When service begins for who arrives then: in the first window that isn't over. ``NEVER`` after the last."""
    begins, ends = tables.begins, tables.ends
    for window in range(begins.shape[2]):
        if arrival <= ends[clock, stop, window]:
            return max(arrival, int(begins[clock, stop, window]))
    return NEVER


@fast
def latest(tables: Tables, clock: int, stop: int, bound: int) -> int:
    """The latest arrival for service to begin at ``bound`` at the latest; negative where there is none.

    Whoever is earlier can wait: so it is exact for several windows, too.
    """
    begins, ends = tables.begins, tables.ends
    for window in range(begins.shape[2] - 1, -1, -1):
        if begins[clock, stop, window] <= bound:
            return min(bound, int(ends[clock, stop, window]))
    return -NEVER


@fast
def fits(tables: Tables, plan: Plan, route: int, stop: int, before: int, to_it: int, onward: int) -> bool:
    """Whether a stop can be visited after ``before``, which is ``to_it`` away; the next is ``onward`` from it."""
    if not tables.timed:
        return True
    at = begin(tables, tables.clock[route], stop, plan.early[before] + tables.service[before] + to_it)
    return bool(at + tables.service[stop] + onward <= plan.late[plan.after[before]])


@fast
def takes(tables: Tables, plan: Plan, route: int, stop: int) -> bool:
    """Whether a route has the skills and the room."""
    if tables.needs[stop] & ~tables.skills[route]:
        return False
    for kind in range(tables.demand.shape[1]):
        if plan.load[route, kind] + tables.demand[stop, kind] > tables.capacity[route, kind]:
            return False
    return True


@fast
def beside_travel(tables: Tables, plan: Plan, stop: int, route: int, adds: int) -> int:
    """What visiting a stop costs that adds so much travel: being moved, and that a team works longer than others."""
    if not tables.weighed:
        return 0
    moved = tables.move if tables.was[stop] >= 0 and tables.was[stop] != route else 0
    busy = plan.busy[route]
    return moved + unfair(tables, route, busy + adds + tables.service[stop]) - unfair(tables, route, busy)


@fast
def unfair(tables: Tables, route: int, busy: int) -> int:
    """What a route's working time costs: whole numbers, so that what is added can be taken off again."""
    return int(tables.fair[route] * busy * busy)


@fast
def put(tables: Tables, plan: Plan, stop: int, before: int, route: int) -> None:
    """Visit a stop after ``before``. Times are to be told anew."""
    after = plan.after[before]
    to_it, onward = travel(tables, route, before, stop), travel(tables, route, stop, after)
    part = plan.part[route]
    adds = to_it + onward - (plan.onward[before] if plan.size[route] else 0)
    plan.cost[part] += adds + beside_travel(tables, plan, stop, route, adds) - tables.prize[stop]
    plan.busy[route] += adds + tables.service[stop]
    if plan.size[route] == 0:
        plan.cost[part] += tables.cost[route]
    plan.after[before], plan.before[stop] = stop, before
    plan.after[stop], plan.before[after] = after, stop
    plan.onward[before], plan.onward[stop] = to_it, onward
    plan.route[stop] = route
    plan.size[route] += 1
    for kind in range(tables.demand.shape[1]):
        plan.load[route, kind] += tables.demand[stop, kind]


@fast
def take_out(tables: Tables, plan: Plan, stop: int) -> None:
    """Don't visit a stop. Times are to be told anew."""
    before, after, route = plan.before[stop], plan.after[stop], plan.route[stop]
    part, straight = plan.part[route], travel(tables, route, before, after)
    plan.size[route] -= 1
    saves = plan.onward[before] + plan.onward[stop] - (straight if plan.size[route] else 0)
    plan.busy[route] -= saves + tables.service[stop]
    plan.cost[part] += tables.prize[stop] - saves - beside_travel(tables, plan, stop, route, saves)
    plan.after[before], plan.before[after] = after, before
    plan.onward[before] = straight
    plan.route[stop] = -1
    plan.keeper[stop] = part
    if plan.size[route] == 0:
        plan.cost[part] -= tables.cost[route]
    for kind in range(tables.demand.shape[1]):
        plan.load[route, kind] -= tables.demand[stop, kind]


@fast
def tell_times(tables: Tables, plan: Plan, route: int) -> None:
    """Forward, when each service begins at the earliest; backward, when one may arrive at the latest.

    Where the way past a place is longer than by it, taking a stop out may make a route tardy.
    """
    if not tables.timed:
        return
    n, clock = tables.stops, tables.clock[route]
    place = n + route
    at = tables.opens[route]
    plan.early[place] = at
    while True:
        onward = plan.onward[place]
        at += tables.service[place] + onward
        place = plan.after[place]
        if place >= n:
            break
        at = begin(tables, clock, place, at)
        plan.early[place] = at
    bound = tables.closes[route]
    plan.tardy[route] = at > bound
    plan.late[place] = bound
    place = plan.before[place]
    while place < n:
        bound = latest(tables, clock, place, bound - plan.onward[place] - tables.service[place])
        plan.late[place] = bound
        place = plan.before[place]


@fast
def tell_times_around(tables: Tables, plan: Plan, route: int, stop: int) -> None:
    """The same after one stop was put in: as far as anything is other than it was."""
    if not tables.timed:
        return
    n, clock = tables.stops, tables.clock[route]
    before, place = plan.before[stop], stop
    at = plan.early[before] + tables.service[before] + plan.onward[before]
    while place < n:
        at = begin(tables, clock, place, at)
        if place != stop and at == plan.early[place]:
            break
        plan.early[place] = at
        at += tables.service[place] + plan.onward[place]
        place = plan.after[place]
    if place >= n:
        plan.tardy[route] = at > plan.late[place]
    place, bound = stop, plan.late[plan.after[stop]]
    while place < n:
        bound = latest(tables, clock, place, bound - plan.onward[place] - tables.service[place])
        if place != stop and bound == plan.late[place]:
            break
        plan.late[place] = bound
        place = plan.before[place]


@fast
def put_in_order(tables: Tables, plan: Plan, stops: Ints, route: int) -> None:
    """One after another, for as long as that can be; who can't be visited there is left out."""
    before = tables.stops + route
    for stop in stops:
        to_it, onward = travel(tables, route, before, stop), travel(tables, route, stop, plan.after[before])
        known = to_it < UNKNOWN and onward < UNKNOWN
        if known and takes(tables, plan, route, stop) and fits(tables, plan, route, stop, before, to_it, onward):
            put(tables, plan, stop, before, route)
            tell_times(tables, plan, route)
            before = stop


@fast
def make_ready(tables: Tables, plan: Plan) -> None:
    """Of empty routes, the way that nobody goes; of stops, the ways to their neighbours, and what each costs alone."""
    for stop in range(tables.stops):
        for rank in range(tables.near.shape[1]):
            if tables.near[stop, rank] >= 0:
                tables.near_way[stop, rank] = shortest(tables, stop, tables.near[stop, rank])
    tables.alone[:] = NEVER
    for route in range(tables.routes):
        begins = tables.stops + route
        if route == 0 or tables.team[route] != tables.team[route - 1]:
            for stop in range(tables.stops):
                ways = travel(tables, route, begins, stop) + travel(tables, route, stop, plan.after[begins])
                tables.alone[stop] = min(tables.alone[stop], tables.cost[route] + ways)
        plan.onward[begins] = travel(tables, route, begins, plan.after[begins])
        tell_times(tables, plan, route)
