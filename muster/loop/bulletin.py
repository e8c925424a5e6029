"""Bulletins: the numbered issues in which headquarters publishes matters, and what it may say in them.

A publication is a step of its matter; the issue gathers those that one person approved under one number. Organisations
and posts are named, persons never.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from muster.incidents.incident import Incident
from muster.lib.ids import uuid7
from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.loop.contact import Contact
from muster.loop.entry import Entry
from muster.loop.steps import Publication
from muster.people.organisation import Organisation
from muster.people.person import Person
from muster.places.area import Area

if TYPE_CHECKING:
    from muster.loop.act import Act


class NumberTaken(Refusal):
    code = "number_taken"
    message = _("Issue {number} was approved by somebody else or is withdrawn. Give the next number.")


class PersonNamed(Refusal):
    code = "person_named"
    status = 422
    message = _("Bulletins name organisations and posts, never persons. Take out “{name}”.")


class Bulletin(models.Model):
    """One issue: its number, where it is issued, who drafted it and who, as another person, approved it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    number = models.TextField()
    author = models.ForeignKey(Person, models.PROTECT, related_name="+", help_text="who drafted what came first in it")
    approver = models.ForeignKey(Person, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, help_text="when the last of what stands in it was withdrawn")

    class Meta:
        db_table = "bulletin"
        constraints = [
            models.UniqueConstraint(fields=["incident", "area", "number"], name="bulletin_number_once"),
            models.CheckConstraint(condition=~Q(author=F("approver")), name="bulletin_second_person"),
            models.CheckConstraint(condition=~Q(number=""), name="bulletin_has_a_number"),
        ]

    def __str__(self) -> str:
        return self.number


class BulletinItem(models.Model):
    """A publication stands in an issue. Number and approver are both's: keys onto both see to it."""

    publication = models.OneToOneField(Publication, models.PROTECT, primary_key=True, related_name="item")
    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="items")
    number = models.TextField()
    approver = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        db_table = "bulletin_item"

    def __str__(self) -> str:
        return f"{self.bulletin_id} {self.publication_id}"


def put_in_issue(act: Act, publication: Publication) -> None:
    """Enter a publication in the issue of its number, which the first one begins. One approver an issue."""
    bulletin = _issue(act, publication.number)
    if bulletin.approver_id != publication.by_id or bulletin.withdrawn_at:
        raise NumberTaken(number=publication.number)
    BulletinItem.objects.create(
        publication=publication, bulletin=bulletin, number=publication.number, approver_id=bulletin.approver_id
    )


def _issue(act: Act, number: str) -> Bulletin:
    """The issue of that number where the approver's grant is, locked; begun here if it isn't there yet."""
    area_id = act.grant.area_id if act.grant else act.matter.area_id
    key: dict[str, Any] = {"incident_id": act.matter.incident_id, "area_id": area_id, "number": number}
    who: dict[str, Any] = {
        "author_id": act.situation.draft_by, "approver": act.by, "organisation_id": act.organisation_id,
    }  # fmt: skip
    first = Bulletin(**key, **who, issued_at=act.at, recorded_at=act.recorded_at)
    Bulletin.objects.bulk_create([first], ignore_conflicts=True)
    return Bulletin.objects.select_for_update().get(**key)


def take_from_issue(publication_id: UUID | None, at: datetime) -> None:
    """An issue of which nothing stands any more is withdrawn itself."""
    bulletin = Bulletin.objects.select_for_update().filter(items__publication__in=[publication_id])
    stands = BulletinItem.objects.filter(bulletin=OuterRef("pk"), publication__ended_at=None)
    ids = list(bulletin.values_list("pk", flat=True))
    Bulletin.objects.filter(~Exists(stands), pk__in=ids, withdrawn_at=None).update(withdrawn_at=at)


def must_name_nobody(act: Act, text: str) -> None:
    """None of the persons who had a hand in the matter is named, nor who asked."""
    had_a_hand = Person.objects.filter(pk__in=Entry.objects.filter(matter=act.matter.pk).values("by"))
    asked = Contact.objects.filter(pk=act.matter.pk).values_list("name", flat=True)
    for name in (*had_a_hand.values_list("name", flat=True), *asked):
        if len(name) > 1 and name in text:
            raise PersonNamed(name=name)
