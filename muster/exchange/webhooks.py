"""Webhooks: an address of another system that is told of acts, in a person's name and as far as that person sees them.

Signed as Standard Webhooks says (https://www.standardwebhooks.com, specification 1.0): ``webhook-id``, ``webhook-timestamp`` and
``webhook-signature`` over both and the body. What is told is thin: which matter, which act. The rest is asked for by the API.
"""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from muster.lib.ids import uuid7
from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.loop.act import VERBS
from muster.loop.conflict import ARRIVALS
from muster.loop.entry import Entry
from muster.loop.refusals import ConflictingContent
from muster.people.person import Person

MOST = 10
LONGEST = 500
PING = "ping"
#: How long after each failed try the next one comes: about a day in all. Then the webhook rests.
PAUSES = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 1800, 2 * 3600, 6 * 3600, 14 * 3600))
KEPT_FOR = timedelta(days=30)
CLAIMED_FOR = timedelta(minutes=5)
TOLD_AGAIN_FOR = timedelta(minutes=10)


class AddressNotClear(Refusal):
    code = "address_not_clear"
    status = 422
    message = said(
        "“{address}” is no address that can be told anything. Write one as https://city-brain.example/muster."
    )


class HostNotAllowed(Refusal):
    code = "host_not_allowed"
    status = 422
    message = said(
        "This machine tells nothing to “{host}”. Whoever runs it allows hosts by MUSTER_WEBHOOK_HOSTS; now it names: {hosts}."
    )


class TooManyWebhooks(Refusal):
    code = "too_many_webhooks"
    message = said("You have {most} webhooks. End one first.")


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    DROPPED = "dropped", _("Not told")


class Webhook(models.Model):
    """Ended, never deleted. The secret stands nowhere: it is made from the machine's signing key and the id.

    ``actions``: which acts it is told of; empty, all. It ``rests_at`` a moment when it was tried in vain for about a day.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="webhooks")
    name = models.TextField(help_text="which system is told")
    address = models.TextField()
    actions = ArrayField(models.TextField(), default=list)
    by_card = models.BooleanField(default=False, help_text="by a role card of the demo: it ends where these do")
    at = models.DateTimeField(default=timezone.now)
    after_entry = models.BigIntegerField(
        default=0, help_text="the last entry before it was made: it is told of later ones"
    )
    claimed_until = models.DateTimeField(null=True)
    rests_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "webhook"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="webhook_has_a_name"),
            models.CheckConstraint(condition=Q(address__regex=r"^https?://"), name="webhook_address_of_the_web"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def make(
        cls,
        person: Person,
        name: str,
        address: str,
        actions: list[str],
        *,
        by_card: bool = False,
        id: UUID | None = None,
    ) -> tuple[Webhook, str]:
        """A new one, and the secret that its messages are signed with. The same id again is the same one; its secret is told
        again for some minutes, then it is empty.

        Raises AddressNotClear, HostNotAllowed, TooManyWebhooks, ConflictingContent.
        """
        must_be_allowed(address)
        there = cls.objects.filter(pk=id).first() if id else None
        if there:
            if (there.person_id, there.name, there.address, there.actions) != (person.pk, name, address, actions):
                raise ConflictingContent(id=id)
            # Who got no answer asks at once; later, whoever asks would learn to sign in our name.
            return there, there.secret if there.lives and timezone.now() - there.at < TOLD_AGAIN_FOR else ""
        if cls.objects.filter(person=person, ended_at=None).count() >= MOST:
            raise TooManyWebhooks(most=MOST)
        last = Entry.objects.order_by("pk").values_list("pk", flat=True).last() or 0
        try:
            with transaction.atomic():
                made = cls.objects.create(
                    id=id or uuid7(), person=person, name=name, address=address, actions=actions, by_card=by_card,
                    after_entry=last,
                )  # fmt: skip
        except IntegrityError:
            # Somebody was quicker under the same id.
            return cls.make(person, name, address, actions, by_card=by_card, id=id)
        return made, made.secret

    @property
    def secret(self) -> str:
        return f"whsec_{base64.b64encode(salted_hmac('muster.webhook', str(self.pk), algorithm='sha256').digest()).decode()}"

    @property
    def lives(self) -> bool:
        return self.ended_at is None

    def wants(self, entry: Entry) -> bool:
        return entry.pk > self.after_entry and (not self.actions or entry.action in self.actions)

    def end(self, by: Person | None) -> None:
        """Told nothing any more; without ``by``, because the other side said that it is gone (410)."""
        waiting = self.deliveries.filter(state=DeliveryState.WAITING)
        waiting.update(state=DeliveryState.DROPPED, settled_at=timezone.now())
        Webhook.objects.filter(pk=self.pk, ended_at=None).update(ended_at=timezone.now(), ended_by=by)

    def resume(self) -> None:
        """What waits is tried again, at once."""
        self.deliveries.filter(state=DeliveryState.WAITING).update(tries=0, not_before=None)
        Webhook.objects.filter(pk=self.pk).update(rests_at=None)

    def try_out(self) -> Delivery:
        """A message that tells of nothing, to see whether it arrives."""
        return Delivery.objects.create(webhook=self)

    def claim(self) -> bool:
        """Whether this process may tell it now: two workers tell nothing twice."""
        free = Q(claimed_until=None) | Q(claimed_until__lt=timezone.now())
        self.claimed_until = timezone.now() + CLAIMED_FOR
        return bool(Webhook.objects.filter(free, pk=self.pk).update(claimed_until=self.claimed_until))

    def release(self) -> None:
        """One's own claim alone."""
        Webhook.objects.filter(pk=self.pk, claimed_until=self.claimed_until).update(claimed_until=None)


