"""Incidents: what headquarters responds to."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models.functions import Greatest, Now
from django.utils import timezone
from django.utils.translation import get_language

from muster.lib import clock
from muster.lib.compiled import Compiled, Given
from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.policy.version import PackVersion


class NoPackInForce(Refusal):
    code = "no_pack"
    message = _("{incident} has no policy pack in force yet. Headquarters adopts one under Packs.")


class Incident(models.Model):
    """An outbreak, a disaster, or an exercise of one; its area, its zone of time and its packs."""

    name_zh = models.TextField()
    name_en = models.TextField()
    area = models.ForeignKey("muster.Area", models.PROTECT, related_name="+")
    zone = models.TextField(default="Asia/Shanghai")
    exercise = models.BooleanField(default=False, help_text="a drill or the demo: recorded time may be set")
    behind = models.DurationField(default=timedelta, help_text="how far the clock of an exercise runs behind")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    packs: models.ManyToManyField[PackVersion, PackInForce] = models.ManyToManyField(PackVersion, through="PackInForce")

    class Meta:
        db_table = "incident"
        ordering = ["-started_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(exercise=True) | models.Q(behind=timedelta()), name="only_an_exercise_runs_behind"
            ),
            models.CheckConstraint(condition=~models.Q(name_zh="") & ~models.Q(name_en=""), name="incident_is_named"),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(ended_at__gte=models.F("started_at")),
                name="incident_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> Incident | None:
        """The open incident that began last; an exercise only where nothing real is open."""
        return next(iter(cls.open()), None)

    @classmethod
    def open(cls) -> list[Incident]:
        """Those that haven't ended, the current one first, each with its area."""
        return OPEN()

    @classmethod
    def only_exercises(cls) -> bool:
        """Whether nothing real is open: then what role cards made may open something."""
        current = cls.current()
        return bool(current and current.exercise)

    @property
    def name(self) -> str:
        return self.name_zh if (get_language() or "zh").startswith("zh") else self.name_en

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @contextlib.contextmanager
    def clock(self) -> Iterator[None]:
        """Follow its zone of time, and in an exercise its clock."""
        with timezone.override(self.tz), clock.behind(self.behind):
            yield

    def pack_version(self) -> PackVersion:
        """The version put in force last."""
        in_force = IN_FORCE(incident=self.pk)
        if not in_force:
            raise NoPackInForce(incident=self.name)
        return in_force[0].version

    def end(self) -> bool:
        """Nothing new belongs to it from now on. Whether it was still open."""
        ended = Incident.objects.filter(pk=self.pk, ended_at=None).update(ended_at=Greatest(Now(), "started_at"))
        return bool(ended)

    def put_in_force(self, version: PackVersion, by_id: int | None = None) -> PackInForce:
        """From now on, matters are registered under this version; earlier matters keep theirs."""
        return PackInForce.objects.create(incident=self, version=version, by_id=by_id)


OPEN = Compiled(
    lambda: (
        Incident.objects.filter(ended_at=None)
        .select_related("area")
        .defer("area__outline")
        .order_by("exercise", "-started_at", "-pk")
    )
)


class PackInForce(models.Model):
    """A version was put in force. Insert-only, so that a pack change is history like everything else."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="+")
    version = models.ForeignKey(PackVersion, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey("muster.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "pack_in_force"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.version_id}"


IN_FORCE = Compiled(
    lambda: PackInForce.objects.filter(incident=Given("incident")).select_related("version").order_by("-id")[:1]
)
