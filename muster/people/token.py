"""Access tokens: what another system acts with, in a person's name, within what the token is for and until its end."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from muster.lib.compiled import Compiled, Given
from muster.lib.ids import uuid7
from muster.people.person import Person

#: So that a token is known for one wherever it turns up.
BEGINS = "muster_"
LONGEST = timedelta(days=366)
TOLD_EVERY = timedelta(minutes=1)


class Scope(models.TextChoices):
    """What a token is for: a noun of the API, to read or to write. A person's grants bound it, too."""

    MATTERS_READ = "matters:read", _("read matters")
    MATTERS_WRITE = "matters:write", _("register matters and take steps")
    FILES_READ = "files:read", _("read photos and files")
    FILES_WRITE = "files:write", _("hand in files")
    FIGURES_READ = "figures:read", _("read figures")
    BULLETINS_READ = "bulletins:read", _("read bulletins")
    DUTY_READ = "duty:read", _("read who is on duty, and hand-overs")
    DUTY_WRITE = "duty:write", _("put on duty, hand over")
    LEDGERS_READ = "ledgers:read", _("read what became of ledgers")
    LEDGERS_WRITE = "ledgers:write", _("send ledgers and take them in")
    LISTS_READ = "lists:read", _("read what became of lists of the city’s own")
    LISTS_WRITE = "lists:write", _("send lists of areas, sites, organisations, persons and roles, and take them in")
    EXPORTS_READ = "exports:read", _("fetch lists that were taken out")
    EXPORTS_WRITE = "exports:write", _("take lists out")
    INCIDENTS_READ = "incidents:read", _("read incidents and packs")
    INCIDENTS_WRITE = "incidents:write", _("open, change and end incidents, put packs in force")
    PLACES_READ = "places:read", _("read areas and sites")
    PLACES_WRITE = "places:write", _("change areas and sites")
    PEOPLE_READ = "people:read", _("read organisations, teams and persons")
    PEOPLE_WRITE = "people:write", _("change organisations, teams, persons and their roles")
    WEBHOOKS_READ = "webhooks:read", _("read webhooks")
    WEBHOOKS_WRITE = "webhooks:write", _("make, try and end webhooks")


class AccessToken(models.Model):
    """Of the token itself only the hash is kept: it is shown once. Ended, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="tokens")
    name = models.TextField(help_text="which system has it")
    sha256 = models.TextField(unique=True)
    scopes = ArrayField(models.TextField(choices=Scope))
    second_factor = models.BooleanField(
        default=False, help_text="made by who had passed one, or on the machine: else it opens no role that needs one"
    )
    by_card = models.BooleanField(default=False, help_text="by a role card of the demo: it ends where these do")
    at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True, help_text="to the minute")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "access_token"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="access_token_has_a_name"),
            models.CheckConstraint(condition=Q(until__gt=F("at")), name="access_token_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(until__lte=F("at") + LONGEST), name="access_token_ends_within_a_year"),
            models.CheckConstraint(condition=~Q(scopes=[]), name="access_token_is_for_something"),
            models.CheckConstraint(condition=Q(scopes__contained_by=Scope.values), name="access_token_scopes_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def make(
        cls,
        person: Person,
        name: str,
        scopes: list[str],
        until: datetime,
        *,
        second_factor: bool,
        by_card: bool = False,
    ) -> tuple[AccessToken, str]:
        """A new one, and the token itself, which is never shown again."""
        token = BEGINS + secrets.token_urlsafe(32)
        made = cls.objects.create(
            person=person, name=name, sha256=hashed(token), scopes=scopes, until=until, second_factor=second_factor,
            by_card=by_card,
        )  # fmt: skip
        return made, token

    @classmethod
    def known(cls, token: str) -> AccessToken | None:
        """The one in force whose person may still sign in; that it was used is told to the minute."""
        found = (
            next(iter(IN_FORCE(sha256=hashed(token), now=timezone.now())), None) if token.startswith(BEGINS) else None
        )
        if found and (not found.used_at or timezone.now() - found.used_at > TOLD_EVERY):
            cls.objects.filter(pk=found.pk).update(used_at=timezone.now())
        return found

    @property
    def scope_labels(self) -> list[Any]:
        return [Scope(one).label for one in self.scopes]

    @property
    def lives(self) -> bool:
        return not self.ended_at and self.until > timezone.now()

    def end(self, by: Person) -> None:
        AccessToken.objects.filter(pk=self.pk, ended_at=None).update(ended_at=timezone.now(), ended_by=by)


def end_all(person: Person, by: Person) -> int:
    """Those of a person whose account is taken back."""
    return AccessToken.objects.filter(person=person, ended_at=None).update(ended_at=timezone.now(), ended_by=by)


def hashed(token: str) -> str:
    """Of 256 random bits; nothing slower is needed to keep it from being guessed."""
    return hashlib.sha256(token.encode()).hexdigest()


IN_FORCE = Compiled(
    lambda: AccessToken.objects.filter(
        sha256=Given("sha256"), until__gt=Given("now"), ended_at=None, person__is_active=True
    ).select_related("person")
)
