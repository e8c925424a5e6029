"""A small flat-colour painter in units of a 400 × 300 scene, drawn large and scaled down so that edges are smooth."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 400, 300
SCALE = 4

Point = tuple[float, float]


class Canvas:
    """Shapes in scene units; x to the right, y down. Colours are ``#rrggbb`` or, see-through, ``#rrggbbaa``."""

    def __init__(self, ground: str) -> None:
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), ground)
        self._draw = ImageDraw.Draw(self.image, "RGBA")

    def box(self, x: float, y: float, width: float, height: float, fill: str, radius: float = 0) -> None:
        corners = (*_scaled((x, y)), *_scaled((x + width, y + height)))
        self._draw.rounded_rectangle(corners, radius * SCALE, fill)

    def frame(self, x: float, y: float, width: float, height: float, ink: str, thick: float = 3) -> None:
        corners = (*_scaled((x, y)), *_scaled((x + width, y + height)))
        self._draw.rectangle(corners, None, ink, round(thick * SCALE))

    def shape(self, points: Sequence[Point], fill: str) -> None:
        self._draw.polygon([_scaled(point) for point in points], fill)

    def line(self, points: Sequence[Point], ink: str, thick: float = 3) -> None:
        self._draw.line([_scaled(point) for point in points], ink, round(thick * SCALE), "curve")

    def dot(self, x: float, y: float, radius: float, fill: str, flat: float = 1) -> None:
        """A circle; `flat` below 1 presses it to an ellipse, as seen lying on the floor."""
        self._draw.ellipse((*_scaled((x - radius, y - radius * flat)), *_scaled((x + radius, y + radius * flat))), fill)

    def tick(self, x: float, y: float, size: float, ink: str, thick: float = 4) -> None:
        self.line([(x, y), (x + size * 0.32, y + size * 0.32), (x + size, y - size * 0.36)], ink, thick)

    def sheet(
        self, x: float, y: float, width: float, height: float, lines: int, ticked: bool, paper: str = "#f7f6f1"
    ) -> None:
        """A notice with lines of writing, the last one short, and perhaps a tick below."""
        self.box(x, y, width, height, paper)
        step = height * 0.16
        for line in range(lines):
            right = x + width * (0.62 if line == lines - 1 else 0.85)
            height_at = y + step * (line + 1.2)
            self.line([(x + width * 0.15, height_at), (right, height_at)], "#8f8b83", width * 0.06)
        if ticked:
            self.tick(x + width * 0.3, y + height * 0.78, width * 0.42, "#3d3a35", width * 0.085)


def sanitiser(canvas: Canvas, x: float, y: float, size: float) -> None:
    """A pump bottle with its top left corner at x, y; 26 units wide and 36 tall at size 1."""
    canvas.dot(x + 13 * size, y + 35 * size, 18 * size, "#00000026", 0.2)
    canvas.box(x + 9 * size, y - 9 * size, 8 * size, 10 * size, "#c2beb4")
    canvas.line([(x + 13 * size, y - 9 * size), (x + 1 * size, y - 9 * size)], "#c2beb4", 3 * size)
    canvas.box(x, y, 26 * size, 36 * size, "#e9eef0", 3 * size)
    canvas.box(x + 3 * size, y + 12 * size, 20 * size, 13 * size, "#6f9a86")


def _scaled(point: Point) -> Point:
    return point[0] * SCALE, point[1] * SCALE
