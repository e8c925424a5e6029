"""Several figures at once: of one area, of every area right below it. ``days.py`` has them by the day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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


def chain_and_children(scope: Scope, keys: Sequence[str]) -> tuple[Values, dict[str, Values]]:
    """The same, and of every area directly below, by its code and in the official order; counted once."""
    codes = scope.area.children.order_by("position", "code").values_list("pk", flat=True)
    values = {code: nothing(keys) for code in [scope.area.code, *codes]}
    told = list(tally.told(scope, keys, values))
    known = {key for key, _place, _value in told}
    others = [key for key in keys if key not in known]
    for key, place, value in told + counted(scope, others, lambda path: child(scope, path), whole=True):
        # What lies in the area itself lies in none of them.
        if place in values:
            values[place][key] = value
    return values.pop(scope.area.code), values


def nothing(keys: Sequence[str]) -> Values:
    return {key: FIGURES[key].read(None) for key in keys}


def asked(scope: Scope, keys: Sequence[str], codes: Collection[str], by: Place) -> list[tuple[str, str, Number]]:
    """Key, place and value of all figures of these areas; what there is nothing of may be left out.

    What a tally knows is told from it, and the others are counted, in one statement.
    """
    known = list(tally.told(scope, keys, codes))
    others = set(keys) - {key for key, _place, _value in known}
    return known + counted(scope, [key for key in keys if key in others], by)


def counted(scope: Scope, keys: Sequence[str], by: Place, *, whole: bool = False) -> list[tuple[str, str, Number]]:
    """The same, counted from the matters; ``whole``: of the scope's area, too."""
    parts: list[str] = []
    values: list[Any] = []
    for key in dict.fromkeys(keys):
        sql, params = FIGURES[key].statement(scope, by, whole=whole)
        parts.append(f"select '{key}', of.* from ({sql}) of")
        values.extend(params)
    if not parts:
        return []
    return [(key, place, FIGURES[key].read(value)) for key, place, value in fetched(" union all ".join(parts), values)]
