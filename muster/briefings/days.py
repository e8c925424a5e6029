"""Figures as of the end of each day. What a finished day came to never changes, so it is kept once it was asked for."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from django.db import models, transaction

from muster.briefings.chain import chain
from muster.briefings.figure import Number, Scope
from muster.briefings.passing import STEADY, at_moments
from muster.incidents.incident import Incident
from muster.lib import clock
from muster.people.organisation import Organisation
from muster.places.area import Area

log = logging.getLogger(__name__)

#: A transaction may still commit what it was stamped with before the day's end, so a day is kept only after a while.
SETTLED = timedelta(hours=1)
KEPT_DAYS = 30


class FigureDay(models.Model):
    """What the steady figures of an area, or of an organisation in it, came to at the end of a day."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="+")
    area = models.ForeignKey(Area, models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="+")
    day = models.DateField()
    figures = models.JSONField(help_text="value by the figure's key")

    class Meta:
        db_table = "figure_day"
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "area", "organisation", "day"], name="figure_day_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.day}"


def daily(scope: Scope, keys: Sequence[str], days: int) -> dict[str, list[tuple[date, Number]]]:
    """Each figure as of the end of each of so many days, the last being that of the scope's moment, at that moment."""
    ends = ends_of_days(scope, days)
    told = _steady(scope, ends, keys)
    others = [key for key in keys if key not in STEADY]
    if others:
        told = {day: {**told[day], **chain(replace(scope, as_of=end), others)} for day, end in ends.items()}
    return {key: [(day, told[day][key]) for day in ends] for key in keys}


def before_today(scope: Scope, keys: Sequence[str], days: int) -> dict[str, list[Number]]:
    """Steady figures as of the end of each of so many days before that of the scope's moment."""
    ends = dict(list(ends_of_days(scope, days + 1).items())[:-1])
    told = _steady(scope, ends, keys)
    return {key: [told[day][key] for day in ends] for key in keys}


def ends_of_days(scope: Scope, days: int) -> dict[date, datetime]:
    """The last moments of days in the incident's zone; of the last day, the scope's own moment."""
    moment = scope.moment
    last = moment.astimezone(scope.incident.tz).date()
    every = (last - timedelta(days=back) for back in range(days - 1, -1, -1))
    return {day: min(moment, end_of(day, scope)) for day in every}


def end_of(day: date, scope: Scope) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), scope.incident.tz) - timedelta(microseconds=1)


def _steady(scope: Scope, ends: dict[date, datetime], keys: Sequence[str]) -> dict[date, Mapping[str, Number]]:
    """Steady figures of each day: kept ones as they were kept, the others in one pass; all of them for what is to be kept."""
    lasting = {day for day, end in ends.items() if end == end_of(day, scope) and _settled(scope, end)}
    told: dict[date, Mapping[str, Number]] = {**_kept(scope, lasting)}
    missing = [day for day in ends if day not in told]
    wanted = list(STEADY) if lasting.intersection(missing) else [key for key in keys if key in STEADY]
    told.update(zip(missing, _computed(scope, wanted, [ends[day] for day in missing]), strict=True))
    _keep(scope, {day: told[day] for day in missing if day in lasting})
    return told


def _computed(scope: Scope, keys: Sequence[str], ends: Sequence[datetime]) -> Sequence[Mapping[str, Number]]:
    """One moment alone is quicker to ask for than a pass."""
    if len(ends) == 1:
        return [chain(replace(scope, as_of=ends[0]), keys)]
    return at_moments(scope, keys, ends)


def _settled(scope: Scope, end: datetime) -> bool:
    """Whether what the day came to stays so. In an exercise the past may still be told; a window is somebody's own."""
    return not scope.windowed and not scope.incident.exercise and end < clock.now() - SETTLED


def _kept(scope: Scope, days: set[date]) -> dict[date, dict[str, Number]]:
    if not days:
        return {}
    rows = _of(scope).filter(day__in=days).values_list("day", "figures")
    return {day: figures for day, figures in rows if STEADY.keys() <= figures.keys()}


def _keep(scope: Scope, told: dict[date, Mapping[str, Number]]) -> None:
    rows = [
        FigureDay(incident=scope.incident, area=scope.area, organisation=scope.organisation, day=day, figures=figures)
        for day, figures in told.items()
    ]
    FigureDay.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["incident", "area", "organisation", "day"],
        update_fields=["figures"],
    )


def _of(scope: Scope) -> models.QuerySet[FigureDay]:
    return FigureDay.objects.filter(incident=scope.incident, area=scope.area, organisation=scope.organisation)


def keep_days(incident: Incident) -> int:
    """Keep the finished days of an incident's area and of those right below, so that nobody waits for them."""
    areas = [incident.area, *incident.area.children.defer("outline")]
    for area in areas:
        daily(Scope(incident, area), list(STEADY), KEPT_DAYS)
    return len(areas)


def recount(incident: Incident) -> bool:
    """Compute a kept day anew, any of them; where it differs, all of the incident are forgotten, to be computed again."""
    row = FigureDay.objects.filter(incident=incident).select_related("area", "organisation").order_by("?").first()
    if not row:
        return True
    scope = Scope(incident, row.area, organisation=row.organisation)
    if chain(replace(scope, as_of=end_of(row.day, scope)), list(row.figures)) == row.figures:
        return True
    log.error("The kept figures of %s on %s were wrong. All of the incident are computed anew.", row.area_id, row.day)
    with transaction.atomic():
        FigureDay.objects.filter(incident=incident).delete()
    return False
