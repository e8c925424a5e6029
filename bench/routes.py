"""Plans of routes: how far above the best known, and how many team-days a city needs; beside PyVRP, VROOM and OR-Tools.

``MUSTER_BENCH_INSTANCES`` names a folder with ``bks.csv`` (folder, instance, customers, best_known), the instances in their
folders, and ``city/``: a day as a table, and ``city.py``, which makes others. Muster has two cores and three seeds; peers have
one core each, two beside each other, and PyVRP three seeds up to 1,000 stops. What was run is kept in ``routes.jsonl`` of
``MUSTER_BENCH_FOLDER``, and not run again.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

from bench import variants
from bench.ground import folder
from bench.measure import Line, at_most, spread
from bench.planners import MUSTER, PEERS, Asked, Run, run_all
from bench.repair import repaired

SECONDS, LONG = 60, 300
SEEDS = (1, 2, 3)
SMALL = 1_000
AT_MOST = {"X-n1001-k43": 1.3, "RC1_10_5": 3.0, "Antwerp1": 2.0}
MEANS = ("vrptw", "pcvrptw")
PEAK_MB = 2_000
CITIES = ((5_547, 1), (5_547, 2), (3_000, 1), (10_000, 1))


@dataclass(frozen=True)
class Known:
    """An instance, and the cost of the best plan that anybody knows."""

    path: Path
    stops: int
    best: float

    def gaps(self, runs: list[Run], engine: str, name: str = "") -> list[float]:
        """How many hundredths above it each plan is."""
        costs = [one.cost for one in runs if (one.engine, one.instance) == (engine, name or self.path.stem)]
        return [(cost / self.best - 1) * 100 for cost in costs if cost is not None]


def measure() -> Iterator[Line]:
    if "MUSTER_BENCH_INSTANCES" not in os.environ:
        yield Line("plans of routes", "–", "MUSTER_BENCH_INSTANCES names no folder of instances", None)
        return
    instances = Path(os.environ["MUSTER_BENCH_INSTANCES"])
    known, city = _known(instances), next((instances / "city").glob("*.csv"))
    with folder() as place:
        others = list(_others(instances, known, place))
        runs = run_all(
            place, [*_asked(known), *_asked_of_city(city), *(Asked(MUSTER, one, SECONDS, 1) for one in others)]
        )
        yield from _above_best(known, runs)
        yield from _of_city(city, runs)
        yield from _alike(known, runs, others)
        yield from _in_all([one for one in runs if one.engine == MUSTER])
        yield from repaired(city, place, SEEDS)


def _known(instances: Path) -> list[Known]:
    with (instances / "bks.csv").open() as file:
        return [_known_one(instances, row) for row in csv.DictReader(file)]


def _known_one(instances: Path, row: dict[str, str]) -> Known:
    """Where there are prizes, the best known cost is told in tenths."""
    best = float(row["best_known"]) / (10 if row["folder"] == "pcvrptw" else 1)
    return Known(instances / row["folder"] / f"{row['instance']}.vrp", int(row["customers"]), best)


def _asked(known: list[Known]) -> Iterator[Asked]:
    for one in known:
        yield from (Asked(MUSTER, one.path, SECONDS, seed) for seed in SEEDS)
        for peer in PEERS:
            seeds = SEEDS if peer == "pyvrp" and one.stops <= SMALL else SEEDS[:1]
            yield from (Asked(peer, one.path, SECONDS, seed) for seed in seeds)


def _asked_of_city(city: Path) -> Iterator[Asked]:
    yield from (Asked(MUSTER, city, seconds, seed) for seconds in (SECONDS, LONG) for seed in SEEDS)
    yield from (Asked(peer, city, SECONDS, SEEDS[0]) for peer in PEERS)


def _others(instances: Path, known: list[Known], place: Path) -> Iterator[Path]:
    """Instances that nothing was tuned to."""
    yield from (variants.mirrored(one.path, place, 1) for one in known if one.path.stem in AT_MOST)
    yield from (variants.city(instances, place, *size) for size in CITIES)


def _above_best(known: list[Known], runs: list[Run]) -> Iterator[Line]:
    for one in known:
        own = one.gaps(runs, MUSTER)
        peers = {peer: one.gaps(runs, peer) for peer in PEERS}
        best = min(median(gaps) for gaps in peers.values() if gaps)
        most = AT_MOST.get(one.path.stem, best + 0.2 if one.stops <= SMALL else best)
        beside = ", ".join(f"{peer} {median(gaps):.2f}" if gaps else f"{peer} no plan" for peer, gaps in peers.items())
        yield at_most(
            f"{one.path.stem}, {one.stops:,} stops, above the best known", round(most, 2), own, f"; {beside}", " %"
        )
    for kind in MEANS:
        gaps = [median(one.gaps(runs, MUSTER)) for one in known if one.path.parent.name == kind]
        yield Line(f"{kind}, mean of {len(gaps)}", "≤ 3 %", f"{mean(gaps):.2f} %", mean(gaps) <= 3, "of the medians")
    small = [one for one in known if one.stops <= SMALL]
    worse = {one.path.stem: median(one.gaps(runs, MUSTER)) - median(one.gaps(runs, "pyvrp")) for one in small}
    worst = max(worse, key=lambda name: worse[name])
    yield Line("Muster less PyVRP, the worst of those", "≤ 0.2 %", f"{worse[worst]:.2f} %", worse[worst] <= 0.2, worst)


def _of_city(city: Path, runs: list[Run]) -> Iterator[Line]:
    for seconds, days in ((SECONDS, 149), (LONG, 143)):
        own = [one for one in runs if (one.engine, one.instance, one.seconds) == (MUSTER, city.stem, seconds)]
        hours = f"; {', '.join(f'{one.travel / 3600:.1f}' for one in own)} h travel"
        yield at_most(f"city day, {seconds} s: team-days", days, [one.routes for one in own], hours)
        yield at_most(f"city day, {seconds} s: travel", 215, [one.travel / 3600 for one in own], unit=" h")
        firsts = [one.first_s for one in own if one.first_s is not None]
        yield at_most(f"city day, {seconds} s: first plan, from the command's start", 5, firsts, unit=" s")
    for one in runs:
        if one.instance == city.stem and one.engine != MUSTER:
            found = f"{one.routes}, {one.travel / 3600:.0f} h" if one.cost is not None else "no plan"
            yield Line(f"city day, {SECONDS} s: {one.engine}", "–", found, None, f"{one.wall_s:.0f} s")


def _alike(known: list[Known], runs: list[Run], others: list[Path]) -> Iterator[Line]:
    """Of what wasn't tuned to: beside the instance that it was made of, or as team-days for so many sites."""
    for one in known:
        name = f"{one.path.stem}-mirrored"
        if gaps := one.gaps(runs, MUSTER, name):
            beside = f"the other {median(one.gaps(runs, MUSTER)):.2f}"
            yield Line(f"{name}, renumbered too", "–", f"{gaps[0]:.2f} %", None, beside)
    for path in others:
        for run in runs:
            if run.instance == path.stem and path.suffix == ".csv":
                took = f"{run.travel / 3600:.0f} h travel, {run.peak_mb:.0f} MB"
                yield Line(f"{path.stem}, {SECONDS} s: team-days", "–", str(run.routes), None, took)


def _in_all(runs: list[Run]) -> Iterator[Line]:
    late = [one.wall_s - one.seconds for one in runs]
    yield at_most("memory of the command, the most of all", PEAK_MB, [max(one.peak_mb for one in runs)], unit=" MB")
    yield Line("the command beyond its time, start and files too", "–", f"{median(late):.1f} s", None, spread(late))
