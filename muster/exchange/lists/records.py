"""Lists that were taken out: by whom, when, which and what for. This is the log of it, and nobody strikes a line from it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from muster.evidence import store
from muster.incidents.incident import Incident
from muster.lib.ids import uuid7
from muster.people.person import Person
from muster.people.role import Role

LOST_AFTER = timedelta(hours=1)
KEPT_FOR = timedelta(days=7)


class ExportState(models.TextChoices):
    MAKING = "making", _("Being made")
    MADE = "made", _("Made")
    FAILED = "failed", _("Failed")


class Form(models.TextChoices):
    WORKBOOK = "xlsx", _("Workbook (.xlsx)")
    COMMA = "csv", _("Text with commas (.csv)")


class Exports(models.QuerySet["ListExport"]):
    def seen_by(self, person: Person) -> Exports:
        """One's own; who is headquarters of an incident's whole area sees all that were taken out in it."""
        seen = Q(by=person)
        for grant in person.grants_at():
            if grant.role == Role.HEADQUARTERS:
                seen |= Q(incident__area__path__startswith=grant.area.path)
        return self.filter(seen)


class ListExport(models.Model):
    """``query``: the address of the page whose list it is, so that it can be asked again; ``done`` rows of ``count``."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    incident = models.ForeignKey(Incident, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    kind = models.TextField(help_text="which list")
    query = models.TextField(blank=True)
    reason = models.TextField()
    language = models.TextField()
    form = models.TextField(choices=Form, default=Form.WORKBOOK)
    whole = models.BooleanField(default=False, help_text="with every column there is")
    tags = models.BooleanField(default=False, help_text="with HXL tags below the headings")
    state = models.TextField(choices=ExportState, default=ExportState.MAKING)
    claimed_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)
    title = models.TextField(blank=True)
    count = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    sha256 = models.TextField(blank=True, help_text="of the file, which goes after some days")
    fault = models.TextField(blank=True)

    objects: ClassVar[models.Manager[ListExport]] = Exports.as_manager()

    class Meta:
        db_table = "list_export"
        ordering = ["-id"]
        indexes = [models.Index(fields=["by", "-id"], name="list_export_by")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ExportState.values), name="list_export_state_known"),
            models.CheckConstraint(condition=Q(form__in=Form.values), name="list_export_form_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="list_export_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def mark(self) -> str:
        """What the watermark says: who, when, and which line of the log."""
        return f"{self.by.login} {timezone.localtime(self.at):%Y-%m-%d %H:%M} {self.short}"

    @property
    def short(self) -> str:
        """Enough of its id to find it in the log."""
        return self.pk.hex[-8:].upper()

    @property
    def under_way(self) -> bool:
        return self.state == ExportState.MAKING

    @property
    def path(self) -> Path:
        return store.place(exports(), self.sha256)

    @property
    def there(self) -> bool:
        """Whether its file can still be fetched."""
        return self.state == ExportState.MADE and self.path.exists()

    @property
    def days_kept(self) -> int:
        return KEPT_FOR.days


def exports() -> Path:
    root: Path = settings.FILES_DIR / "exports"
    return root


def tend() -> int:
    """Files that were made some days ago go, the log stays; and what a killed process left unfinished is said to be so."""
    return _clear() + _give_up()


def _give_up() -> int:
    begun = timezone.now() - LOST_AFTER
    lost = ListExport.objects.filter(state=ExportState.MAKING).filter(
        Q(claimed_at=None, at__lt=begun) | Q(claimed_at__lt=begun)
    )
    return lost.update(state=ExportState.FAILED, fault=gettext("It was interrupted. Take the list out once more."))


def _clear() -> int:
    over = ListExport.objects.filter(state=ExportState.MADE, made_at__lt=timezone.now() - KEPT_FOR)
    newer = ListExport.objects.filter(made_at__gte=timezone.now() - KEPT_FOR).values("sha256")
    gone = 0
    for sha256 in set(over.exclude(sha256__in=newer).values_list("sha256", flat=True)):
        path = store.place(exports(), sha256)
        gone += path.exists()
        path.unlink(missing_ok=True)
    return gone
