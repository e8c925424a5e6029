"""Instances and solutions as routing research writes them (VRPLIB): read into a problem, and a plan written for their checkers.

Capacitated instances count the straight line rounded to whole numbers (CVRPLIB). Those with time windows count tenths, cut off
after the first decimal, prizes too (DIMACS' challenge of 2022): so do the costs of their plans here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import vrplib

from muster.lib.said import said as _
from muster.planning.refused import PlanRefused
from muster.planning.routes.problem import LATEST, Problem, Stop, Team
from muster.planning.routes.result import Result
from muster.planning.routes.travel import Matrix, Straight, Travel

TENTHS = 10
DEPOT = "depot"
WEIGHTS = ("EUC_2D", "EXPLICIT")


class UnknownInstance(PlanRefused):
    code = "unknown_instance"
    message = _("{file}: {field} {value} isn't understood here. Give the ways as explicit edge weights.")


class NotAnInstance(PlanRefused):
    code = "not_an_instance"
    message = _(
        "{file} can't be read as a VRPLIB instance: {fault}. It needs coordinates or edge weights, and demands."
    )


@dataclass(frozen=True)
class Instance:
    """``unit``: how many of the costs counted here make one of the set's own."""

    problem: Problem
    unit: int


def read_instance(path: Path) -> Instance:
    """Raises NotAnInstance, UnknownInstance, and what a problem is refused with."""
    try:
        said = vrplib.read_instance(str(path), compute_edge_weights=False)
        if said.get("edge_weight_type") == "EXPLICIT":
            said = vrplib.read_instance(str(path))
        _must_be_understood(path, said)
        return _instance(said)
    except (ValueError, KeyError, IndexError, TypeError, OSError, RuntimeError) as fault:
        if isinstance(fault, PlanRefused):
            raise
        raise NotAnInstance(file=path.name, fault=f"{type(fault).__name__} {fault}") from fault


def _must_be_understood(path: Path, said: dict[str, Any]) -> None:
    if said.get("edge_weight_type", "EUC_2D") not in WEIGHTS:
        raise UnknownInstance(file=path.name, field="EDGE_WEIGHT_TYPE", value=said["edge_weight_type"])
    if "distance" in said:
        raise UnknownInstance(file=path.name, field="DISTANCE", value=said["distance"])


def _instance(said: dict[str, Any]) -> Instance:
    timed = "time_window" in said
    unit = TENTHS if timed else 1
    size = int(said["dimension"])
    depots = [int(depot) for depot in np.atleast_1d(said.get("depot", [0]))]
    places = _coordinates(said, size)
    clients = [place for place in range(size) if place not in depots]
    stops = tuple(_stop(said, place, places, unit) for place in clients)
    teams = tuple(_team(said, nr, depot, places, unit, len(stops)) for nr, depot in enumerate(depots))
    return Instance(Problem(stops, teams, _travel(said, clients, depots, unit)), unit)


def _coordinates(said: dict[str, Any], size: int) -> Any:
    return said["node_coord"] if "node_coord" in said else np.zeros((size, 2))


def _stop(said: dict[str, Any], place: int, places: Any, unit: int) -> Stop:
    prize = _of(said, "prize", place)
    return Stop(
        id=str(place), x=float(places[place][0]), y=float(places[place][1]), service_s=_of(said, "service_time", place) * unit,
        windows=(_window(said, place, unit),) if "time_window" in said else (),
        demand=(_of(said, "demand", place),) if "demand" in said else (),
        prize_s=prize * unit if prize else None, line=place + 1,
    )  # fmt: skip


def _team(said: dict[str, Any], nr: int, depot: int, places: Any, unit: int, most: int) -> Team:
    """A vehicle costs nothing but its way."""
    opens, closes = _window(said, depot, unit) if "time_window" in said else (0, LATEST)
    return Team(
        id=f"{DEPOT}{nr + 1}", start=(float(places[depot][0]), float(places[depot][1])), opens_s=opens, closes_s=closes,
        count=int(said.get("vehicles", most)), capacity=(int(said["capacity"]),) if "capacity" in said else (), cost_s=0,
        line=depot + 1,
    )  # fmt: skip


def _of(said: dict[str, Any], section: str, place: int) -> int:
    """What a section says of a place; one number stands for all but depots."""
    value = said.get(section, 0)
    return int(value[place]) if isinstance(value, np.ndarray) else int(value)


def _window(said: dict[str, Any], place: int, unit: int) -> tuple[int, int]:
    early, late = said["time_window"][place]
    return int(early) * unit, int(late) * unit


def _travel(said: dict[str, Any], clients: list[int], depots: list[int], unit: int) -> Travel:
    if "edge_weight" not in said:
        return Straight(scale=unit, rounded=unit == 1)
    order = [*clients, *depots, *depots]
    return Matrix((said["edge_weight"][np.ix_(order, order)] * unit).astype(np.int32))


def write_solution(path: Path, result: Result, unit: int = 1) -> None:
    """Stops by their numbers in the instance, less its depots."""
    routes = [[int(visit.stop) for visit in route.visits] for route in result.routes]
    cost = result.cost / unit if unit > 1 else result.cost
    vrplib.write_solution(str(path), routes, {"Cost": cost})
