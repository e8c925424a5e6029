"""What waits for the person who asks."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from muster.api.asked import Key, about, person
from muster.api.matters import MatterOut
from muster.lib import clock
from muster.web.context import roles_of
from muster.web.work import piles_of

router = Router(tags=["work"])


class PileOut(Schema):
    """``more``: there are more than these; the register lists them all."""

    key: str
    title: str
    matters: list[MatterOut]
    more: bool


@router.get("", response=list[PileOut])
def work(request: HttpRequest, incident: Key | None = None) -> list[dict[str, Any]]:
    """Piles of matters that wait for the same thing, the most urgent first; nothing where nothing waits."""
    with about(request, incident):
        piles = piles_of(person(request), roles_of(request), clock.now())
        return [{"key": one.key, "title": str(one.title), "matters": one.matters, "more": one.more} for one in piles]
