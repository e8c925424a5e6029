"""Figures at many moments in one pass over the spans, where a query for each moment would read them all each time.

A span that is counted at all is counted from a first moment to a last. So it is enough to know how many spans have which
first and last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Count, DateTimeField, F, Func, IntegerField, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Greatest

from muster.briefings.counting import Counted, fetched
from muster.briefings.figure import FIGURES
from muster.briefings.scope import Scope
from muster.briefings.standing import Then
from muster.loop.span import Span

INSTANT = timedelta(microseconds=1)
#: Figures that can be told so.
STEADY: dict[str, Counted] = {key: one for key, one in FIGURES.items() if isinstance(one, Counted) and one.steady}


@dataclass(frozen=True)
class Through(Then):
    """Conditions that hold of a span from its beginning to its end."""

    def recorded(self) -> Q:
        return Q(recorded_at__lte=OuterRef("from_at"))


def at_moments(scope: Scope, keys: Sequence[str], moments: Sequence[datetime]) -> list[dict[str, int]]:
    """Steady figures as of each of the moments, which are given in their order."""
    counts = [dict.fromkeys(keys, 0) for _moment in moments]
    plain, held = [key for key in keys if not STEADY[key].past], [key for key in keys if STEADY[key].past]
    groups = [group for group in (plain, *([key] for key in held)) if group]
    for number, first, end, values in _passed(scope, groups, moments) if moments and groups else ():
        for one in counts[first:end]:
            for key, value in zip(groups[number], values, strict=True):
                one[key] += value
    return counts


def _passed(scope: Scope, groups: Sequence[Sequence[str]], moments: Sequence[datetime]) -> list[Any]:
    """For each group of figures: the first moment at which spans count, the first after that at which they don't, how many."""
    at = Through(replace(scope, as_of=moments[-1]))
    parts: list[str] = []
    values: list[Any] = []
    for number, group in enumerate(groups):
        sql, params = _counted(at, group, moments).query.sql_with_params()
        columns = ", ".join(f"of.number_{key}" for key in group)
        parts.append(f'select {number}, of.first, of."end", array[{columns}] from ({sql}) of')
        values += params
    return fetched(" union all ".join(parts), values)


def _counted(at: Through, keys: Sequence[str], moments: Sequence[datetime]) -> QuerySet[Any, Any]:
    numbers = {
        f"number_{key}": Count("pk", filter=Q(matter__kind__in=STEADY[key].kinds) & STEADY[key].condition(at))
        for key in keys
    }
    counted: QuerySet[Any, Any] = (
        _between(at, moments, STEADY[keys[0]].past).annotate(**numbers).values("first", "end", *numbers)
    )
    return counted


def _between(at: Through, moments: Sequence[datetime], past: str) -> QuerySet[Any, Any]:
    """The spans that a moment lies in, grouped by the first and the last of these."""
    first, end = _number_before(F("from_at"), moments), _number_before(F("to_at"), moments)
    there = Q(at.here(), matter__incident=at.scope.incident, from_at__lte=moments[-1]) & (
        Q(to_at=None) | Q(to_at__gt=moments[0])
    )
    if past:
        there &= Q(**{f"{past}__lt": moments[-1]}) & (Q(to_at=None) | Q(to_at__gt=F(past)))
        first = Greatest(first, _number_up_to(F(past), moments))
    lasting = Coalesce(end, Value(len(moments)))
    return (
        Span.objects.filter(there)
        .order_by()
        .annotate(first=first, end=lasting)
        .values("first", "end")
        .filter(first__lt=F("end"))
    )


def _number_before(moment: F, moments: Sequence[datetime]) -> Func:
    """How many of the moments come before one."""
    return _number_up_to(moment, [one + INSTANT for one in moments])


def _number_up_to(moment: F, moments: Sequence[datetime]) -> Func:
    bounds = Value(list(moments), output_field=ArrayField(DateTimeField()))
    return Func(moment, bounds, function="width_bucket", output_field=IntegerField())
