"""Views of the register that a person named and kept."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from muster.people.person import Person


class KeptView(models.Model):
    """A person's own name for a query of the register: filters, order and columns as the address says them."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="kept_views")
    name = models.TextField()
    query = models.TextField(blank=True)

    class Meta:
        db_table = "kept_view"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "name"], name="kept_view_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="kept_view_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
