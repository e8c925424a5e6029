"""Bulletins: the numbered issues, with the text of what stands in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema

from muster.api.asked import Limit, person
from muster.loop.bulletin import Bulletin
from muster.loop.issue import Published, bulletins_seen_by, older_than, published_in

router = Router(tags=["bulletins"])


class ReplyOut(Schema):
    organisation: str
    text: str


class PublishedOut(Schema):
    matter: UUID
    number: str
    text: str
    replies: list[ReplyOut]
    withdrawn_at: datetime | None
    withdrawn_because: str
    corrected_in: str | None


class BulletinOut(Schema):
    id: UUID
    number: str
    area: str
    organisation: str
    issued_at: datetime
    withdrawn_at: datetime | None
    matters: list[PublishedOut]


class BulletinsOut(Schema):
    items: list[BulletinOut]
    before: UUID | None


@router.get("", response=BulletinsOut)
def bulletins(request: HttpRequest, before: UUID | None = None, limit: Limit = 50) -> dict[str, Any]:
    """The issues in which matters stand that one may see, newest first; ``before`` is the cursor of the next page."""
    rows = list(older_than(bulletins_seen_by(person(request)), before)[: limit + 1])
    shown = published_in(rows[:limit], person(request))
    items = [_bulletin(one, shown[one.pk]) for one in rows[:limit]]
    return {"items": items, "before": rows[limit - 1].pk if len(rows) > limit else None}


@router.get("/{uuid:pk}", response=BulletinOut)
def bulletin(request: HttpRequest, pk: UUID) -> dict[str, Any]:
    one = get_object_or_404(bulletins_seen_by(person(request)), pk=pk)
    return _bulletin(one, published_in([one], person(request))[one.pk])


def _bulletin(one: Bulletin, shown: list[Published]) -> dict[str, Any]:
    return {
        "id": one.pk, "number": one.number, "area": one.area_id, "organisation": one.organisation.name,
        "issued_at": one.issued_at, "withdrawn_at": one.withdrawn_at, "matters": [_published(item) for item in shown],
    }  # fmt: skip


def _published(item: Published) -> dict[str, Any]:
    return {
        "matter": item.matter.pk, "number": item.matter.number, "text": item.text,
        "replies": [{"organisation": one.by_organisation and one.by_organisation.name, "text": one.text} for one in item.replies],
        "withdrawn_at": item.publication.ended_at, "withdrawn_because": item.withdrawn_because,
        "corrected_in": item.corrected_in and item.corrected_in.number,
    }  # fmt: skip
