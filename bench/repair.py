"""A city's plan of yesterday, a team ill, twenty sites new: how long the command takes to change it, and how much it changes."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import variants
from bench.instances import cost_of, read
from bench.measure import Line, at_most
from bench.planners import MUSTER_PLANS, planned, routes_of

FIRST_S, AGAIN_S = "30", "2"


def repaired(city: Path, place: Path, seeds: Sequence[int]) -> Iterator[Line]:
    """Raises ValueError where somebody isn't visited."""
    walls, shares, days = [], [], []
    for seed in seeds:
        before, after = place / f"before{seed}.csv", place / f"after{seed}.csv"
        _plan(city, "--stop-s", FIRST_S, "--seed", str(seed), "--out", str(before))
        was = routes_of(before)
        ill = list(was)[seed * len(was) // (len(seeds) + 1)]
        changed = variants.changed(city, was[ill][0], place, seed)
        begun = time.monotonic()
        _plan(changed, "--stop-s", AGAIN_S, "--keep", str(before), "--without", ill, "--out", str(after))
        walls.append(time.monotonic() - begun)
        shares.append(_moved(was, routes_of(after)) * 100)
        days.append((len(was), cost_of(read(changed), planned(changed, after)).routes))
    told = "; team-days " + ", ".join(f"{one} → {other}" for one, other in days)
    yield at_most("city day, 20 new and one team less: the command", 5, walls, unit=" s")
    yield at_most("city day, 20 new and one team less: stops moved, those of who is ill too", 5, shares, told, " %")


def _plan(table: Path, *options: str) -> None:
    subprocess.run([*MUSTER_PLANS, str(table), "--processes", "2", *options], check=True, capture_output=True)


def _moved(was: dict[str, tuple[str, list[str]]], now: dict[str, tuple[str, list[str]]]) -> float:
    route = {stop: nr for nr, (_base, stops) in now.items() for stop in stops}
    moved = [stop for nr, (_base, stops) in was.items() for stop in stops if route.get(stop) != nr]
    return len(moved) / sum(len(stops) for _base, stops in was.values())
