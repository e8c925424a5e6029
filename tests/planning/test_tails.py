"""Routes that exchange their tails stay plans, and what an exchange adds is what is counted."""

from __future__ import annotations

import random

import pytest

from muster.planning.routes.costs import cost_of
from muster.planning.routes.parts import cut, stops_of
from muster.planning.routes.problem import Problem, Stop, Team
from muster.planning.routes.result import result_of
from muster.planning.routes.solve import Solver, Stopping
from muster.planning.routes.tails import swap_tails
from muster.planning.routes.travel import Straight, Streets, Travel
from tests.planning.checker import faults_of


def a_day(travel: Travel, seed: int) -> Problem:
    """Two bases, two kinds of load, windows; empty routes are there, too."""
    drawn = random.Random(seed)
    stops = tuple(
        Stop(
            f"s{nr}", drawn.uniform(-5, 5), drawn.uniform(-5, 5), 300, ((0, 9_000),) if nr % 4 == 0 else (),
            demand=(drawn.randint(0, 3), 1),
        )
        for nr in range(60)
    )  # fmt: skip
    teams = tuple(
        Team(name, (x, 0.0), 0, 14_400, 10, capacity=(30, 14), cost_s=cost)
        for name, x, cost in (("a", -2.0, 0), ("b", 3.0, 500))
    )
    return Problem(stops, teams, travel)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("travel", [Streets(), Straight(scale=60)])
def test_what_an_exchange_adds_is_what_it_costs(travel: Travel, seed: int) -> None:
    problem = a_day(travel, seed)
    solver = Solver(problem, Stopping(turns=1), seed)
    solver._begin()
    tables, plan = solver.tables, solver.plan
    cut(tables, plan, 1, solver.random)
    work = solver.work[0]._replace(stops=stops_of(plan, 0))
    sizes = set()
    for _try in range(400):
        before = cost_of(tables, plan), int(plan.cost[0])
        swap_tails(tables, plan, work, 0, 10_000.0)
        sizes.add(tuple(plan.size))
        assert cost_of(tables, plan) - before[0] == int(plan.cost[0]) - before[1]
    assert len(sizes) > 20, "hardly anything was exchanged"
    assert len({sum(size > 0 for size in each) for each in sizes}) > 1, "no route was split, and none was joined"
    assert not faults_of(problem, result_of(problem, tables, plan, [], 1))
