"""What came twice under one id with different content: both are kept for a person to see."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from muster.people.person import Person


class Conflict(models.Model):
    """The second content that came under an id; the first stands in the loop. Insert-only."""

    act_id = models.UUIDField(db_index=True)
    matter_id = models.UUIDField()
    action = models.TextField()
    content = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "conflict"

    def __str__(self) -> str:
        return f"{self.action} {self.act_id}"
