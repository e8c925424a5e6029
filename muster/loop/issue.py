"""Bulletins as they are read: what of them a person may see, with replies, withdrawals and corrections beside the text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from muster.incidents.incident import Incident
from muster.loop.bulletin import Bulletin, BulletinItem
from muster.loop.matter import Matter
from muster.loop.steps import Note, Publication, PublicationDraft, PublicationReply
from muster.people.person import Grant, Person
from muster.people.role import Role
from muster.places.area import Area

LISTED = 200


@dataclass(frozen=True)
class Published:
    """One matter in an issue. ``corrected_in`` is the issue in which it stands since this text was withdrawn."""

    publication: Publication
    replies: list[PublicationReply] = field(default_factory=list)
    withdrawn_because: str = ""
    corrected_in: Bulletin | None = None

    @property
    def matter(self) -> Any:
        return self.publication.matter

    @property
    def text(self) -> str:
        return self.publication.asked.reason


def bulletins_seen_by(person: Person) -> QuerySet[Bulletin]:
    """The issues in which a matter stands that this person may see."""
    mine = _items(person).filter(bulletin=OuterRef("pk"))
    count = Count("items", filter=Q(items__publication__matter__in=Matter.objects.seen_by(person)))
    found = Bulletin.objects.filter(Exists(mine)).annotate(matters=count)
    return found.select_related("area", "organisation").defer("area__outline").order_by("-issued_at", "-pk")


def older_than(found: QuerySet[Bulletin], before: UUID | None) -> QuerySet[Bulletin]:
    """The issues that follow this one, newest first."""
    last = Bulletin.objects.filter(pk__in=[before]).first() if before else None
    if not last:
        return found
    return found.filter(Q(issued_at__lt=last.issued_at) | Q(issued_at=last.issued_at, pk__lt=last.pk))


def published_in(bulletins: Iterable[Bulletin], person: Person) -> dict[UUID, list[Published]]:
    """What stands, or stood, in these issues, as far as this person may see it, by issue."""
    related = (
        "publication__asked",
        "publication__matter__area",
        "publication__matter__site",
        "publication__matter__lead",
    )
    found = list(
        _items(person)
        .filter(bulletin__in=[one.pk for one in bulletins])
        .select_related(*related)
        .defer("publication__matter__area__outline", "publication__matter__site__outline")
        .order_by("publication__matter__area_path", "publication__recorded_at", "pk")
    )
    publications = [item.publication for item in found]
    replies, reasons, later = _replies(publications), _reasons(publications), _corrections(publications)
    shown: dict[UUID, list[Published]] = defaultdict(list)
    for item in found:
        one = item.publication
        shown[item.bulletin_id].append(
            Published(one, replies[one.asked_id], reasons.get((one.matter_id, one.ended_at), ""), later.get(one.pk))
        )
    return shown


def drafts_seen_by(person: Person) -> QuerySet[PublicationDraft]:
    """Drafts that wait, newest first."""
    related = ("matter__area", "matter__site", "matter__lead", "by_organisation")
    found = PublicationDraft.objects.filter(ended_at=None, matter__in=Matter.objects.seen_by(person))
    return (
        found.select_related(*related).defer("matter__area__outline", "matter__site__outline").prefetch_related("replies")
    ).order_by("-pk")  # fmt: skip


def publishing_grant(grants: Iterable[Grant], matter: Matter) -> Grant | None:
    """The grant by which a person publishes that matter; its area is where the issue is numbered."""
    return next((one for one in grants if one.role == Role.HEADQUARTERS and one.area.holds(matter.area_path)), None)


def next_number(incident: Incident, area: Area, first: str) -> str:
    """The number after the last one that was given there: its last digits, plus one."""
    last = Bulletin.objects.filter(incident=incident, area=area).order_by("-recorded_at").first()
    return re.sub(r"\d+(?=\D*$)", lambda found: str(int(found[0]) + 1), last.number) if last else first


def _items(person: Person) -> QuerySet[BulletinItem]:
    return BulletinItem.objects.filter(publication__matter__in=Matter.objects.seen_by(person))


def _replies(publications: list[Publication]) -> dict[UUID, list[PublicationReply]]:
    replies: dict[UUID, list[PublicationReply]] = defaultdict(list)
    asked = [one.asked_id for one in publications]
    for reply in PublicationReply.objects.filter(asked__in=asked).select_related("by_organisation").order_by("pk"):
        replies[reply.asked_id].append(reply)
    return replies


def _reasons(publications: list[Publication]) -> dict[tuple[UUID, datetime | None], str]:
    """The note of the act that ended a publication: of the same matter, recorded at the same moment."""
    ended = {(one.matter_id, one.ended_at) for one in publications if one.ended_at}
    notes = Note.objects.filter(matter__in=[pk for pk, _at in ended], recorded_at__in=[at for _pk, at in ended])
    return {(note.matter_id, note.recorded_at): note.text for note in notes}


def _corrections(publications: list[Publication]) -> dict[UUID, Bulletin]:
    """Where the matter of a withdrawn publication stands now, if it was published again."""
    ended = {one.matter_id: one.pk for one in publications if one.ended_at}
    again = BulletinItem.objects.filter(publication__matter__in=ended, publication__ended_at=None)
    return {
        ended[item.publication.matter_id]: item.bulletin for item in again.select_related("bulletin", "publication")
    }
