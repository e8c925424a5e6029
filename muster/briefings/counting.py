"""How figures are computed: matters counted, a rate, a median, teams."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, ClassVar, Literal
from urllib.parse import urlencode

from django.db import connection, transaction
from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet, TextField, Value
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils.functional import Promise

from muster.briefings import conditions
from muster.briefings.scope import Scope
from muster.briefings.standing import Now, Part, parts
from muster.loop.matter import Matter
from muster.loop.state import Kind, Status
from muster.people.team import Team, TeamKind

Number = int | float | None
Words = str | Promise
Condition = Callable[[Now], Q]
Place = Callable[[Any], Any]
Rows = QuerySet[Any, Any]


#: Planned for the values asked and for tables that are mostly in memory, with room to sort a million rows; not compiled, and
#: shared by processors only where much is read: else both would take longer than they save.
SETTINGS = """
select set_config(name, value, true)
from (values ('plan_cache_mode', 'force_custom_plan'), ('work_mem', '64MB'), ('jit', 'off'), ('random_page_cost', '1.1'),
  ('min_parallel_index_scan_size', '32MB')) asked (name, value)
"""


_planned: ContextVar[bool] = ContextVar("planned", default=False)


@contextlib.contextmanager
def planned() -> Iterator[None]:
    """One transaction for several queries that are planned so; within another such one, nothing more."""
    if _planned.get():
        yield
        return
    token = _planned.set(True)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(SETTINGS)
            yield
    finally:
        _planned.reset(token)


def fetched(sql: str, params: list[Any]) -> list[Any]:
    """The rows that a statement of figures answers."""
    with planned(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


@dataclass(frozen=True)
class Figure:
    """``additive``: an area's value is the sum of the areas below it and of what lies at none of them.

    ``tallied``: nothing but acts on matters changes it, so that it can be told from a tally (``tally.py``).
    """

    key: str
    name: Words
    unit: Words
    definition: Words
    additive: bool = True
    opens: Literal["matters", "teams"] | None = "matters"
    tallied: bool = False

    total: ClassVar[str] = "sum(value)::float8"

    def value(self, scope: Scope) -> Number:
        """The figure; None where there is nothing to compute it from."""
        sql, params = self.statement(scope, lambda path: Value("", TextField()))
        found = fetched(sql, params)
        return self.read(found[0][1] if found else None)

    def statement(self, scope: Scope, by: Place, *, whole: bool = False) -> tuple[str, list[Any]]:
        """A statement of ``place`` and ``value``, grouped by what ``by`` makes of the path of the area.

        ``whole``: and of all of them together, whose place is the area's code.
        """
        pieces = [piece.query.sql_with_params() for piece in self.pieces(scope, by)]
        parts = " union all ".join(f"({sql})" for sql, _params in pieces)
        values = [value for _sql, params in pieces for value in params]
        if not whole:
            return f"select place, {self.total} from ({parts}) part group by place", values
        place = "case grouping(place) when 1 then %s::text else place end"
        grouped = "group by grouping sets ((place), ())"
        return f"select {place}, {self.total} from ({parts}) part {grouped}", [scope.area.code, *values]

    def read(self, value: float | None) -> Number:
        """What the statement answers, or that there is nothing, as the figure's value."""
        return int(value or 0)

    @property
    def made_of(self) -> tuple[str, ...]:
        """The figures whose counts a tally makes it of."""
        return (self.key,)

    def made(self, counts: Mapping[str, int]) -> Number:
        """The figure's value where those are so many."""
        return counts[self.key]

    def rows(self, scope: Scope) -> QuerySet[Any]:
        """Exactly what is counted; of a rate or a median, what it is taken over."""
        raise NotImplementedError

    def pieces(self, scope: Scope, by: Place) -> list[Rows]:
        """What is counted, apart where it is planned apart: ``place`` and what ``total`` makes the value of."""
        raise NotImplementedError

    def address(self, scope: Scope) -> str:
        """Where the rows are listed."""
        times = {"as_of": scope.as_of, "from": scope.from_at, "to": scope.to_at}
        asked = {name: at.isoformat() for name, at in times.items() if at}
        if scope.organisation:
            asked["organisation"] = str(scope.organisation.pk)
        page = reverse("figure-teams" if self.opens == "teams" else "matters")
        return f"{page}?{urlencode({'figure': self.key, 'area': scope.area.code, **asked})}"


