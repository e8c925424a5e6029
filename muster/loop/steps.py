"""The rows of the loop: one table per thing that can happen. None is overwritten or deleted."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from muster.evidence.file import File
from muster.loop.state import How, Kind, Part
from muster.loop.step import Question, Step, by_ruling, one_open
from muster.people.organisation import Organisation
from muster.people.person import Person
from muster.places.area import Area


class Assignment(Step):
    part = models.TextField(choices=Part)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="assignments")
    dispatched_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reason = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "assignment"
        indexes = [models.Index(fields=["organisation"], condition=Q(ended_at=None), name="assignment_open_of")]
        constraints = [
            models.UniqueConstraint(fields=["matter"], condition=Q(part="lead", ended_at=None), name="one_open_lead"),
            models.UniqueConstraint(
                fields=["matter", "organisation"], condition=Q(ended_at=None), name="assigned_once_at_a_time"
            ),
            models.CheckConstraint(condition=Q(part__in=Part.values), name="assignment_part_known"),
        ]


class Acceptance(Step):
    assignment = models.OneToOneField(Assignment, models.PROTECT, related_name="acceptance")

    class Meta:
        db_table = "acceptance"


class Return(Question):
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="returns")

    class Meta:
        db_table = "return_"
        constraints = [one_open("return")]
        indexes = [by_ruling("return")]


class ReturnRuling(Step):
    asked = models.OneToOneField(Return, models.PROTECT, related_name="ruling")
    upheld = models.BooleanField()
    reason = models.TextField()

    class Meta:
        db_table = "return_ruling"


class ExtensionRequest(Question):
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="extensions")
    until = models.DateTimeField()

    class Meta:
        db_table = "extension_request"
        constraints = [one_open("extension_request")]
        indexes = [by_ruling("extension_request")]


class ExtensionRuling(Step):
    asked = models.OneToOneField(ExtensionRequest, models.PROTECT, related_name="ruling")
    granted = models.BooleanField()
    due_at = models.DateTimeField(null=True)
    reason = models.TextField()

    class Meta:
        db_table = "extension_ruling"
        constraints = [
            models.CheckConstraint(
                condition=Q(granted=True, due_at__isnull=False) | Q(granted=False, due_at=None),
                name="extension_granted_until",
            )
        ]


class Response(Step):
    text = models.TextField(blank=True)

    class Meta:
        db_table = "response"


class ClosureRequest(Step):
    text = models.TextField(blank=True)
    due_at = models.DateTimeField(help_text="the unit's deadline that was in force")
    verify_due_at = models.DateTimeField()

    class Meta:
        db_table = "closure_request"
        indexes = [
            models.Index(fields=["matter", "cycle"], condition=Q(recorded_at__gt=F("due_at")), name="requested_late")
        ]
        constraints = [models.UniqueConstraint(fields=["matter", "cycle"], name="one_closure_request_per_cycle")]


class Evidence(Step):
    """A file put to a matter: as it was found, as it was mended, as it was checked."""

    class Of(models.TextChoices):
        BEFORE = "before"
        AFTER = "after"
        CHECK = "check"
        OTHER = "other"

    file = models.ForeignKey(File, models.PROTECT, related_name="evidence")
    of = models.TextField(choices=Of)

    class Meta:
        db_table = "evidence"


class Verification(Step):
    kind = models.TextField(choices=Kind)
    passed = models.BooleanField()
    how = models.TextField(choices=How)
    remark = models.TextField(blank=True)
    rating = models.IntegerField(null=True)
    evidence_needed = models.BooleanField()
    evidence = models.ForeignKey(Evidence, models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "verification"
        indexes = [
            models.Index(fields=["matter"], condition=Q(how="sample", passed=False), name="verification_failed_sample")
        ]
        constraints = [
            models.CheckConstraint(condition=Q(rating=None) | Q(rating__range=(1, 5)), name="rating_1_to_5"),
            models.CheckConstraint(condition=Q(passed=True) | ~Q(remark=""), name="failed_says_why"),
        ]


class Silence(Step):
    """Nobody could be heard within the pack's days: the confirmation goes to a verifier, who visits."""

    class Meta:
        db_table = "silence"
        constraints = [models.UniqueConstraint(fields=["matter", "cycle"], name="one_silence_per_cycle")]


