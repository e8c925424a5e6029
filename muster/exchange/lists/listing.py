"""A list as it goes out: what it is called, what it was narrowed by, its columns, and its rows one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from django.http import QueryDict

from muster.incidents.incident import Incident
from muster.people.person import Person
from muster.people.role import Role

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

FAR = 2**31 - 1
Value = str | int | float | datetime | None
"""What stands in a cell; times are those of the list's zone, without naming it."""


class Shape(Enum):
    """How the cells of a column look."""

    TEXT = "text"
    LONG = "long"
    NUMBER = "number"
    MOMENT = "moment"


@dataclass(frozen=True)
class Heading:
    """``width`` in digits, as spreadsheets count; ``tag`` as HXL has it (hxlstandard.org); ``choices`` become a drop-down."""

    key: str
    label: str
    width: int = 14
    shape: Shape = Shape.TEXT
    tag: str = ""
    choices: Sequence[str] = ()


@dataclass(frozen=True)
class Listing:
    """``rows`` can be gone through once. ``tally`` counts them, no further than it is told."""

    title: str
    as_of: datetime
    headings: Sequence[Heading]
    rows: Iterator[Sequence[Value]]
    tally: Callable[[int], int]
    filters: Sequence[tuple[str, str]] = ()

    @cached_property
    def count(self) -> int:
        return self.tally(FAR)


@dataclass(frozen=True)
class Asked:
    """Who asks for a list, in which incident, and by which address of its page. ``whole``: with every column there is."""

    person: Person
    incident: Incident | None
    query: QueryDict = field(default_factory=QueryDict)
    whole: bool = False

    @property
    def narrowed(self) -> dict[str, str]:
        """The query, of what is given several times the last."""
        return {name: str(value) for name, value in self.query.items()}


@dataclass(frozen=True)
class Kind:
    """A list that can go out. ``reads`` raises a refusal for an address that isn't clear. ``page`` names the page that shows it;
    ``wholes``: whether there are more columns than that one shows."""

    name: str
    title: StrOrPromise
    page: str
    roles: tuple[Role, ...]
    reads: Callable[[Asked], Listing]
    wholes: bool = False
