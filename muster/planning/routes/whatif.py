"""What if there were fewer teams of more people, or more of fewer; one hour more a day; one team more?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from muster.planning.routes.problem import LATEST, Problem
from muster.planning.routes.result import Result

HOUR_S = 3_600
SIZES = range(2, 11)


@dataclass(frozen=True)
class Crews:
    """So many teams of so many people take so many days."""

    teams: int
    people: int
    days: int


def crews_of(team_days: int, people: int, sizes: Iterable[int] = SIZES) -> tuple[Crews, ...]:
    """For each size of a team for which there are people enough.

    A visit takes as long whoever makes it, and a team may begin at another base every day: so days are team-days, shared out
    among the teams. Of 50 people, ten teams of five make 150 team-days in 15 days, 25 pairs in six.
    """
    teams = {size: people // size for size in sizes if size <= people}
    return tuple(Crews(count, size, -(-team_days // count)) for size, count in teams.items())


def one_hour_more(problem: Problem) -> Problem:
    """Teams come back an hour later; stops may be visited when they may."""
    teams = (one if one.closes_s >= LATEST else replace(one, closes_s=one.closes_s + HOUR_S) for one in problem.teams)
    return replace(problem, teams=tuple(teams), kept=())


def one_team_more(problem: Problem, result: Result) -> Problem:
    """At the base where the largest share of team-days is used, on each of its days."""
    used = Counter(route.team for route in result.routes)
    there = Counter[str]()
    for one in problem.teams:
        there[one.id] += one.count
    base = max(there, key=lambda name: used[name] / max(1, there[name]), default="")
    return replace(
        problem,
        teams=tuple(replace(one, count=one.count + 1) if one.id == base else one for one in problem.teams),
        kept=(),
    )
