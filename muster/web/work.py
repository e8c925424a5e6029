"""My work: what waits for this person, most urgent first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from muster.lib import clock
from muster.loop.conflictscope import conflicts_seen_by
from muster.loop.draw import RevisitDraw
from muster.loop.fields import HEARD_BY_TELEPHONE
from muster.loop.matter import Matter, Matters
from muster.loop.sides import Party
from muster.loop.state import WORKED_ON, Kind, Status
from muster.loop.steps import ExtensionRequest, Return, Silence, Verification
from muster.people.person import Person
from muster.people.role import Role
from muster.web.context import roles_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SHOWN = 20


@dataclass(frozen=True)
class Pile:
    """One section of the page: matters that wait for the same thing. ``key`` names it to machines."""

    key: str
    title: StrOrPromise
    matters: list[Matter]
    more: bool


@require_GET
def work(request: HttpRequest) -> HttpResponse:
    person: Person = request.user  # type: ignore[assignment]
    now = clock.now()
    roles = roles_of(request)
    seen = Matter.objects.seen_by(person)
    piles = piles_of(person, roles, now)
    found = list(_latest_found(seen, person)) if Role.INSPECTOR in roles else []
    context = {
        "section": "work", "piles": piles, "found": found, "first": piles[0].matters[0] if piles else None,
        "conflicts": conflicts_seen_by(person).filter(settled_at=None).count() if roles else 0,
    }  # fmt: skip
    return render(request, "work.html", context)


def piles_of(person: Person, roles: set[str], now: datetime) -> list[Pile]:
    """What waits for the person, most urgent first; nothing that is empty."""
    seen = Matter.objects.seen_by(person)
    piles = [_pile(title, queue, queue(seen, person, now)) for held, title, queue in QUEUES if held & roles]
    return [pile for pile in piles if pile.matters]


def overdue(seen: Matters, person: Person, now: datetime) -> Matters:
    """Past the unit's deadline, worst first."""
    return seen.filter(status__in=WORKED_ON, due_at__lt=now).order_by("due_at")


def due_today(seen: Matters, person: Person, now: datetime) -> Matters:
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return seen.filter(status__in=WORKED_ON, due_at__gte=now, due_at__lt=midnight).order_by("due_at")


def due_later(seen: Matters, person: Person, now: datetime) -> Matters:
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return seen.filter(status__in=WORKED_ON, due_at__gte=midnight).order_by("due_at")


def to_verify(seen: Matters, person: Person, now: datetime) -> Matters:
    """Findings, and requests and proposals whose asker could not be heard; never of one's own organisations."""
    own = person.memberships_now().values("organisation_id")
    mine = Party.objects.filter(matter=OuterRef("pk"), side="doer", organisation__in=own)
    silent = Silence.objects.filter(matter=OuterRef("pk"), cycle=OuterRef("cycle"))
    waiting = seen.filter(status=Status.CLOSURE_REQUESTED).exclude(Exists(mine))
    return waiting.filter(Q(kind=Kind.FINDING) | Exists(silent)).order_by("verify_due_at")


def to_revisit(seen: Matters, person: Person, now: datetime) -> Matters:
    """Drawn from what was fixed on the spot, not yet looked at again, and not closed by oneself."""
    drawn = RevisitDraw.objects.filter(matter=OuterRef("pk"), cycle=OuterRef("cycle"))
    revisited = Verification.objects.filter(matter=OuterRef("pk"), cycle=OuterRef("cycle"), how="sample")
    closed = seen.filter(Exists(drawn), ~Exists(revisited), status=Status.CLOSED)
    return closed.exclude(reporter=person).order_by("id")


def to_call_back(seen: Matters, person: Person, now: datetime) -> Matters:
    return seen.filter(status=Status.CLOSURE_REQUESTED, kind__in=HEARD_BY_TELEPHONE).order_by("verify_due_at")


def to_rule_on(seen: Matters, person: Person, now: datetime) -> Matters:
    """Returns and extensions that wait for a ruling."""
    asked = [Exists(kind._default_manager.filter(matter=OuterRef("pk"), ended_at=None)) for kind in QUESTIONS]
    return seen.filter(asked[0] | asked[1], status__in=WORKED_ON).order_by("due_at")


def unassigned(seen: Matters, person: Person, now: datetime) -> Matters:
    return seen.filter(status=Status.REGISTERED).order_by("id")


QUESTIONS = (Return, ExtensionRequest)
Queue = Callable[[Matters, Person, datetime], Matters]

#: Who sees which piles, in the page's order.
QUEUES: tuple[tuple[set[str], StrOrPromise, Queue], ...] = (
    ({Role.LIAISON, Role.DISPATCHER, Role.HEADQUARTERS}, _("Overdue"), overdue),
    ({Role.DISPATCHER, Role.HEADQUARTERS}, _("To rule on"), to_rule_on),
    ({Role.DISPATCHER, Role.HEADQUARTERS}, _("Not yet assigned"), unassigned),
    ({Role.VERIFIER}, _("To verify"), to_verify),
    ({Role.VERIFIER}, _("To revisit"), to_revisit),
    ({Role.OPERATOR}, _("To call back"), to_call_back),
    ({Role.LIAISON, Role.DISPATCHER, Role.HEADQUARTERS}, _("Due today"), due_today),
    ({Role.LIAISON}, _("Due later"), due_later),
)


def _pile(title: StrOrPromise, queue: Queue, matters: Matters) -> Pile:
    rows = list(matters.select_related("area", "site", "lead").defer("area__outline")[: SHOWN + 1])
    return Pile(queue.__name__, title, rows[:SHOWN], len(rows) > SHOWN)


def _latest_found(seen: Matters, person: Person) -> Matters:
    return seen.filter(reporter=person).select_related("area", "site").order_by("-id")[:5]


urlpatterns = [path("work/", work, name="work")]
