"""Plans an instance with another planner: ``python -m bench.peerplans pyvrp|vroom|ortools FILE SECONDS SEED OUT.json``.

Runs where the peers are installed (requirements-peers.txt), and where Muster isn't. Each gets the same whole numbers, one core
and its own usual settings.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from bench.instances import Instance, read

Routes = list[tuple[int, list[int]]]


def main(engine: str, source: str, seconds: str, seed: str, out: str) -> None:
    routes = ENGINES[engine](read(Path(source)), float(seconds), int(seed))
    Path(out).write_text(json.dumps(routes))


def _pyvrp(one: Instance, seconds: float, seed: int) -> Routes | None:
    import pyvrp
    from pyvrp.stop import MaxRuntime

    def times(place: int) -> dict[str, int]:
        return {"tw_early": int(one.early[place]), "tw_late": int(one.late[place])} if one.timed else {}

    clients = [
        pyvrp.Client(
            *map(float, one.xy[place]), delivery=[int(one.demand[place])] if one.capacity else [],
            service_duration=int(one.service[place]), prize=int(one.prize[place]), required=not one.prize[place], **times(place),
        )
        for place in one.clients
    ]  # fmt: skip
    depots = [pyvrp.Depot(*map(float, one.xy[base])) for base in range(one.bases)]
    teams = [
        pyvrp.VehicleType(
            count, [one.capacity] if one.capacity else [], base, base, fixed_cost=one.fixed, **times(base)
        )
        for base, count in enumerate(one.teams)
    ]
    ways = one.ways.astype(np.int64)
    durations = ways if one.timed else np.zeros_like(ways)
    found = pyvrp.solve(pyvrp.ProblemData(clients, depots, teams, [ways], [durations]), MaxRuntime(seconds), seed)
    if not found.is_feasible():
        return None
    return [(route.start_depot(), [int(visit) for visit in route.visits()]) for route in found.best.routes()]


def _vroom(one: Instance, seconds: float, _seed: int) -> Routes | None:
    """Prizes are unknown to it. It minds its time only roughly."""
    import vroom

    asked = vroom.Input()
    asked.set_durations_matrix("car", one.ways.astype(np.uint32))
    number = 0
    for base, count in enumerate(_enough(one)):
        for _nr in range(count):
            asked.add_vehicle(vroom.Vehicle(
                number, base, base, capacity=[one.capacity] if one.capacity else [], costs=vroom.VehicleCosts(fixed=one.fixed),
                time_window=vroom.TimeWindow(int(one.early[base]), int(one.late[base])) if one.timed else None,
            ))  # fmt: skip
            number += 1
    for place in one.clients:
        asked.add_job(vroom.Job(
            place, place, default_service=int(one.service[place]), delivery=[int(one.demand[place])] if one.capacity else [],
            time_windows=[vroom.TimeWindow(int(one.early[place]), int(one.late[place]))] if one.timed else [],
        ))  # fmt: skip
    found = asked.solve(exploration_level=5, nb_threads=1, timeout=timedelta(seconds=seconds))
    return _of_steps(one, found.routes) if not len(found.unassigned) else None


def _of_steps(one: Instance, steps: Any) -> Routes:
    """From VROOM's table of steps."""
    base_of = [base for base, count in enumerate(_enough(one)) for _nr in range(count)]
    jobs = steps[steps["type"] == "job"]
    return [
        (base_of[int(vehicle)], [int(job) for job in visits]) for vehicle, visits in jobs.groupby("vehicle_id")["id"]
    ]


def _ortools(one: Instance, seconds: float, _seed: int) -> Routes | None:
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    starts = [base for base, count in enumerate(_enough(one)) for _nr in range(count)]
    index = pywrapcp.RoutingIndexManager(len(one.xy), len(starts), starts, starts)
    model = pywrapcp.RoutingModel(index)
    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix(one.ways.tolist()))
    model.SetFixedCostOfAllVehicles(one.fixed)
    if one.capacity:
        loads = model.RegisterUnaryTransitVector(one.demand.tolist())
        model.AddDimension(loads, 0, one.capacity, True, "load")
    if one.timed:
        _keep_times(one, model, index, starts)
    for place in one.clients:
        if one.prize[place]:
            model.AddDisjunction([index.NodeToIndex(place)], int(one.prize[place]))
    wanted = pywrapcp.DefaultRoutingSearchParameters()
    wanted.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    wanted.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    wanted.time_limit.FromMilliseconds(round(seconds * 1000))
    found = model.SolveWithParameters(wanted)
    return _of_indices(model, index, found, starts) if found else None


def _keep_times(one: Instance, model: Any, index: Any, starts: list[int]) -> None:
    horizon = int(one.late.max())
    model.AddDimension(
        model.RegisterTransitMatrix((one.ways + one.service[:, None]).tolist()), horizon, horizon, False, "time"
    )
    time = model.GetDimensionOrDie("time")
    for place in one.clients:
        time.CumulVar(index.NodeToIndex(place)).SetRange(int(one.early[place]), int(one.late[place]))
    for team, base in enumerate(starts):
        for end in (model.Start(team), model.End(team)):
            time.CumulVar(end).SetRange(int(one.early[base]), int(one.late[base]))


def _of_indices(model: Any, index: Any, found: Any, starts: list[int]) -> Routes:
    routes: Routes = []
    for team, base in enumerate(starts):
        at, stops = found.Value(model.NextVar(model.Start(team))), []
        while not model.IsEnd(at):
            stops.append(index.IndexToNode(at))
            at = found.Value(model.NextVar(at))
        if stops:
            routes.append((base, stops))
    return routes


def _enough(one: Instance) -> tuple[int, ...]:
    """Teams, where an instance has as many as stops: more than enough of them would only slow these two."""
    if one.timed:
        return one.teams
    return (min(one.teams[0], math.ceil(1.2 * one.demand.sum() / one.capacity) + 5),)


ENGINES: dict[str, Callable[[Instance, float, int], Routes | None]] = {
    "pyvrp": _pyvrp,
    "vroom": _vroom,
    "ortools": _ortools,
}

if __name__ == "__main__":
    main(*sys.argv[1:])
