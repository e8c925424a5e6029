"""The matter: something owed to someone until that someone, or an independent verifier, says that it is done.

Its verbs stand in modules by stage: intake, ledger, dispatch, work, check and command. Each is called as
``matter.verb(by=person, at=occurred, id=act id, …)``, answers a Receipt once it is committed, and raises a named refusal
when it can't be done. ``docs/loop.md`` has the table.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models
from django.db.models import Q

from muster.lib.compiled import Quick
from muster.loop.check import Check
from muster.loop.command import Command
from muster.loop.dispatch import Dispatch
from muster.loop.fields import seen_under, showing_more
from muster.loop.intake import Intake
from muster.loop.ledger import Ledger
from muster.loop.state import WORKED_ON, Kind, Status
from muster.loop.steps import Assignment
from muster.loop.work import Work
from muster.people.person import Person

PATH_LAST = ["", "", "", "text_pattern_ops"]


class Matters(models.QuerySet["Matter"]):
    def seen_by(self, person: Person) -> Matters:
        """The matters that a person's grants cover; none without grants. All reading begins here."""
        seen, assigned = Q(pk__in=[]), Assignment.objects.filter(ended_at=None)
        for grant in showing_more(person.grants_at()):
            seen |= seen_under(grant, assigned)
        return self.filter(seen)

    def overdue(self, now: datetime) -> Matters:
        return self.filter(status__in=WORKED_ON, due_at__lt=now)


class Matter(Intake, Ledger, Dispatch, Work, Check, Command):
    objects: ClassVar[models.Manager[Matter]] = Matters.as_manager()

    class Meta:
        db_table = "matter"
        indexes = [
            models.Index(fields=["area_path", "-id"], name="matter_in_area", opclasses=["text_pattern_ops", ""]),
            # What is late is counted on every page of headquarters: from the index alone.
            models.Index(
                fields=["due_at"], condition=Q(status__in=["assigned", "accepted", "in_progress"]),
                include=["incident", "kind", "area_path", "id"], name="matter_due",
            ),
            models.Index(
                fields=["verify_due_at"], condition=Q(status="closure_requested"),
                include=["incident", "kind", "area_path", "id"], name="matter_check_due",
            ),
            models.Index(fields=["id"], condition=Q(status="registered"), name="matter_unassigned"),
            # For what is alike: the trigrams of the texts, and what was found at a site.
            GinIndex(fields=["text"], name="matter_alike", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["site", "category"], condition=Q(site__isnull=False), name="matter_looked_at"),
            # For figures: what is counted, what else they ask of it, and what went on since a moment.
            models.Index(
                fields=["incident", "kind", "status", "area_path"], name="matter_counted", opclasses=PATH_LAST
            ),
            models.Index(
                fields=["incident", "kind", "status", "area_path"], name="matter_stood", opclasses=PATH_LAST,
                include=["recorded_at", "occurred_at", "dispatched_at", "closed_at", "due_at", "verify_due_at", "cycle",
                         "closing_check", "id"],
            ),
            models.Index(
                fields=["incident", "kind", "recorded_at", "registered_at"], name="matter_went_on",
                include=["dispatched_at", "id"],
            ),
            # For the register's filters: each the newest first.
            models.Index(fields=["status", "id"], name="matter_in_state", include=["area_path"]),
            models.Index(fields=["category", "id"], name="matter_of_category"),
            models.Index(fields=["severity", "id"], name="matter_of_severity"),
            models.Index(fields=["way", "id"], name="matter_by_way"),
            models.Index(fields=["occurred_at"], name="matter_found_at"),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="matter_kind_known"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="matter_status_known"),
            models.CheckConstraint(condition=~Q(text=""), name="matter_says_something"),
            models.CheckConstraint(
                condition=Q(status="merged", merged_into__isnull=False) | ~Q(status="merged") & Q(merged_into=None),
                name="matter_merged_into_one",
            ),
        ]  # fmt: skip

    @classmethod
    def of_id(cls, pk: UUID) -> Matter:
        """One of which nothing is known yet but its id: a verb reads all else itself."""
        return Quick(cls).from_db(connection.alias, ["id"], [pk])
