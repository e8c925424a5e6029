"""Links to a wall: whoever has one sees the figures of an area on a screen, without an account and without persons."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from muster.people.person import Person
from muster.places.area import Area

#: A screen that is on is noted this often.
NOTED_EVERY = timedelta(minutes=1)


class Wall(models.Model):
    """A link to the wall of an area. Only a hash of its token is kept; ended, never deleted."""

    class Theme(models.TextChoices):
        DARK = "dark", _("Dark")
        LIGHT = "light", _("Light")

    name = models.TextField(_("where it hangs"))
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("area"))
    language = models.TextField(_("language"), default="zh-hans", choices=[("zh-hans", "中文"), ("en", "English")])
    theme = models.TextField(_("colours"), default=Theme.DARK, choices=Theme)
    token_sha256 = models.TextField(unique=True)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(_("until"))
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    seen_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "wall"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="wall_has_a_name"),
            models.CheckConstraint(condition=Q(until__gt=models.F("made_at")), name="wall_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(language__in=["zh-hans", "en"]), name="wall_language_known"),
            models.CheckConstraint(condition=Q(theme__in=["dark", "light"]), name="wall_theme_known"),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="wall_revoked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def open(self) -> bool:
        return self.revoked_at is None and self.until > timezone.now()

    def give_token(self) -> str:
        """A new token for a wall that isn't saved yet; it can't be told again."""
        token = secrets.token_urlsafe(24)
        self.token_sha256 = hashed(token)
        return token

    @classmethod
    def of(cls, token: str) -> Wall | None:
        """The wall that a token opens now."""
        known = cls.objects.select_related("area").defer("area__outline")
        return known.filter(token_sha256=hashed(token), revoked_at=None, until__gt=timezone.now()).first()

    def revoke(self, by: Person) -> None:
        Wall.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=timezone.now(), revoked_by=by)

    def note_seen(self) -> None:
        """A screen shows it. Not written at every look, and not by two screens at once."""
        now = timezone.now()
        if self.seen_at is None or self.seen_at < now - NOTED_EVERY:
            before = Q(seen_at=None) | Q(seen_at__lt=now - NOTED_EVERY)
            Wall.objects.filter(before, pk=self.pk).update(seen_at=now)


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
