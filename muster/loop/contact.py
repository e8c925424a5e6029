"""Who asked: the personal part of a matter, apart from it, with an end; and links for people without an account."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import models

from muster.people.person import masked

if TYPE_CHECKING:
    from muster.loop.matter import Matter


def new_salt() -> str:
    return secrets.token_hex(16)


class Contact(models.Model):
    """Name and telephone of whoever raised a request or a proposal.

    Purpose: the call-back. Basis: the person's own request. Expires with the pack's ``contact_days``: the nightly job
    blanks value and salt together, and what the history keeps (a salted hash) then says nothing any more.
    """

    matter: models.OneToOneField[Matter, Matter] = models.OneToOneField(
        "muster.Matter", models.PROTECT, primary_key=True, related_name="contact"
    )
    name = models.TextField(blank=True)
    phone = models.TextField(blank=True)
    salt = models.TextField(blank=True, default=new_salt)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "contact"

    def __str__(self) -> str:
        return self.phone_masked

    @property
    def phone_masked(self) -> str:
        return masked(self.phone)

    @property
    def digest(self) -> str:
        """sha256(salt ‖ value), all that the history holds of it."""
        return hashlib.sha256(f"{self.salt}\x1f{self.name}\x1f{self.phone}".encode()).hexdigest()


class PublicLink(models.Model):
    """A random token that lets its bearer follow one matter, and rate its reply."""

    matter: models.ForeignKey[Matter, Matter] = models.ForeignKey("muster.Matter", models.PROTECT, related_name="links")
    token_sha256 = models.TextField(unique=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "public_link"

    def __str__(self) -> str:
        return f"link of {self.matter_id}"

    @classmethod
    def to(cls, matter_id: UUID, key: str) -> str:
        """Make the link of a matter and tell its token.

        ``key`` is a secret of whoever hands it in, made with the form: many get to see the matter's id, and the link
        decides for the proposer.
        """
        token = token_of(matter_id, key)
        cls.objects.create(token_sha256=token_hash(token), matter_id=matter_id)
        return token

    @classmethod
    def matter_of(cls, token: str) -> Matter | None:
        """The matter that a token opens; None where it opens nothing."""
        link = cls.objects.filter(token_sha256=token_hash(token), revoked_at=None).select_related("matter")
        found = link.first()
        return found.matter if found else None


def token_of(matter_id: UUID, key: str) -> str:
    """The same again for the same intake sent twice."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"link {matter_id} {key}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
