"""When each stop may be begun by teams of the same hours, in the time that those work: their clock stands still while they pause.

So whoever drives when a pause begins drives on after it, and nothing that reckons with times need know of pauses.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from muster.planning.routes.problem import LATEST, Problem, Stop, Team, Window

NOT_AT_ALL: Window = (1 << 60, -(1 << 60))


class Hours(NamedTuple):
    """From and to, by the team's clock; when that stands still, and for how long."""

    opens_s: int
    closes_s: int
    stops_at_s: int
    stands_s: int

    def beginning(self, at: int) -> int:
        """When that is, for what begins then: after a pause."""
        return at + self.stands_s if at >= self.stops_at_s else at

    def ending(self, at: int) -> int:
        """When that is, for what ends then: before a pause."""
        return at + self.stands_s if at > self.stops_at_s else at


class Clocks(NamedTuple):
    """``of_team``: which clock each has. ``begins``, ``ends``: by clock and stop, windows in order, the last again and again."""

    hours: list[Hours]
    of_team: list[int]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]


def clocks_of(problem: Problem) -> Clocks:
    each = [hours_of(team) for team in problem.teams]
    different = sorted(set(each)) or [Hours(0, LATEST, LATEST, 0)]
    apart = [windows_apart(stop) for stop in problem.stops]
    table = [
        [_by_clock(hours, windows, stop.service_s) for windows, stop in zip(apart, problem.stops, strict=True)]
        for hours in different
    ]
    width = max((len(windows) for row in table for windows in row), default=1)
    filled = [[(windows + windows[-1:] * width)[:width] for windows in row] for row in table]
    both = np.array(filled, dtype=np.int64).reshape(len(different), len(problem.stops), width, 2)
    return Clocks(different, [different.index(hours) for hours in each], both[..., 0].copy(), both[..., 1].copy())


def hours_of(team: Team) -> Hours:
    early, late = team.pause or (LATEST, LATEST)
    opens, closes = (at - max(0, min(at, late) - early) for at in (team.opens_s, team.closes_s))
    return Hours(opens, closes, early, late - early)


def _by_clock(hours: Hours, windows: list[Window], service_s: int) -> list[Window]:
    """What is left of windows where no visit may go on while the clock stands still."""
    found = [] if hours.stands_s else windows
    for early, late in windows if hours.stands_s else []:
        found.append((early, min(late, hours.stops_at_s - service_s)))
        found.append((max(early, hours.stops_at_s + hours.stands_s) - hours.stands_s, late - hours.stands_s))
    return [
        (early, late)
        for early, late in dict.fromkeys(found)
        if early <= late and late >= hours.opens_s and early <= hours.closes_s
    ] or [NOT_AT_ALL]


def windows_apart(stop: Stop) -> list[Window]:
    """Windows that don't touch, in their order."""
    merged: list[Window] = []
    for early, late in sorted(stop.windows):
        if merged and early <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], late))
        else:
            merged.append((early, late))
    return merged or [(-LATEST, LATEST)]
