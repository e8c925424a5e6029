"""Several figures at once: of one area, of every area right below it, of every day."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import TextField, Value

from muster.briefings import tally
from muster.briefings.counting import Place, fetched
from muster.briefings.figure import FIGURES, Number, Scope
from muster.briefings.standing import child

Values = dict[str, Number]


def chain(scope: Scope, keys: Sequence[str]) -> Values:
    """Several figures of one area."""
    values = nothing(keys)
    found = asked(scope, keys, [scope.area.code], lambda path: Value(scope.area.code, TextField()))
    values.update({key: value for key, _place, value in found})
    return values


def chain_of_children(scope: Scope, keys: Sequence[str]) -> dict[str, Values]:
    """The same for every area directly below, by its code and in the official order."""
    codes = scope.area.children.order_by("position", "code").values_list("pk", flat=True)
    values = {code: nothing(keys) for code in codes}
    for key, place, value in asked(scope, keys, values, lambda path: child(scope, path)):
        # What lies in the area itself lies in none of them.
        if place in values:
            values[place][key] = value
    return values


def daily(scope: Scope, keys: Sequence[str], days: int) -> dict[str, list[tuple[date, Number]]]:
    """Each figure as of the end of each of so many days, the last being that of the scope's moment, at that moment."""
    values: dict[str, list[tuple[date, Number]]] = {key: [] for key in keys}
    for day, moment in ends_of_days(scope, days):
        for key, value in chain(replace(scope, as_of=moment), keys).items():
            values[key].append((day, value))
    return values


def ends_of_days(scope: Scope, days: int) -> Iterator[tuple[date, datetime]]:
    """The last moments of days in the incident's zone; of the last day, the scope's own moment."""
    moment = scope.moment
    last = moment.astimezone(scope.incident.tz).date()
    for back in range(days - 1, -1, -1):
        day = last - timedelta(days=back)
        yield day, min(moment, end_of(day, scope))


def end_of(day: date, scope: Scope) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), scope.incident.tz) - timedelta(microseconds=1)


def nothing(keys: Sequence[str]) -> Values:
    return {key: FIGURES[key].read(None) for key in keys}


def asked(scope: Scope, keys: Sequence[str], codes: Collection[str], by: Place) -> list[tuple[str, str, Number]]:
    """Key, place and value of all figures of these areas; what there is nothing of may be left out.

    What a tally knows is told from it, and the others are counted, in one statement.
    """
    known = list(tally.told(scope, keys, codes))
    others = set(keys) - {key for key, _place, _value in known}
    return known + counted(scope, [key for key in keys if key in others], by)


def counted(scope: Scope, keys: Sequence[str], by: Place) -> list[tuple[str, str, Number]]:
    """The same, counted from the matters."""
    parts: list[str] = []
    values: list[Any] = []
    for key in dict.fromkeys(keys):
        sql, params = FIGURES[key].statement(scope, by)
        parts.append(f"select '{key}', of.* from ({sql}) of")
        values.extend(params)
    if not parts:
        return []
    return [(key, place, FIGURES[key].read(value)) for key, place, value in fetched(" union all ".join(parts), values)]
