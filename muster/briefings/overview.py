"""What the page of an area or of an organisation tells: its figures, the same by the day, and those of the areas below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from muster.briefings.chain import Values, chain, chain_and_children
from muster.briefings.counting import planned
from muster.briefings.days import before_today, ends_of_days
from muster.briefings.figure import Number, Scope
from muster.lib.fresh import Fresh, while_costly


@dataclass(frozen=True)
class Asked:
    """Figures of the area and of those below; ``drawn`` are told by the day as well, for so many days."""

    keys: Sequence[str]
    drawn: Sequence[str]
    days: int


@dataclass(frozen=True)
class Overview:
    """``scope`` is as of the moment that all of it is told for. Days end with that of the moment."""

    scope: Scope
    values: Values
    by_day: dict[str, list[tuple[date, Number]]]
    below: dict[str, Values]


#: Of a big city the medians take a second.
_overviews = Fresh[Overview](while_costly(0.05))
forget = _overviews.forget


def overview(scope: Scope, asked: Asked) -> Overview:
    """As of the scope's moment. Of now, what took long is shown again for a while, and says as of when it is."""
    if scope.as_of:
        return _told(scope, asked)
    of = scope.organisation.pk if scope.organisation else None
    key = (scope.incident.pk, scope.area.pk, of, scope.from_at, scope.to_at)
    return _overviews.get(key, lambda: _told(scope, asked))


@planned()
def _told(scope: Scope, asked: Asked) -> Overview:
    """Of now it is quicker than as of a moment; the moment is read first, so that it can't be later than the figures are."""
    then = replace(scope, as_of=scope.moment)
    values, below = chain_and_children(scope, asked.keys)
    days = replace(then, from_at=None, to_at=None)
    last = chain(replace(scope, from_at=None, to_at=None), asked.drawn) if scope.windowed else values
    before = before_today(days, asked.drawn, asked.days - 1)
    ends = ends_of_days(days, asked.days)
    by_day = {key: list(zip(ends, [*before[key], last[key]], strict=True)) for key in asked.drawn}
    return Overview(then, values, by_day, below)
