"""Charts of figures by the day, drawn on the server as SVG, in the page's own width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from muster.briefings.figure import Number

LEFT, RIGHT, TOP, WIDTH = 52, 730, 20, 880
#: Labels nearer to each other than this would lie over one another.
APART = 18
#: As many days as are written below the line.
WRITTEN = 10


@dataclass(frozen=True)
class Line:
    name: str
    colour: str
    values: Sequence[Number]

    @property
    def last(self) -> int:
        return int(self.values[-1] or 0)


@dataclass(frozen=True)
class Tick:
    at: int
    text: str


@dataclass(frozen=True)
class Drawn:
    line: Line
    points: str
    x: int
    y: int
    label_y: int

    @property
    def label(self) -> str:
        return f"{number_format(self.line.last, force_grouping=True)} {self.line.name}"


@dataclass(frozen=True)
class Chart:
    title: str
    unit: str
    days: Sequence[date]
    lines: Sequence[Line]
    height: int = 220

    @property
    def empty(self) -> bool:
        return not any(value for line in self.lines for value in line.values)

    @property
    def bottom(self) -> int:
        return self.height - 30

    @property
    def text_y(self) -> int:
        return self.height - 8

    @cached_property
    def step(self) -> int:
        """Between two lines of the grid, of which there are five: 1, 2, 2.5 or 5 times a power of ten."""
        most = max((int(value or 0) for line in self.lines for value in line.values), default=0)
        size = 1
        while True:
            for tenths in (10, 20, 25, 50):
                if tenths * size % 10 == 0 and tenths * size * 4 >= most * 10:
                    return tenths * size // 10
            size *= 10

    @property
    def top_value(self) -> int:
        return 4 * self.step

    @property
    def grid(self) -> list[Tick]:
        return [Tick(self._y(n * self.step), number_format(n * self.step, force_grouping=True)) for n in range(5)]

    @property
    def below(self) -> list[Tick]:
        """Days, counted back from the last."""
        every = -(-len(self.days) // WRITTEN)
        shown = range(len(self.days) - 1, -1, -every)
        return [Tick(round(self._x(n)), day_said(self.days[n])) for n in shown][::-1]

    @property
    def drawn(self) -> list[Drawn]:
        ends = [self._y(line.last) for line in self.lines]
        return [
            Drawn(
                line,
                " ".join(f"{self._x(n):.0f},{self._y(value)}" for n, value in enumerate(line.values)),
                RIGHT,
                y,
                label,
            )
            for line, y, label in zip(self.lines, ends, spread(ends), strict=True)
        ]

    @property
    def summary(self) -> str:
        """What the chart shows, for who doesn't see it."""
        parts = [
            _("%(name)s: %(first)s, at last %(last)s, at most %(most)s")
            % {
                "name": line.name,
                "first": int(line.values[0] or 0),
                "last": line.last,
                "most": max(int(v or 0) for v in line.values),
            }
            for line in self.lines
        ]
        return f"{self.title}. {day_said(self.days[0])} – {day_said(self.days[-1])}. {'; '.join(parts)}."

    @property
    def rows(self) -> list[tuple[str, list[Number]]]:
        """The same as a table, the newest day first."""
        return [(day.isoformat(), [line.values[n] for line in self.lines]) for n, day in enumerate(self.days)][::-1]

    def _x(self, number: int) -> float:
        return LEFT + (RIGHT - LEFT) * number / max(1, len(self.days) - 1)

    def _y(self, value: Number) -> int:
        return round(self.bottom - (self.bottom - TOP) * (value or 0) / self.top_value)


def spread(ends: Sequence[int]) -> list[int]:
    """Where labels stand: beside the ends of their lines or above, but not over one another. The first stands on top."""
    placed = dict[int, int]()
    for number in sorted(range(len(ends)), key=lambda one: (ends[one], one), reverse=True):
        below = min(placed.values(), default=ends[number] + APART)
        placed[number] = min(ends[number], below - APART)
    return [placed[number] + 5 for number in range(len(ends))]


def day_said(day: date) -> str:
    if (get_language() or "zh").startswith("zh"):
        return f"{day.month}-{day.day:02}"
    return f"{day.day} {day:%b}"
