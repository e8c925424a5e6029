"""Adopted packs: each text that was ever in force is kept as it was."""

from __future__ import annotations

import hashlib
from typing import Self

from django.db import models
from django.utils import timezone

from muster.policy.pack import Pack, parse


class PackVersion(models.Model):
    """One adopted text of a policy pack. Insert-only: a change is a new version."""

    key = models.TextField()
    from_at = models.DateTimeField()
    text = models.TextField()
    sha256 = models.TextField()
    adopted_at = models.DateTimeField(default=timezone.now)
    adopted_by = models.ForeignKey("muster.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "pack_version"
        ordering = ["-from_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["key", "sha256"], name="pack_text_once")]

    def __str__(self) -> str:
        return f"{self.key} {self.sha256[:8]}"

    @classmethod
    def adopt(cls, text: str, name: str, by_id: int | None = None) -> Self:
        """Keep a text as a version, or return the version that already is that text.

        Raises BadPack, naming file, key and line, and changes nothing then.
        """
        pack = parse(text, name)
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        kept, _made = cls.objects.get_or_create(
            key=pack.key,
            sha256=sha256,
            defaults={"from_at": pack.from_at, "text": text, "adopted_by_id": by_id},
        )
        return kept

    @property
    def pack(self) -> Pack:
        """Parsed once a process for each text. Where the text is deferred, only a process that doesn't know it reads it."""
        known = _parsed.get((self.key, self.sha256))
        if known is None:
            known = _parsed[self.key, self.sha256] = parse(self.text, self.key)
        return known


#: By the hash of the text, never by a version's number: a restored database may have given that to another.
_parsed: dict[tuple[str, str], Pack] = {}
