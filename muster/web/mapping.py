"""Maps drawn as SVG: the outlines of the areas below one, simplified so that a page stays small."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from muster.places.area import Area

WIDTH, HEIGHT, MARGIN = 583, 708, 4
#: How far a drawn line may lie beside the true one.
TOLERANCE = 2.0
#: How far a label stands beside the middle of its outline, where there it would cross a line.
MOVED = {
    "371502": (12, -6), "371522": (-10, 56), "371524": (-16, 14), "371523": (0, 10), "371525": (-4, 0),
    "371581": (26, -16),
}  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """An outline as an SVG path, and where its label stands."""

    code: str
    path: str
    x: int
    y: int

    @property
    def y_value(self) -> int:
        return self.y + 38


@dataclass(frozen=True)
class Drawing:
    width: int
    height: int
    shapes: tuple[Shape, ...]


@lru_cache(maxsize=64)
def drawing(code: str) -> Drawing | None:
    """The areas right below one that have outlines; None where none has. Outlines don't change while a process lives."""
    rows = Area.objects.filter(parent=code, outline__isnull=False).order_by("position", "code")
    outlines = {area.pk: shape(area.outline or {}) for area in rows}
    if not outlines:
        return None
    flat = shapely.transform(list(outlines.values()), _flattening(outlines.values()))
    width, height, scaled = _fitted(list(flat))
    simple = shapely.coverage_simplify(scaled, TOLERANCE)
    shapes = tuple(_shape(code, outline) for code, outline in zip(outlines, simple, strict=True))
    return Drawing(width, height, shapes)


def _flattening(outlines: Iterable[BaseGeometry]) -> Any:
    """Degrees become lengths: a degree of longitude is shorter the farther north, and north is up."""
    _west, south, _east, north = shapely.total_bounds(list(outlines))
    narrow = math.cos(math.radians((south + north) / 2))
    return lambda points: points * [narrow, -1]


def _fitted(outlines: list[BaseGeometry]) -> tuple[int, int, list[BaseGeometry]]:
    west, south, east, north = shapely.total_bounds(outlines)
    scale = min((WIDTH - 2 * MARGIN) / (east - west), (HEIGHT - 2 * MARGIN) / (north - south))
    fitted = shapely.transform(outlines, lambda points: (points - [west, south]) * scale + MARGIN)
    width, height = ((far - near) * scale + 2 * MARGIN for near, far in ((west, east), (south, north)))
    return round(width), round(height), list(fitted)


def _shape(code: str, outline: Any) -> Shape:
    middle = shapely.get_point(shapely.maximum_inscribed_circle(outline, 1.0), 0)
    aside, down = MOVED.get(code, (0, 0))
    path = "".join(_ring(ring) for part in _parts(outline) for ring in (part.exterior, *part.interiors))
    return Shape(code, path, round(middle.x) + aside, round(middle.y) + down)


def _parts(outline: BaseGeometry) -> Iterator[Any]:
    yield from getattr(outline, "geoms", [outline])


def _ring(ring: Any) -> str:
    points = [f"{x:.0f} {y:.0f}" for x, y in ring.coords[:-1]]
    return f"M{'L'.join(points)}Z"
