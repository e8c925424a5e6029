"""What the wall shows of an area at a moment: figures with their trend, the areas below, and what is overdue longest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from muster.briefings.chain import Values, chain_and_children
from muster.briefings.counting import planned
from muster.briefings.days import before_today
from muster.briefings.figure import Number, Scope
from muster.incidents.incident import Incident
from muster.lib.fresh import Fresh
from muster.loop.matter import Matter
from muster.loop.state import WORKED_ON
from muster.places.area import Area

SHOWN = (
    "findings_found", "findings_fed_back", "findings_rectified", "findings_verified", "overdue", "verification_overdue",
)  # fmt: skip
CHAIN = SHOWN[:5]
TREND_DAYS, LONGEST = 7, 8
#: So long a board is shown again to whoever asks; it tells as of when it is.
FRESH_S = 10.0


@dataclass(frozen=True)
class Told:
    """A figure: its value, how it came there over the last days, and by how much it differs from yesterday's end."""

    key: str
    value: int
    trend: tuple[int, ...]

    @property
    def change(self) -> int:
        return self.trend[-1] - self.trend[-2]


@dataclass(frozen=True)
class Late:
    """A matter past its deadline, and since when."""

    matter: Matter
    by: timedelta


@dataclass(frozen=True)
class Board:
    scope: Scope
    figures: tuple[Told, ...]
    children: tuple[tuple[Area, Values], ...]
    longest: tuple[Late, ...]


_boards = Fresh[Board](lambda took_s: FRESH_S)
forget = _boards.forget


def board(incident: Incident, area: Area) -> Board:
    """The board of an area, made at most every few seconds, however many look at it."""
    return _boards.get((incident.pk, area.pk), lambda: _board(incident, area))


@planned()
def _board(incident: Incident, area: Area) -> Board:
    now = Scope(incident, area)
    scope = replace(now, as_of=now.moment)
    before = before_today(scope, SHOWN, TREND_DAYS - 1)
    # Of now, which is quicker than as of a moment; the moment was read before, so that it can't be later than they are.
    whole, below = chain_and_children(now, SHOWN)
    figures = tuple(_told(key, [*before[key], whole[key]]) for key in SHOWN)
    areas = Area.objects.in_bulk(below)
    return Board(scope, figures, tuple((areas[code], values) for code, values in below.items()), _longest(scope))


def _told(key: str, values: Sequence[Number]) -> Told:
    numbers = tuple(int(value or 0) for value in values)
    return Told(key, numbers[-1], numbers)


def _longest(scope: Scope) -> tuple[Late, ...]:
    """Matters that are overdue longest."""
    here = Matter.objects.filter(incident=scope.incident, area_path__under=scope.area.path)
    late = here.filter(status__in=WORKED_ON, due_at__lt=scope.moment).order_by("due_at", "id")
    found = late.select_related("area", "lead", "pack").defer("area__outline", "pack__text")[:LONGEST]
    return tuple(Late(one, scope.moment - one.due_at) for one in found if one.due_at)
