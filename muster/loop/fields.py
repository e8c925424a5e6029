"""What a matter is: what was registered, which never changes, and the present, which verbs write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from django.db import models
from django.db.models import Q

from muster.incidents.incident import Incident
from muster.lib.compiled import Compiled, Given
from muster.lib.ids import uuid7
from muster.loop.entry import columns_of, sha256_of
from muster.loop.refusals import NotSeen, WrongState
from muster.loop.situation import Situation
from muster.loop.state import WORKED_ON, Kind, Status, Way
from muster.people.organisation import Organisation
from muster.people.person import Grant, Person
from muster.people.role import AREA_ROLES, Role
from muster.people.team import Team
from muster.places.area import Area
from muster.places.site import Site
from muster.policy.pack import Rules
from muster.policy.version import PackVersion

#: Columns that verbs change. All others are as registered.
PRESENT = (
    "status",
    "cycle",
    "area_id",
    "area_path",
    "category",
    "severity",
    "rules",
    "lead_id",
    "dispatched_at",
    "clock_from",
    "due_at",
    "verify_due_at",
    "closing_check",
    "closed_at",
    "merged_into_id",
)
HEAD = ("recorded_at", "head_seq", "head_hash")


class MatterFields(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.TextField(unique=True)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="+")
    kind = models.TextField(choices=Kind)
    pack = models.ForeignKey(PackVersion, models.PROTECT, related_name="+")
    text = models.TextField()
    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="matters")
    reporter = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reporter_organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="matters")
    way = models.TextField(choices=Way)
    source_number = models.TextField(blank=True)
    recurrence_of = models.ForeignKey("muster.Matter", models.PROTECT, null=True, related_name="recurrences")
    occurred_at = models.DateTimeField()
    registered_at = models.DateTimeField()

    status = models.TextField(choices=Status, default=Status.REGISTERED)
    cycle = models.IntegerField(default=1)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    area_path = models.TextField()
    category = models.TextField()
    severity = models.TextField()
    rules = models.JSONField()
    lead = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    dispatched_at = models.DateTimeField(null=True, help_text="first dispatch: the matter's age runs from here")
    clock_from = models.DateTimeField(null=True, help_text="when the deadline in force began to run")
    due_at = models.DateTimeField(null=True)
    verify_due_at = models.DateTimeField(null=True)
    closing_check = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("muster.Matter", models.PROTECT, null=True, related_name="absorbed")

    recorded_at = models.DateTimeField()
    head_seq = models.IntegerField(default=0)
    head_hash = models.TextField(default="")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number

    def present(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in PRESENT}

    def changed_since(self, before: dict[str, Any]) -> set[str]:
        return {name for name, value in self.present().items() if value != before[name]}

    def read_locked(self) -> None:
        """Lock this matter until the transaction ends, and read it anew, whatever was known of it but its id."""
        found = _locked(type(self))(pk=self.pk)
        if not found:
            raise NotSeen
        self.__dict__.clear()
        self.__dict__.update(found[0].__dict__)

    def must_be(self, states: Iterable[str]) -> None:
        if self.status not in states:
            raise WrongState(status=Status(self.status).label)

    @cached_property
    def rule(self) -> Rules:
        """The rules by which this matter is judged, copied when it was registered."""
        ladder = tuple((hours, level) for hours, level in self.rules["ladder"])
        return Rules(**{**self.rules, "ladder": ladder})

    def registration(self, area_id: str, category: str, severity: str) -> dict[str, Any]:
        """What was registered; the three that may be reclassified are given as they were then."""
        return {**columns_of(self, (*PRESENT, *HEAD)), "area_id": area_id, "category": category, "severity": severity}

    def registration_digest(self, area_id: str, category: str, severity: str) -> str:
        """sha256 of what was registered."""
        return sha256_of(self.registration(area_id, category, severity))

    def shown_by(self, grant: Grant, situation: Situation) -> bool:
        """Whether a grant lets its holder see this matter. The same rule as ``Matters.seen_by``."""
        if not grant.area.holds(self.area_path):
            return False
        if grant.role == Role.LIAISON:
            assigned = [situation.lead_path or "", *situation.support_paths]
            return any(path and grant.organisation.holds(path) for path in assigned)
        return grant.role in AREA_ROLES or (grant.role == Role.OPERATOR and self.kind in HEARD_BY_TELEPHONE)

    @property
    def title(self) -> str:
        """The first line, for lists."""
        return self.text.splitlines()[0][:60] if self.text else self.number

    @property
    def clock_due_at(self) -> datetime | None:
        """The deadline of the clock that runs now: the unit's, or the checker's; None when none runs."""
        if self.status == Status.CLOSURE_REQUESTED:
            return self.verify_due_at
        return self.due_at if self.status in WORKED_ON else None

    def overdue_at(self, now: datetime) -> bool:
        return bool(self.status in WORKED_ON and self.due_at and self.due_at < now)

    def check_overdue_at(self, now: datetime) -> bool:
        waits = self.status == Status.CLOSURE_REQUESTED
        return bool(waits and self.verify_due_at and self.verify_due_at < now)


@cache
def _locked(matter: type[MatterFields]) -> Compiled[Any]:
    locked = matter._default_manager.select_for_update(no_key=True, of=("self",))
    return Compiled(lambda: locked.select_related("incident").filter(pk=Given("pk")))


#: Kinds that an operator takes by telephone and calls back about.
HEARD_BY_TELEPHONE = (Kind.REQUEST, Kind.PROPOSAL)


def showing_more(grants: Iterable[Grant]) -> Iterator[Grant]:
    """Those that show anything that one before doesn't: a duty officer holds several roles in one area."""
    known = set[tuple[str, str, int | None]]()
    for grant in grants:
        alone = grant.role not in AREA_ROLES
        shows = (grant.area.path, grant.role if alone else "", grant.organisation_id if alone else None)
        if shows not in known:
            known.add(shows)
            yield grant


def seen_under(grant: Grant, assigned: models.QuerySet[Any]) -> Q:
    """The matters that one grant lets its holder see; ``assigned``: open assignments."""
    here = Q(area_path__startswith=grant.area.path)
    if grant.role == Role.LIAISON:
        own = assigned.filter(organisation__path__startswith=grant.organisation.path)
        return here & Q(pk__in=own.values("matter_id"))
    if grant.role == Role.OPERATOR:
        return here & Q(kind__in=HEARD_BY_TELEPHONE)
    return here if grant.role in AREA_ROLES else Q(pk__in=[])
