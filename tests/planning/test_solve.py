"""Plans hold what they say, whatever is asked of them; and are good where it is known what is good."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muster.planning.routes import result as why
from muster.planning.routes.problem import KeptRoute, Problem, Stop, Team
from muster.planning.routes.result import Moment, Result
from muster.planning.routes.solve import Solver, Stopping, solve
from muster.planning.routes.travel import Matrix, Straight, Streets, Travel
from tests.planning.checker import faults_of

DAY = 28_800
QUICK = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

numbers = st.integers(0, 50)
windows = st.lists(
    st.tuples(st.integers(0, 400), st.integers(0, 200)).map(lambda w: (w[0], w[0] + w[1])), max_size=3
).map(tuple)
groups = st.sampled_from(["", "", "", "a", "b"])
pauses = st.none() | st.tuples(st.integers(0, 500), st.integers(0, 200)).map(lambda p: (p[0], p[0] + p[1]))
speeds = st.sampled_from([1.0, 1.0, 0.7, 3.0])
skills = st.frozensets(st.sampled_from(["swab", "cctv"]), max_size=2)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    count = draw(st.integers(0, 3))
    kinds = draw(st.integers(0, 2)) if count else 0
    loads = st.tuples(*[st.integers(0, 9)] * kinds)
    stops = [
        Stop(f"s{nr}", draw(numbers), draw(numbers), draw(st.integers(0, 60)), draw(windows), draw(loads),
             draw(st.none() | st.integers(0, 80)), draw(st.integers(1, 3)), draw(skills), draw(groups))
        for nr in range(draw(st.integers(0, 14)))
    ]  # fmt: skip
    teams = [
        Team(f"t{nr}", (draw(numbers), draw(numbers)), draw(st.integers(0, 100)), draw(st.integers(100, 700)),
             draw(st.integers(0, 3)), draw(st.none() | st.tuples(numbers, numbers)),
             tuple(draw(st.integers(0, 30)) for _ in range(kinds)), draw(skills), draw(st.none() | st.integers(0, 500)),
             draw(pauses), draw(speeds))
        for nr in range(count)
    ]  # fmt: skip
    kept = draw(st.just(()) | kept_plans(stops, teams))
    travel: Travel | None = draw(st.sampled_from([Straight(), Straight(10, False), Streets(), None]))
    travel = travel or a_matrix(len(stops) + 2 * len(teams))
    return Problem(tuple(stops), tuple(teams), travel, kept, draw(st.integers(0, 99)), draw(st.floats(0, 1)))


@st.composite
def kept_plans(draw: st.DrawFn, stops: list[Stop], teams: list[Team]) -> tuple[KeptRoute, ...]:
    """Not one that could be: whatever stood in a plan before the problem was changed."""
    kept = [
        (team.id, draw(st.lists(st.integers(0, 13), max_size=5)))
        for team in teams
        for _nr in range(draw(st.integers(0, team.count)))
    ]
    free = {nr: stop.id for nr, stop in enumerate(stops)}
    taken = [(team, tuple(free.pop(nr) for nr in numbers if nr in free)) for team, numbers in kept]
    return tuple(KeptRoute(team, ids, 3 * nr + 2) for nr, (team, ids) in enumerate(taken))


def a_matrix(size: int) -> Matrix:
    """There and back aren't the same, and some ways are unknown."""
    found = np.random.default_rng(size).integers(0, 60, (size, size)).astype(np.int32)
    found[np.random.default_rng(size + 1).random((size, size)) < 0.05] = -1
    return Matrix(found)


@QUICK
@given(problems(), st.integers(0, 3), st.integers(1, 3))
def test_any_plan_holds(problem: Problem, seed: int, parts: int) -> None:
    result = solve(problem, Stopping(turns=200), seed, parts)
    assert not faults_of(problem, result)
    assert result.cost >= result.bound.cost or result.left_out
    assert all(one.why in why.WHY for one in result.left_out)


