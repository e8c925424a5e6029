"""What a plan costs, counted from where it stands."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from muster.planning.routes.tables import Plan, Tables


def cost_of(tables: Tables, plan: Plan) -> int:
    """Team-days, travel, who is moved, and how unequally teams work."""
    unfair = (tables.fair * plan.busy * plan.busy).astype(np.int64)
    days = tables.cost[plan.size > 0]
    return travelled(tables, plan) + int(days.sum() + unfair.sum()) + tables.move * int(is_moved(tables, plan).sum())


def travelled(tables: Tables, plan: Plan) -> int:
    """Summed over all routes that are used."""
    used = np.flatnonzero(plan.size > 0)
    return int(plan.onward[np.flatnonzero(plan.route >= 0)].sum() + plan.onward[tables.stops + used].sum())


def is_moved(tables: Tables, plan: Plan) -> NDArray[np.bool_]:
    """By stop: whether another route visits it than in the plan that is kept."""
    moved: NDArray[np.bool_] = (tables.was >= 0) & (plan.route >= 0) & (plan.route != tables.was)
    return moved
