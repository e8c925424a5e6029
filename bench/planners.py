"""Runs a planner in a process of its own: Muster's command, or a peer; its plan is counted by ``instances.cost_of``."""

from __future__ import annotations

import contextlib
import csv
import json
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import vrplib

from bench.instances import Route, cost_of, read

MUSTER = "muster"
PEERS = ("pyvrp", "vroom", "ortools")
MUSTER_PLANS = (sys.executable, "-m", "muster.cli", "plan", "routes")
PEERS_PYTHON = Path(".venv/peers/bin/python")
LIMIT = 6
"""So many times the time asked for, and the process is ended: there is no answer."""


@dataclass(frozen=True)
class Run:
    """``cost`` is None where there was no plan. ``first_s``: after how long a plan of everybody was there, from the start."""

    engine: str
    instance: str
    seconds: float
    seed: int
    cost: float | None
    routes: int
    travel: float
    wall_s: float
    peak_mb: float
    first_s: float | None = None


@dataclass(frozen=True)
class Asked:
    engine: str
    path: Path
    seconds: float
    seed: int

    def is_answered_by(self, one: Run) -> bool:
        asked = (self.engine, self.path.stem, self.seconds, self.seed)
        return (one.engine, one.instance, one.seconds, one.seed) == asked


def run_all(folder: Path, asked: list[Asked]) -> list[Run]:
    """Muster's alone, as it takes both cores; those of peers two at a time. What the folder tells of isn't run again."""
    told = folder / "routes.jsonl"
    runs = [Run(**json.loads(line)) for line in told.read_text().splitlines()] if told.exists() else []
    open_ = [one for one in asked if not any(one.is_answered_by(run) for run in runs)]

    def answer(one: Asked) -> Run:
        done = run(one, folder)
        with told.open("a") as file:
            file.write(json.dumps(asdict(done)) + "\n")
        return done

    for side_by_side, is_own in ((1, True), (2, False)):
        with ThreadPoolExecutor(side_by_side) as pool:
            runs += pool.map(answer, [one for one in open_ if (one.engine == MUSTER) == is_own])
    return runs


def run(asked: Asked, folder: Path) -> Run:
    """Raises ValueError where its plan is none, RuntimeError where Muster's own command fails."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        out = Path(place) / ("plan.csv" if asked.path.suffix == ".csv" else "plan.sol")
        ended = _ended(_muster(asked, out) if asked.engine == MUSTER else _peer(asked, out), asked.seconds * LIMIT)
        if ended.code and asked.engine == MUSTER:
            raise RuntimeError(ended.said)
        routes = _routes(asked, out) if out.exists() else None
    cost = cost_of(read(asked.path), routes) if routes is not None else None
    return Run(
        asked.engine, asked.path.stem, asked.seconds, asked.seed, cost.cost if cost else None, cost.routes if cost else 0,
        cost.travel if cost else 0.0, ended.wall_s, ended.peak_mb, ended.first_s,
    )  # fmt: skip


def _muster(asked: Asked, out: Path) -> list[str]:
    return [*MUSTER_PLANS, str(asked.path), "--stop-s", str(asked.seconds), "--seed", str(asked.seed), "--processes", "2",
            "--out", str(out)]  # fmt: skip


def _peer(asked: Asked, out: Path) -> list[str]:
    told = (asked.engine, str(asked.path), str(asked.seconds), str(asked.seed), str(out))
    return [str(PEERS_PYTHON), "-m", "bench.peerplans", *told]


@dataclass(frozen=True)
class Ended:
    code: int
    said: str
    wall_s: float
    peak_mb: float
    first_s: float | None


def _ended(command: list[str], limit_s: float) -> Ended:
    """Runs it to its end, or to the limit; what it says is read while it says it."""
    begun, first_s, lines, peaks = time.monotonic(), None, [], [0.0]
    process = subprocess.Popen(command, stderr=subprocess.STDOUT, stdout=subprocess.PIPE, text=True)
    watching = threading.Thread(target=_watch, args=(process, begun + limit_s, peaks))
    watching.start()
    assert process.stdout
    for line in process.stdout:
        lines.append(line)
        if first_s is None and "team-days, cost" in line and "left out" not in line:
            first_s = time.monotonic() - begun
    code = process.wait()
    wall_s = time.monotonic() - begun
    watching.join()
    return Ended(code, "".join(lines), wall_s, max(peaks), first_s)


def _watch(process: subprocess.Popen[str], until: float, peaks: list[float]) -> None:
    """Note its memory until it ends, or end it. What the system tells afterwards would count this process, too."""
    while process.poll() is None:
        if time.monotonic() > until:
            process.kill()
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # It may have ended since.
            status = Path(f"/proc/{process.pid}/status").read_text()
            peaks += [int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")]
        time.sleep(0.2)


def _routes(asked: Asked, out: Path) -> list[Route] | None:
    if asked.engine != MUSTER:
        told = json.loads(out.read_text())
        return None if told is None else [Route(base, stops) for base, stops in told]
    if asked.path.suffix != ".csv":
        return [Route(0, stops) for stops in vrplib.read_solution(str(out))["routes"]]
    return planned(asked.path, out)


def planned(sites: Path, table: Path) -> list[Route]:
    """The routes of Muster's table, with the numbers that places have in the table of sites."""
    with sites.open(encoding="utf-8-sig") as file:
        number = {row["id"]: nr for nr, row in enumerate(csv.DictReader(file))}
    return [Route(number[base], [number[stop] for stop in stops]) for base, stops in routes_of(table).values()]


def routes_of(table: Path) -> dict[str, tuple[str, list[str]]]:
    """By its number, a route's base and stops, by their names; from the table of visits that Muster writes."""
    routes: dict[str, tuple[str, list[str]]] = {}
    with table.open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            if row["route"]:
                routes.setdefault(row["route"], (row["team"], []))[1].append(row["stop"])
    return routes
