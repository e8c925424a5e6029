"""Spans: what a matter was, from when to when, by recorded time. For figures as of any moment."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from muster.people.organisation import Organisation
from muster.places.area import Area

#: What a span tells of its matter; the same names stand on the matter for the present.
SPAN_FIELDS = ("status", "area_id", "lead_id", "due_at", "verify_due_at")
TOLD = frozenset(SPAN_FIELDS)


class Span(models.Model):
    """One stretch of a matter's past; the open one is the present."""

    matter = models.ForeignKey("muster.Matter", models.PROTECT, related_name="spans")
    status = models.TextField()
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    lead = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField(null=True)
    verify_due_at = models.DateTimeField(null=True)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "span"
        indexes = [models.Index(fields=["matter", "from_at"], name="span_of_matter")]
        constraints = [
            models.UniqueConstraint(fields=["matter"], condition=Q(to_at=None), name="one_open_span"),
            models.CheckConstraint(
                condition=Q(to_at=None) | Q(to_at__gt=models.F("from_at")), name="span_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.status}"


END = "update span set to_at = %s where matter_id = %s and to_at is null"
BEGIN = """
insert into span (matter_id, status, area_id, lead_id, due_at, verify_due_at, from_at)
values (%(matter)s, %(status)s, %(area_id)s, %(lead_id)s, %(due_at)s, %(verify_due_at)s, %(from_at)s)
"""