def scattered(count: int, seed: int, *, timed: bool = False) -> tuple[Stop, ...]:
    drawn = random.Random(seed)
    return tuple(
        Stop(
            f"s{nr}",
            drawn.uniform(-8, 8),
            drawn.uniform(-8, 8),
            600,
            ((0, DAY // 2),) if timed and drawn.random() < 0.2 else (),
        )
        for nr in range(count)
    )


def base(count: int = 40) -> Team:
    return Team("base", (0.0, 0.0), 0, DAY, count)


def planned(
    stops: tuple[Stop, ...], travel: Travel | None = None, turns: int = 20_000, seed: int = 1, parts: int = 1
) -> Result:
    problem = Problem(stops, (base(),), travel or Streets())
    result = solve(problem, Stopping(turns=turns), seed, parts)
    assert not faults_of(problem, result)
    return result


def test_teams_are_few_and_nobody_is_left_out() -> None:
    """400 stops of ten minutes are 67 hours of service, and some 24 on the way: 91 hours are eleven days and a half."""
    result = planned(scattered(400, 1, timed=True), turns=60_000)
    assert not result.left_out
    assert 9 <= result.bound.team_days <= result.team_days <= 12


def test_a_seed_repeats() -> None:
    stops = scattered(200, 2)
    one, two, other = planned(stops), planned(stops), planned(stops, seed=2)
    assert one.routes == two.routes
    assert one.routes != other.routes
    parts = [planned(stops, parts=2) for _time in range(2)]
    assert parts[0].routes == parts[1].routes


def test_mirrored_and_renumbered_cost_the_same_within_the_noise() -> None:
    stops = scattered(200, 3)
    mirrored = tuple(replace(one, x=-one.x) for one in stops)
    renumbered = tuple(random.Random(1).sample(stops, len(stops)))
    costs = [planned(one, turns=40_000).travel_s for one in (stops, mirrored, renumbered)]
    assert max(costs) < 1.04 * min(costs)


def test_a_ring_is_driven_around() -> None:
    """The best way is known: once around."""
    ring = tuple(
        Stop(f"s{nr}", 100 * math.cos(nr / 20 * math.tau), 100 * math.sin(nr / 20 * math.tau)) for nr in range(1, 20)
    )
    problem = Problem(ring, (Team("base", (100.0, 0.0), count=3, cost_s=0),), Straight(scale=10))
    result = solve(problem, Stopping(turns=5_000))
    assert result.team_days == 1
    assert result.travel_s == 20 * round(2 * 1000 * math.sin(math.pi / 20))


def test_the_time_is_kept_and_the_best_is_told() -> None:
    told: list[Moment] = []
    problem = Problem(scattered(600, 4), (base(60),), Streets())
    solve(problem, Stopping(turns=10))
    result = solve(problem, Stopping(seconds=1.0), 1, 2, told.append)
    assert tuple(told) == result.history
    assert not faults_of(problem, result), "two threads changed parts of it"
    assert [one.cost for one in told if not one.left_out] == sorted(
        (one.cost for one in told if not one.left_out), reverse=True
    )
    assert result.history[-1].cost == result.cost


@pytest.mark.parametrize(
    ("stop", "reason"),
    [
        (Stop("s", 1, 1, needs=frozenset(["cctv"])), why.NO_SKILLS),
        (Stop("s", 1, 1, demand=(9,)), why.TOO_MUCH),
        (Stop("s", 9, 1, windows=((0, 1),)), why.OUT_OF_REACH),
        (Stop("s", 1, 1, 600, prize_s=5), why.NOT_WORTH_IT),
    ],
)
def test_what_is_left_out_says_why(stop: Stop, reason: str) -> None:
    problem = Problem((stop,), (Team("base", (0.0, 0.0), 0, DAY, 1, capacity=(5,)),), Streets())
    assert [one.why for one in solve(problem, Stopping(turns=50)).left_out] == [reason]


def test_too_few_teams_leave_out_the_least_urgent() -> None:
    stops = tuple(Stop(f"s{nr}", nr / 10, 0, DAY // 4, priority=1 + nr % 2) for nr in range(8))
    result = solve(Problem(stops, (base(1),), Streets()), Stopping(turns=2_000))
    assert {one.why for one in result.left_out} == {why.NO_TIME_LEFT}
    assert len(result.left_out) == 5
    assert all(int(visit.stop[1:]) % 2 for visit in result.routes[0].visits)


def test_who_is_far_from_everybody_of_a_route_is_visited_all_the_same() -> None:
    """Two villages, each with more stops than neighbours are looked at, and one team for both."""
    stops = tuple(Stop(f"s{nr}", 20 * (nr % 2) + nr / 1e4, nr / 1e4, 60) for nr in range(84))
    problem = Problem(stops, (Team("base", (10.0, 0.0), 0, 360_000, 1),), Streets())
    assert not solve(problem, Stopping(turns=500)).left_out


def test_a_rare_skill_gets_everywhere() -> None:
    towns = [(0, 0), (30, 0), (0, 30)]
    stops = [Stop(f"s{x}{y}{nr}", x + nr / 1e3, y, 60) for x, y in towns for nr in range(42)]
    stops += [Stop(f"c{x}{y}", x, y + 0.01, 60, needs=frozenset(["cctv"])) for x, y in towns]
    teams = (Team("plain", (10.0, 10.0), 0, DAY, 6), Team("cctv", (10.0, 10.0), 0, DAY, 1, skills=frozenset(["cctv"])))
    problem = Problem(tuple(stops), teams, Streets())
    result = solve(problem, Stopping(turns=3_000))
    assert not faults_of(problem, result)
    assert not result.left_out


@pytest.mark.parametrize("seed", range(60))
def test_a_way_around_that_is_longer_makes_nobody_late(seed: int) -> None:
    """In a matrix, taking a stop out may make the way longer than it was with it."""
    ways = np.random.default_rng(seed).integers(0, 60, (8, 8)).astype(np.int32)
    stops = tuple(Stop(f"s{nr}", nr, 0) for nr in range(6))
    problem = Problem(stops, (Team("base", (0.0, 0.0), 0, 90, 4),), Matrix(ways))
    result = solve(problem, Stopping(turns=60), seed)
    assert not faults_of(problem, result)
    assert result.bound.team_days <= result.team_days or result.left_out
    assert result.bound.cost <= result.cost or result.left_out


@pytest.mark.parametrize("seed", range(20))
def test_a_way_that_nobody_knows_is_never_gone(seed: int) -> None:
    """Neither where there are no hours to keep, in which it would be too long."""
    ways = np.full((22, 22), 10, np.int32)
    ways[3], ways[:, 3] = -1, -1
    stops = tuple(Stop(f"s{nr}", nr, 0) for nr in range(20))
    problem = Problem(stops, (Team("base", (0.0, 0.0), count=3, cost_s=0),), Matrix(ways))
    solver = Solver(problem, Stopping(turns=2), seed)
    result = solver.run()
    assert not faults_of(problem, result)
    assert [(one.stop, one.why) for one in result.left_out] == [("s3", why.OUT_OF_REACH)]
    assert solver.mean_way == 10, "nor by the first plan, whose ways say how hot it begins"


def test_the_bound_holds_where_ways_there_are_longer_than_back() -> None:
    ways = np.full((14, 14), 50, np.int32)
    for nr in range(11):
        ways[nr, nr + 1], ways[nr + 1, nr] = 1, 500
    stops = tuple(Stop(f"s{nr:02}", nr, 0) for nr in range(12))
    result = solve(Problem(stops, (Team("base", (0.0, 0.0), 0, 300, 3),), Matrix(ways)), Stopping(turns=2_000))
    assert not result.left_out
    assert result.bound.team_days <= result.team_days
    assert result.bound.cost <= result.cost


def test_who_fills_a_team_alone_gets_one() -> None:
    stops = tuple(Stop(f"s{nr}", nr % 10, nr // 10, demand=(6,)) for nr in range(100))
    problem = Problem(stops, (Team("base", (0.0, 0.0), count=100, capacity=(10,)),), Streets())
    assert not solve(problem, Stopping(turns=200)).left_out


def test_a_day_without_end_costs_nothing_of_itself() -> None:
    problem = Problem(scattered(5, 6), (Team("base", (0.0, 0.0), count=3),), Streets())
    result = solve(problem, Stopping(turns=500))
    assert not result.left_out
    assert result.cost == result.travel_s


def test_of_several_windows_the_next_is_waited_for() -> None:
    stop = Stop("s", 1, 0, 60, windows=((0, 10), (5_000, 6_000)))
    result = solve(Problem((stop,), (base(1),), Streets()), Stopping(turns=50))
    (route,) = result.routes
    assert route.visits[0].begins_s == 5_000
    assert route.visits[0].waits_s == 0, "whoever would wait leaves later"


def test_nothing_is_a_plan() -> None:
    assert solve(Problem((), ()), Stopping(turns=5)).routes == ()
    left = solve(Problem(scattered(3, 1), ()), Stopping(turns=5)).left_out
    assert {one.why for one in left} == {why.NO_SKILLS}
