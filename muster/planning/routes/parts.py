"""Parts of a plan that are worked on side by side: whole routes, cut along a line that is another one every time.

Each thread changes its own part's routes alone and reads nothing of the others' but whose they are, so that nothing is copied.
Borders are where parts lose: no border stays.
"""

from __future__ import annotations

import numpy as np

from muster.planning.routes.tables import Ints, Plan, Tables


def cut(tables: Tables, plan: Plan, parts: int, random: np.random.Generator) -> None:
    """Into so many parts with about as many stops each; routes that are empty are shared out."""
    visited = np.flatnonzero(plan.route >= 0)
    route = plan.route[visited]
    angle = random.random() * 2 * np.pi
    along = tables.x[visited] * np.cos(angle) + tables.y[visited] * np.sin(angle)
    sums = np.bincount(route, weights=along, minlength=tables.routes)
    used = np.flatnonzero(plan.size > 0)
    used = used[np.argsort(sums[used] / plan.size[used], kind="stable")]
    reached = np.cumsum(plan.size[used])
    if len(used):
        plan.part[used] = np.minimum((reached - 1) * parts // reached[-1], parts - 1)
    empty = np.flatnonzero(plan.size == 0)
    plan.part[empty] = np.arange(len(empty)) % parts
    plan.keeper[:] = random.integers(0, parts, tables.stops)
    plan.keeper[visited] = plan.part[route]
    _keep_near(tables, plan)
    if tables.grouped:
        _keep_together(tables, plan)
    plan.cost[:] = 0


def _keep_near(tables: Tables, plan: Plan) -> None:
    """Who is left out is of the part of the nearest who is visited."""
    out = np.flatnonzero(plan.route < 0)
    near = tables.near[out]
    visited = (near >= 0) & (plan.route[near] >= 0)
    some = visited.any(axis=1)
    nearest = near[np.arange(len(out)), visited.argmax(axis=1)]
    plan.keeper[out[some]] = plan.part[plan.route[nearest[some]]]


def _keep_together(tables: Tables, plan: Plan) -> None:
    """Who is left out is of the part in which others of its group are visited; where none are, all are of the same."""
    for stop in np.flatnonzero((plan.route < 0) & (tables.mate != np.arange(tables.stops))):
        mate = tables.mate[stop]
        while mate != stop and plan.route[mate] < 0:
            plan.keeper[stop] = min(plan.keeper[stop], plan.keeper[mate])
            mate = tables.mate[mate]
        if mate != stop:
            plan.keeper[stop] = plan.part[plan.route[mate]]


def stops_of(plan: Plan, part: int) -> Ints:
    """Those of its routes, and those left out that it may put somewhere."""
    of = np.where(plan.route >= 0, plan.part[plan.route], plan.keeper)
    found: Ints = np.flatnonzero(of == part)
    return found


def routes_of(plan: Plan, part: int) -> Ints:
    found: Ints = np.flatnonzero((plan.size > 0) & (plan.part == part))
    return found
