"""A selection of the register: the matters that an address asks for, as far as this person sees them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from muster.briefings.asked import scope_asked
from muster.briefings.figure import FIGURES, Figure, Scope
from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.loop.matter import Matter, Matters
from muster.register.filters import FILTERS, Filter, Read
from muster.register.look import Look
from muster.register.names import Candidate, candidates_of
from muster.register.order import FIRST, ORDERS, Order, Place, UnclearPlace

#: What belongs to a figure, where one is asked for: with it, the area and the times are the figure's own.
OF_FIGURE = ("figure", "organisation", "as_of", "from", "to")
NAMES = (*OF_FIGURE, *FILTERS, "sort", "column")


class UnknownFigure(Refusal):
    code = "unknown_figure"
    status = 422
    message = said("There is no figure of that name that counts matters. Choose one under Figures.")


class UnknownOrder(Refusal):
    code = "unknown_order"
    status = 422
    message = said("“{text}” is no order of the register. Take it out.")


@dataclass(frozen=True)
class Chip:
    """A filter in force, and the address without it."""

    label: str
    shown: str
    without: str


@dataclass(frozen=True)
class Problem:
    """What is wrong with the address, and the addresses that may be meant instead."""

    refusal: Refusal
    choices: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Selection:
    """``matters`` are none where the address isn't clear: then it says why, and lists nothing else."""

    look: Look
    asked: QueryDict
    matters: Matters
    order: Order = ORDERS["newest"]
    place: Place = FIRST
    chips: list[Chip] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    figure: Figure | None = None
    scope: Scope | None = None

    @classmethod
    def of(cls, look: Look, asked: QueryDict) -> Selection:
        made = cls(look, asked, look.seen)
        made._begin()
        for each in FILTERS.values():
            if not (made.figure and each.name == "area"):
                made._narrow(each)
        made._arrange()
        if made.problems:
            made.matters = Matter.objects.none()
        return made

    def _begin(self) -> None:
        """With a figure, begin with exactly what it counts."""
        if not self.asked.get("figure"):
            return
        try:
            self.figure, self.scope = self._counted()
        except Refusal as refusal:
            self._refused("area", refusal)
            return
        rows: Any = self.figure.rows(self.scope)
        self.matters = rows.seen_by(self.look.person)
        self.chips.append(Chip(_("Figure"), str(self.figure.name), self._without(*OF_FIGURE)))
        if self.asked.get("area"):
            self.chips.append(Chip(_("Area"), self.scope.area.place, self._without("area")))
        if self.scope.organisation:
            self.chips.append(Chip(_("Responsible"), self.scope.organisation.name, self._without("organisation")))

    def _counted(self) -> tuple[Figure, Scope]:
        figure = FIGURES.get(str(self.asked["figure"]))
        if not figure or figure.opens != "matters" or not self.look.incident:
            raise UnknownFigure
        return figure, scope_asked(self.look.incident, self.asked)

    def _narrow(self, by: Filter) -> None:
        """Of several values of one filter any is enough; of several filters each must hold."""
        given = [value for value in dict.fromkeys(self.asked.getlist(by.name)) if value.strip()]
        values = given if by.several else given[-1:]
        any_of = Q()
        for value in values:
            try:
                read = by.read(self.look, value.strip())
            except Refusal as refusal:
                self._refused(by.name, refusal)
                continue
            any_of |= read.where
            self.chips.append(self._chip(by, value, read))
        if values:
            self.matters = self.matters.filter(any_of)

    def _chip(self, by: Filter, value: str, read: Read) -> Chip:
        without = self._query({by.name: [one for one in self.asked.getlist(by.name) if one != value]})
        return Chip(str(by.label), read.shown, without)

    def _arrange(self) -> None:
        order = self.asked.get("sort") or "newest"
        back, at = bool(self.asked.get("before")), self.asked.get("before") or self.asked.get("after", "")
        if order not in ORDERS:
            self.problems.append(Problem(UnknownOrder(text=order)))
            return
        self.order, self.place = ORDERS[order], Place(at, back)
        try:
            self.order.check(at)
        except UnclearPlace as refusal:
            self.place = FIRST
            self.problems.append(Problem(refusal))

    def _refused(self, name: str, refusal: Refusal) -> None:
        candidates: list[Candidate] = candidates_of(refusal)
        choices = [(one.shown, self._query({name: [one.value]})) for one in candidates]
        self.problems.append(Problem(refusal, choices))

    def _without(self, *names: str) -> str:
        return self._query({name: [] for name in names})

    def _query(self, changes: dict[str, list[str]]) -> str:
        """The address's query with other values, from its first page."""
        asked = self.asked.copy()
        for name, values in {"before": [], "after": [], **changes}.items():
            asked.setlist(name, values)
        return query_of(asked)


def query_of(asked: QueryDict) -> str:
    """A query as it is kept and compared: what the register knows, in its order, without what is empty."""
    made = QueryDict(mutable=True)
    for name, values in _known(asked):
        made.setlist(name, values)
    return made.urlencode()


def _known(asked: QueryDict) -> Iterator[tuple[str, list[str]]]:
    for name in NAMES:
        values = [value for value in dict.fromkeys(asked.getlist(name)) if value.strip()]
        if values and (name, values) != ("sort", ["newest"]):
            yield name, values
