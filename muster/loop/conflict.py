"""What came twice under one id with different content: both are kept for a person to see."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from muster.incidents.incident import Incident
from muster.lib import clock
from muster.loop.refusals import AlreadyDone, ReasonNeeded
from muster.people.person import Person

#: Acts with which a matter comes in; all others are acts on a matter that is there.
ARRIVALS = ("register", "import_")


class Conflict(models.Model):
    """The second content that came under an id; the first stands in the loop. Kept; settled once, with a remark."""

    act_id = models.UUIDField(db_index=True)
    matter_id = models.UUIDField()
    incident = models.ForeignKey(Incident, models.PROTECT, null=True, related_name="+")
    action = models.TextField()
    content = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    remark = models.TextField(blank=True, default="")

    class Meta:
        db_table = "conflict"
        indexes = [models.Index(fields=["matter_id"], condition=Q(settled_at=None), name="conflict_open_of")]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None, remark="")
                | Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(remark=""),
                name="conflict_settled_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.act_id}"

    @property
    def is_arrival(self) -> bool:
        return self.action in ARRIVALS

    @property
    def asked(self) -> dict[str, Any]:
        """What was asked for, by the names of the verb's parameters; files as sha256, all others by their keys.

        ``at`` is when it occurred, as it was sent. ``caller`` is a digest: more of a person isn't kept.
        """
        kept = self._kept()
        with suppress(ValueError):
            if self.is_arrival:
                _by, at, _incident, photos, asked, caller = kept
                return {**asked, "photos": photos, "at": at, "caller": caller}
            _action, _matter, _by, at, asked = kept
            return {**asked, "at": at}
        return {}

    def settle(self, by: Person, remark: str) -> None:
        """Looked at and done with, once. Raises ReasonNeeded and AlreadyDone."""
        if not remark.strip():
            raise ReasonNeeded
        told = {"settled_by": by, "remark": remark.strip()}
        still_open = Conflict.objects.filter(pk=self.pk, settled_at=None)
        if still_open.update(settled_at=clock.now(), **told):
            return
        if not Conflict.objects.filter(pk=self.pk, **told).exists():
            raise AlreadyDone

    def _kept(self) -> list[Any]:
        kept = json.loads(self.content)
        return kept if isinstance(kept, list) else []
