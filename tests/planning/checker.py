"""Checks a plan against its problem; written apart from the planner, in the plainest way."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from typing import NamedTuple

from muster.planning.routes.problem import LATEST, Problem, Stop, Team
from muster.planning.routes.result import Result, Route
from muster.planning.routes.travel import Matrix, Straight, Streets


class At(NamedTuple):
    """A stop, or where a team starts or ends."""

    what: str
    one: Stop | Team


def faults_of(problem: Problem, result: Result) -> list[str]:
    """What is wrong with a plan; nothing, if it is a plan."""
    faults = [f"{route.team}: {fault}" for route in result.routes for fault in faults_of_route(problem, route)]
    said = Counter(visit.stop for route in result.routes for visit in route.visits)
    said.update(one.stop for one in result.left_out)
    faults += [f"stop {one.id} stands {said[one.id]} times" for one in problem.stops if said[one.id] != 1]
    used = Counter((route.team, route.day) for route in result.routes)
    faults += [
        f"{one.id} has more than {one.count} team-days" for one in problem.teams if used[one.id, one.day] > one.count
    ]
    if len({route.nr for route in result.routes}) < len(result.routes):
        faults.append("two routes have the same number")
    if set(result.moved) != moved_in(problem, result):
        faults.append(f"moved {sorted(result.moved)}, counted {sorted(moved_in(problem, result))}")
    faults += apart_in(problem, result)
    if cost_of(problem, result) != result.cost:
        faults.append(f"cost {result.cost}, counted {cost_of(problem, result)}")
    return faults


def faults_of_route(problem: Problem, route: Route) -> list[str]:
    team = team_of(problem, route)
    stops = [next(one for one in problem.stops if one.id == visit.stop) for visit in route.visits]
    faults = [f"{one.id} needs {sorted(one.needs)}" for one in stops if not one.needs <= team.skills]
    for kind in range(len(team.capacity)):
        load = sum(one.demand[kind] for one in stops if len(one.demand) > kind)
        if load > team.capacity[kind] or load != route.load[kind]:
            faults.append(f"load {load} of {team.capacity[kind]}, said {route.load[kind]}")
    return faults + times_wrong(problem, team, stops, route)


def times_wrong(problem: Problem, team: Team, stops: list[Stop], route: Route) -> list[str]:
    """Every team leaves, drives, waits, serves, and is back, as the plan says and as it may."""
    faults: list[str] = []
    at, here = route.leaves_s, At("start", team)
    if route.leaves_s < team.opens_s:
        faults.append("leaves before its day begins")
    for visit, stop in zip(route.visits, stops, strict=True):
        at = driven(team, at, way(problem, team, here, At("stop", stop)))
        begins = visit.begins_s
        if visit.arrives_s != at or begins < at or visit.leaves_s != begins + stop.service_s:
            faults.append(f"{stop.id}: arrives {at}, said {visit}")
        if stop.windows and not any(early <= begins <= late for early, late in stop.windows):
            faults.append(f"{stop.id}: begins {begins}, may {stop.windows}")
        if team.pause and visit.leaves_s > team.pause[0] and begins < team.pause[1] and stop.service_s:
            faults.append(f"{stop.id}: served from {begins} to {visit.leaves_s}, in the pause")
        at, here = visit.leaves_s, At("stop", stop)
    at = driven(team, at, way(problem, team, here, At("end", team)))
    if at != route.returns_s or at > team.closes_s:
        faults.append(f"back {at}, said {route.returns_s}, may {team.closes_s}")
    return faults


def cost_of(problem: Problem, result: Result) -> int:
    stops = {one.id: one for one in problem.stops}
    cost = sum(stops[one.stop].prize_s or 0 for one in result.left_out)
    for route in result.routes:
        team = team_of(problem, route)
        here = [At("start", team), *(At("stop", stops[visit.stop]) for visit in route.visits), At("end", team)]
        travel = sum(way(problem, team, a, b) for a, b in pairwise(here))
        works = travel + sum(stops[visit.stop].service_s for visit in route.visits)
        hours = team.works_s if team.closes_s < LATEST else 28_800
        cost += team.day_cost_s + travel + math.floor(problem.balance / max(1, hours) * works * works)
    return cost + problem.move_s * len(moved_in(problem, result))


def team_of(problem: Problem, route: Route) -> Team:
    return next(one for one in problem.teams if (one.id, one.day) == (route.team, route.day))


def moved_in(problem: Problem, result: Result) -> set[str]:
    """Whom a route of another number visits than in the plan that is kept."""
    was = {stop: route.nr for route in problem.kept for stop in route.stops}
    return {
        visit.stop for route in result.routes for visit in route.visits if was.get(visit.stop, route.nr) != route.nr
    }


def apart_in(problem: Problem, result: Result) -> list[str]:
    """Groups of which two teams, or the same on two days, visit somebody."""
    group = {stop.id: stop.group for stop in problem.stops}
    by = {(group[visit.stop], route.nr) for route in result.routes for visit in route.visits if group[visit.stop]}
    return [f"group {name} is apart" for name, count in Counter(name for name, _nr in by).items() if count > 1]


def driven(team: Team, at: int, way_s: int) -> int:
    """When a team is there that drives so long, but not while it pauses."""
    if not team.pause:
        return at + way_s
    rests, goes_on = team.pause
    if rests <= at < goes_on and way_s:
        at = goes_on
    if at < rests < at + way_s:
        return at + way_s + goes_on - rests
    return at + way_s


def way(problem: Problem, team: Team, a: At, b: At) -> int:
    usual = usual_way(problem, a, b)
    return int(usual / team.speed) if team.speed != 1.0 else usual


def usual_way(problem: Problem, a: At, b: At) -> int:
    match problem.travel:
        case Matrix(seconds):
            return int(seconds[row_of(problem, a), row_of(problem, b)])
        case Straight(scale, rounded):
            line = math.dist(place_of(a), place_of(b)) * scale
            return math.floor(line + 0.5) if rounded else math.floor(line)
        case Streets() as streets:
            line = math.dist(place_of(a), place_of(b))
            road = line * streets.detour
            kmh = min(max(streets.slow_kmh + streets.faster_kmh_per_km * road, streets.slow_kmh), streets.fast_kmh)
            return math.floor(road / kmh * 3600 + (streets.park_s if line > streets.beside_km else 0))


def place_of(at: At) -> tuple[float, float]:
    if isinstance(at.one, Team):
        return at.one.start if at.what == "start" else at.one.home
    return at.one.x, at.one.y


def row_of(problem: Problem, at: At) -> int:
    if isinstance(at.one, Stop):
        return problem.stops.index(at.one)
    return len(problem.stops) + problem.teams.index(at.one) + (len(problem.teams) if at.what == "end" else 0)
