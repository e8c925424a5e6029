"""What the duty officer's desk shows, gathered in few queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from muster.briefings.chain import chain
from muster.briefings.conditions import SOON
from muster.briefings.counting import Words
from muster.briefings.figure import FIGURES, Scope
from muster.duty.duty import Duty, Post, on_duty
from muster.duty.handover import Handover, HandoverItem, last_of, open_items
from muster.lib.compiled import Compiled, Given, among
from muster.lib.fresh import Fresh, while_costly
from muster.loop.matter import Matter, Matters
from muster.loop.sides import Hand, Party
from muster.loop.state import WORKED_ON, Side, Status
from muster.loop.step import Question
from muster.loop.steps import Escalation, ExtensionRequest, Return
from muster.people.person import Membership
from muster.web.deskscope import Desk
from muster.web.templatetags.look import day_time, duration

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SHOWN = 12
RETURN, EXTENSION, UNASSIGNED = "return-ruling", "extension-ruling", ""
#: What is ruled on, by the noun of its ruling.
RULINGS: dict[str, StrOrPromise] = {RETURN: gettext_lazy("Return"), EXTENSION: gettext_lazy("Extension")}
#: How an escalation is called by the level of area that it went to.
RAISED: dict[str, StrOrPromise] = {
    "town": gettext_lazy("to the town"),
    "county": gettext_lazy("to the county"),
    "city": gettext_lazy("to the city"),
    "province": gettext_lazy("to the province"),
}
KEYS = ("overdue", "due_soon", "to_rule", "returns_to_rule", "extensions_to_rule", "unassigned")


@dataclass(frozen=True)
class Tile:
    """A figure on top of the desk: it opens its rows."""

    name: Words
    icon: str
    colour: str
    value: int
    address: str
    more: str


@dataclass(frozen=True)
class Ruling:
    """A question that waits: the matter, what was asked and why, until when it is to be ruled on."""

    matter: Matter
    noun: str
    name: StrOrPromise
    reason: str
    due: datetime | None
    until: datetime | None
    mine: bool
    now: datetime

    @property
    def left(self) -> timedelta:
        return self.due - self.now if self.due else timedelta()


class DeskPage:
    def __init__(self, desk: Desk) -> None:
        self.desk, self.scope = desk, Scope(desk.incident, desk.area)
        self.now = self.scope.moment

    @cached_property
    def values(self) -> dict[str, Any]:
        return _values.get((self.scope.incident.pk, self.scope.area.pk), lambda: chain(self.scope, KEYS))

    @cached_property
    def tiles(self) -> list[Tile]:
        return [
            self._tile("overdue", "late", "red", self._longest_overdue),
            self._tile("due_soon", "soon", "amber", _("by {time}").format(time=day_time(self.now + SOON))),
            self._tile("to_rule", "back", "", self._of_rulings),
            self._tile("unassigned", "circle", "", self._longest_unassigned),
        ]

    @cached_property
    def urgent(self) -> list[Matter]:
        """Overdue, the longest first; then what is critical, the next due first; with where each was raised to."""
        rows = [(self._rows[pk], level) for pk, level in self._urgent.items() if pk in self._rows]
        for row, level in rows:
            row.raised = RAISED.get(level or "", "")
        return [row for row, _level in rows]

    @cached_property
    def rulings(self) -> list[Ruling]:
        """By the deadline of the ruling; what this person may not rule on is shown without a door."""
        asked = [(self._rows[pk], told) for pk, *told in self._first if told[0] != UNASSIGNED and pk in self._rows]
        return [_ruling(one, self.now, *told) for one, told in asked][:SHOWN]

    @cached_property
    def unassigned(self) -> list[Matter]:
        """The longest wait first."""
        keys = sorted(pk for pk, noun, *_told in self._first if noun == UNASSIGNED)
        return [self._rows[pk] for pk in keys if pk in self._rows]

    @cached_property
    def _rows(self) -> dict[UUID, Any]:
        """All matters that the desk shows, in one query; which they are was asked before."""
        keys = [*self._urgent, *(pk for pk, *_told in self._first)]
        return {one.pk: one for one in ROWS(keys=keys, person=self.desk.person.pk)}

    @cached_property
    def _urgent(self) -> dict[UUID, str | None]:
        late, critical = Q(due_at__lt=self.now), Q(severity="critical", due_at__gte=self.now)
        found = self._here(Q(status__in=WORKED_ON) & (late | critical)).order_by("due_at")
        return dict(found.values_list("pk", Subquery(_level()))[:SHOWN])

    @cached_property
    def _first(self) -> list[Any]:
        """The first of what waits for a ruling or for somebody to be given to, with what is asked; in one query."""
        nobody = self._here(Q(status=Status.REGISTERED)).order_by("pk")
        told = (Value(UNASSIGNED), Value(None, DateTimeField()), Value(""), Value(None, DateTimeField()))
        waits = self._waits(Return, RETURN, Value(None, DateTimeField()))
        waits = waits.union(
            self._waits(ExtensionRequest, EXTENSION, F("until")), nobody.values_list("pk", *told)[:SHOWN], all=True
        )
        return list(waits.order_by("rule_due_at", "matter_id"))

    def _waits(self, table: type[Question], noun: str, until: Any) -> QuerySet[Any, Any]:
        """The first questions of a kind that wait for their ruling, with what they ask."""
        here = self._here(Q(status__in=WORKED_ON)).order_by().values("pk")
        found = table._default_manager.filter(ended_at=None, matter__in=here).annotate(asked_until=until)
        asked = found.values_list("matter_id", Value(noun), "rule_due_at", "reason", "asked_until")
        return asked.order_by("rule_due_at", "matter_id")[:SHOWN]

    @cached_property
    def next(self) -> Ruling | None:
        return next((one for one in self.rulings if one.mine), None)

    @cached_property
    def duties(self) -> list[Duty]:
        """In the order of the posts, as they are declared."""
        order = list(Post)
        found = on_duty(self.desk.incident, self.desk.area).select_related("person")
        return sorted(found, key=lambda one: (order.index(Post(one.post)), one.from_at))

    @cached_property
    def items(self) -> list[HandoverItem]:
        found = open_items(self.desk.incident, self.desk.area).select_related("matter")
        return list(found[: SHOWN + 1])

    @cached_property
    def handover(self) -> Handover | None:
        return last_of(self.desk.incident, self.desk.area)

    @property
    def calm(self) -> bool:
        return not (self.urgent or self.rulings or self.unassigned)

    @property
    def text(self) -> str:
        """For a chat: figures, and the numbers of what is worst. What was found is told behind the link."""
        words = {"area": self.desk.area.place, "at": day_time(self.now)}
        lines = [_("Duty desk, {area}, as of {at}").format(**words)]
        lines += [f"{tile.name}: {tile.value}" + (f" ({tile.more})" if tile.value else "") for tile in self.tiles]
        late = [one for one in self.urgent if one.overdue_at(self.now)][:5]
        return "\n".join([*lines, *(f"{one.number} {one.area.place} {self._over(one)}" for one in late)])

    def _tile(self, key: str, icon: str, colour: str, more: str) -> Tile:
        value = self.values[key]
        shown = more if value else ""
        return Tile(FIGURES[key].name, icon, colour if value else "", value, FIGURES[key].address(self.scope), shown)

    def _here(self, where: Q) -> Matters:
        """Reached through the person, in the area of the desk, of its incident."""
        return Matter.objects.seen_by(self.desk.person).filter(
            where, incident=self.desk.incident, area_path__under=self.desk.area.path
        )

    @property
    def _longest_overdue(self) -> str:
        due = next((one.due_at for one in self.urgent if one.overdue_at(self.now)), None)
        return self._longest(self.now - due) if due else ""

    @property
    def _of_rulings(self) -> str:
        returns, extensions = self.values["returns_to_rule"], self.values["extensions_to_rule"]
        said = [ngettext("{n} return", "{n} returns", returns).format(n=returns)] if returns else []
        said += [ngettext("{n} extension", "{n} extensions", extensions).format(n=extensions)] if extensions else []
        return _(", ").join(said)

    @property
    def _longest_unassigned(self) -> str:
        return self._longest(self.now - self.unassigned[0].registered_at) if self.unassigned else ""

    def _longest(self, length: timedelta) -> str:
        return _("longest {time}").format(time=duration(length))

    def _over(self, matter: Matter) -> str:
        late = self.now - matter.due_at if matter.due_at else timedelta()
        return _("overdue {time}").format(time=duration(late))


def _level() -> Any:
    """The level of area that the open assignment was last raised to."""
    raised = Escalation.objects.filter(assignment__matter=OuterRef("pk"), assignment__ended_at=None)
    return raised.order_by("-level").values("area__level")[:1]


def _ruling(one: Any, now: datetime, noun: str, due: datetime | None, reason: str, until: datetime | None) -> Ruling:
    return Ruling(one, noun, RULINGS[noun], reason, due, until, not one.doer, now)


def _rows() -> Matters:
    related = ("area", "site", "lead", "pack")
    aside = ("area__outline", "site__outline", "pack__text", "rules")
    found: Matters = Matter.objects.filter(among("matter.id")).select_related(*related).defer(*aside).order_by()
    return found.annotate(doer=_doer())


def _doer() -> Q:
    """Whether the person, or an organisation that they belong to or stand below, does the work there."""
    member = Membership.objects.filter(person=Given("person"), until=None)
    below = member.filter(organisation__path__startswith=OuterRef("organisation__path"))
    parties = Party.objects.filter(Exists(below), matter=OuterRef("pk"), side=Side.DOER)
    hands = Hand.objects.filter(matter=OuterRef("pk"), side=Side.DOER, person=Given("person"))
    return Q(Exists(parties)) | Q(Exists(hands))


ROWS = Compiled(_rows)
#: Of a big city they take 15 ms, and are shown for less than a second.
_values = Fresh[dict[str, Any]](while_costly(0.01))
forget = _values.forget
