"""What stands in the cells of a matter's row, in the columns of a ledger (``exchange/columns.py``)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from muster.exchange.lists.listing import Shape, Value
from muster.incidents.incident import Incident
from muster.loop.state import Kind, Status, Way
from muster.places.area import Area, gazetteer
from muster.policy.version import PackVersion


class Raw(NamedTuple):
    """A matter as the database tells it, in the incident's zone of time."""

    pk: UUID
    number: str
    kind: str
    found_at: datetime
    team: str | None
    way: str
    area: str
    site: str | None
    text: str
    category: str
    severity: str
    pack: int
    lead: str | None
    supports: str | None
    dispatched_at: datetime | None
    due: datetime | None
    done: str | None
    done_at: datetime | None
    closure_asked_at: datetime | None
    reviewer: str | None
    reviewed_at: datetime | None
    passed: bool | None
    status: str
    closed_at: datetime | None
    cycle: int
    recurs: bool
    bulletin: str | None
    source_number: str
    words: dict[str, str]


@dataclass(frozen=True)
class Column:
    """``aside``: not told to who does the work, as it may tell who complained."""

    tells: Callable[[Raw, Labels], Value]
    width: int = 14
    shape: Shape = Shape.TEXT
    tag: str = ""
    aside: bool = False
    choices: Callable[[Labels], Sequence[str]] = lambda labels: ()


class Labels:
    """How codes are called in the language of now."""

    def __init__(self, incident: Incident) -> None:
        self.incident = incident
        self.kinds = {key: str(label) for key, label in Kind.choices}
        self.ways = {key: str(label) for key, label in Way.choices}
        self.states = {key: str(label) for key, label in Status.choices}
        self.yes_no = {True: _("yes"), False: _("no")}
        self.passed = {True: pgettext("check", "Passed"), False: pgettext("check", "Failed"), None: ""}

    @cached_property
    def categories(self) -> dict[tuple[int, str, str], str]:
        """By version, kind and key."""
        return {
            (version.pk, kind, key): one.label
            for version in self._versions for kind in Kind.values for key, one in version.pack.categories_for(kind).items()
        }  # fmt: skip

    @cached_property
    def severities(self) -> dict[tuple[int, str], str]:
        """By version and key."""
        return {
            (version.pk, key): one.label for version in self._versions for key, one in version.pack.severities.items()
        }

    @cached_property
    def _versions(self) -> list[PackVersion]:
        return list(PackVersion.objects.all())

    @cached_property
    def areas(self) -> dict[str, str]:
        """As officially written, from the incident's own area down; that one by its name."""
        above = self.incident.area
        below = Area.objects.filter(path__startswith=above.path).defer("outline").order_by("path")
        named: dict[str, str] = {}
        space = "" if (get_language() or "zh").startswith("zh") else ", "
        for one in below:
            over = named.get(one.parent_id or "", "") if one.parent_id != above.pk else ""
            parts = (over, one.name) if not space else (one.name, over)
            named[one.pk] = space.join(filter(None, parts))
        return named

    def area(self, code: str) -> str:
        """One of another incident by its whole path."""
        if code not in self.areas:
            known = gazetteer()
            place = known.get(code)
            self.areas[code] = known.path(place) if place else code
        return self.areas[code]

    @property
    def now(self) -> tuple[list[str], list[str]]:
        """Categories of findings and severities, as they are in force."""
        pack = self.incident.pack_version().pack
        kinds = (pack.categories_for(kind).values() for kind in Kind.values)
        categories = dict.fromkeys(one.label for found in kinds for one in found)
        return list(categories), [one.label for one in pack.severities.values()]


def _word(key: str) -> Callable[[Raw, Labels], Value]:
    """What a ledger said in a column that the register has no place for."""
    return lambda raw, labels: raw.words.get(key, "")


TELLS: dict[str, Column] = {
    "number": Column(lambda raw, labels: raw.number, 24, tag="#meta+id"),
    "kind": Column(lambda raw, labels: labels.kinds[raw.kind], 10, tag="#meta+kind",
                   choices=lambda labels: [*labels.kinds.values()]),
    "found_at": Column(lambda raw, labels: raw.found_at, 17, Shape.MOMENT, "#date+found"),
    "team": Column(lambda raw, labels: raw.team or "", 18, tag="#org+team", aside=True),
    "way": Column(lambda raw, labels: labels.ways[raw.way], 12, tag="#meta+way"),
    "area": Column(lambda raw, labels: labels.area(raw.area), 22, tag="#adm+name"),
    "site": Column(lambda raw, labels: raw.site or "", 20, tag="#loc+name"),
    "text": Column(lambda raw, labels: raw.text, 48, Shape.LONG, "#description+problem"),
    "category": Column(lambda raw, labels: labels.categories.get((raw.pack, raw.kind, raw.category), raw.category), 14,
                       tag="#cause+category", choices=lambda labels: labels.now[0]),
    "severity": Column(lambda raw, labels: labels.severities.get((raw.pack, raw.severity), raw.severity), 10, tag="#severity",
                       choices=lambda labels: labels.now[1]),
    "lead": Column(lambda raw, labels: raw.lead or "", 24, tag="#org+lead"),
    "supports": Column(lambda raw, labels: raw.supports or "", 24, tag="#org+support"),
    "leader": Column(_word("leader"), 12, aside=True, tag="#contact+leader"),
    "person": Column(_word("person"), 12, aside=True, tag="#contact+responsible"),
    "measures": Column(_word("measures"), 30, Shape.LONG, "#activity+measures", aside=True),
    "dispatched_at": Column(lambda raw, labels: raw.dispatched_at, 17, Shape.MOMENT, "#date+assigned"),
    "due": Column(lambda raw, labels: raw.due, 17, Shape.MOMENT, "#date+due"),
    "done": Column(lambda raw, labels: raw.done or "", 40, Shape.LONG, "#activity+done"),
    "done_at": Column(lambda raw, labels: raw.done_at, 17, Shape.MOMENT, "#date+done"),
    "closure_asked_at": Column(lambda raw, labels: raw.closure_asked_at, 17, Shape.MOMENT, "#date+closure_requested"),
    "reviewer": Column(lambda raw, labels: raw.reviewer or "", 12, tag="#contact+reviewer", aside=True),
    "reviewed_at": Column(lambda raw, labels: raw.reviewed_at, 17, Shape.MOMENT, "#date+reviewed"),
    "result": Column(lambda raw, labels: labels.passed[raw.passed], 10, tag="#status+review",
                     choices=lambda labels: [labels.passed[True], labels.passed[False]]),
    "closed": Column(lambda raw, labels: labels.yes_no[raw.status == Status.CLOSED], 9, tag="#indicator+closed",
                     choices=lambda labels: [*labels.yes_no.values()]),
    "closed_at": Column(lambda raw, labels: raw.closed_at, 17, Shape.MOMENT, "#date+closed"),
    "state": Column(lambda raw, labels: labels.states[raw.status], 12, tag="#status"),
    "cycle": Column(lambda raw, labels: raw.cycle, 8, Shape.NUMBER, "#meta+round"),
    "rebound": Column(lambda raw, labels: labels.yes_no[raw.recurs], 9, tag="#indicator+recurrence", aside=True),
    "bulletin": Column(lambda raw, labels: raw.bulletin or "", 18, tag="#meta+bulletin"),
    "source": Column(lambda raw, labels: raw.words.get("source") or raw.source_number, 18, tag="#meta+source",
                     aside=True),
    "remark": Column(_word("remark"), 24, Shape.LONG, "#description+remark", aside=True),
}  # fmt: skip
