"""Drawn for a revisit: a share of what was fixed on the spot is looked at again by somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from muster.loop.matter import Matter


class RevisitDraw(models.Model):
    """A matter was drawn for a revisit in one of its cycles."""

    matter: models.ForeignKey[Matter, Matter] = models.ForeignKey("muster.Matter", models.PROTECT, related_name="draws")
    cycle = models.IntegerField()
    drawn_at = models.DateTimeField()

    class Meta:
        db_table = "revisit_draw"
        constraints = [models.UniqueConstraint(fields=["matter", "cycle"], name="drawn_once_per_cycle")]

    def __str__(self) -> str:
        return str(self.matter_id)
