"""The demo's photos: drawn once, handed in once, and shown in many matters."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from random import Random

from muster.demo.drawing import SCENES, draw
from muster.evidence.file import File
from muster.lib.ids import uuid7
from muster.policy.sections import EvidenceFiles

#: The scene that the texts name → the scene that is drawn.
DRAWN = {"stall": "market", "disinfection": "shelf"}
VARIANTS = 2


class Album:
    """Photos by scene and by before or after."""

    def __init__(self, rules: EvidenceFiles, progress: Callable[[int], None] | None = None) -> None:
        self._photos: dict[tuple[str, bool], list[File]] = {}
        for scene in SCENES:
            for after in (False, True):
                self._photos[(scene, after)] = [self._drawn(scene, after, seed, rules) for seed in range(VARIANTS)]
                if progress:
                    progress(VARIANTS)

    @staticmethod
    def count() -> int:
        return len(SCENES) * 2 * VARIANTS

    def photos(self, scene: str, after: bool, random: Random, count: int) -> list[File]:
        """Different photos of the scene, as new rows: every matter hands in its own."""
        drawn = random.sample(self._photos[(DRAWN.get(scene, scene), after)], count)
        return [self._handed_in(photo) for photo in drawn]

    def _handed_in(self, drawn: File) -> File:
        return File.objects.create(
            **{f.attname: getattr(drawn, f.attname) for f in File._meta.concrete_fields if f.attname != "id"},
            id=uuid7(),
        )

    def _drawn(self, scene: str, after: bool, seed: int, rules: EvidenceFiles) -> File:
        jpeg = draw(scene, after, "演示照片", seed)
        return File.receive(BytesIO(jpeg), f"{scene}-{seed}.jpg", rules, None)
