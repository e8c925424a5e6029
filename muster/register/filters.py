"""What the register is filtered by: each filter reads a value of the address, or says what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from muster.briefings.asked import moment_asked
from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.loop.state import WORKED_ON, Kind, Status, Way
from muster.loop.steps import Escalation, LedgerLine
from muster.register.look import Look
from muster.register.names import Meant, area_meant, lead_meant, reporter_meant, site_meant, team_meant
from muster.register.order import DUE
from muster.register.search import matching

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

NUMBERS_MOST = 300


class UnknownValue(Refusal):
    code = "unknown_value"
    status = 422
    message = said("“{value}” is no value of “{filter}”. Take it out, or choose one under Filter.")


class TooManyNumbers(Refusal):
    code = "too_many_numbers"
    status = 422
    message = said("These are more than {most} numbers. Take them in parts.")


@dataclass(frozen=True)
class Read:
    """What a value of a filter lists, and how it is shown."""

    where: Q
    shown: str


@dataclass(frozen=True)
class Filter:
    """``aside``: not of matters that one sees as who does the work."""

    name: str
    label: StrOrPromise
    reads: Callable[[Look, str], Read]
    several: bool = False
    aside: bool = False

    def read(self, look: Look, value: str) -> Read:
        """Raises a refusal that says what is wrong with the value."""
        read = self.reads(look, value)
        return Read(read.where & look.aside, read.shown) if self.aside else read


def states(look: Look) -> dict[str, str]:
    return {key: str(label) for key, label in Status.choices}


def kinds(look: Look) -> dict[str, str]:
    return {key: str(label) for key, label in Kind.choices if key != Kind.SUPPLY}


def ways(look: Look) -> dict[str, str]:
    return {key: str(label) for key, label in Way.choices}


def categories(look: Look) -> dict[str, str]:
    return {key: one.label for key, one in look.pack.categories.items()} if look.pack else {}


def severities(look: Look) -> dict[str, str]:
    return {key: one.label for key, one in look.pack.severities.items()} if look.pack else {}


Choices = Callable[[Look], dict[str, str]]


def choice(name: str, label: StrOrPromise, choices: Choices) -> Filter:
    def reads(look: Look, value: str) -> Read:
        known = choices(look)
        if value not in known:
            raise UnknownValue(value=value, filter=label)
        return Read(Q(**{name: value}), known[value])

    return Filter(name, label, reads, several=True)


def flag(name: str, label: StrOrPromise, where: Callable[[Look], Q], aside: bool = False) -> Filter:
    def reads(look: Look, value: str) -> Read:
        if value != "1":
            raise UnknownValue(value=value, filter=label)
        return Read(where(look), "")

    return Filter(name, label, reads, aside=aside)


def named(name: str, label: StrOrPromise, means: Callable[[Look, str], Meant], aside: bool = False) -> Filter:
    def reads(look: Look, value: str) -> Read:
        meant = means(look, value)
        return Read(meant.where, meant.shown)

    return Filter(name, label, reads, aside=aside)


def day(name: str, label: StrOrPromise, bound: Callable[[datetime], Q], end: str) -> Filter:
    """``end``: “from” for the beginning of a day, “to” for its end."""

    def reads(look: Look, value: str) -> Read:
        moment = moment_asked(value, end, look.incident.tz if look.incident else UTC)
        return Read(bound(moment) if moment else Q(), value)

    return Filter(name, label, reads)


def _due(than: str) -> Callable[[datetime], Q]:
    """Of the clock that runs now; what has none isn't due at any time."""
    sql = f"({DUE} {than} %s and {DUE} < 'infinity')"
    return lambda moment: Q(RawSQL(sql, [moment], BooleanField()))


def _due_today(look: Look) -> Q:
    return Q(status__in=WORKED_ON, due_at__gte=look.now, due_at__lt=look.midnight)


def _open(steps: str) -> Q:
    """That one of these is open, of which there is at most one. Joined, as the database then may begin with them."""
    return Q(**{f"{steps}__isnull": False, f"{steps}__ended_at": None})


def _numbers(look: Look, value: str) -> Read:
    numbers = [one for one in value.upper().split(",") if one]
    if len(numbers) > NUMBERS_MOST:
        raise TooManyNumbers(most=NUMBERS_MOST)
    return Read(Q(number__in=numbers), str(len(numbers)) if len(numbers) > 1 else value)


#: In the order of the page.
FILTERS: dict[str, Filter] = {
    one.name: one
    for one in (
        Filter("q", _("Search"), lambda look, text: Read(matching(text), text)),
        Filter("numbers", _("Numbers"), _numbers),
        named("area", _("Area"), area_meant),
        choice("status", _("State"), states),
        choice("kind", _("Kind"), kinds),
        choice("category", _("Category"), categories),
        choice("severity", _("Severity"), severities),
        choice("way", _("Way"), ways),
        named("site", _("Site"), site_meant),
        named("lead", _("Responsible"), lead_meant),
        named("team", _("Team"), team_meant, aside=True),
        named("reporter", _("Found by"), reporter_meant, aside=True),
        day("found_from", _("Found from"), lambda moment: Q(occurred_at__gte=moment), "from"),
        day("found_to", _("Found until"), lambda moment: Q(occurred_at__lt=moment), "to"),
        day("due_from", _("Due from"), _due(">="), "from"),
        day("due_to", _("Due until"), _due("<"), "to"),
        flag("overdue", _("Overdue"), lambda look: Q(status__in=WORKED_ON, due_at__lt=look.now)),
        flag("due_today", _("Due today"), _due_today),
        flag("waiting", _("Waits for its check"), lambda look: Q(status=Status.CLOSURE_REQUESTED)),
        flag("returned", _("Return pending"), lambda look: Q(status__in=WORKED_ON) & _open("returns")),
        flag("extension", _("Extension pending"), lambda look: Q(status__in=WORKED_ON) & _open("extensionrequests")),
        flag("escalated", _("Escalated"), lambda look: Q(pk__in=Escalation.objects.values("matter_id"))),
        flag("published", _("Published"), lambda look: _open("publications")),
        flag("recurrence", _("Recurrence"), lambda look: Q(recurrence_of__isnull=False), aside=True),
        flag("imported", _("Imported"), lambda look: Q(pk__in=LedgerLine.objects.values("matter_id"))),
    )
}
CHOICES: dict[str, Choices] = {
    "status": states, "kind": kinds, "category": categories, "severity": severities, "way": ways,
}  # fmt: skip
FLAGS = ("overdue", "due_today", "waiting", "returned", "extension", "escalated", "published", "recurrence", "imported")
