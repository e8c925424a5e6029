"""Tallies: what every area counted a few minutes ago. A figure adds to the last one what changed since.

A million matters can't be counted in the time that a page has. What went on since the last tally can: those matters are
counted as they stand, and as they stood at the tally. So verbs write nothing for it, nobody waits for a counter that others
write, and the answer is the one that counting all would give. ``docs/figures.md`` says more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Count, F, Q, QuerySet

from muster.briefings.counting import Counted, Place, fetched
from muster.briefings.figure import FIGURES, Number, Scope
from muster.briefings.standing import Now, Then, spans_at
from muster.incidents.incident import Incident
from muster.lib import clock
from muster.loop.freeze import freeze
from muster.loop.matter import Matter
from muster.loop.state import Kind
from muster.places.area import Area

#: Raised when what a figure counts is defined anew: older tallies are then made from nothing.
VERSION = 1
#: The last, and the one before for who asks as of a moment just past.
KEPT = 2
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
#: What is tallied. Not what time alone changes.
TALLIED: dict[str, Counted] = {
    key: one for key, one in FIGURES.items() if isinstance(one, Counted) and one.tallied and one.made_of == (key,)
}


class Tally(models.Model):
    """What an area and everything below counted at a moment, by the figure's key; what is left out is 0.

    The incident's own area always has a row.
    """

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="+")
    area = models.ForeignKey(Area, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    version = models.IntegerField(default=VERSION)
    counts = models.JSONField()

    class Meta:
        db_table = "tally"
        constraints = [models.UniqueConstraint(fields=["incident", "area", "version", "at"], name="tally_once")]

    def __str__(self) -> str:
        return f"{self.area_id} {self.at}"


def told(scope: Scope, keys: Sequence[str], places: Mapping[str, str], by: Place) -> Iterator[tuple[str, str, Number]]:
    """Key, place and value of those figures that can be told from a tally; none where there is no tally to begin from.

    ``places``: the code of the area that each place stands for, as ``by`` makes it of a path.
    """
    made = [key for key in keys if FIGURES[key].tallied]
    since, kept = _last(scope, list(places.values())) if made and _may_begin_from_tally(scope) else (None, {})
    if since is None:
        return
    needed = list(dict.fromkeys(part for key in made for part in FIGURES[key].made_of))
    change = changed(scope, needed, since, by)
    for place, code in places.items():
        counts = {key: kept.get(code, {}).get(key, 0) + change.get(place, {}).get(key, 0) for key in needed}
        for key in made:
            yield key, place, FIGURES[key].made(counts)


def _may_begin_from_tally(scope: Scope) -> bool:
    return not scope.windowed and scope.incident.area_id in scope.area.codes


def _last(scope: Scope, codes: Sequence[str]) -> tuple[datetime | None, dict[str, dict[str, int]]]:
    """The moment of the last tally that isn't later than the scope's, and what it says of areas."""
    all_of = Tally.objects.filter(incident=scope.incident, version=VERSION)
    whole = all_of.filter(area=scope.incident.area_id)
    if scope.as_of:
        whole = whole.filter(at__lte=scope.as_of)
    last = all_of.filter(area__in={scope.incident.area_id, *codes}, at=whole.order_by("-at").values("at")[:1])
    rows = list(last.values_list("at", "area_id", "counts"))
    return (rows[0][0] if rows else None), {code: counts for _at, code, counts in rows}


def changed(scope: Scope, keys: Sequence[str], since: datetime, by: Place) -> dict[str, dict[str, int]]:
    """How much more of each is counted at the scope's moment than was at an earlier one, by place."""
    before = Then(replace(scope, as_of=since))
    after = Then(scope) if scope.as_of else Now(scope)
    sums: dict[str, dict[str, int]] = {}
    parts = [(1, *_counted(after, keys, since, by)), (-1, *_counted(before, keys, since, by))]
    sql = " union all ".join(f"select {sign}, of.* from ({counted}) of" for sign, counted, _params in parts)
    for sign, place, *numbers in fetched(sql, [value for *_sql, params in parts for value in params]):
        of = sums.setdefault(place, dict.fromkeys(keys, 0))
        for key, number in zip(keys, numbers, strict=True):
            of[key] += sign * number
    return sums


def _counted(at: Now, keys: Sequence[str], since: datetime, by: Place) -> tuple[str, Sequence[Any]]:
    """A statement of the counts, by place, over the matters that went on since."""
    numbers = {
        f"number_{key}": Count(
            "pk", filter=Q(**{f"{at.registered('kind')}__in": TALLIED[key].kinds}) & TALLIED[key].counts(at)
        )
        for key in keys
    }
    counted = _went_on(at, since).order_by().values(place=by(F(at.path))).annotate(**numbers)
    sql, params = counted.values_list("place", *numbers).query.sql_with_params()
    return sql, params


def _went_on(at: Now, since: datetime) -> QuerySet[Any, Any]:
    """What went on since, as it stood at the moment."""
    there = {"incident": at.scope.incident, "kind__in": list(Kind), "recorded_at__gt": since}
    known = Q(
        **{f"{at.path}__under": at.scope.area.path}, **{at.registered(name): value for name, value in there.items()}
    )
    return spans_at(at.scope).filter(known) if isinstance(at, Then) else Matter.objects.filter(known)


def keep(incident: Incident, at: datetime | None = None) -> int:
    """Make a tally of all areas, as of now, or of a moment as of which the record is exact; how many areas it tells of."""
    with clock.behind(incident.behind):
        at = at or freeze().at
    scope = Scope(incident, incident.area, at)
    since, counts = _all_before(scope)
    for path, values in changed(scope, list(TALLIED), since, lambda path: path).items():
        for code in _codes_below(path, incident.area_id):
            counts.setdefault(code, Counter()).update(values)
    rows = [
        Tally(incident=incident, area_id=code, at=at, counts={key: n for key, n in of.items() if n})
        for code, of in counts.items()
        if any(of.values()) or code == incident.area_id
    ]
    with transaction.atomic():
        Tally.objects.bulk_create(rows)
        _forget(incident)
    return len(rows)


def _all_before(scope: Scope) -> tuple[datetime, dict[str, Counter[str]]]:
    """The last tally of all areas; where there is none, nothing, when nothing was yet."""
    since, _counts = _last(scope, [])
    rows = Tally.objects.filter(incident=scope.incident, version=VERSION, at=since or BEGINNING)
    counts = {code: Counter(of) for code, of in rows.values_list("area_id", "counts")}
    return since or BEGINNING, {scope.incident.area_id: Counter(), **counts}


def _codes_below(path: str, top: str) -> list[str]:
    codes = path.rstrip("/").split("/")
    return codes[codes.index(top) :]


def _forget(incident: Incident) -> None:
    """Older ones aren't asked for any more: what is asked as of long ago is counted."""
    of = Tally.objects.filter(incident=incident)
    moments = of.filter(area=incident.area_id, version=VERSION).order_by("-at").values_list("at", flat=True)[:KEPT]
    of.exclude(version=VERSION, at__in=list(moments)).delete()


def tally_incidents() -> int:
    """Tally all open incidents in which something went on. In an exercise the past may still be told anew."""
    tallied = 0
    for incident in (
        Incident.objects.filter(ended_at=None, exercise=False).select_related("area").defer("area__outline")
    ):
        since, _counts = _last(Scope(incident, incident.area), [])
        went_on = Matter.objects.filter(incident=incident, kind__in=list(Kind))
        if went_on.filter(recorded_at__gt=since).exists() if since else went_on.exists():
            keep(incident)
            tallied += 1
    return tallied
