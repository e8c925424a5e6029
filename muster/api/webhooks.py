"""Webhooks: addresses that are told of acts, signed and until they have it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status
from pydantic import Field

from muster.api.asked import Form, Limit, listed, must_hold, person
from muster.exchange.webhooks import LONGEST, Delivery, Webhook, actions
from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.loop.refusals import AlreadyDone
from muster.people.role import Role
from muster.web import trusted
from muster.web.rolecards import ROLE_CARD
from muster.web.webhooks import own_webhooks

router = Router(tags=["webhooks"])
ACTIONS = tuple(actions())


class NotFresh(Refusal):
    code = "fresh_sign_in"
    status = 403
    message = said(
        "This takes a fresh sign-in: make it under Me, Webhooks, or with an access token for “webhooks:write”."
    )


class WebhookIn(Form):
    """``actions``: which acts it is told of, as the history calls them; none, all. ``address``: ``https://``, or ``http://``
    within the city's own network, and a host that whoever runs Muster allows. ``id``: made by you, so that asking again makes no
    second one.
    """

    name: str = Field(min_length=1, max_length=60, pattern=r"\S")
    address: str = Field(max_length=LONGEST)
    actions: list[Literal[ACTIONS]] = Field([], max_length=100)  # type: ignore[valid-type]
    id: UUID | None = None


class WebhookOut(Schema):
    """``waiting``: how many messages wait; ``rests_at``: since when it rests, having been tried in vain for about a day."""

    id: UUID
    name: str
    address: str
    actions: list[str]
    at: datetime
    waiting: int
    rests_at: datetime | None
    ended_at: datetime | None


class NewWebhookOut(WebhookOut):
    """``secret`` (``whsec_…``) signs its messages. Asked again under the same ``id``, it is told for ten minutes, then null."""

    secret: str | None


class WebhooksOut(Schema):
    items: list[WebhookOut]
    after: UUID | None


class DeliveryOut(Schema):
    """``id`` is the message's ``webhook-id``; ``state``: waiting, delivered, or dropped where one may not see it any more;
    ``tries``: those in vain."""

    id: UUID
    type: str
    matter: UUID | None
    at: datetime
    state: str
    tries: int
    status: int | None
    fault: str
    not_before: datetime | None
    settled_at: datetime | None


class DeliveriesOut(Schema):
    items: list[DeliveryOut]
    after: UUID | None


class ActOut(Schema):
    """Which act on which matter; empty in a ping. ``seq`` is its place in the matter's history, ``hash`` its entry's."""

    matter: UUID
    number: str
    action: str
    seq: int
    at: datetime
    recorded_at: datetime
    hash: str


class MessageOut(Schema):
    """What a webhook is sent. ``type`` is ``ping``, or ``matter.`` and the action."""

    type: str
    timestamp: datetime
    data: ActOut | dict[str, Any]


#: How a message comes, for who reads nothing but the document.
SENT = """
Sent to a webhook's address within seconds of an act, as a rule in order; `seq` tells it.
Answer 2xx within 10 seconds; anything else is sent again later,
410 ends the webhook. The header `webhook-id` stays the same however often it is sent: take each once. `webhook-signature` holds,
after `v1,`, the base64 of HMAC-SHA256 over `{webhook-id}.{webhook-timestamp}.{body}`, the body as it came, keyed with the bytes
whose base64 follows `whsec_` in the secret.
""".strip()


@router.get("", response=WebhooksOut)
def webhooks(request: HttpRequest, after: UUID | None = None, limit: Limit = 50) -> dict[str, Any]:
    """One's own, the newest first."""
    must_hold(request, *Role)
    return listed(request, own_webhooks(request), _told, limit, "-pk")


@router.post("", response={201: NewWebhookOut})
def make(request: HttpRequest, asked: WebhookIn) -> Status[Any]:
    """From now on ``address`` is told of the ``actions`` on matters that one sees."""
    must_hold(request, *Role)
    token = getattr(request, "token", None)
    if not token and (trusted.by_pin(request) or not trusted.just_passed(request)):
        raise NotFresh
    by_card = token.by_card if token else bool(request.session.get(ROLE_CARD))
    made, secret = Webhook.make(person(request), asked.name, asked.address, asked.actions, by_card=by_card, id=asked.id)
    return Status(201, {**_told(_own(request, made.pk)), "secret": secret or None})


@router.get("/{uuid:pk}", response=WebhookOut)
def webhook(request: HttpRequest, pk: UUID) -> dict[str, Any]:
    return _told(_own(request, pk))


@router.get("/{uuid:pk}/deliveries", response=DeliveriesOut)
def deliveries(request: HttpRequest, pk: UUID, after: UUID | None = None, limit: Limit = 50) -> dict[str, Any]:
    """What it was told, and what waits, the newest first; what was settled 30 days ago is gone."""
    found = _own(request, pk).deliveries.select_related("entry__matter")
    return listed(request, found, _delivery, limit, "-pk")


@router.post("/{uuid:pk}/ping", response={201: DeliveryOut})
def try_out(request: HttpRequest, pk: UUID) -> Status[Any]:
    """A message of the type ``ping``, which tells of nothing; the worker sends it within seconds, unless the webhook rests or
    waits to try again."""
    found = _own(request, pk)
    if not found.lives:
        raise AlreadyDone
    return Status(201, _delivery(found.try_out()))


@router.post("/{uuid:pk}/resumption", response=WebhookOut)
def resume(request: HttpRequest, pk: UUID) -> dict[str, Any]:
    """What waits is tried again, at once."""
    _own(request, pk).resume()
    return _told(_own(request, pk))


@router.post("/{uuid:pk}/end", response=WebhookOut)
def end(request: HttpRequest, pk: UUID) -> dict[str, Any]:
    """Told nothing any more."""
    _own(request, pk).end(person(request))
    return _told(_own(request, pk))


def _told(one: Any) -> dict[str, Any]:
    """``one`` with how many messages wait."""
    plain = ("name", "address", "actions", "at", "waiting", "rests_at", "ended_at")
    return {"id": one.pk, **{name: getattr(one, name) for name in plain}}


def _delivery(one: Delivery) -> dict[str, Any]:
    plain = ("type", "at", "state", "tries", "status", "fault", "not_before", "settled_at")
    return {
        "id": one.pk, "matter": one.entry.matter_id if one.entry else None, **{name: getattr(one, name) for name in plain}
    }  # fmt: skip


def _own(request: HttpRequest, pk: UUID) -> Webhook:
    must_hold(request, *Role)
    return get_object_or_404(own_webhooks(request), pk=pk)
