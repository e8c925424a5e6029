"""Photos and files: one row per upload, the content in the store."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils import timezone

from muster.lib.ids import uuid7


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

    @property
    def is_photo(self) -> bool:
        return self.width is not None

    @property
    def original(self) -> Path:
        return self._path("originals", "")

    @property
    def shown(self) -> Path:
        return self._path("shown", ".jpg")

    @property
    def thumbnail(self) -> Path:
        return self._path("thumbnails", ".jpg")

    def _path(self, folder: str, suffix: str) -> Path:
        root: Path = settings.FILES_DIR / folder
        return root / self.sha256[:2] / self.sha256[2:4] / f"{self.sha256}{suffix}"
