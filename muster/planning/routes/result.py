"""A plan as people read it: who goes where and when, what is left out and why, and how good it is at least."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from muster.lib.said import said as _
from muster.planning.routes.moves import begin, make_ready
from muster.planning.routes.problem import Problem
from muster.planning.routes.reach import LACKS_ROOM, LACKS_SKILLS, LACKS_TIME, WELL, find_reach, find_ways
from muster.planning.routes.tables import MUST, Ints, Plan, Tables, plan_of

NO_SKILLS = "no_skills"
TOO_MUCH = "too_much"
OUT_OF_REACH = "out_of_reach"
NO_TIME_LEFT = "no_time_left"
NOT_WORTH_IT = "not_worth_it"
WHY = {
    NO_SKILLS: _("No team has the skills that it needs."),
    TOO_MUCH: _("It asks for more than any team carries."),
    OUT_OF_REACH: _("No team can reach it while it may be visited and be back in time."),
    NO_TIME_LEFT: _("The teams have no time or room left. Add team-days or hours, or leave something else out."),
    NOT_WORTH_IT: _("The way there costs more than leaving it out."),
}
NEVER_BY = {LACKS_SKILLS: NO_SKILLS, LACKS_ROOM: TOO_MUCH, LACKS_TIME: OUT_OF_REACH}


@dataclass(frozen=True)
class Visit:
    stop: str
    arrives_s: int
    begins_s: int
    leaves_s: int

    @property
    def waits_s(self) -> int:
        return self.begins_s - self.arrives_s


@dataclass(frozen=True)
class Route:
    """A team-day. It leaves so late that it needn't wait at its first stop."""

    team: str
    visits: tuple[Visit, ...]
    leaves_s: int
    returns_s: int
    travel_s: int
    load: tuple[int, ...]


@dataclass(frozen=True)
class LeftOut:
    stop: str
    why: str


@dataclass(frozen=True)
class Moment:
    """What the best plan was at a time: seconds since the beginning, what it costs, how many team-days, how many left out."""

    at_s: float
    cost: int
    team_days: int
    left_out: int


@dataclass(frozen=True)
class Bound:
    """What no plan can be better than; the cost counts every stop that must be visited as visited."""

    team_days: int
    cost: int


@dataclass(frozen=True)
class Result:
    """``cost``: what team-days cost, travel, and the prizes of what is left out; of what must be visited nothing is counted."""

    routes: tuple[Route, ...]
    left_out: tuple[LeftOut, ...]
    cost: int
    bound: Bound
    history: tuple[Moment, ...]
    turns: int

    @property
    def team_days(self) -> int:
        return len(self.routes)

    @property
    def travel_s(self) -> int:
        return sum(one.travel_s for one in self.routes)

    @property
    def gap(self) -> float:
        """How far above the bound it is, at most, as a share; 0 for a plan of nothing."""
        return self.cost / self.bound.cost - 1 if self.bound.cost else 0.0


def result_of(problem: Problem, tables: Tables, plan: Plan, history: list[Moment], turns: int) -> Result:
    routes = tuple(_route(problem, tables, plan, route) for route in range(tables.routes) if plan.size[route])
    out = [stop for stop in range(tables.stops) if plan.route[stop] < 0]
    cost = int(sum(tables.cost[plan.size > 0])) + sum(one.travel_s for one in routes)
    prizes = sum(problem.stops[stop].prize_s or 0 for stop in out)
    reach = reach_of(tables) if out else np.zeros(0, np.int64)
    left_out = tuple(LeftOut(problem.stops[stop].id, _why(tables, reach, stop)) for stop in out)
    return Result(routes, left_out, cost + prizes, bound_of(problem, tables), tuple(history), turns)


def _route(problem: Problem, tables: Tables, plan: Plan, route: int) -> Route:
    n, place = tables.stops, tables.stops + route
    first = int(plan.after[place])
    wait = int(plan.early[first]) - int(tables.opens[route]) - int(plan.onward[place]) if tables.timed else 0
    at = leaves = int(tables.opens[route]) + max(wait, 0)
    visits, travelled = [], 0
    while True:
        onward = int(plan.onward[place])
        travelled += onward
        at += onward
        place = int(plan.after[place])
        if place >= n:
            break
        begins = int(begin(tables, place, at))
        at, arrives = begins + int(tables.service[place]), at
        visits.append(Visit(problem.stops[place].id, arrives, begins, at))
    load = tuple(int(one) for one in plan.load[route])
    return Route(problem.teams[int(tables.team[route])].id, tuple(visits), leaves, at, travelled, load)


def reach_of(tables: Tables) -> Ints:
    """Of each stop, what every team lacks for it (``reach``)."""
    empty, found = plan_of(tables), np.zeros(tables.stops, np.int64)
    make_ready(tables, empty)
    find_reach(tables, empty, found)
    return found


def impossible(problem: Problem, tables: Tables) -> tuple[LeftOut, ...]:
    """The stops that no plan can visit, each with why."""
    reach = reach_of(tables)
    return tuple(LeftOut(problem.stops[stop].id, NEVER_BY[int(reach[stop])]) for stop in np.flatnonzero(reach != WELL))


def _why(tables: Tables, reach: Ints, stop: int) -> str:
    """Why a stop is in no route: first what no plan could mend."""
    never = NEVER_BY.get(int(reach[stop]))
    return never or (NO_TIME_LEFT if tables.prize[stop] >= MUST else NOT_WORTH_IT)


def bound_of(problem: Problem, tables: Tables) -> Bound:
    """Every stop that must be visited, and can be, is entered once, from wherever it is nearest; every team has its hours and its
    room, and goes back to its base, at least from the stop that is nearest to it."""
    must_be = np.array([one.prize_s is None for one in problem.stops], dtype=bool)
    must = np.flatnonzero(must_be & (reach_of(tables) == WELL))
    if not len(must):
        return Bound(0, 0)
    entered, back = np.zeros(tables.stops, np.int64), np.zeros(tables.stops, np.int64)
    find_ways(tables, entered, back)
    home, ways = int(back.min()), int(entered[must].sum())
    needed = ways + int(tables.service[must].sum())
    hours = max(one.closes_s - one.opens_s for one in problem.teams) - home
    days = max(1, -(-needed // hours) if hours > 0 else 1, *_days_for_loads(tables, must))
    return Bound(days, ways + days * (home + tables.cheapest))


def _days_for_loads(tables: Tables, must: Ints) -> list[int]:
    rooms = tables.capacity.max(axis=0, initial=0)
    loads = tables.demand[must].sum(axis=0)
    return [-(-int(load) // int(room)) for load, room in zip(loads, rooms, strict=True) if room > 0]
