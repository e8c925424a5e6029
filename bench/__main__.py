"""Run all benchmarks, or those named, and print their table: ``python -m bench [verb scale …]``."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

from bench.measure import table

NAMES = ("verb", "verb_sql", "pages", "figures", "scale", "paint", "fill", "ledger", "lists", "api", "demo", "routes")


def main(names: list[str]) -> None:
    if len(names) == 1:
        lines = list(import_module(f"bench.{names[0]}").measure())
        print(table(lines), flush=True)
        return
    # Each in a process of its own, as Django takes its settings once.
    for name in names or NAMES:
        print(f"\n{name}", flush=True)
        subprocess.run([sys.executable, "-m", "bench", name], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
