"""What is skipped to save time changes nothing: times are told as far as they change, no place is passed by that is the best."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest

from muster.planning.routes.moves import NEVER, fits, put, take_out, takes, tell_times, tell_times_around, travel
from muster.planning.routes.places import best_beside, best_opening
from muster.planning.routes.problem import Problem, Stop, Team
from muster.planning.routes.solve import Solver, Stopping
from muster.planning.routes.travel import Straight, Streets, Travel

TRAVELS: list[Travel] = [Streets(), Straight(scale=60)]


def a_day(travel: Travel, seed: int) -> Problem:
    """Two bases and a pause; a third of the stops with one window, a third with two."""
    drawn = random.Random(seed)
    windows = [(), ((0, 6_000),), ((1_000, 3_000), (7_000, 9_000))]
    stops = tuple(
        Stop(f"s{nr}", drawn.uniform(-5, 5), drawn.uniform(-5, 5), 300, windows[nr % 3], demand=(1,))
        for nr in range(45)
    )
    teams = tuple(
        Team(name, (x, 0.0), 0, 14_400, 5, capacity=(12,), cost_s=cost, pause=(5_000, 5_600))
        for name, x, cost in (("a", -2.0, 0), ("b", 3.0, 500))
    )
    return Problem(stops, teams, travel)


def walked(problem: Problem, seed: int) -> Iterator[Solver]:
    """A plan from which one is taken out, and put in again somewhere, over and over; each time while it is out."""
    solver, drawn = Solver(problem, Stopping(turns=1), seed), random.Random(seed)
    solver._begin()
    tables, plan = solver.tables, solver.plan
    for _step in range(150):
        stop = drawn.choice(np.flatnonzero(plan.route >= 0).tolist())
        route = plan.route[stop]
        take_out(tables, plan, stop)
        tell_times(tables, plan, route)
        yield solver
        place, route = drawn.choice(places_of(solver, stop))
        put(tables, plan, stop, place, route)
        tell_times_around(tables, plan, route, stop)


def places_of(solver: Solver, stop: int) -> list[tuple[int, int]]:
    """Each place and route where it can be put."""
    tables, plan = solver.tables, solver.plan
    found = []
    for route in range(tables.routes):
        place = tables.stops + route
        while place < tables.stops or place == tables.stops + route:
            ways = travel(tables, route, place, stop), travel(tables, route, stop, plan.after[place])
            if takes(tables, plan, route, stop) and fits(tables, plan, route, stop, place, *ways):
                found.append((place, route))
            place = plan.after[place]
    return found


def adds(solver: Solver, stop: int, place: int, route: int) -> int:
    tables, plan = solver.tables, solver.plan
    ways = travel(tables, route, place, stop) + travel(tables, route, stop, plan.after[place])
    return int(ways - plan.onward[place] if plan.size[route] else ways + tables.cost[route])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("travel", TRAVELS)
def test_times_told_around_a_stop_are_those_told_anew(travel: Travel, seed: int) -> None:
    for solver in walked(a_day(travel, seed), seed):
        tables, plan = solver.tables, solver.plan
        told = [plan.early.copy(), plan.late.copy(), plan.tardy.copy()]
        for route in range(tables.routes):
            tell_times(tables, plan, route)
        assert all((one == other).all() for one, other in zip(told, (plan.early, plan.late, plan.tardy), strict=True))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("travel", TRAVELS)
def test_the_best_place_is_found_unless_it_is_overlooked(travel: Travel, seed: int) -> None:
    found, looked = 0, 0
    for solver in walked(a_day(travel, seed), seed):
        tables, plan = solver.tables, solver.plan
        stop = int(np.flatnonzero(plan.route < 0)[-1])
        all_places = [(place, route) for place, route in places_of(solver, stop) if plan.size[route]]
        best = min((adds(solver, stop, *one) for one in all_places), default=None)
        chance = solver.work[0].chance
        told, place = best_beside(tables, plan, stop, 0, -1, NEVER, chance)
        assert place < 0 or (best is not None and told >= best)
        found, looked = found + (place < 0 if best is None else told == best), looked + 1
        assert best_beside(tables, plan, stop, 0, -1, best or 0, chance)[1] < 0
    assert found > 0.8 * looked


@pytest.mark.parametrize("travel", TRAVELS)
def test_a_route_of_its_own_costs_what_is_said_beforehand(travel: Travel) -> None:
    solver = Solver(a_day(travel, 1), Stopping(turns=0), 1)
    for stop in range(solver.tables.stops):
        assert best_opening(solver.tables, solver.plan, stop, 0)[0] == solver.tables.alone[stop]
