"""What teams are like: pauses, days, speed; stops that belong together; work shared out evenly; plans that are kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from muster.planning.refused import PlanRefused
from muster.planning.routes import result as why
from muster.planning.routes.problem import DAY_S, KeptRoute, Problem, Stop
from muster.planning.routes.result import Result
from muster.planning.routes.solve import Stopping, solve
from muster.planning.routes.travel import Streets
from muster.planning.routes.whatif import crews_of, one_hour_more, one_team_more
from tests.planning.checker import faults_of
from tests.planning.test_solve import DAY, base, scattered

NOON = (4 * 3600, 5 * 3600)


def planned(problem: Problem, turns: int = 5_000) -> Result:
    result = solve(problem, Stopping(turns=turns), 1)
    assert not faults_of(problem, result)
    return result


def test_nobody_is_visited_and_nobody_drives_while_the_team_pauses() -> None:
    team = replace(base(), closes_s=DAY + 3600, pause=NOON)
    result = planned(Problem(scattered(150, 5), (team,), Streets()))
    without = planned(Problem(scattered(150, 5), (base(),), Streets()))
    assert not result.left_out
    assert any(visit.begins_s >= NOON[1] for route in result.routes for visit in route.visits)
    assert all(not NOON[0] < visit.leaves_s - 1 < NOON[1] for route in result.routes for visit in route.visits)
    assert result.team_days <= without.team_days + 1, "an hour later home, an hour's pause"


def test_a_pause_in_the_only_window_leaves_nothing() -> None:
    stop = Stop("s", 1, 1, 600, windows=((NOON[0] - 599, NOON[1] - 1),))
    problem = Problem((stop,), (replace(base(), pause=NOON),), Streets())
    assert [one.why for one in planned(problem, 50).left_out] == [why.OUT_OF_REACH]
    assert not planned(replace(problem, stops=(replace(stop, service_s=599),)), 50).left_out


def test_a_pause_costs_no_working_time() -> None:
    assert replace(base(), pause=NOON).day_cost_s == DAY - 3600
    assert replace(base(), pause=(DAY - 60, DAY + 3600)).day_cost_s == DAY - 60


def test_a_team_that_is_twice_as_fast_takes_half_as_long() -> None:
    stops = tuple(Stop(f"s{nr}", nr, 0) for nr in range(1, 9))
    usual, fast = (planned(Problem(stops, (replace(base(1), speed=speed),), Streets())) for speed in (1.0, 2.0))
    assert usual.travel_s / 2 - len(stops) <= fast.travel_s <= usual.travel_s / 2 + 1
    assert fast.bound.cost <= fast.cost


def test_several_days_have_hours_of_their_own() -> None:
    days = tuple(replace(base(1), opens_s=DAY_S * nr, closes_s=DAY_S * nr + DAY, day=nr + 1) for nr in range(3))
    tuesday = Stop("tuesday", 2, 2, 600, windows=((DAY_S, DAY_S + DAY),))
    result = planned(Problem((*scattered(80, 6), tuesday), days, Streets()))
    assert not result.left_out
    assert {route.day for route in result.routes} == {1, 2, 3}
    assert [route.day for route in result.routes for visit in route.visits if visit.stop == "tuesday"] == [2]


@pytest.mark.parametrize("seed", range(4))
def test_a_group_goes_to_one_team(seed: int) -> None:
    """Four of each of ten groups, strewn over the city."""
    stops = tuple(replace(one, group=f"g{nr % 10}" if nr < 40 else "") for nr, one in enumerate(scattered(160, seed)))
    problem = Problem(stops, (base(12),), Streets())
    result = solve(problem, Stopping(turns=20_000), seed, 2)
    assert not faults_of(problem, result)
    assert not result.left_out
    assert result.team_days <= 7


def test_a_group_that_no_team_can_take_is_left_out_in_part() -> None:
    stops = tuple(Stop(f"s{nr}", 1, nr, DAY // 3, group="g") for nr in range(4))
    result = planned(Problem(stops, (base(4),), Streets()))
    assert result.team_days == 1
    assert {one.why for one in result.left_out} == {why.NO_TIME_LEFT}


def test_work_is_shared_out_evenly_where_that_is_worth_something() -> None:
    stops = tuple(Stop(f"s{nr}", 1 + nr / 100, 0, 600) for nr in range(30))
    teams = (replace(base(2), cost_s=0),)
    apart = planned(Problem(stops, teams, Streets()))
    even = planned(Problem(stops, teams, Streets(), balance=1.0))
    assert [len(route.visits) for route in apart.routes] == [30]
    assert [len(route.visits) for route in even.routes] == [15, 15]


def yesterday() -> tuple[Problem, Result]:
    problem = Problem(scattered(200, 7), (base(9),), Streets())
    result = planned(problem, 20_000)
    return problem, result


def kept(result: Result) -> tuple[KeptRoute, ...]:
    return tuple(KeptRoute(one.team, tuple(visit.stop for visit in one.visits), one.nr) for one in result.routes)


def test_a_plan_is_kept_where_nothing_changed() -> None:
    problem, result = yesterday()
    again = planned(replace(problem, kept=kept(result), move_s=600))
    assert not again.moved
    assert [route.nr for route in again.routes] == [route.nr for route in result.routes]
    assert again.cost <= result.cost


def test_a_team_is_ill_and_others_take_its_stops() -> None:
    problem, result = yesterday()
    ill = kept(result)[2]
    more = tuple(Stop(f"new{nr}", nr, -nr, 600) for nr in range(5))
    changed = replace(
        problem,
        stops=(*problem.stops, *more),
        teams=(base(8),),
        kept=tuple(one for one in kept(result) if one != ill),
        move_s=600,
    )
    again = planned(changed)
    assert not again.left_out
    assert ill.nr not in {route.nr for route in again.routes}
    assert len(again.moved) <= 20


def test_moving_costs_what_it_is_said_to() -> None:
    """Two teams at one base, and a plan that crosses over: it stays where a move is dear."""
    stops = (Stop("east", 5, 0), Stop("east2", 5, 0.1), Stop("west", -5, 0), Stop("west2", -5, 0.1))
    crossed = (KeptRoute("base", ("east", "west"), 1), KeptRoute("base", ("east2", "west2"), 2))
    problem = Problem(stops, (replace(base(2), cost_s=0),), Streets(), crossed, 100_000)
    assert not planned(problem).moved
    assert len(planned(replace(problem, move_s=0)).moved) == 2


@pytest.mark.parametrize(
    ("route", "said"),
    [
        (KeptRoute("base", ("s1", "s1"), 4, line=7), "route 4 (line 7), s1: it stands twice"),
        (KeptRoute("base", ("s9",), 4), "s9: there is no such stop"),
        (KeptRoute("other", ("s1",), 4), "other: the team has fewer team-days now"),
    ],
)
def test_a_plan_that_is_kept_is_one_of_these_stops(route: KeptRoute, said: str) -> None:
    with pytest.raises(PlanRefused, match="The plan that is to be kept") as refused:
        Problem((Stop("s1", 1, 1),), (base(1),), Streets(), (route,))
    assert said in str(refused.value)


def test_who_must_be_visited_is_squeezed_in_where_teams_are_few() -> None:
    problem = Problem(scattered(389, 1), (base(11),), Streets())
    assert not planned(problem, 60_000).left_out


def test_fewer_teams_of_more_people_take_more_days() -> None:
    """As the city's inspection day: ten teams of five, twenty-five pairs."""
    days = {one.people: (one.teams, one.days) for one in crews_of(149, 50)}
    assert days[5] == (10, 15)
    assert days[2] == (25, 6)
    assert crews_of(10, 1) == ()


def test_an_hour_or_a_team_more() -> None:
    problem = Problem(scattered(100, 3), (base(2), replace(base(5), id="other")), Streets())
    result = planned(problem)
    assert [one.closes_s for one in one_hour_more(problem).teams] == [DAY + 3600] * 2
    more = one_team_more(problem, result)
    used = Counter(route.team for route in result.routes)
    fuller = max(problem.teams, key=lambda one: used[one.id] / one.count)
    assert {one.id: one.count for one in more.teams}[fuller.id] == fuller.count + 1
    assert sum(one.count for one in more.teams) == 8
