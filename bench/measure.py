"""What a benchmark answers: lines of the table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

ROUNDS = 5


@dataclass(frozen=True)
class Line:
    """One measurement: a figure with its target, and the rounds it is the median of."""

    what: str
    target: str
    value: str
    met: bool | None
    detail: str = ""


def at_least(what: str, bound: float, ratios: Sequence[float], detail: str = "") -> Line:
    value = median(ratios)
    return Line(what, f"≥ {bound:g}", f"{value:.2f}", value >= bound, f"{spread(ratios)}{detail}")


def at_most(what: str, bound: float, values: Sequence[float], detail: str = "", unit: str = "") -> Line:
    value = median(values)
    return Line(what, f"≤ {bound:g}{unit}", f"{value:.3g}{unit}", value <= bound, f"{spread(values)}{detail}")


def spread(values: Sequence[float]) -> str:
    return f"{min(values):.3g}–{max(values):.3g} in {len(values)} rounds"


def table(lines: Iterable[Line]) -> str:
    head = ["| measured | target | median | met | rounds |", "| --- | --- | --- | --- | --- |"]
    met = {True: "yes", False: "**no**", None: "–"}
    return "\n".join(
        [*head, *(f"| {one.what} | {one.target} | {one.value} | {met[one.met]} | {one.detail} |" for one in lines)]
    )
