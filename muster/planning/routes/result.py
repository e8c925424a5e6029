"""A plan as people read it: who goes where and when, what is left out and why, and how good it is at least."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from operator import itemgetter

import numpy as np

from muster.lib.said import said as _
from muster.planning.routes.clocks import hours_of
from muster.planning.routes.costs import cost_of, is_moved
from muster.planning.routes.moves import begin, make_ready
from muster.planning.routes.problem import Problem
from muster.planning.routes.reach import LACKS_ROOM, LACKS_SKILLS, LACKS_TIME, WELL, find_reach, find_ways
from muster.planning.routes.tables import MUST, Ints, Plan, Tables, kept_as, plan_of

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
    """A team-day. It leaves so late that it needn't wait at its first stop. ``nr``: each its own, and what it was in a plan that
    is kept."""

    nr: int
    team: str
    day: int
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
    """``cost``: what team-days cost, travel, the prizes of what is left out, what is moved, and what is unfair; of what must be
    visited nothing is counted. ``moved``: whom another team-day visits than in the plan that is kept."""

    routes: tuple[Route, ...]
    left_out: tuple[LeftOut, ...]
    moved: tuple[str, ...]
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
    numbers = _numbers(problem, tables, plan)
    routes = tuple(_route(problem, tables, plan, route, nr) for route, nr in sorted(numbers.items(), key=itemgetter(1)))
    out = [stop for stop in range(tables.stops) if plan.route[stop] < 0]
    cost = cost_of(tables, plan)
    prizes = sum(problem.stops[stop].prize_s or 0 for stop in out)
    reach = reach_of(tables) if out else np.zeros(0, np.int64)
    left_out = tuple(LeftOut(problem.stops[stop].id, _why(tables, reach, stop)) for stop in out)
    moved = tuple(problem.stops[stop].id for stop in np.flatnonzero(is_moved(tables, plan)))
    return Result(routes, left_out, moved, cost + prizes, bound_of(problem, tables), tuple(history), turns)


def _numbers(problem: Problem, tables: Tables, plan: Plan) -> dict[int, int]:
    """Of each route that is used, its number: what it had in the plan that is kept, else what follows."""
    kept = dict(zip(kept_as(problem, tables.team), (one.nr for one in problem.kept), strict=True))
    following = itertools.count(1 + max(kept.values(), default=0))
    used = [int(route) for route in np.flatnonzero(plan.size)]
    return {route: kept[route] if route in kept else next(following) for route in used}


def _route(problem: Problem, tables: Tables, plan: Plan, route: int, nr: int) -> Route:
    n, place = tables.stops, tables.stops + route
    first = int(plan.after[place])
    team = problem.teams[int(tables.team[route])]
    hours, clock = hours_of(team), tables.clock[route]
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
        begins = int(begin(tables, clock, place, at))
        service = int(tables.service[place])
        begun = hours.beginning(begins)
        visits.append(Visit(problem.stops[place].id, hours.ending(at), begun, begun + service))
        at = begins + service
    load = tuple(int(one) for one in plan.load[route])
    times = (hours.beginning(leaves), hours.ending(at), travelled)
    return Route(nr, team.id, team.day, tuple(visits), *times, load)


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
    find_ways(tables, int(np.argmax(tables.speed)), entered, back)
    home, ways = int(back.min()), int(entered[must].sum())
    needed = ways + int(tables.service[must].sum())
    hours = max(one.works_s for one in problem.teams) - home
    days = max(1, -(-needed // hours) if hours > 0 else 1, *_days_for_loads(tables, must))
    return Bound(days, ways + days * (home + tables.cheapest))


def _days_for_loads(tables: Tables, must: Ints) -> list[int]:
    rooms = tables.capacity.max(axis=0, initial=0)
    loads = tables.demand[must].sum(axis=0)
    return [-(-int(load) // int(room)) for load, room in zip(loads, rooms, strict=True) if room > 0]
