"""Adopted packs: each text that was ever in force is kept as it was."""

from __future__ import annotations

import hashlib
from functools import lru_cache
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

    @classmethod
    def known(cls, pk: int) -> Self:
        """The version of that number, read once by a process: a version never changes, and its text is long."""
        return _known(cls, pk)  # type: ignore[return-value]

    @property
    def pack(self) -> Pack:
        return _parsed(self.text, self.key)


@lru_cache(maxsize=32)
def _known(table: type[PackVersion], pk: int) -> PackVersion:
    return table._default_manager.get(pk=pk)


@lru_cache(maxsize=32)
def _parsed(text: str, key: str) -> Pack:
    return parse(text, key)