class Reopening(Step):
    reason = models.TextField()

    class Meta:
        db_table = "reopening"


class Reclassification(Step):
    old_area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    old_category = models.TextField()
    old_severity = models.TextField()
    new_area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    new_category = models.TextField()
    new_severity = models.TextField()
    reason = models.TextField()

    class Meta:
        db_table = "reclassification"


class Escalation(Step):
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="escalations")
    level = models.IntegerField(help_text="step of the pack's ladder, from 1")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", help_text="whom it is escalated to")
    reason = models.TextField(blank=True)

    class Meta:
        db_table = "escalation"
        constraints = [models.UniqueConstraint(fields=["assignment", "level"], name="escalated_once_per_level")]


class VoidingRequest(Question):
    class Meta:
        db_table = "voiding_request"
        constraints = [one_open("voiding_request")]


class Voiding(Step):
    asked = models.OneToOneField(VoidingRequest, models.PROTECT, related_name="voiding")
    reason = models.TextField(blank=True)

    class Meta:
        db_table = "voiding"


class Merge(Step):
    target = models.ForeignKey("muster.Matter", models.PROTECT, related_name="merged_here")
    reason = models.TextField()

    class Meta:
        db_table = "merge"
        constraints = [
            models.CheckConstraint(condition=~Q(target=F("matter")), name="merged_into_another"),
            models.UniqueConstraint(fields=["matter"], name="merged_once"),
        ]


class PublicationDraft(Question):
    class Meta:
        db_table = "publication_draft"
        indexes = [models.Index(fields=["-id"], condition=Q(ended_at=None), name="publication_draft_open")]
        constraints = [one_open("publication_draft")]


class Publication(Step):
    asked = models.OneToOneField(PublicationDraft, models.PROTECT, related_name="publication")
    number = models.TextField(help_text="the issue it appears in")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "publication"
        constraints = [one_open("publication")]


class PublicationReply(Step):
    """What the unit responsible says to a draft or a publication; it is shown beside it, as it was written."""

    asked = models.ForeignKey(PublicationDraft, models.PROTECT, related_name="replies")
    text = models.TextField()

    class Meta:
        db_table = "publication_reply"
        constraints = [
            models.UniqueConstraint(fields=["asked", "by_organisation"], name="publication_reply_once"),
            models.CheckConstraint(condition=~Q(text=""), name="publication_reply_says_something"),
        ]


class Sweep(Step):
    """The same problem looked for elsewhere: what was asked, what is similar, what was not yet looked at."""

    criteria = models.JSONField()
    similar = ArrayField(models.UUIDField())
    sites = ArrayField(models.UUIDField())

    class Meta:
        db_table = "sweep"


class Note(Step):
    text = models.TextField()

    class Meta:
        db_table = "note"


class LedgerLine(Step):
    """The line of a ledger that tells of a matter, by whom it was imported, and what it says of a review."""

    source = models.TextField(help_text="the file or sender, and the row, as text")
    reviewer = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    passed = models.BooleanField(null=True)

    class Meta:
        db_table = "ledger_line"
        constraints = [
            models.CheckConstraint(condition=~Q(source=""), name="ledger_line_has_a_source"),
        ]


#: Every kind of step row, in the order in which the check reads them.
STEPS: tuple[type[Step], ...] = (
    Assignment,
    Acceptance,
    Return,
    ReturnRuling,
    ExtensionRequest,
    ExtensionRuling,
    Response,
    Evidence,
    ClosureRequest,
    Verification,
    Silence,
    Reopening,
    Reclassification,
    Escalation,
    VoidingRequest,
    Voiding,
    Merge,
    PublicationDraft,
    Publication,
    PublicationReply,
    Sweep,
    Note,
    LedgerLine,
)
