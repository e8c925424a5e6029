"""Loading the demo city."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.resources import files
from itertools import count as count_up

from django.db import connection, transaction
from django.utils import timezone

from muster.demo.acts import Stage
from muster.demo.album import Album
from muster.demo.build import build
from muster.demo.city import BEGAN, CITY, ZONE
from muster.demo.stories import count, play
from muster.incidents.incident import Incident
from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.places.area import Area
from muster.policy.version import PackVersion

PACK = "cn-epidemic-2022-11"
#: When the visitor comes: the exercise's clock begins to run here.
MORNING = datetime(2022, 12, 6, 8, 0, tzinfo=ZONE)

#: So many matters have come to their end when the tables are counted again.
COUNTED_AT = (1, 10, 40, 150, 500)

Progress = Callable[[int], None]


class NotEmpty(Refusal):
    code = "not_empty"
    message = _(
        "This database holds real data, so the demo isn't loaded into it. Choose another folder by MUSTER_DATA."
    )


def loaded() -> bool:
    """Whether the demo city stands in this database."""
    return Incident.objects.filter(exercise=True, area__code=CITY).exists()


def steps() -> int:
    """How many steps of progress a load tells."""
    return Album.count() + count()


def load(progress: Progress | None = None) -> tuple[str, ...]:
    """Load the city, all or nothing. Returns the tokens of proposals that wait for their rating."""
    if Area.objects.exists():
        raise NotEmpty
    with _in_bulk():
        city = build()
        incident = _incident(city.areas[CITY])
        album = Album(incident.pack_version().pack.evidence, progress)
        played = play(Stage(city, incident, album), _counting_tables(progress))
        album.put_away()
    _count_tables()
    return played.links


def _counting_tables(progress: Progress | None) -> Progress:
    """Counts the tables again as matters come to their end.

    Nobody else can before they are committed, and by counts of a time when they were empty any index is as good as another.
    """
    finished = count_up(1)

    def tell(steps: int) -> None:
        if next(finished) in COUNTED_AT:
            _count_tables()
        if progress:
            progress(steps)

    return tell


def _count_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute("analyze")


@contextmanager
def _in_bulk() -> Iterator[None]:
    """One transaction, quick for thousands of acts in a row."""
    with transaction.atomic(), connection.cursor() as cursor:
        # A plan made for empty tables reads them whole each time.
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("set local jit = off")
        # Each act would keep a savepoint to fall back to; here one that is refused ends the load.
        savepoints, connection.features.uses_savepoints = connection.features.uses_savepoints, False
        try:
            yield
        finally:
            connection.features.uses_savepoints = savepoints


def _incident(area: Area) -> Incident:
    incident = Incident.objects.create(
        name_zh="聊城市·2022 年 11 月疫情", name_en="Liaocheng, November 2022", area=area, exercise=True,
        started_at=BEGAN, behind=timezone.now() - MORNING,
    )  # fmt: skip
    text = files("muster.policy").joinpath(f"packs/{PACK}.toml").read_text(encoding="utf-8")
    incident.put_in_force(PackVersion.adopt(text, f"{PACK}.toml"))
    return incident
