"""How long a fresh machine waits for the demo: ``muster demo --load-only`` into an empty folder, database made and all.

Against making the empty database alone (``muster check`` in an empty folder), which is the least that it can take.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median

from bench.ground import folder
from bench.measure import ROUNDS, Line, spread


def measure(rounds: int = ROUNDS) -> Iterator[Line]:
    pairs = [(_seconds("demo", "--load-only"), _seconds("check")) for _round in range(rounds)]
    whole_s, empty_s = (median(column) for column in zip(*pairs, strict=True))
    ratios = [whole / empty for whole, empty in pairs]
    yield Line(
        "muster demo --load-only ÷ an empty database", "–", f"{median(ratios):.2f}", None,
        f"{spread(ratios)}; {whole_s:.1f} s ÷ {empty_s:.1f} s",
    )  # fmt: skip


def _seconds(*arguments: str) -> float:
    """How long a ``muster`` command takes in an empty folder."""
    with folder() as place:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("MUSTER_")}
        environment["MUSTER_DATA"] = str(place / "data")
        began = time.monotonic()
        command = [sys.executable, "-m", "muster.cli", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"muster {' '.join(arguments)}: {done.stderr}")
        return time.monotonic() - began
