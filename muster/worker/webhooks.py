"""Telling webhooks: what each is to be told of an act, and sending it until the other side has it.

Each webhook is told in order: while one message fails the later ones wait, so that who is down isn't asked more for that.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import urllib3
from django.db import connection
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from standardwebhooks import Webhook as Signing

from muster.exchange.webhooks import Delivery, DeliveryState, Webhook, live, must_be_allowed
from muster.incidents.incident import Incident
from muster.lib.refusal import Refusal
from muster.loop.entry import Entry
from muster.web.matterpage import MatterPage

log = logging.getLogger(__name__)

AT_ONCE = 4
AT_A_TIME_S = 60
#: Nobody is sent on elsewhere, and nobody keeps us waiting.
POOL = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(connect=5, read=10), maxsize=AT_ONCE)


def tell_of(entry: Entry, webhooks: Iterable[Webhook]) -> None:
    """One message for each that wants such acts, and whose person sees this one."""
    for webhook in webhooks:
        if webhook.wants(entry) and _sees(webhook, entry):
            Delivery.objects.get_or_create(webhook=webhook, entry=entry)


def deliver() -> int:
    """Send what is due; how many messages arrived. Several webhooks at once, each in order."""
    with ThreadPoolExecutor(AT_ONCE, "webhook") as pool:
        return sum(pool.map(_apart, due()))


class Delivering:
    """The same again and again without waiting for who is slow: that one is told on while the others' next messages go."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(AT_ONCE, "webhook")
        self.busy: set[UUID] = set()

    def __call__(self) -> int:
        """Nothing is done yet when this returns."""
        for webhook in due():
            if webhook.pk not in self.busy:
                self.busy.add(webhook.pk)
                self.pool.submit(self._deliver, webhook)
        return 0

    def _deliver(self, webhook: Webhook) -> None:
        try:
            _apart(webhook)
        finally:
            self.busy.discard(webhook.pk)


def due() -> list[Webhook]:
    """Those whose next message may go now."""
    waiting = Delivery.objects.filter(webhook=OuterRef("pk"), state=DeliveryState.WAITING)
    found = live().filter(Exists(waiting), rests_at=None).exclude(claimed_until__gt=timezone.now())
    return [one for one in found.select_related("person") if _first(one)]


def _apart(webhook: Webhook) -> int:
    """In a thread of its own, with a connection of its own."""
    try:
        return deliver_to(webhook)
    except Exception:
        log.exception("webhook %s", webhook.pk)
        return 0
    finally:
        connection.close()


def deliver_to(webhook: Webhook) -> int:
    """What is due, in order, until one fails; how many arrived."""
    if not webhook.claim():
        return 0
    arrived, until = 0, time.monotonic() + AT_A_TIME_S
    try:
        # Well within its claim.
        while time.monotonic() < until:
            delivery = _first(webhook)
            if not delivery or not _told(webhook, delivery):
                break
            arrived += 1
    finally:
        webhook.release()
    return arrived


def _first(webhook: Webhook) -> Delivery | None:
    """The next message, if its time has come."""
    waiting = webhook.deliveries.filter(state=DeliveryState.WAITING).select_related("entry__matter")
    found = waiting.order_by(F("entry").asc(nulls_first=True), "id").first()
    return found if found and (not found.not_before or found.not_before <= timezone.now()) else None


def _told(webhook: Webhook, delivery: Delivery) -> bool:
    """Whether the next message may go: this one has arrived, or isn't to be told any more."""
    if (webhook.by_card and not Incident.only_exercises()) or (delivery.entry and not _sees(webhook, delivery.entry)):
        delivery.settle(DeliveryState.DROPPED)
        return True
    try:
        must_be_allowed(webhook.address)
        status = _send(webhook, delivery)
    except (Refusal, urllib3.exceptions.HTTPError) as fault:
        delivery.fail(None, str(fault))
        return False
    if status == 410:
        webhook.end(None)
        return False
    if not 200 <= status < 300:
        delivery.fail(status, "")
        return False
    delivery.settle(DeliveryState.DELIVERED, status)
    return True


def _send(webhook: Webhook, delivery: Delivery) -> int:
    """The status of the answer; what else stands in it isn't read."""
    body, at = json.dumps(delivery.body, ensure_ascii=False), timezone.now()
    headers = {
        "content-type": "application/json", "user-agent": "Muster", "webhook-id": str(delivery.pk),
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Signing(webhook.secret).sign(str(delivery.pk), at, body),
    }  # fmt: skip
    answer = POOL.request(
        "POST", webhook.address, body=body.encode(), headers=headers, redirect=False, preload_content=False
    )
    answer.close()
    return int(answer.status)


def _sees(webhook: Webhook, entry: Entry) -> bool:
    """Whether the person's page of the matter tells of this entry."""
    page = MatterPage(entry.matter, webhook.person)
    return bool(page.roles) and any(told.entry.pk == entry.pk for told in page.timeline)
