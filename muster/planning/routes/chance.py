"""Random numbers that repeat with their seed, whichever threads run. Compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from muster.planning.routes.fast import fast

Chance = NDArray[np.uint64]


def chance_of(seed: int, part: int) -> Chance:
    return np.random.SeedSequence([seed, part]).generate_state(1, np.uint64) | np.uint64(1)


@fast
def drawn(chance: Chance) -> float:
    """From 0 to below 1: xorshift64* (Marsaglia 2003; Vigna 2016)."""
    x = chance[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    chance[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@fast
def below(chance: Chance, bound: int) -> int:
    """A whole number from 0 to below the bound."""
    return int(drawn(chance) * bound)