class Delivery(models.Model):
    """One message to one webhook: of an entry, or a ping without one. Its id is the message's own, whenever it is sent."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    entry = models.ForeignKey(Entry, models.CASCADE, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    state = models.TextField(choices=DeliveryState, default=DeliveryState.WAITING)
    tries = models.IntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    status = models.IntegerField(null=True, help_text="what the other side answered last")
    fault = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "webhook_delivery"
        ordering = ["-id"]
        indexes = [models.Index(fields=["webhook", "id"], condition=Q(state="waiting"), name="delivery_waiting")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="delivery_state_known"),
            models.UniqueConstraint(fields=["webhook", "entry"], name="entry_told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"

    @property
    def action(self) -> str:
        return self.entry.action if self.entry else PING

    @property
    def type(self) -> str:
        return f"matter.{self.action}" if self.entry else PING

    @property
    def body(self) -> dict[str, Any]:
        """What is sent: the same whenever it is."""
        return {"type": self.type, "timestamp": self.at.isoformat(), "data": _data(self.entry) if self.entry else {}}

    def settle(self, state: DeliveryState, status: int | None = None) -> None:
        self._change(state=state, status=status, settled_at=timezone.now(), fault="")

    def fail(self, status: int | None, fault: str) -> None:
        """Tried again after a while; after the last pause the whole webhook rests, and nothing that waits is lost."""
        pause = PAUSES[self.tries] if self.tries < len(PAUSES) else None
        later = timezone.now() + pause if pause else self.not_before
        changed = self._change(status=status, fault=fault[:LONGEST], not_before=later, tries=self.tries + 1)
        if changed and not pause:
            Webhook.objects.filter(pk=self.webhook_id).update(rests_at=timezone.now())

    def _change(self, **to: Any) -> bool:
        """Unless its webhook has ended or was told to go on meanwhile."""
        waiting = Delivery.objects.filter(pk=self.pk, state=DeliveryState.WAITING, tries=self.tries)
        return bool(waiting.update(**to))


def actions() -> list[str]:
    """What a webhook can be told of: how a matter comes in, and every step."""
    return [*ARRIVALS, "tell", *sorted(VERBS)]


def must_be_allowed(address: str) -> None:
    """Only to hosts that whoever runs the machine allows: else a page could ask what stands behind the city's walls."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError as fault:
        raise AddressNotClear(address=address) from fault
    if not address.startswith(("http://", "https://")) or not host or parts.username or len(address) > LONGEST:
        raise AddressNotClear(address=address)
    known = settings.WEBHOOK_HOSTS
    if not {"*", host, f"{host}:{port}"}.intersection(known):
        raise HostNotAllowed(host=host, hosts=", ".join(known) or "–")


def live() -> models.QuerySet[Webhook]:
    """Those that are told, of persons who may sign in."""
    return Webhook.objects.filter(ended_at=None, person__is_active=True)


def end_webhooks(person: Person, by: Person) -> None:
    """Those of a person whose account is taken back."""
    for one in Webhook.objects.filter(person=person, ended_at=None):
        one.end(by)


def clear(now: datetime | None = None) -> int:
    """What was settled some time ago goes."""
    over = (now or timezone.now()) - KEPT_FOR
    gone, _each = Delivery.objects.filter(settled_at__lt=over).delete()
    return gone


def _data(entry: Entry) -> dict[str, Any]:
    return {
        "matter": str(entry.matter_id), "number": entry.matter.number, "action": entry.action, "seq": entry.seq,
        "at": entry.occurred_at.isoformat(), "recorded_at": entry.recorded_at.isoformat(), "hash": entry.hash,
    }  # fmt: skip
