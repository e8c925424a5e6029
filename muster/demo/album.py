"""The demo's photos: drawn once, handed in once, and shown in many matters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from io import BytesIO

from muster.demo.drawing import SCENES, doors, draw
from muster.evidence.file import File
from muster.lib.ids import uuid7
from muster.policy.sections import EvidenceFiles

#: The scene that the texts name → the scene that is drawn.
DRAWN = {"stall": "market", "disinfection": "shelf"}
CAPTION = "演示照片"
VARIANTS = 3
#: A scene that only one story has: signs on two doors of three.
TWO_DOORS = "two_doors"
BATCH = 50

Kind = tuple[str, bool, int]


class Album:
    """Photos by scene, before or after, and variant. The same variant is the same place."""

    def __init__(self, rules: EvidenceFiles, progress: Callable[[int], None] | None = None) -> None:
        self._rules = rules
        self._drawn: dict[Kind, File] = {}
        self._rows: dict[Kind, list[File]] = defaultdict(list)
        for scene, after, variant in _kinds():
            jpeg = _jpeg(scene, after, variant)
            self._drawn[(scene, after, variant)] = File.receive(BytesIO(jpeg), f"{scene}-{variant}.jpg", rules, None)
            if progress:
                progress(1)

    @staticmethod
    def count() -> int:
        return len(_kinds())

    def photos(self, scene: str, after: bool, variant: int, count: int) -> list[File]:
        """Different photos of the scene, the given variant first, as rows of their own: every matter hands in its own."""
        drawn = DRAWN.get(scene, scene) if after or scene != TWO_DOORS else "doors"
        return [self._row((drawn, after, (variant + n) % VARIANTS)) for n in range(count)]

    def put_away(self) -> None:
        """Remove the rows that nobody handed in."""
        File.objects.filter(pk__in=[row.pk for rows in self._rows.values() for row in rows]).delete()
        self._rows.clear()

    def _row(self, kind: Kind) -> File:
        rows = self._rows[kind]
        if not rows:
            drawn = self._drawn[kind]
            same = {f.attname: getattr(drawn, f.attname) for f in File._meta.concrete_fields if f.attname != "id"}
            rows += File.objects.bulk_create(File(id=uuid7(), **same) for _n in range(BATCH))
        return rows.pop()


def _kinds() -> list[Kind]:
    scenes = [(scene, after) for scene in SCENES for after in (False, True)]
    return [(*one, variant) for one in [*scenes, (TWO_DOORS, True)] for variant in range(VARIANTS)]


def _jpeg(scene: str, after: bool, variant: int) -> bytes:
    # The same corridor each time; what else tells photos of it apart is the hand that holds the camera.
    return doors(2, CAPTION, variant) if scene == TWO_DOORS else draw(scene, after, CAPTION, variant)
