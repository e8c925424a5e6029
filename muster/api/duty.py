"""Who is on duty, and what is to be handed on to the next shift."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from muster.api.asked import Form, Key, Moment, Number, about, must_hold, person
from muster.duty.duty import Duty, Post, candidates, on_duty
from muster.duty.handover import HandoverItem, open_items
from muster.loop.matter import Matter
from muster.loop.refusals import ConflictingContent
from muster.people.person import Person
from muster.web.deskscope import DESK_ROLES, Desk, desk_of
from muster.web.handover import desk_for

router = Router(tags=["duty"])
ITEMS_MOST = 200


class DutyIn(Form):
    """``person`` is the number of who goes on duty; without it, oneself."""

    post: Post
    until: Moment
    person: Number | None = None


class ItemIn(Form):
    """``id``: made by you, so that the same item isn't there twice. ``matter``: what it is about, if it is about one."""

    text: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]
    matter: UUID | None = None
    id: UUID | None = None


class DutyOut(Schema):
    id: int
    area: str
    post: str
    person: int
    name: str
    from_at: datetime
    until: datetime
    ended_at: datetime | None


class ItemOut(Schema):
    id: UUID
    area: str
    text: str
    matter: UUID | None
    by: str
    added_at: datetime
    done_at: datetime | None


@router.get("", response=list[DutyOut])
def duties(request: HttpRequest, area: str = "", incident: Key | None = None) -> list[dict[str, Any]]:
    """Who holds a post of the ``area`` now; without one, of the largest that one commands."""
    with about(request, incident):
        desk = _desk(request)
        return [_told(one) for one in on_duty(desk.incident, desk.area).select_related("person")]


@router.post("", response={201: DutyOut})
def go_on_duty(request: HttpRequest, asked: DutyIn, area: str = "", incident: Key | None = None) -> Status[Any]:
    """Oneself or somebody else; who held a post for one is relieved."""
    with about(request, incident):
        desk = _desk(request)
        who = get_object_or_404(_offered(desk), pk=asked.person) if asked.person else person(request)
        return Status(201, _told(Duty.take(desk.incident, desk.area, asked.post, who, asked.until, desk.person)))


@router.post("/{int:pk}/end", response=DutyOut)
def end(request: HttpRequest, pk: Key, area: str = "", incident: Key | None = None) -> dict[str, Any]:
    """Off duty."""
    with about(request, incident):
        desk = _desk(request)
        here = Duty.objects.filter(incident=desk.incident, area=desk.area).select_related("person")
        get_object_or_404(here, pk=pk).end(desk.person)
        return _told(here.get(pk=pk))


@router.get("/items", response=list[ItemOut])
def items(request: HttpRequest, area: str = "", incident: Key | None = None) -> list[dict[str, Any]]:
    """What is open, of the ``area``."""
    with about(request, incident):
        desk = _desk(request)
        found = open_items(desk.incident, desk.area).select_related("by")
        return [_item(one) for one in found[:ITEMS_MOST]]


@router.post("/items", response={201: ItemOut})
def add_item(request: HttpRequest, asked: ItemIn, area: str = "", incident: Key | None = None) -> Status[Any]:
    """Something that the next shift must look after: its ``text``, and the ``matter`` that it is about."""
    with about(request, incident):
        _desk(request)
        matter = get_object_or_404(Matter.objects.seen_by(person(request)), pk=asked.matter) if asked.matter else None
        desk = desk_for(request, matter)
        made = HandoverItem.add(desk.incident, desk.area, asked.text.strip(), desk.person, matter, asked.id)
        said = (desk.incident.pk, desk.area.pk, desk.person.pk, asked.text.strip(), matter and matter.pk)
        if (made.incident_id, made.area_id, made.by_id, made.text, made.matter_id) != said:
            raise ConflictingContent(id=asked.id)
        return Status(201, _item(made))


@router.post("/items/{uuid:pk}/done", response=ItemOut)
def done(request: HttpRequest, pk: UUID, area: str = "", incident: Key | None = None) -> dict[str, Any]:
    """Done, and kept in the log of this shift."""
    with about(request, incident):
        desk = _desk(request)
        here = HandoverItem.objects.filter(incident=desk.incident, area=desk.area).select_related("by")
        get_object_or_404(here, pk=pk).done(desk.person)
        return _item(here.get(pk=pk))


def _desk(request: HttpRequest) -> Desk:
    """Whoever commands nothing has none; the ``area`` in the address says which."""
    must_hold(request, *DESK_ROLES)
    return desk_of(request)


def _offered(desk: Desk) -> QuerySet[Person]:
    """Who could hold some post of the area: of anybody else not even the name is told."""
    able = candidates(desk.area, timezone.now()).order_by().values("person")
    return Person.objects.filter(Q(pk__in=able) | Q(pk=desk.person.pk))


def _told(one: Duty) -> dict[str, Any]:
    return {
        "id": one.pk, "area": one.area_id, "post": one.post, "person": one.person_id, "name": one.person.name,
        "from_at": one.from_at, "until": one.until, "ended_at": one.ended_at,
    }  # fmt: skip


def _item(one: HandoverItem) -> dict[str, Any]:
    return {
        "id": one.pk, "area": one.area_id, "text": one.text, "matter": one.matter_id, "by": one.by.name,
        "added_at": one.added_at, "done_at": one.done_at,
    }  # fmt: skip
