"""What is remembered of ledgers: who sends them and how they write, each file that came, and which line told of which matter."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from muster.evidence import store
from muster.exchange.workbook import MAX_BYTES, opened
from muster.incidents.incident import Incident
from muster.lib.ids import uuid7
from muster.loop.matter import Matter
from muster.people.person import Person

CLAIMED_FOR = timedelta(minutes=30)


class Sender(models.Model):
    """Who sends ledgers: what their headings mean, what their names mean, and what holds for lines that don't say it. Lists of
    a city's own, which are of no incident, have one for each administrator.

    ``columns``: by the signature of a header, the column that each heading means. ``answers``: by column and text.
    """

    incident = models.ForeignKey(Incident, models.PROTECT, null=True, related_name="+")
    name = models.TextField(_("sender"))
    columns = models.JSONField(default=dict)
    answers = models.JSONField(default=dict)
    defaults = models.JSONField(default=dict)

    class Meta:
        db_table = "ledger_sender"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "name"], name="ledger_sender_once", nulls_distinct=False),
            models.CheckConstraint(condition=~Q(name=""), name="ledger_sender_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def of(self) -> Incident:
        """The incident of one who sends registers."""
        assert self.incident
        return self.incident


REGISTER = "register"


class ImportState(models.TextChoices):
    LOOKING = "looking", _("Being looked at")
    LOOKED_AT = "looked_at", _("Looked at")
    APPLYING = "applying", _("Being taken in")
    APPLIED = "applied", _("Taken in")
    FAILED = "failed", _("Failed")


class LedgerImport(models.Model):
    """A file that was sent, as it came, and what became of it. ``kind``: the register, or which list of the city's own.
    ``counts``: how many lines were made, changed, same, refused."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.TextField(default=REGISTER)
    sender = models.ForeignKey(Sender, models.PROTECT, related_name="imports")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    file = models.TextField(help_text="the name that it came with")
    sha256 = models.TextField()
    state = models.TextField(choices=ImportState, default=ImportState.LOOKED_AT)
    counts = models.JSONField(default=dict)
    report = models.JSONField(default=dict, help_text="what its dry run found, in words")
    claimed_at = models.DateTimeField(null=True)
    done = models.IntegerField(default=0, help_text="lines taken in so far")
    all_or_nothing = models.BooleanField(default=False)
    fault = models.TextField(blank=True)
    applied_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ledger_import"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="ledger_import_state_known"),
        ]

    def __str__(self) -> str:
        return self.file

    @property
    def under_way(self) -> bool:
        return self.state in (ImportState.LOOKING, ImportState.APPLYING)

    @property
    def to_do(self) -> int:
        """How many lines would be made or changed."""
        return int(self.counts.get("made", 0)) + int(self.counts.get("changed", 0))

    def claim(self, state: ImportState) -> bool:
        """Whether the work may begin: two that press the button at once begin it once. What a killed process left is free again
        after a while."""
        now, held = timezone.now(), Q(state__in=(ImportState.LOOKING, ImportState.APPLYING))
        free = LedgerImport.objects.filter(pk=self.pk).exclude(held, claimed_at__gt=now - CLAIMED_FOR)
        claimed = bool(free.update(state=state, fault="", done=0, claimed_at=now))
        self.refresh_from_db()
        return claimed

    def tell(self, count: int) -> None:
        """So many lines more are in."""
        self.done += count
        LedgerImport.objects.filter(pk=self.pk).update(done=self.done)

    @property
    def path(self) -> Path:
        """The file, as it came."""
        return store.place(ledgers(), self.sha256)


class Imported(models.Model):
    """The line of a ledger that a matter came from, or is told of by: to know it again when the ledger is sent again.

    ``problem`` is of where, when and what; ``identity`` of that and the sender's number. ``words`` are all that it says, by
    column, so that nothing is lost that has no place of its own in the register; ``digest`` is of them.
    """

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="+")
    problem = models.TextField()
    identity = models.TextField()
    digest = models.TextField()
    sender = models.ForeignKey(Sender, models.PROTECT, null=True, related_name="+")
    number = models.TextField(blank=True, help_text="the sender's own")
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="imported_lines")
    came = models.ForeignKey(LedgerImport, models.PROTECT, related_name="lines")
    sheet = models.TextField(blank=True)
    row = models.IntegerField()
    words: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)

    class Meta:
        db_table = "imported_line"
        constraints = [models.UniqueConstraint(fields=["incident", "identity"], name="imported_line_once")]
        indexes = [
            models.Index(fields=["sender", "number"], condition=~Q(number=""), name="imported_line_number"),
            models.Index(fields=["incident", "problem"], name="imported_line_problem"),
        ]

    def __str__(self) -> str:
        return f"{self.came_id} {self.sheet} {self.row}"


def ledgers() -> Path:
    root: Path = settings.FILES_DIR / "ledgers"
    return root


def keep(stream: BinaryIO | Any, file: str) -> str:
    """Keep a workbook as it came; its sha256. Raises the refusals of the store, and of what isn't one: then nothing is kept."""
    return store.keep(stream, ledgers(), MAX_BYTES, check=lambda path: opened(path, file)).sha256
