"""What every row of the loop begins with."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from muster.lib.ids import uuid7
from muster.people.organisation import Organisation
from muster.people.person import Person


class Step(models.Model):
    """Who did it, for which organisation, when it occurred and when it was recorded."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey("muster.Matter", models.PROTECT, related_name="%(class)ss")
    cycle = models.IntegerField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    by_organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.db_table} {self.id}"


class Question(Step):
    """A step that waits for a ruling; while it waits, ``ended_at`` is empty. One of a kind at a time."""

    reason = models.TextField()
    rule_due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


def one_open(table: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(fields=["matter"], condition=Q(ended_at=None), name=f"one_open_{table}")


def by_ruling(table: str) -> models.Index:
    """Open ones in the order of the deadline of their ruling."""
    return models.Index(fields=["rule_due_at", "matter"], condition=Q(ended_at=None), name=f"{table}_rule_due")
