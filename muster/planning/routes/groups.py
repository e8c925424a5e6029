"""Stops that go to the same team on the same day: all of a group are taken out together, and who is put first says where.

Compiled.
"""

from __future__ import annotations

from muster.planning.routes.chance import drawn
from muster.planning.routes.fast import fast
from muster.planning.routes.moves import take_out, tell_times
from muster.planning.routes.tables import Plan, Tables
from muster.planning.routes.work import OUT, Work, note

ALONE = 0.1
"""How often the first of a group gets a route of its own, as there all have room."""


@fast
def route_of_mates(tables: Tables, plan: Plan, stop: int) -> int:
    """The route in which others of its group are; -1 for none."""
    mate = tables.mate[stop]
    while mate != stop:
        if plan.route[mate] >= 0:
            return int(plan.route[mate])
        mate = tables.mate[mate]
    return -1


@fast
def take_mates(tables: Tables, plan: Plan, work: Work, part: int, gone: int) -> int:
    """Take out who is of a group with one of the ``gone``, too; how many together."""
    nr = 0
    while nr < gone:
        mate = tables.mate[work.gone[nr]]
        nr += 1
        while mate != work.gone[nr - 1]:
            route = plan.route[mate]
            if route >= 0:
                note(work, OUT, mate, plan.before[mate], route)
                take_out(tables, plan, mate)
                tell_times(tables, plan, route)
            if (route >= 0 or plan.keeper[mate] == part) and not is_among(work, mate, gone):
                work.gone[gone] = mate
                gone += 1
            mate = tables.mate[mate]
    return gone


@fast
def is_among(work: Work, stop: int, gone: int) -> bool:
    for nr in range(gone):  # noqa: SIM110 - compiled
        if work.gone[nr] == stop:
            return True
    return False


@fast
def begins_alone(tables: Tables, work: Work, stop: int) -> bool:
    return tables.mate[stop] != stop and drawn(work.chance) < ALONE
