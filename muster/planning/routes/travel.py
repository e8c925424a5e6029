"""How long it takes from one place to another. Times are whole numbers: seconds, or what a set of instances counts in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class Way(IntEnum):
    """How the compiled parts reckon it."""

    MATRIX = 0
    STRAIGHT = 1
    STREETS = 2


@dataclass(frozen=True)
class Straight:
    """The straight line × ``scale``, rounded to the nearest whole number or cut off.

    CVRPLIB rounds (scale 1); DIMACS' VRPTW cuts off after one decimal (scale 10, everything counted in tenths).
    """

    scale: float = 1.0
    rounded: bool = True

    def numbers(self) -> tuple[Way, NDArray[np.float64]]:
        return Way.STRAIGHT, np.array([self.scale, 0.5 if self.rounded else 0.0])


@dataclass(frozen=True)
class Streets:
    """Coordinates in km: the straight line × ``detour``, at a speed that rises with the way, and a while to park."""

    detour: float = 1.35
    slow_kmh: float = 22.0
    faster_kmh_per_km: float = 1.4
    fast_kmh: float = 55.0
    park_s: float = 45.0
    beside_km: float = 0.02

    def numbers(self) -> tuple[Way, NDArray[np.float64]]:
        return Way.STREETS, np.array(
            [self.detour, self.slow_kmh, self.faster_kmh_per_km, self.fast_kmh, self.park_s, self.beside_km]
        )


@dataclass(frozen=True, eq=False)
class Matrix:
    """Seconds from each place (row) to each (column); of places whose way is unknown, a negative number."""

    seconds: NDArray[np.int32]

    def numbers(self) -> tuple[Way, NDArray[np.float64]]:
        return Way.MATRIX, np.zeros(1)


Travel = Straight | Streets | Matrix
