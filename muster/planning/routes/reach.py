"""What can be said of each stop before anything is planned: whether any team can visit it, and from where it is nearest.

Compiled.
"""

from __future__ import annotations

from muster.planning.routes.fast import fast
from muster.planning.routes.moves import NEVER, UNKNOWN, fits, takes, travel
from muster.planning.routes.tables import Ints, Plan, Tables

WELL, LACKS_SKILLS, LACKS_ROOM, LACKS_TIME = range(4)


@fast
def find_reach(tables: Tables, empty: Plan, found: Ints) -> None:
    """Of each stop, what every team lacks for it, at the least."""
    for stop in range(tables.stops):
        found[stop] = LACKS_SKILLS
        for route in range(tables.routes):
            if route > 0 and tables.team[route] == tables.team[route - 1]:
                continue
            if tables.needs[stop] & ~tables.skills[route]:
                continue
            lacks = LACKS_ROOM
            if takes(tables, empty, route, stop):
                lacks = WELL if _reaches(tables, empty, route, stop) else LACKS_TIME
            if lacks == WELL or lacks > found[stop]:
                found[stop] = lacks
            if lacks == WELL:
                break


@fast
def _reaches(tables: Tables, empty: Plan, route: int, stop: int) -> bool:
    begins = tables.stops + route
    to_it, onward = travel(tables, route, begins, stop), travel(tables, route, stop, empty.after[begins])
    return to_it < UNKNOWN and onward < UNKNOWN and fits(tables, empty, route, stop, begins, to_it, onward)


@fast
def find_ways(tables: Tables, fastest: int, entered: Ints, back: Ints) -> None:
    """Of each stop, the shortest way to it from a neighbour or a base, and from it to where some team ends, for whoever goes
    ``fastest``.

    Of a matrix every stop is looked at. Else neighbours are the nearest by the straight line, and so by the way.
    """
    n, routes = tables.stops, tables.routes
    for stop in range(n):
        entered[stop], back[stop] = NEVER, NEVER
        if tables.way == 0:
            for other in range(n):
                if other != stop:
                    entered[stop] = min(entered[stop], travel(tables, fastest, other, stop))
        elif tables.near[stop, 0] >= 0:
            entered[stop] = min(entered[stop], travel(tables, fastest, tables.near[stop, 0], stop))
        for route in range(routes):
            if route == 0 or tables.team[route] != tables.team[route - 1]:
                entered[stop] = min(entered[stop], travel(tables, route, n + route, stop))
                back[stop] = min(back[stop], travel(tables, route, stop, n + routes + route))
