"""A plan as files: a table for a spreadsheet, which can be read again, and lines for a map (RFC 7946)."""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from muster.lib.said import said as _
from muster.planning.refused import PlanRefused
from muster.planning.routes.problem import KeptRoute, Problem
from muster.planning.routes.result import Result

Place = tuple[float, float]
COLUMNS = ("route", "team", "day", "nr", "stop", "arrives_s", "begins_s", "leaves_s", "waits_s", "left_out")


def write_table(path: Path, result: Result) -> None:
    """A row a visit, then a row for each stop that is left out, with why."""
    # With a byte order mark, by which spreadsheets know that it is UTF-8.
    with path.open("w", newline="", encoding="utf-8-sig") as stream:
        table = csv.writer(stream)
        table.writerow(COLUMNS)
        for route in result.routes:
            for at, visit in enumerate(route.visits, 1):
                times = (visit.arrives_s, visit.begins_s, visit.leaves_s, visit.waits_s)
                table.writerow((route.nr, route.team, route.day, at, visit.stop, *times, ""))
        for out in result.left_out:
            table.writerow(("", "", "", "", out.stop, "", "", "", "", out.why))


class NotAPlan(PlanRefused):
    code = "not_a_plan"
    message = _("{file} is no plan of these stops: {fault}. Give the table that planning routes wrote (.csv).")


class NoSuchRoute(PlanRefused):
    code = "no_such_route"
    message = _("{file} has no route {nr}.")


def read_table(path: Path, problem: Problem, without: Collection[int] = ()) -> tuple[KeptRoute, ...]:
    """The routes of a plan that was written, of those stops and teams that are still there, and ``without`` some.

    Where a team has fewer team-days than it had, those with the fewest stops go. Raises NotAPlan, NoSuchRoute.
    """
    rows = _rows(path)
    for nr in without:
        if nr not in {row.nr for row in rows}:
            raise NoSuchRoute(file=path.name, nr=nr)
    known, routes = {one.id for one in problem.stops}, dict[int, KeptRoute]()
    for row in rows:
        if row.nr not in without and row.stops[0] in known:
            before = routes.get(row.nr, replace(row, stops=()))
            routes[row.nr] = replace(before, stops=(*before.stops, *row.stops))
    if rows and not known & {row.stops[0] for row in rows}:
        raise NotAPlan(file=path.name, fault=_("it visits none of them"))
    return _that_teams_have(problem, list(routes.values()))


def _rows(path: Path) -> list[KeptRoute]:
    """A visit each, as a route of one stop."""
    table = csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines(keepends=True))
    if missing := {"route", "team", "stop"} - set(table.fieldnames or ()):
        raise NotAPlan(
            file=path.name, fault=_("it lacks the columns {columns}").format(columns=", ".join(sorted(missing)))
        )
    try:
        return [
            KeptRoute(row["team"], (row["stop"],), int(row["route"]), int(row.get("day") or 1), table.line_num)
            for row in table
            if row["route"]
        ]
    except ValueError as fault:
        raise NotAPlan(file=path.name, fault=f"{fault} ({table.line_num})") from fault


def _that_teams_have(problem: Problem, routes: list[KeptRoute]) -> tuple[KeptRoute, ...]:
    left = {(one.id, one.day): one.count for one in problem.teams}
    found = []
    for route in sorted(routes, key=lambda one: len(one.stops), reverse=True):
        team = (route.team, route.day)
        if left.get(team, 0):
            left[team] -= 1
            found.append(route)
    return tuple(sorted(found, key=lambda one: one.nr))


def write_map(path: Path, problem: Problem, result: Result, places: Mapping[str, Place]) -> None:
    """A line a route, and a point a stop. ``places``: where stops and teams are, by their name, as the input had it."""
    teams = {one.id: places[one.id] for one in problem.teams}
    features = []
    for route in result.routes:
        base = teams[route.team]
        line = [base, *(places[visit.stop] for visit in route.visits), base]
        told = {
            "route": route.nr,
            "team": route.team,
            "day": route.day,
            "stops": len(route.visits),
            "travel_s": route.travel_s,
        }
        features.append(_feature("LineString", line, told))
        for at, visit in enumerate(route.visits, 1):
            told = {
                "route": route.nr,
                "nr": at,
                "stop": visit.stop,
                "arrives_s": visit.arrives_s,
                "leaves_s": visit.leaves_s,
            }
            features.append(_feature("Point", places[visit.stop], told))
    features += [
        _feature("Point", places[one.stop], {"stop": one.stop, "left_out": one.why}) for one in result.left_out
    ]
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False), encoding="utf-8"
    )


def _feature(kind: str, coordinates: object, properties: Mapping[str, object]) -> dict[str, object]:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}
