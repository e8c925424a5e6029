"""What a part is worked on with: its stops, who is left out, what was just done. Compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from muster.planning.routes.chance import Chance, chance_of
from muster.planning.routes.fast import fast
from muster.planning.routes.tables import Ints, Tables

OUT, IN = 0, 1
LEFT, NOTED, TURN = 0, 1, 2
"""Where in ``counts`` it stands how many are left out, how many steps are noted, and the number of the turn."""


class Work(NamedTuple):
    """``left``: who is left out; ``gone``: who is to be put somewhere; ``log``: each step: out or in, stop, place before it,
    route; ``seen``: by route, the turn in which it was last touched; ``missed``: by stop, how often it couldn't be
    put anywhere."""

    stops: Ints
    left: Ints
    gone: Ints
    keys: NDArray[np.float64]
    still: Ints
    log: Ints
    seen: Ints
    missed: NDArray[np.float64]
    counts: Ints
    chance: Chance


def work_of(tables: Tables, missed: NDArray[np.float64], seed: int, part: int) -> Work:
    n = tables.stops
    return Work(
        np.zeros(0, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n), np.zeros(n, np.int64),
        np.zeros((2 * n + 2, 4), np.int64), np.zeros(tables.routes, np.int64), missed, np.zeros(3, np.int64),
        chance_of(seed, part),
    )  # fmt: skip


@fast
def note(work: Work, what: int, stop: int, before: int, route: int) -> None:
    nr = work.counts[NOTED]
    log = work.log
    log[nr, 0], log[nr, 1], log[nr, 2], log[nr, 3] = what, stop, before, route
    work.counts[NOTED] = nr + 1
