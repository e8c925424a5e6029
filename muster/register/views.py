"""The views that everyone has, with how many matters each lists."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from muster.lib.fresh import Fresh, while_costly
from muster.loop.matter import Matters
from muster.register.filters import FILTERS
from muster.register.look import Look
from muster.register.order import COUNTED
from muster.register.search import searches
from muster.register.selection import Selection, query_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class View:
    """A filter that stands alone in the address; without one, all matters."""

    name: StrOrPromise
    filter: str = ""

    @property
    def query(self) -> str:
        return f"{self.filter}=1" if self.filter else ""


VIEWS = (
    View(pgettext_lazy("matters", "All")),
    View(_("Overdue"), "overdue"),
    View(_("Due today"), "due_today"),
    View(_("To be checked"), "waiting"),
    View(_("Return pending"), "returned"),
    View(_("Published"), "published"),
)


#: How far a tab is counted: six of them stand on every page of the register.
TABBED = 999


#: Of a big city they take 20 ms, and are shown for a second.
_counts = Fresh[dict[str, int]](while_costly(0.01))
forget = _counts.forget


def counts(chosen: Selection) -> dict[str, int]:
    """How many each view lists, and, without a name, how many are chosen; none beyond ``far``."""
    look = chosen.look
    try:
        # Of those who see the same matters of the same incident.
        seen: Hashable = (look.seen.query.sql_with_params(), look.incident and look.incident.pk)
    except EmptyResultSet:
        return {view.filter: 0 for view in VIEWS}
    views = _counts.get(seen, lambda: _counted({view.filter: _of(look, view) for view in VIEWS if view.filter}))
    if chosen.matters.query.is_empty():
        # Of nothing Django makes no statement.
        return {"": 0, **views}
    return views | _counts.get((seen, query_of(chosen.asked)), lambda: _counted({"": chosen.matters}))


def _of(look: Look, view: View) -> Matters:
    found: Matters = look.seen.filter(FILTERS[view.filter].read(look, "1").where)
    return found


def _counted(asked: dict[str, Matters]) -> dict[str, int]:
    """In one query."""
    pieces = [found.order_by().values("pk")[: (TABBED if name else far(found)) + 1] for name, found in asked.items()]
    compiled = [piece.query.sql_with_params() for piece in pieces]
    select = ", ".join(f"(select count(*) from ({sql}) v)" for sql, _params in compiled)
    with connection.cursor() as cursor:
        cursor.execute(f"select {select}", [value for _sql, params in compiled for value in params])
        return dict(zip(asked, cursor.fetchone(), strict=True))


def far(chosen: Matters) -> int:
    """How far what is chosen is counted: less far where words are looked at."""
    return TABBED if searches(chosen) else COUNTED
