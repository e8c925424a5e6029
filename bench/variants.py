"""Instances made of others: renumbered and mirrored ones, city days of other seeds and sizes, a city day that has changed."""

from __future__ import annotations

import csv
import math
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import vrplib

NEW = 20
NEAR_KM = 0.3
ENOUGH_FOR = 5_547
"""So many sites have the teams of ``city.py``."""
CITY = ("id", "kind", "x_km", "y_km", "service_s", "tw_early_s", "tw_late_s", "team_days")


def mirrored(path: Path, folder: Path, seed: int) -> Path:
    """The same instance, x the other way and its clients in another order."""
    said = vrplib.read_instance(str(path), compute_edge_weights=False)
    size = int(said["dimension"])
    order = np.concatenate([[0], 1 + np.random.default_rng(seed).permutation(size - 1)])
    out = {name: value[order] if np.shape(value)[:1] == (size,) else value for name, value in said.items()}
    out["node_coord"] = [
        (round(float(said["node_coord"][:, 0].max() - x)), round(float(y))) for x, y in out["node_coord"]
    ]
    written = folder / f"{path.stem}-mirrored.vrp"
    vrplib.write_instance(str(written), _named(out))
    return written


def _named(out: dict[str, Any]) -> dict[str, Any]:
    """As VRPLIB writes them: single values first, then sections."""
    heads = {name.upper(): value for name, value in out.items() if not np.ndim(value)}
    sections = {f"{name.upper()}_SECTION": value for name, value in out.items() if np.ndim(value) and name != "depot"}
    return heads | sections | {"DEPOT_SECTION": [1, -1]}


def city(instances: Path, folder: Path, sites: int, seed: int) -> Path:
    """A city's day from ``city/city.py``, as a table; with more teams where there are more sites than those are enough for."""
    made = runpy.run_path(str(instances / "city" / "city.py"))["make"](sites, seed)
    written = folder / f"city{sites}_{seed}.csv"
    with written.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(CITY)
        for nr, (x, y) in enumerate(made["xy"]):
            is_base = nr < made["nb"]
            times = (int(made["svc"][nr]), *map(int, made["tw"][nr]))
            teams = math.ceil(made["veh"][nr] * max(1, sites / ENOUGH_FOR)) if is_base else ""
            table.writerow((nr, "base" if is_base else "site", f"{x:.4f}", f"{y:.4f}", *times, teams))
    return written


def changed(path: Path, ill: str, folder: Path, seed: int) -> Path:
    """The table with twenty sites more, each near another one, and a team-day less at the base of who is ill."""
    random = np.random.default_rng(seed)
    with path.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    sites = [row for row in rows if row["kind"] == "site"]
    for nr, beside in enumerate(random.choice(len(sites), NEW, replace=False)):
        x, y = (float(sites[beside][axis]) + random.normal(0, NEAR_KM) for axis in ("x_km", "y_km"))
        rows.append({**sites[beside], "id": f"new{nr}", "x_km": f"{x:.4f}", "y_km": f"{y:.4f}"})
    for row in rows:
        if row["id"] == ill:
            row["team_days"] = str(int(row["team_days"]) - 1)
    written = folder / "changed.csv"
    with written.open("w", newline="") as file:
        table = csv.DictWriter(file, CITY)
        table.writeheader()
        table.writerows(rows)
    return written
