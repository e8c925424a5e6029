"""The hand-over at a change of shift: a log that two persons sign."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from muster.api.asked import Form, Key, Limit, Moment, about, how, listed, must_hold, person
from muster.briefings import dutylog
from muster.duty.handover import Handover
from muster.web.deskscope import DESK_ROLES, desk_of
from muster.web.handover import LONG, known_log

router = Router(tags=["handovers"])


class SigningIn(Form):
    remark: str = Field("", max_length=LONG)


class TakingOverIn(Form):
    """``until``: when one's own shift ends."""

    until: Moment


class HandoverOut(Schema):
    id: UUID
    area: str
    from_at: datetime
    at: datetime
    remark: str
    sha256: str
    outgoing: str
    signed_at: datetime
    incoming: str | None
    taken_at: datetime | None
    withdrawn_at: datetime | None


class WholeHandoverOut(HandoverOut):
    """``content``: figures, duties, decisions and items as of the moment; ``intact``: whether it is still what was signed."""

    content: dict[str, Any]
    intact: bool


class HandoversOut(Schema):
    items: list[HandoverOut]
    after: UUID | None


@router.get("", response=HandoversOut)
def handovers(
    request: HttpRequest, area: str = "", incident: Key | None = None, after: UUID | None = None, limit: Limit = 50
) -> dict[str, Any]:
    """The logs of the ``area``, the latest first; without one, of the largest that one commands."""
    must_hold(request, *DESK_ROLES)
    with about(request, incident):
        desk = desk_of(request)
        logs = Handover.objects.filter(incident=desk.incident, area=desk.area).select_related("outgoing", "incoming")
        return listed(request, logs.defer("content"), _told, limit, "-pk")


@router.post("", response={201: WholeHandoverOut})
def sign(request: HttpRequest, asked: SigningIn, area: str = "", incident: Key | None = None) -> Status[Any]:
    """The log of the shift that ends, as of a frozen moment, with a ``remark``; another person takes it over."""
    must_hold(request, *DESK_ROLES)
    with about(request, incident):
        desk = desk_of(request)
        signed = dutylog.sign(desk.incident, desk.area, desk.person, how(request), asked.remark.strip())
        return Status(201, _whole(signed))


@router.get("/{uuid:pk}", response=WholeHandoverOut)
def handover(request: HttpRequest, pk: UUID) -> dict[str, Any]:
    return _whole(_known(request, pk))


@router.post("/{uuid:pk}/taking", response=WholeHandoverOut)
def take(request: HttpRequest, pk: UUID, asked: TakingOverIn) -> dict[str, Any]:
    """Read, signed and taken over, by another person than who leaves."""
    log = _known(request, pk)
    with log.incident.clock():
        log.take(person(request), how(request), asked.until)
    return _whole(_known(request, pk))


@router.post("/{uuid:pk}/withdrawal", response=WholeHandoverOut)
def withdraw(request: HttpRequest, pk: UUID) -> dict[str, Any]:
    """Only by who wrote it, and only until it was taken over."""
    log = _known(request, pk)
    with log.incident.clock():
        log.withdraw(person(request))
    return _whole(_known(request, pk))


def _told(one: Handover) -> dict[str, Any]:
    plain = ("from_at", "at", "remark", "sha256", "signed_at", "taken_at", "withdrawn_at")
    return {
        "id": one.pk, "area": one.area_id, "outgoing": one.outgoing.name,
        "incoming": one.incoming.name if one.incoming else None, **{name: getattr(one, name) for name in plain},
    }  # fmt: skip


def _whole(one: Handover) -> dict[str, Any]:
    return {**_told(one), "content": one.content, "intact": one.intact}


def _known(request: HttpRequest, pk: UUID) -> Handover:
    must_hold(request, *DESK_ROLES)
    return known_log(request, pk)
