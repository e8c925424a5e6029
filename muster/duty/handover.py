"""The hand-over at a change of shift: what is handed on, and the log that two persons sign."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from muster.duty.duty import SINGLE, AlreadyOnDuty, Duty, NotForThisPost, Post, on_duty
from muster.incidents.incident import Incident
from muster.lib import clock
from muster.lib.ids import uuid7
from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.loop.entry import sha256_of
from muster.loop.freeze import Frozen
from muster.loop.matter import Matter
from muster.people.person import Person
from muster.places.area import Area


class HandoverWaits(Refusal):
    code = "handover_waits"
    message = said(
        "A hand-over of this area waits for its second signature already. Have it signed, or withdraw it first."
    )


class HandoverSettled(Refusal):
    code = "handover_settled"
    message = said("This hand-over was signed or withdrawn in the meantime. Load the page again.")


class OwnHandover(Refusal):
    code = "own_handover"
    message = said("You signed this hand-over as the one who leaves. Somebody else must take it over.")


class How(models.TextChoices):
    SESSION = "session", _("signed in")
    PIN = "pin", _("by PIN")


class HandoverItem(models.Model):
    """Something that the next shift must look after; open until it is done, whoever is on duty."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    text = models.TextField()
    matter = models.ForeignKey(Matter, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "handover_item"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["incident", "area"], condition=Q(done_at=None), name="handover_item_open"),
            models.Index(fields=["incident", "area", "done_at"], name="handover_item_done"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="handover_item_says_something"),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="handover_item_done_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]

    @classmethod
    def add(
        cls, incident: Incident, area: Area, text: str, by: Person, matter: Matter | None = None, id: UUID | None = None
    ) -> HandoverItem:
        """The same id again is the same item: a form sent twice adds nothing."""
        fields = {"incident": incident, "area": area, "text": text, "by": by, "matter": matter, "added_at": clock.now()}
        item, _made = cls.objects.get_or_create(pk=id or uuid7(), defaults=fields)
        return item

    def done(self, by: Person) -> None:
        HandoverItem.objects.filter(pk=self.pk, done_at=None).update(done_at=clock.now(), done_by=by)


def open_items(incident: Incident, area: Area) -> QuerySet[HandoverItem]:
    return HandoverItem.objects.filter(incident=incident, area=area, done_at=None)


class Handover(models.Model):
    """A duty log: what was so at the frozen moment, signed by who leaves and then by who comes. Kept as it was signed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    from_at = models.DateTimeField()
    at = models.DateTimeField(help_text="the moment that the record was frozen at: the log's figures are as of it")
    entry_id = models.BigIntegerField(help_text="the last entry that was there")
    remark = models.TextField(blank=True)
    content = models.JSONField(help_text="figures, duties, decisions and items as of the moment")
    sha256 = models.TextField(help_text="over all that was signed")
    outgoing = models.ForeignKey(Person, models.PROTECT, related_name="+")
    outgoing_how = models.TextField(choices=How)
    signed_at = models.DateTimeField()
    incoming = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    incoming_how = models.TextField(choices=How, blank=True)
    taken_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "handover"
        ordering = ["-id"]
        indexes = [models.Index(fields=["incident", "area", "-id"], name="handover_of_area")]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "area"], condition=Q(taken_at=None, withdrawn_at=None), name="one_handover_waits"
            ),
            models.CheckConstraint(condition=Q(incoming=None) | ~Q(incoming=F("outgoing")), name="handover_by_two"),
            models.CheckConstraint(
                condition=Q(taken_at=None, incoming=None, incoming_how="")
                | Q(taken_at__isnull=False, incoming__isnull=False, incoming_how__in=How.values, withdrawn_at=None),
                name="handover_taken_by_somebody",
            ),
            models.CheckConstraint(condition=Q(outgoing_how__in=How.values), name="handover_signed_somehow"),
            models.CheckConstraint(condition=Q(at__gt=F("from_at")), name="handover_of_a_period"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.area_id} {self.at}"

    @classmethod
    def sign(
        cls, incident: Incident, area: Area, by: Person, how: str, period: tuple[datetime, Frozen],
        content: dict[str, Any], remark: str = "",
    ) -> Handover:  # fmt: skip
        """The outgoing officer signs what is so at the frozen moment. One at a time waits for its second signature."""
        from_at, frozen = period
        made = cls(
            incident=incident, area=area, from_at=from_at, at=frozen.at, entry_id=frozen.entry_id, remark=remark,
            content=content, outgoing=by, outgoing_how=how, signed_at=clock.now(),
        )  # fmt: skip
        made.sha256 = made.signed_hash()
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError as fault:
            raise HandoverWaits from fault
        return made

    def take(self, by: Person, how: str, until: datetime) -> None:
        """The incoming officer has read it, signs, and takes over the posts that go with it until ``until``."""
        if by.pk == self.outgoing_id:
            raise OwnHandover
        with transaction.atomic():
            self._settle(incoming=by, incoming_how=how, taken_at=clock.now())
            for post in self.posts:
                self._relieve(post, by, until)

    def withdraw(self, by: Person) -> None:
        """Only by who wrote it, and only until it was taken over; it is kept."""
        if by.pk != self.outgoing_id:
            raise HandoverSettled
        self._settle(withdrawn_at=clock.now())

    def signed_hash(self) -> str:
        """sha256 over all that both signatures stand under."""
        return sha256_of(
            [
                self.pk, self.incident_id, self.area_id, self.from_at, self.at, self.entry_id, self.remark,
                self.content, self.outgoing_id, self.signed_at,
            ]
        )  # fmt: skip

    @property
    def intact(self) -> bool:
        return self.sha256 == self.signed_hash()

    @property
    def waits(self) -> bool:
        return self.taken_at is None and self.withdrawn_at is None

    @property
    def posts(self) -> list[str]:
        """The posts that go over: those for one that the outgoing officer holds, and the officer's where nobody does."""
        held = on_duty(self.incident, self.area).filter(post__in=SINGLE).values_list("post", "person")
        free = () if Post.OFFICER in dict(held) else (Post.OFFICER,)
        return [post for post, person in held if person == self.outgoing_id] + list(free)

    def _settle(self, **signature: Any) -> None:
        """Once only: of two who sign at the same moment, one is told."""
        waiting = Handover.objects.filter(pk=self.pk, taken_at=None, withdrawn_at=None)
        if not waiting.update(**signature):
            raise HandoverSettled

    def _relieve(self, post: str, by: Person, until: datetime) -> None:
        """A post that the incoming person may not hold, or holds already, stays as it is."""
        try:
            Duty.take(self.incident, self.area, post, by, until, by)
        except (NotForThisPost, AlreadyOnDuty):
            return


def last_of(incident: Incident, area: Area) -> Handover | None:
    """The last hand-over of the area that wasn't withdrawn."""
    return Handover.objects.filter(incident=incident, area=area, withdrawn_at=None).select_related(
        "outgoing", "incoming"
    ).first()  # fmt: skip
