"""A list of rows of the database: each column says what it tells of a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils import timezone

from muster.exchange.lists.listing import Heading, Listing, Shape, Value
from muster.lib import clock
from muster.places.area import Area, gazetteer

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

AT_ONCE = 2_000
Filters = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Column:
    """An area is told as it is officially written, by its whole path: that always names just this one."""

    key: str
    label: StrOrPromise
    tells: Callable[[Any], Value | Area]
    width: int = 16
    shape: Shape = Shape.TEXT
    tag: str = ""
    choices: Iterable[StrOrPromise] = ()

    @property
    def heading(self) -> Heading:
        return Heading(
            self.key, str(self.label), self.width, self.shape, self.tag, [str(choice) for choice in self.choices]
        )


def of_rows(title: str, columns: Sequence[Column], rows: Sequence[Any], filters: Filters = ()) -> Listing:
    return _listing(title, columns, rows, lambda _most: len(rows), filters)


def of_query(title: str, columns: Sequence[Column], found: QuerySet[Any], filters: Filters = ()) -> Listing:
    """Read while it is written: however many there are, only some are in memory."""

    def tally(most: int) -> int:
        return found.order_by()[:most].count()

    return _listing(title, columns, found.iterator(chunk_size=AT_ONCE), tally, filters)


def _listing(
    title: str, columns: Sequence[Column], rows: Iterable[Any], tally: Callable[[int], int], filters: Filters
) -> Listing:
    return Listing(
        title=title, as_of=here(clock.now()), headings=[one.heading for one in columns],
        rows=_told(columns, rows), tally=tally, filters=filters,
    )  # fmt: skip


def _told(columns: Sequence[Column], rows: Iterable[Any]) -> Iterator[list[Value]]:
    known = gazetteer()

    def cell(value: Value | Area) -> Value:
        if not isinstance(value, Area):
            return value
        place = known.get(value.pk)
        return known.path(place) if place else value.pk

    for row in rows:
        yield [cell(column.tells(row)) for column in columns]


def here(moment: datetime) -> datetime:
    """In the zone that is followed here, without naming it."""
    return timezone.make_naive(moment)


def then(moment: datetime | None) -> datetime | None:
    """The same to the second, which is what a cell holds."""
    return here(moment).replace(microsecond=0) if moment else None
