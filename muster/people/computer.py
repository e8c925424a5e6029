"""Computers that headquarters trusts for a while, and the PINs by which persons change there.

A PIN opens nothing elsewhere: it belongs to one computer, which proves itself by a cookie that only it holds. Of the
cookie a hash is kept; of the PIN an argon2 hash, over a digest that the signing key goes into.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import models, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.people.person import Person
from muster.people.role import Role

TRIES = 5
LONGEST_H = 14 * 24
PIN = re.compile(r"[0-9]{6}", re.ASCII)
RUNS = "01234567890", "09876543210"


class NoSuchPin(Refusal):
    code = "no_such_pin"
    status = 422
    message = said("This PIN is wrong, or this person has none on this computer.")


class PinLocked(Refusal):
    code = "pin_locked"
    status = 429
    message = said(
        "After five wrong PINs this way is closed to {person} until they sign in in full, with their password."
    )


class WeakPin(Refusal):
    code = "weak_pin"
    status = 422
    message = said("Choose six digits that aren't all the same and don't run up or down.")


class NotByPin(Refusal):
    code = "not_by_pin"
    status = 422
    message = said("Administrators sign in in full each time: there is no PIN for them.")


class Event(models.TextChoices):
    TRUSTED = "trusted", _("Trusted")
    REVOKED = "revoked", _("Trust ended")
    SET = "pin_set", _("PIN set")
    REMOVED = "pin_removed", _("PIN removed")
    OPENED = "pin_opened", _("Changed by PIN")
    FAILED = "pin_failed", _("Wrong PIN")
    LOCKED = "pin_locked", _("Wrong PIN, locked")
    UNLOCKED = "pin_unlocked", _("Unlocked by a full sign-in")


class TrustedComputer(models.Model):
    """A browser that somebody of headquarters trusted, with the second factor just passed, until a moment."""

    token = models.TextField(unique=True, help_text="sha256 of the cookie")
    name = models.TextField(help_text="what the browser calls itself")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    by_card = models.BooleanField(default=False, help_text="by a role card of the demo")
    at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "trusted_computer"
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("at")), name="trusted_until_later"),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="revoked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.name}"

    @classmethod
    def trust(cls, by: Person, name: str, hours: int, by_card: bool = False) -> tuple[TrustedComputer, str]:
        """Trust a browser from now on; it and the token that the browser keeps."""
        token = secrets.token_urlsafe(32)
        until = timezone.now() + timedelta(hours=min(hours, LONGEST_H))
        with transaction.atomic():
            made = cls.objects.create(token=_digest(token), name=name, by=by, by_card=by_card, until=until)
            made.note(Event.TRUSTED, by)
        return made, token

    @classmethod
    def holding(cls, token: str) -> TrustedComputer | None:
        """The trusted computer that holds this token, as long as it is trusted."""
        return live().filter(token=_digest(token)).first() if token else None

    @transaction.atomic
    def revoke(self, by: Person) -> None:
        """Trusted no more: what PINs opened here ends with its next request."""
        if TrustedComputer.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=timezone.now(), revoked_by=by):
            self.note(Event.REVOKED, by)

    def note(self, what: str, by: Person) -> None:
        ComputerEvent.objects.create(computer=self, what=what, by=by)


def live() -> QuerySet[TrustedComputer]:
    return TrustedComputer.objects.filter(revoked_at=None, until__gt=timezone.now(), by__is_active=True)


class Pin(models.Model):
    """By which a person comes back on one computer, without password and second factor."""

    computer = models.ForeignKey(TrustedComputer, models.PROTECT, related_name="pins")
    person = models.ForeignKey(Person, models.PROTECT, related_name="pins")
    encoded = models.TextField()
    under = models.TextField(help_text="digest of the password it was set under; with another, it is void")
    made_at = models.DateTimeField(default=timezone.now)
    failures = models.IntegerField(default=0)
    locked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "pin"
        constraints = [
            models.UniqueConstraint(fields=["computer", "person"], name="pin_once"),
            models.CheckConstraint(condition=Q(failures__range=(0, TRIES)), name="pin_few_failures"),
        ]

    def __str__(self) -> str:
        return f"{self.computer_id} {self.person_id}"

    @classmethod
    @transaction.atomic
    def set(cls, computer: TrustedComputer, person: Person, text: str) -> Pin:
        """A new PIN of the person on this computer, instead of an old one."""
        if is_administrator(person):
            raise NotByPin
        if not PIN.fullmatch(text) or len(set(text)) == 1 or any(text in run for run in RUNS):
            raise WeakPin
        fields = {
            "encoded": make_password(_peppered(computer, person, text)), "under": _under(person), "failures": 0,
            "locked_at": None, "made_at": timezone.now(),
        }  # fmt: skip
        pin, _made = cls.objects.update_or_create(computer=computer, person=person, defaults=fields)
        computer.note(Event.SET, person)
        return pin

    @classmethod
    def opened(cls, computer: TrustedComputer, person_id: int, text: str) -> Pin:
        """The PIN that this text opens. Tries are counted one after the other, and counted before they are answered."""
        with transaction.atomic():
            locked = cls.objects.select_for_update(of=("self",)).select_related("person")
            pin = locked.filter(computer=computer, person=person_id).first()
            fault = pin._tried(text) if pin else NoSuchPin()
        if fault or not pin:
            raise fault or NoSuchPin()
        return pin

    @classmethod
    @transaction.atomic
    def unlock(cls, person: Person) -> None:
        """A full sign-in: tries count anew."""
        for pin in cls.objects.filter(person=person, failures__gt=0).select_related("computer"):
            if pin.locked_at:
                pin.computer.note(Event.UNLOCKED, person)
            cls.objects.filter(pk=pin.pk).update(failures=0, locked_at=None)

    @classmethod
    def forget(cls, person: Person, by: Person) -> None:
        """All PINs of a person, wherever they are."""
        for pin in cls.objects.filter(person=person).select_related("computer"):
            pin.remove(by)

    @transaction.atomic
    def remove(self, by: Person) -> None:
        self.computer.note(Event.REMOVED, by)
        self.delete()

    @property
    def valid(self) -> bool:
        """Whether it may still open anything: the person may sign in, by the password it was set under, and by PIN."""
        return self.person.is_active and constant_time_compare(self.under, _under(self.person))

    def _tried(self, text: str) -> Refusal | None:
        if self.locked_at:
            return PinLocked(person=self.person.name)
        if not self.valid or is_administrator(self.person):
            return NoSuchPin()
        if check_password(_peppered(self.computer, self.person, text), self.encoded):
            Pin.objects.filter(pk=self.pk).update(failures=0)
            self.computer.note(Event.OPENED, self.person)
            return None
        return self._failed()

    def _failed(self) -> Refusal:
        last = self.failures + 1 >= TRIES
        at = timezone.now() if last else None
        Pin.objects.filter(pk=self.pk).update(failures=self.failures + 1, locked_at=at)
        self.computer.note(Event.LOCKED if last else Event.FAILED, self.person)
        return PinLocked(person=self.person.name) if last else NoSuchPin()


class ComputerEvent(models.Model):
    """What happened at a trusted computer, and whose PIN it was. Insert-only."""

    computer = models.ForeignKey(TrustedComputer, models.PROTECT, related_name="events")
    what = models.TextField(choices=Event)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "computer_event"
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(what__in=Event.values), name="computer_event_known")]

    def __str__(self) -> str:
        return f"{self.computer_id} {self.what}"


def is_administrator(person: Person) -> bool:
    return any(grant.role == Role.ADMINISTRATOR for grant in person.grants_at())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _peppered(computer: TrustedComputer, person: Person, text: str) -> str:
    """Six digits are soon tried through: without the signing key, which isn't in the database, there is nothing to try."""
    return salted_hmac("muster.people.pin", f"{computer.pk}:{person.pk}:{text}", algorithm="sha256").hexdigest()


def _under(person: Person) -> str:
    return person.get_session_auth_hash()
