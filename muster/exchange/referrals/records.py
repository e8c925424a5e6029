"""Referrals: matters that were handed on to another authority. Of the package only its hash is kept; nobody strikes a line."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from muster.lib.ids import uuid7
from muster.loop.matter import Matter
from muster.people.organisation import Organisation
from muster.people.person import Person


class Referral(models.Model):
    """Insert-only. ``sha256``: of the manifest of the package, which vouches for all that is in it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="referrals")
    to = models.TextField(help_text="the authority")
    reason = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    by_organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    sha256 = models.TextField()

    class Meta:
        db_table = "referral"
        ordering = ["-id"]
        indexes = [models.Index(fields=["matter", "-id"], name="referral_of_matter")]
        constraints = [
            models.CheckConstraint(condition=~Q(to="") & ~Q(reason=""), name="referral_says_to_whom_and_why"),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.to}"
