"""A plan as files: a table for a spreadsheet, and lines for a map (RFC 7946)."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path

from muster.planning.routes.problem import Problem
from muster.planning.routes.result import Result

Place = tuple[float, float]
COLUMNS = ("route", "team", "nr", "stop", "arrives_s", "begins_s", "leaves_s", "waits_s", "left_out")


def write_table(path: Path, result: Result) -> None:
    """A row a visit, then a row for each stop that is left out, with why."""
    # With a byte order mark, by which spreadsheets know that it is UTF-8.
    with path.open("w", newline="", encoding="utf-8-sig") as stream:
        table = csv.writer(stream)
        table.writerow(COLUMNS)
        for nr, route in enumerate(result.routes, 1):
            for at, visit in enumerate(route.visits, 1):
                times = (visit.arrives_s, visit.begins_s, visit.leaves_s, visit.waits_s)
                table.writerow((nr, route.team, at, visit.stop, *times, ""))
        for out in result.left_out:
            table.writerow(("", "", "", out.stop, "", "", "", "", out.why))


def write_map(path: Path, problem: Problem, result: Result, places: Mapping[str, Place]) -> None:
    """A line a route, and a point a stop. ``places``: where stops and teams are, by their name, as the input had it."""
    teams = {one.id: places[one.id] for one in problem.teams}
    features = []
    for nr, route in enumerate(result.routes, 1):
        base = teams[route.team]
        line = [base, *(places[visit.stop] for visit in route.visits), base]
        told = {"route": nr, "team": route.team, "stops": len(route.visits), "travel_s": route.travel_s}
        features.append(_feature("LineString", line, told))
        for at, visit in enumerate(route.visits, 1):
            told = {"route": nr, "nr": at, "stop": visit.stop, "arrives_s": visit.arrives_s, "leaves_s": visit.leaves_s}
            features.append(_feature("Point", places[visit.stop], told))
    features += [
        _feature("Point", places[one.stop], {"stop": one.stop, "left_out": one.why}) for one in result.left_out
    ]
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False), encoding="utf-8"
    )


def _feature(kind: str, coordinates: object, properties: Mapping[str, object]) -> dict[str, object]:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}
