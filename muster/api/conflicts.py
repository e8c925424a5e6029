"""Conflicts: what came second under a used id, kept for a person to look at and settle."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema

from muster.api.asked import Key, Limit, body_of, clocked, data_of, listed, must_be_valid, person
from muster.loop.conflict import Conflict
from muster.loop.conflictscope import conflicts_seen_by, governed_by
from muster.web.conflicts import SettlementForm

router = Router(tags=["conflicts"])
SettlementIn = body_of(SettlementForm)


class ConflictOut(Schema):
    """``asked`` is what came second; what stands is in the history of the ``matter``."""

    id: int
    act_id: UUID
    matter: UUID | None
    action: str
    asked: dict[str, Any]
    by: str | None
    received_at: datetime
    settled_at: datetime | None
    remark: str


class ConflictsOut(Schema):
    items: list[ConflictOut]
    after: int | None


@router.get("", response=ConflictsOut)
def conflicts(
    request: HttpRequest, state: Literal["open", "settled"] = "open", after: Key | None = None, limit: Limit = 50
) -> dict[str, Any]:
    """What oneself sent second, and what is one's own to settle; the latest first."""
    found = conflicts_seen_by(person(request)).filter(settled_at__isnull=state == "open")
    return listed(request, found.select_related("by"), _told, limit, "-pk")


@router.get("/{int:pk}", response=ConflictOut)
def conflict(request: HttpRequest, pk: Key) -> dict[str, Any]:
    return _told(_known(request, pk))


@router.post("/{int:pk}/settlement", response=ConflictOut)
def settle(request: HttpRequest, pk: Key, asked: SettlementIn) -> dict[str, Any]:  # type: ignore[valid-type]
    """By who dispatches there, once; the ``remark`` says what came of it."""
    known = _known(request, pk)
    if not Conflict.objects.filter(governed_by(person(request)), pk=known.pk).exists():
        raise Http404
    with clocked(request):
        known.settle(person(request), must_be_valid(SettlementForm(data_of(asked)))["remark"])
    return _told(_known(request, pk))


def _told(one: Conflict) -> dict[str, Any]:
    return {
        "id": one.pk, "act_id": one.act_id, "matter": None if one.is_arrival else one.matter_id, "action": one.action,
        "asked": one.asked, "by": one.by.name if one.by else None, "received_at": one.received_at,
        "settled_at": one.settled_at, "remark": one.remark,
    }  # fmt: skip


def _known(request: HttpRequest, pk: int) -> Conflict:
    return get_object_or_404(conflicts_seen_by(person(request)).select_related("by"), pk=pk)
