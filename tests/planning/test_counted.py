"""What benchmarks count of a plan, apart from the planner, is what the planner says; and they find fault with what is none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import vrplib

from bench.instances import Instance, Route, cost_of, read
from bench.planners import planned
from bench.variants import changed, mirrored
from muster.planning.routes.plannedfiles import write_table
from muster.planning.routes.sheets import read_sheet
from muster.planning.routes.solve import Stopping, solve
from muster.planning.routes.vrplibfiles import read_instance, write_solution
from tests.planning.test_files import CVRP, TIMED, made

CITY = """id,kind,x_km,y_km,service_s,tw_early_s,tw_late_s,team_days
B1,base,0,0,0,0,14400,2
B2,base,9,1,0,0,14400,2
""" + "".join(f"S{nr},site,{nr % 7},{nr // 7},600,{7200 if nr % 5 == 0 else 0},14400,\n" for nr in range(25))


@pytest.mark.parametrize("text", [CVRP, TIMED])
def test_an_instance_costs_what_its_plan_says(tmp_path: Path, text: str) -> None:
    path, out = made(tmp_path, "one.vrp", text), tmp_path / "one.sol"
    instance = read_instance(path)
    write_solution(out, solve(instance.problem, Stopping(turns=300)), instance.unit)
    said = vrplib.read_solution(str(out))
    assert cost_of(read(path), [Route(0, stops) for stops in said["routes"]]).cost == said["cost"]


@pytest.mark.parametrize("text", [CVRP, TIMED])
def test_mirrored_it_costs_the_same(tmp_path: Path, text: str) -> None:
    path = made(tmp_path, "one.vrp", text)
    other = mirrored(path, tmp_path, 1)
    costs = [solve(read_instance(one).problem, Stopping(turns=300)).cost for one in (path, other)]
    assert costs[0] == costs[1]
    assert sorted(read(path).prize) == sorted(read(other).prize)


def test_a_city_costs_what_its_plan_says(tmp_path: Path) -> None:
    path, out = made(tmp_path, "city.csv", CITY), tmp_path / "plan.csv"
    result = solve(read_sheet(path).problem, Stopping(turns=2_000))
    write_table(out, result)
    counted = cost_of(replace(read(path), fixed=14_400), planned(path, out))
    assert (counted.cost, counted.routes, counted.travel) == (result.cost, result.team_days, result.travel_s)


def test_a_city_that_has_changed_has_twenty_sites_more_and_a_team_less(tmp_path: Path) -> None:
    path = made(tmp_path, "city.csv", CITY)
    before, after = read_sheet(path).problem, read_sheet(changed(path, "B2", tmp_path, 1)).problem
    assert len(after.stops) == len(before.stops) + 20
    assert [one.count for one in after.teams] == [2, 1]


@pytest.mark.parametrize(
    ("routes", "fault"),
    [
        ([[1, 2]], "missing"),
        ([[1, 2], [3, 4, 4]], "twice"),
        ([[1, 2, 3], [4]], "carries"),
        ([[1, 2], [3, 5]], "none"),
    ],
)
def test_what_is_no_plan_is_told(tmp_path: Path, routes: list[list[int]], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        cost_of(read(made(tmp_path, "one.vrp", CVRP)), [Route(0, stops) for stops in routes])


def test_who_comes_too_late_and_whose_base_has_no_teams_left_is_told(tmp_path: Path) -> None:
    timed: Instance = read(made(tmp_path, "one.vrp", TIMED))
    with pytest.raises(ValueError, match="too late"):
        cost_of(timed, [Route(0, [2]), Route(0, [3, 1])])
    with pytest.raises(ValueError, match="only 2 team-days"):
        cost_of(timed, [Route(0, [1]), Route(0, [2]), Route(0, [3])])
