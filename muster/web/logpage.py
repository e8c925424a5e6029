"""A duty log as people read it: in words, with names of areas and posts, times in the incident's zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from muster.briefings.counting import Words
from muster.briefings.dutylog import LISTED
from muster.briefings.figure import FIGURES
from muster.briefings.listing import shown
from muster.duty.duty import Post
from muster.duty.handover import Handover, How
from muster.loop.words import STEPS, happened
from muster.places.area import Area

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Line:
    name: Words
    value: str
    unit: Words
    definition: Words


@dataclass(frozen=True)
class Decision:
    at: datetime
    what: StrOrPromise
    number: str
    area: str
    by: str


@dataclass(frozen=True)
class Signature:
    part: StrOrPromise
    name: str
    at: datetime | None
    how: StrOrPromise


class LogPage:
    def __init__(self, handover: Handover) -> None:
        self.handover, self._content = handover, handover.content

    @property
    def standing(self) -> list[Line]:
        """As of the moment."""
        return _lines(self._content["standing"])

    @property
    def occurred(self) -> list[Line]:
        """In the period."""
        return _lines(self._content["occurred"])

    @property
    def duties(self) -> list[dict[str, Any]]:
        return [
            {
                "post": Post(row["post"]).label, "name": row["name"], "from_at": _time(row["from"]),
                "until": _time(row["ended"] or row["until"]), "ended": bool(row["ended"]),
            }
            for row in self._content["duties"]
        ]  # fmt: skip

    @cached_property
    def decided(self) -> list[Decision]:
        rows = self._content["decided"]
        areas = Area.objects.defer("outline").in_bulk({row["area"] for row in rows})
        return [
            Decision(
                datetime.fromisoformat(row["at"]), happened(row["action"], row["passed"]).name, row["number"],
                areas[row["area"]].place if row["area"] in areas else "", row["by"],
            )
            for row in rows
        ]  # fmt: skip

    @property
    def counts(self) -> list[tuple[str, str]]:
        """What each person decided, as one line: 交办 12 次，裁定退单 2 次."""
        by: dict[str, list[str]] = {}
        for name, action, count in self._content["counts"]:
            by.setdefault(name, []).append(_("{step}: {n}").format(step=STEPS[action].name, n=count))
        return [(name, _(", ").join(told)) for name, told in by.items()]

    @property
    def not_listed(self) -> int:
        """How many decisions the list leaves out; they are counted all the same."""
        counted = sum(int(count) for _name, _action, count in self._content["counts"])
        return max(0, counted - LISTED)

    @property
    def open(self) -> list[dict[str, Any]]:
        return [{**row, "at": _time(row["at"])} for row in self._content["open"]]

    @property
    def done(self) -> list[dict[str, Any]]:
        return [{**row, "at": _time(row["at"])} for row in self._content["done"]]

    @property
    def signatures(self) -> list[Signature]:
        log = self.handover
        incoming = log.incoming.name if log.incoming else ""
        return [
            Signature(_("Handed over by"), log.outgoing.name, log.signed_at, _how(log.outgoing_how)),
            Signature(_("Taken over by"), incoming, log.taken_at, _how(log.incoming_how)),
        ]


def _lines(values: dict[str, Any]) -> list[Line]:
    """In the order of the definitions: JSON keeps none."""
    told = [(figure, values[key]) for key, figure in FIGURES.items() if key in values]
    return [Line(figure.name, shown(figure.key, value), figure.unit, figure.definition) for figure, value in told]


def _how(how: str) -> StrOrPromise:
    return How(how).label if how else ""


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
