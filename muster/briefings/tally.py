"""Tallies: what every area counted a few minutes ago. A figure adds to the last one what changed since.

A million matters can't be counted in the time that a page has. What went on since the last tally can: those matters are
counted as they stand, and as they stood at the tally. So verbs write nothing for it, nobody waits for a counter that others
write, and the answer is the one that counting all would give. ``docs/figures.md`` says more.
"""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.db import models, transaction
from django.db.models import Count, F, Q, QuerySet

from muster.briefings.counting import Counted, fetched
from muster.briefings.figure import FIGURES, Number, Scope
from muster.briefings.standing import Now, Then, spans_at
from muster.incidents.incident import Incident
from muster.lib import clock
from muster.lib.compiled import Given
from muster.loop.entry import Entry
from muster.loop.freeze import freeze
from muster.loop.matter import Matter
from muster.loop.state import Kind
from muster.places.area import Area

#: Raised when what a figure counts is defined anew: older tallies are then made from nothing.
VERSION = 1
#: The last, and the one before for who asks as of a moment just past; and of every day the last.
KEPT = 2
#: Further from a tally, counting all is faster than looking what changed.
NEAR = timedelta(hours=1)
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


def told(scope: Scope, keys: Sequence[str], codes: Collection[str]) -> Iterator[tuple[str, str, Number]]:
    """Key, area and value of those figures that can be told from a tally; none where there is no tally to begin from."""
    made = [key for key in keys if FIGURES[key].tallied]
    whole = not scope.windowed and not scope.organisation
    since, kept = _last(scope, codes) if made and whole else (None, {})
    if since is None or (scope.as_of and scope.as_of - since > NEAR):
        return
    needed = tuple(dict.fromkeys(one for key in made for one in FIGURES[key].made_of))
    for code, counts in added(kept, changed(scope, since, needed), codes).items():
        for key in made:
            yield key, code, FIGURES[key].made(counts)


def _last(scope: Scope, codes: Collection[str]) -> tuple[datetime | None, dict[str, dict[str, int]]]:
    """The moment of the last tally that isn't later than the scope's, and what it says of areas."""
    all_of = Tally.objects.filter(incident=scope.incident, version=VERSION)
    whole = all_of.filter(area=scope.incident.area_id)
    if scope.as_of:
        whole = whole.filter(at__lte=scope.as_of)
    last = all_of.filter(area__in={scope.incident.area_id, *codes}, at=whole.order_by("-at").values("at")[:1])
    rows = list(last.values_list("at", "area_id", "counts"))
    return (rows[0][0] if rows else None), {code: counts for _at, code, counts in rows}


def added(
    kept: Mapping[str, Mapping[str, int]], changes: Mapping[str, Counter[str]], codes: Collection[str]
) -> dict[str, Counter[str]]:
    """What the areas count, when what changed at paths is added to what was kept."""
    counts = {code: Counter(kept.get(code, {})) for code in codes}
    for path, change in changes.items():
        for code in path.rstrip("/").split("/"):
            if code in counts:
                counts[code].update(change)
    return counts


def changed(scope: Scope, since: datetime, keys: tuple[str, ...] = tuple(TALLIED)) -> dict[str, Counter[str]]:
    """How much more of each is counted at the scope's moment than was at an earlier one, by the path of the area."""
    changes: dict[str, Counter[str]] = defaultdict(Counter)
    now = scope.as_of is None
    parts = [
        (1, _counting(keys, now=now, open_end=now), scope.as_of),
        (-1, _counting(keys, now=False, open_end=now), since),
    ]
    sql = " union all ".join(f"select {sign}, of.* from ({counted}) of" for sign, (counted, _marks), _as_of in parts)
    values: list[Any] = []
    for _sign, (_counted, marks), as_of in parts:
        given = {"incident": scope.incident.pk, "since": since, "until": scope.as_of, "as_of": as_of}
        values += [given[one.value] if isinstance(one, Given) else one for one in marks]
    for sign, path, *numbers in fetched(sql, values):
        changes[path].update({key: sign * number for key, number in zip(keys, numbers, strict=True)})
    return changes


@functools.lru_cache(200)
def _counting(keys: tuple[str, ...], *, now: bool, open_end: bool) -> tuple[str, tuple[Any, ...]]:
    """A statement of these counts over the matters that went on since: as they stand, or as they stood at a moment.

    ``open_end``: that went on since, until now; else until the moment that is given. Compiled once a process, as that takes
    longer than the counting.
    """
    scope: Any = SimpleNamespace(as_of=None if now else Given("as_of"), within=lambda column: Q(), organisation=None)
    at = Now(scope, few=True) if now else Then(scope, few=True)
    matters: QuerySet[Any, Any] = Matter.objects.all() if now else spans_at(scope)
    went_on = matters.filter(_went_on(at, open_end), **{at.registered("incident"): Given("incident")}).order_by()
    numbers = {f"number_{key}": Count("pk", filter=_counts(TALLIED[key], at)) for key in keys}
    sql, params = (
        went_on.values(place=F(at.path)).annotate(**numbers).values_list("place", *numbers).query.sql_with_params()
    )
    return sql, tuple(params)


def _went_on(at: Now, open_end: bool) -> Q:
    if open_end:
        return Q(**{at.registered("kind__in"): list(Kind), at.registered("recorded_at__gt"): Given("since")})
    acts = Entry.objects.filter(recorded_at__gt=Given("since"), recorded_at__lte=Given("until"))
    return Q(**{f"{at.id}__in": acts.values("matter_id")})


def _counts(figure: Counted, at: Now) -> Q:
    return Q(**{f"{at.registered('kind')}__in": figure.kinds}) & figure.counts(at)


def keep(incident: Incident, at: datetime | None = None) -> int:
    """Make a tally of all areas, as of now, or of a moment as of which the record is exact; how many areas it tells of."""
    with clock.behind(incident.behind):
        at = at or freeze().at
    scope = Scope(incident, incident.area, at)
    since, kept = _all_before(scope)
    changes = changed(scope, since)
    touched = {code for path in changes for code in Area(path=path).codes}
    counts = added(kept, changes, {*kept, *touched, incident.area_id})
    rows = [
        Tally(incident=incident, area_id=code, at=at, counts={key: n for key, n in of.items() if n})
        for code, of in counts.items()
        if any(of.values()) or code == incident.area_id
    ]
    with transaction.atomic():
        Tally.objects.bulk_create(rows)
        _forget(incident)
    return len(rows)


def _all_before(scope: Scope) -> tuple[datetime, dict[str, dict[str, int]]]:
    """The last tally, of all areas; where there is none, that there was nothing once."""
    since, _counts = _last(scope, [])
    rows = Tally.objects.filter(incident=scope.incident, version=VERSION, at=since or BEGINNING)
    return since or BEGINNING, dict(rows.values_list("area_id", "counts"))


def _forget(incident: Incident) -> None:
    """Between the last of a day and the last of the next, an older one is of little use."""
    of = Tally.objects.filter(incident=incident)
    moments = list(of.filter(area=incident.area_id, version=VERSION).order_by("at").values_list("at", flat=True))
    last_of_days = {at.astimezone(incident.tz).date(): at for at in moments}
    of.exclude(version=VERSION, at__in=[*last_of_days.values(), *moments[-KEPT:]]).delete()


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
