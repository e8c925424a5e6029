"""Who is to be visited, by which teams: frozen, and checked when it is made. Times are seconds from the plan's first midnight or
any other moment that all share."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from muster.lib.said import said as _
from muster.planning.refused import PlanRefused
from muster.planning.routes.travel import Matrix, Straight, Travel

Window = tuple[int, int]
MAX_STOPS = 20_000
MAX_SKILLS = 62
LATEST = 1 << 40
DAY_S = 86_400
MOST_URGENT, MOST_S, MOST_DAYS = 100, 1_000_000_000, 366
SLOWEST = 0.05


class NonsenseInPlan(PlanRefused):
    """``line`` is where it stands in its file, or which in the list it is; ``field`` the column."""

    code = "nonsense_in_plan"
    message = _("{what} {id} (line {line}), {field}: {value} can't be. {expected}")


class TwiceInPlan(PlanRefused):
    code = "twice_in_plan"
    message = _("{what} {id} stands twice (line {line}). Give each a name of its own.")


class PlanTooLarge(PlanRefused):
    code = "plan_too_large"
    message = _("There are {count} stops; at most {max} are planned at once. Plan by areas.")


class TooManySkills(PlanRefused):
    code = "too_many_skills"
    message = _("The stops need {count} different skills; at most {max} can be told apart.")


class KeptUnlike(PlanRefused):
    code = "kept_unlike"
    message = _("The plan that is to be kept, route {nr} (line {line}), {what}: {fault}.")


class MatrixTooSmall(PlanRefused):
    code = "matrix_too_small"
    message = _("The matrix has {rows} rows and {columns} columns; {needed} stops and bases need as many of each.")


@dataclass(frozen=True)
class Stop:
    """A place to be visited once.

    ``windows``: when its service may begin, none for always. ``demand``: of each kind that teams carry. ``prize_s``: None
    where it must be visited; else what leaving it out costs, in seconds of travel. ``needs``: skills its team must have.
    ``priority``: of several that must be visited and can't all be, one of 2 weighs as much as two of 1. ``group``: all of the
    same that are visited are visited by the same team on the same day.
    """

    id: str
    x: float
    y: float
    service_s: int = 0
    windows: tuple[Window, ...] = ()
    demand: tuple[int, ...] = ()
    prize_s: int | None = None
    priority: int = 1
    needs: frozenset[str] = frozenset()
    group: str = ""
    line: int = 0


@dataclass(frozen=True)
class Team:
    """Teams that are alike: ``count`` team-days, each from ``start`` to ``end`` between ``opens_s`` and ``closes_s``.

    ``cost_s``: what a team-day costs, in seconds of travel; None for its whole working time, if that ends. ``capacity``: of each
    kind of demand. ``pause``: when it rests, wherever it is; no visit goes on meanwhile. ``speed``: 2 is twice as fast as the
    travel says. ``day``: which day these hours are of; a team of one name on another day is another line.
    """

    id: str
    start: tuple[float, float]
    opens_s: int = 0
    closes_s: int = LATEST
    count: int = 1
    end: tuple[float, float] | None = None
    capacity: tuple[int, ...] = ()
    skills: frozenset[str] = frozenset()
    cost_s: int | None = None
    pause: Window | None = None
    speed: float = 1.0
    day: int = 1
    line: int = 0

    @property
    def home(self) -> tuple[float, float]:
        return self.end or self.start

    @property
    def works_s(self) -> int:
        """How long its day is, without the pause."""
        return self.closes_s - self.opens_s - self.rests_s

    @property
    def rests_s(self) -> int:
        early, late = self.pause or (self.opens_s, self.opens_s)
        return max(0, min(late, self.closes_s) - max(early, self.opens_s))

    @property
    def day_cost_s(self) -> int:
        if self.cost_s is not None:
            return self.cost_s
        return self.works_s if self.closes_s < LATEST else 0


@dataclass(frozen=True)
class KeptRoute:
    """A team-day of a plan that is kept where it can be: its stops in their order. ``nr``: its number in that plan."""

    team: str
    stops: tuple[str, ...]
    nr: int
    day: int = 1
    line: int = 0


@dataclass(frozen=True)
class Problem:
    """Rows of a matrix are the stops in their order, then the teams' starts, then their ends.

    ``kept``: the plan that this one changes; ``move_s``: what it costs, in seconds of travel, for each stop of that plan that
    another team-day visits now. ``balance``: from 0 to 1, how much it is worth that teams work equally long: a team-day that is
    worked whole costs ``balance`` × its hours, one that is worked half a quarter of that.

    Raises NonsenseInPlan, TwiceInPlan, PlanTooLarge, TooManySkills, MatrixTooSmall, KeptUnlike.
    """

    stops: tuple[Stop, ...]
    teams: tuple[Team, ...]
    travel: Travel = field(default_factory=Straight)
    kept: tuple[KeptRoute, ...] = ()
    move_s: int = 0
    balance: float = 0.0

    def __post_init__(self) -> None:
        if len(self.stops) > MAX_STOPS:
            raise PlanTooLarge(count=len(self.stops), max=MAX_STOPS)
        _must_differ(_("stop"), self.stops, lambda one: one.id)
        _must_differ(_("team"), self.teams, lambda one: (one.id, one.day))
        kinds = max((len(one.capacity) for one in self.teams), default=0)
        for at, stop in enumerate(self.stops, 1):
            _must_make_sense(_("stop"), stop, stop.line or at, _faults_of_stop(stop, kinds))
        for at, team in enumerate(self.teams, 1):
            _must_make_sense(_("team"), team, team.line or at, _faults_of_team(team, kinds))
        if (skills := len(skills_of(self))) > MAX_SKILLS:
            raise TooManySkills(count=skills, max=MAX_SKILLS)
        self._matrix_must_fit()
        self._kept_must_fit()
        _must_make_sense(_("plan"), self, 0, (_between("move_s", self.move_s, 0, MOST_S), _share(self.balance)))

    def _matrix_must_fit(self) -> None:
        if isinstance(self.travel, Matrix):
            rows, columns = self.travel.seconds.shape
            needed = len(self.stops) + 2 * len(self.teams)
            if rows != needed or columns != needed:
                raise MatrixTooSmall(rows=rows, columns=columns, needed=needed)

    def _kept_must_fit(self) -> None:
        known, seen = {one.id for one in self.stops}, set[str]()
        left = {(one.id, one.day): one.count for one in self.teams}
        for route in self.kept:
            team = (route.team, route.day)
            left[team] = left.get(team, 0) - 1
            if left[team] < 0:
                raise KeptUnlike(
                    nr=route.nr, line=route.line, fault=_("the team has fewer team-days now"), what=route.team
                )
            for stop in route.stops:
                if stop not in known or stop in seen:
                    fault = _("it stands twice") if stop in known else _("there is no such stop")
                    raise KeptUnlike(nr=route.nr, line=route.line, fault=fault, what=stop)
                seen.add(stop)

    @property
    def kinds(self) -> int:
        """How many kinds of demand there are."""
        return max((len(one.capacity) for one in self.teams), default=0)

    @property
    def team_days(self) -> int:
        return sum(one.count for one in self.teams)


Fault = tuple[str, object, str]
"""Field, value, and what was expected."""
One = TypeVar("One", Stop, Team)


def _must_differ(what: str, all_: Iterable[One], named: Callable[[One], Hashable]) -> None:
    seen: set[Hashable] = set()
    for at, one in enumerate(all_, 1):
        if named(one) in seen:
            raise TwiceInPlan(what=what, id=one.id, line=one.line or at)
        seen.add(named(one))


def _must_make_sense(what: str, one: Stop | Team | Problem, line: int, faults: Iterable[Fault | None]) -> None:
    for fault in filter(None, faults):
        name, value, expected = fault
        raise NonsenseInPlan(
            what=what, id=getattr(one, "id", ""), line=line, field=name, value=value, expected=expected
        )


def _faults_of_stop(one: Stop, kinds: int) -> Iterable[Fault | None]:
    yield _number("x", one.x)
    yield _number("y", one.y)
    yield _between("service_s", one.service_s, 0, MOST_S)
    yield _between("priority", one.priority, 1, MOST_URGENT)
    yield _between("prize_s", one.prize_s or 0, 0, MOST_S)
    for early, late in one.windows:
        if early > late:
            yield "windows", f"{early}–{late}", _("A window begins before it ends.")
    if any(demand < 0 for demand in one.demand):
        yield "demand", one.demand, _("A demand is 0 or more.")
    if any(one.demand[kinds:]):
        yield "demand", one.demand, _("No team carries that kind: give the teams a capacity for it.")


def _faults_of_team(one: Team, kinds: int) -> Iterable[Fault | None]:
    for name, place in (("start", one.start), ("end", one.home)):
        yield _number(name, place[0])
        yield _number(name, place[1])
    yield _between("count", one.count, 0, MOST_S)
    if one.closes_s < one.opens_s:
        yield "closes_s", one.closes_s, _("A team's day ends after it begins.")
    if len(one.capacity) not in (0, kinds):
        yield "capacity", one.capacity, _("Each team says for every kind of demand how much it carries.")
    if any(capacity < 0 for capacity in one.capacity):
        yield "capacity", one.capacity, _("A capacity is 0 or more.")
    yield _between("cost_s", one.cost_s or 0, 0, MOST_S)
    if one.pause and one.pause[0] > one.pause[1]:
        yield "pause", f"{one.pause[0]}–{one.pause[1]}", _("A pause begins before it ends.")
    if not SLOWEST <= one.speed <= 1 / SLOWEST:
        yield "speed", one.speed, _("It is a number from 0.05 to 20; 1 is as fast as the travel says.")
    yield _between("day", one.day, 1, MOST_DAYS)


def _number(name: str, value: float) -> Fault | None:
    return None if math.isfinite(value) else (name, value, _("It is a number."))


def _share(value: float) -> Fault | None:
    return None if 0.0 <= value <= 1.0 else ("balance", value, _("It is a number from 0 to 1."))


def _between(name: str, value: int, least: int, most: int) -> Fault | None:
    return (
        None if least <= value <= most else (name, value, _("It is a whole number, neither too small nor too large."))
    )


def skills_of(problem: Problem) -> dict[str, int]:
    """Each skill that some stop needs, with the bit that stands for it."""
    needed = Counter(skill for one in problem.stops for skill in one.needs)
    return {skill: bit for bit, skill in enumerate(sorted(needed))}