@dataclass(frozen=True)
class Counted(Figure):
    """How many matters of a kind, or of any, fulfil a condition; and what of them occurred in the window.

    ``steady``: what is counted at one moment of a span is counted throughout it; with ``past``, from when that deadline
    of it has passed.
    """

    kind: Kind | None = None
    steady: bool = False
    past: str = ""
    counts: Condition = conditions.anything
    occurred: Condition = conditions.registered_then

    def rows(self, scope: Scope) -> QuerySet[Matter]:
        where = Q()
        for part in self._parts(scope):
            where |= part.where
        return Matter.objects.filter(where, incident=scope.incident, kind__in=self.kinds)

    def pieces(self, scope: Scope, by: Place) -> list[Rows]:
        return [
            self._counted(
                part.at, part.matters().filter(kind__in=self.kinds).values(place=by(part.at.column("area_path")))
            )
            for part in self._parts(scope)
        ]

    def _parts(self, scope: Scope) -> list[Part]:
        return parts(scope, self.condition)

    def condition(self, at: Now) -> Q:
        """What holds of the matters that are counted, whatever their kind."""
        return self.counts(at) & self.occurred(at) if at.scope.windowed else self.counts(at)

    @property
    def kinds(self) -> list[str]:
        return [self.kind] if self.kind else list(Kind)

    def _counted(self, at: Now, placed: Rows) -> Rows:
        counted: Rows = placed.annotate(value=Count("*")).values("place", "value")
        return counted


@dataclass(frozen=True)
class Rate(Counted):
    """The share of a cohort, registered in the window, that is closed: from 0 to 1."""

    total: ClassVar[str] = "sum(closed)::float8 / nullif(sum(value), 0)"

    made_of = ("findings_closed", "findings_found")

    def read(self, value: float | None) -> Number:
        return value

    def made(self, counts: Mapping[str, int]) -> Number:
        closed, found = (counts[key] for key in self.made_of)
        return closed / found if found else None

    def _counted(self, at: Now, placed: Rows) -> Rows:
        closed = Count("pk", filter=Q(Exact(at.column("status"), Status.CLOSED)))
        counted: Rows = placed.annotate(value=Count("*"), closed=closed).values("place", "value", "closed")
        return counted


@dataclass(frozen=True)
class ClosingHours(Counted):
    """The median of the hours from the first dispatch until it was closed: one that occurs, the lower of two."""

    #: Sorted as floats: of a big city that takes half as long as sorting what ``extract`` makes.
    total: ClassVar[str] = "percentile_disc(0.5) within group (order by date_part('epoch', took)) / 3600"

    def read(self, value: float | None) -> Number:
        return value

    def _counted(self, at: Now, placed: Rows) -> Rows:
        """The span in which a matter is closed begins when it was closed."""
        took = ExpressionWrapper(at.column("closed_at") - F("dispatched_at"), DurationField())
        timed: Rows = placed.annotate(took=took).values("place", "took")
        return timed


@dataclass(frozen=True)
class Teams(Figure):
    """Teams of a kind that work in the area at the moment. A team has no window and belongs to no incident."""

    opens: Literal["matters", "teams"] | None = "teams"
    kind: TeamKind = TeamKind.FIELD_TEAM

    def rows(self, scope: Scope) -> QuerySet[Team]:
        active = Q(until=None) | Q(until__gt=scope.moment)
        if scope.organisation:
            active &= Q(organisation__path__under=scope.organisation.path)
        return Team.objects.filter(active, kind=self.kind, from_at__lte=scope.moment, area__path__under=scope.area.path)

    def pieces(self, scope: Scope, by: Place) -> list[Rows]:
        placed = self.rows(scope).order_by().values(place=by(F("area__path")))
        return [placed.annotate(value=Count("*")).values("place", "value")]
