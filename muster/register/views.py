"""The views that everyone has, with how many matters each lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from muster.loop.matter import Matters
from muster.register.filters import FILTERS
from muster.register.look import Look
from muster.register.order import COUNTED
from muster.register.search import searches

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


def counts(look: Look, chosen: Matters) -> dict[str, int]:
    """How many each view lists, and, without a name, how many are chosen, in one query; none beyond ``far``."""
    named = {view.filter: look.seen.filter(FILTERS[view.filter].read(look, "1").where) for view in VIEWS if view.filter}
    # Of nothing Django makes no statement.
    asked = {**named, **({} if chosen.query.is_empty() else {"": chosen})}
    pieces = [found.order_by().values("pk")[: (TABBED if name else far(chosen)) + 1] for name, found in asked.items()]
    compiled = [piece.query.sql_with_params() for piece in pieces]
    select = ", ".join(f"(select count(*) from ({sql}) v)" for sql, _params in compiled)
    with connection.cursor() as cursor:
        cursor.execute(f"select {select}", [value for _sql, params in compiled for value in params])
        return {"": 0, **dict(zip(asked, cursor.fetchone(), strict=True))}


def far(chosen: Matters) -> int:
    """How far what is chosen is counted: less far where words are looked at."""
    return TABBED if searches(chosen) else COUNTED
