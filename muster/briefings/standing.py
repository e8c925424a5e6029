"""How matters stood at a moment: by their present columns, or by their span then.

A matter on which nothing was recorded since the moment stood then as it stands now, in all its columns and rows. So only
those that went on since are looked up in their spans, and a figure as of any moment takes little longer than one of now.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

import muster.lib.under  # noqa: F401 - the lookup of paths
from muster.briefings.scope import Scope
from muster.loop.matter import Matter
from muster.loop.span import Span
from muster.loop.state import How, Status
from muster.loop.steps import ClosureRequest, Reclassification, Verification

#: How a check closes. A revisit that passes closes nothing.
CLOSING = tuple(how for how in How if how != How.SAMPLE)


@dataclass(frozen=True)
class Now:
    """Conditions on matters by their present columns.

    ``few``: so few matters are looked at that each is better asked for its own rows of steps than all rows for their matters.
    """

    scope: Scope
    few: bool = False

    path = "area_path"
    lead = "lead__path"
    id = "id"

    def here(self) -> Q:
        """Matters of the scope's area and, where it names one, organisation; each with what is below."""
        under = Q(**{f"{self.path}__under": self.scope.area.path})
        if self.scope.organisation:
            under &= Q(**{f"{self.lead}__under": self.scope.organisation.path})
        return under

    def registered(self, column: str) -> str:
        """Where a column stands that doesn't change once it is set."""
        return column

    def column(self, name: str) -> Any:
        """A column of the matters as it was."""
        return F(name)

    @property
    def me(self) -> OuterRef:
        """The matter, for rows of steps that ask."""
        return OuterRef(self.id)

    def recorded(self) -> Q:
        """Rows of steps that were there."""
        return Q()

    def open(self) -> Q:
        """Rows of steps that were there and not yet ended."""
        return Q(ended_at=None)

    def closing_check(self) -> QuerySet[Verification]:
        """The check that closed a matter."""
        return Verification.objects.filter(pk=OuterRef("closing_check"))

    def requested(self, how: Q) -> Q:
        """Of what waits for its check or is closed: that its request for closure, of the present cycle, was such."""
        return Q(Exists(ClosureRequest.objects.filter(how, matter=self.me, cycle=OuterRef("cycle"))))

    def severe(self, severity: str) -> Q:
        return Q(severity=severity)


@dataclass(frozen=True)
class Then(Now):
    """The same on spans: each matter has one at any moment since it was registered."""

    path = "area__path"
    id = "matter_id"

    def registered(self, column: str) -> str:
        return f"matter__{column}"

    def column(self, name: str) -> Any:
        known = {"area_path": self.path, "status": "status", "closed_at": "from_at"}
        return Subquery(span(self.scope).values(known[name])[:1])

    def recorded(self) -> Q:
        return Q(recorded_at__lte=self.scope.as_of)

    def open(self) -> Q:
        return self.recorded() & (Q(ended_at=None) | Q(ended_at__gt=self.scope.as_of))

    def closing_check(self) -> QuerySet[Verification]:
        """The span in which a matter is closed begins with it."""
        return Verification.objects.filter(
            passed=True, how__in=CLOSING, matter=self.me, recorded_at=OuterRef("from_at")
        )

    def requested(self, how: Q) -> Q:
        """What waits has had no later one; what is closed was closed in the same cycle."""
        own = ClosureRequest.objects.filter(self.recorded() & how, matter=self.me)
        later = ClosureRequest.objects.filter(
            self.recorded(), matter=OuterRef("matter_id"), cycle__gt=OuterRef("cycle")
        )
        check = Verification.objects.filter(
            passed=True, how__in=CLOSING, matter=OuterRef("matter_id"), cycle=OuterRef("cycle"),
            recorded_at=OuterRef(OuterRef("from_at")),
        )  # fmt: skip
        waits = Q(status=Status.CLOSURE_REQUESTED) & Q(Exists(own.filter(~Exists(later))))
        return waits | Q(status=Status.CLOSED) & Q(Exists(own.filter(Exists(check))))

    def severe(self, severity: str) -> Q:
        """Spans don't tell it: it was what the next reclassification says was the old one."""
        later = Reclassification.objects.filter(matter=self.me, recorded_at__gt=self.scope.as_of)
        then = later.order_by("recorded_at").values("old_severity")[:1]
        return Q(Exact(Coalesce(Subquery(then), F("matter__severity")), severity))


@dataclass(frozen=True)
class Part:
    """Some of the matters of a figure, and how they are looked at."""

    at: Now
    where: Q

    def matters(self) -> QuerySet[Matter]:
        return Matter.objects.filter(self.where, incident=self.at.scope.incident)


def parts(scope: Scope, condition: Callable[[Now], Q]) -> list[Part]:
    """The matters that lay in the area, and for which a condition held, at the moment: apart, as each is planned apart.

    As of a moment: those that stand as they stood then, and those that went on since.
    """
    now, then = Now(scope), Then(scope)
    here = now.here() & condition(now)
    if not scope.as_of:
        return [Part(now, here)]
    there = then.here() & condition(then)
    # A value, not an "exists": that would be answered for all spans at once, and few are asked for.
    stood = Q(Exact(Subquery(span(scope).filter(there).values(one=Value(1))[:1]), 1))
    went_on = Q(recorded_at__gt=scope.as_of, registered_at__lte=scope.as_of)
    return [Part(now, Q(recorded_at__lte=scope.as_of) & here), Part(then, went_on & stood)]


def span(scope: Scope) -> QuerySet[Span]:
    """The span of a matter at the moment."""
    return spans_at(scope).filter(matter=OuterRef("pk"))


def spans_at(scope: Scope) -> QuerySet[Span]:
    """The spans of all matters at the moment: one of each that was there."""
    still = Q(to_at=None) | Q(to_at__gt=scope.as_of)
    return Span.objects.filter(still, from_at__lte=scope.as_of)


def child(scope: Scope, path: Any) -> Func:
    """The code of the direct child area in which a path lies; empty for what lies in the area itself."""
    nth = len(scope.area.codes) + 1
    return Func(path, template=f"split_part(%(expressions)s, '/', {nth})", output_field=TextField())
