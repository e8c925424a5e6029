"""The orders of the register, and its pages: found by the key of a row, in both directions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar
from uuid import UUID

from django.db.models import BooleanField, DateTimeField, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.loop.matter import Matter, Matters
from muster.register.search import searches

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Placed(Protocol):
    """What tells its place in a list."""

    @property
    def pk(self) -> Any: ...

    @property
    def clock_due_at(self) -> datetime | None: ...


Row = TypeVar("Row", bound=Placed)
COUNTED = 10_000
"""How far matters are counted; beyond, it is “10,000+”."""
DUE = "clock_due(matter.status, matter.due_at, matter.verify_due_at)"
NEVER = "infinity"


class UnclearPlace(Refusal):
    code = "unclear_cursor"
    status = 422
    message = said("“{text}” is no place in this list. Begin at its first page.")


@dataclass(frozen=True)
class Order:
    """By number, which is by id, or by the deadline of the clock that runs; ``down``: the last first."""

    key: str
    name: StrOrPromise
    due: bool = False
    down: bool = False

    def page(self, found: Matters, asked: Place, size: int, shown: Callable[[list[UUID]], Iterable[Row]]) -> Page[Row]:
        """The page that follows a place, or goes before it; ``shown`` reads its rows.

        Which rows it has is asked first: often an index alone tells it, and nothing is read that isn't shown.
        """
        way = replace(self, down=not self.down) if asked.back else self
        keys = list(way._sorted(way._beyond(found, asked.at)).values_list("pk", flat=True)[: size + 1])
        more, keys = len(keys) > size, keys[:size]
        known = {one.pk: one for one in shown(keys)} if keys else {}
        rows = [known[key] for key in keys if key in known]
        if asked.back:
            rows.reverse()
        before, after = (more, True) if asked.back else (bool(asked.at), more)
        return Page(
            rows, self.place(rows[0]) if before and rows else "", self.place(rows[-1]) if after and rows else ""
        )

    def keys(self, found: Matters) -> list[UUID]:
        """Of all rows, in this order."""
        return list(self._sorted(found).values_list("pk", flat=True))

    def check(self, at: str) -> None:
        """Raises UnclearPlace for what is no place in this order."""
        if at:
            _read(at, self.due)

    def place(self, matter: Placed) -> str:
        due = matter.clock_due_at
        return f"{due.isoformat() if due else NEVER}~{matter.pk}" if self.due else str(matter.pk)

    def _beyond(self, found: Matters, at: str) -> Matters:
        if not at:
            return found
        than = "<" if self.down else ">"
        due, pk = _read(at, self.due)
        if not self.due:
            bound = "lt" if self.down else "gt"
            # Said of both, as the database doesn't conclude one from the other: it walks either, from there on.
            both = {f"{name}__{bound}": pk for name in ("pk", *(("searched__pk",) if searches(found) else ()))}
            return found.filter(**both)
        beyond = f"({DUE}, matter.id) {than} (%s::timestamptz, %s::uuid)"
        return found.filter(RawSQL(beyond, [due, str(pk)], BooleanField()))

    def _sorted(self, found: Matters) -> QuerySet[Matter]:
        keys: list[Any] = [RawSQL(DUE, [], DateTimeField())] if self.due else []
        pk = "-pk" if self.down else "pk"
        return found.order_by(*(key.desc() if self.down else key.asc() for key in keys), pk)


@dataclass(frozen=True)
class Place:
    """Where in a list a page begins: behind a row, or, ``back``, before it."""

    at: str = ""
    back: bool = False


FIRST = Place()


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows, and the places of the page before and the page after; empty where there is none."""

    rows: list[Row]
    before: str
    after: str


ORDERS = {
    one.key: one
    for one in (
        Order("newest", _("Newest first"), down=True),
        Order("oldest", _("Oldest first")),
        Order("due", _("Due first"), due=True),
        Order("due_last", _("Due last"), due=True, down=True),
    )
}


def _read(at: str, due: bool) -> tuple[str, UUID]:
    moment, tilde, pk = at.rpartition("~")
    try:
        if bool(tilde) != due:
            raise ValueError
        if due and moment != NEVER:
            # A plus sign that wasn't escaped in an address arrives as a space.
            moment = datetime.fromisoformat(re.sub(r" (\d\d:\d\d)$", r"+\1", moment)).isoformat()
        return moment, UUID(pk)
    except ValueError as fault:
        raise UnclearPlace(text=at) from fault
