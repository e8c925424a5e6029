"""Photos and files: one row per upload, the content in the store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from django.conf import settings
from django.db import models
from django.utils import timezone

from muster.evidence import photo, store
from muster.evidence.kind import kind_of
from muster.lib.ids import uuid7
from muster.policy.sections import EvidenceFiles

if TYPE_CHECKING:
    from muster.people.person import Person


class File(models.Model):
    """A file as it was handed in. The original is kept under its hash; what pages show is made from it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sha256 = models.TextField(db_index=True)
    name = models.TextField(help_text="the name it came with, for people only")
    media_type = models.TextField()
    size = models.BigIntegerField(help_text="bytes")
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    taken_at = models.DateTimeField(null=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    by = models.ForeignKey("muster.Person", models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "file"

    def __str__(self) -> str:
        return self.name

    @classmethod
    def receive(cls, stream: BinaryIO, name: str, rules: EvidenceFiles, by: Person | None) -> File:
        """Keep what was handed in, once its content is of a kind that the pack takes, and make what pages show of it.

        Raises the refusals of store, kind and photo; nothing is kept then. The content is on disk before the row is.
        """
        allowed = rules.types
        kept = store.keep(stream, originals(), rules.max_bytes, check=lambda path: kind_of(path, allowed) and None)
        kind = kind_of(kept.path, allowed)
        file = cls(sha256=kept.sha256, name=name[-120:], media_type=kind.media_type, size=kept.size, by=by)
        if kind.is_photo:
            file._show(rules.keep_position)
        file.save(force_insert=True)
        return file

    def _show(self, keep_position: bool) -> None:
        facts = photo.read(self.original)
        self.width, self.height, self.taken_at = facts.width, facts.height, facts.taken_at
        if keep_position and facts.position:
            self.latitude, self.longitude = facts.position
        for target in (self.shown, self.thumbnail):
            target.parent.mkdir(parents=True, exist_ok=True)
        photo.show(self.original, self.shown)
        photo.thumbnail(self.original, self.thumbnail)

    @property
    def is_photo(self) -> bool:
        return self.width is not None

    @property
    def original(self) -> Path:
        return store.place(originals(), self.sha256)

    @property
    def shown(self) -> Path:
        return self._path("shown", ".jpg")

    @property
    def thumbnail(self) -> Path:
        return self._path("thumbnails", ".jpg")

    def _path(self, folder: str, suffix: str) -> Path:
        root: Path = settings.FILES_DIR / folder
        return root / self.sha256[:2] / self.sha256[2:4] / f"{self.sha256}{suffix}"


def originals() -> Path:
    root: Path = settings.FILES_DIR / "originals"
    return root
