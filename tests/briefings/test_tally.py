"""Figures from a tally: the same as counted, with few queries, and only where a tally says it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from muster.briefings.chain import chain, chain_and_children
from muster.briefings.figure import FIGURES, Scope
from muster.briefings.tally import KEPT, TALLIED, Tally, keep, tally_incidents
from muster.incidents.incident import Incident
from tests.cast import Cast
from tests.loop import stage

ONE = {"findings_found": 1, "unassigned": 1, "critical_live": 1}


def city(cast: Cast) -> Scope:
    return Scope(cast.incident, cast.city)


def test_a_tally_tells_every_area_above_a_matter_and_no_other(cast: Cast) -> None:
    cast.finding(area=cast.town)
    keep(cast.incident)
    found = {one.area_id: one.counts for one in Tally.objects.all()}
    assert found == dict.fromkeys(cast.town.codes, ONE)


def test_what_goes_on_after_a_tally_counts(cast: Cast) -> None:
    matter = cast.finding()
    keep(cast.incident)
    stage.assigned(cast, matter)
    cast.finding()
    values = chain(city(cast), ["findings_found", "assigned", "unassigned", "closure_rate"])
    assert values == {"findings_found": 2, "assigned": 1, "unassigned": 1, "closure_rate": 0.0}
    assert Tally.objects.get(area=cast.city).counts == ONE


def test_a_matter_that_moved_leaves_its_area(cast: Cast) -> None:
    matter = cast.finding(area=cast.town)
    keep(cast.incident)
    matter.reclassify(by=cast.dispatcher, area=cast.elsewhere, reason="位置有误")
    below = chain_and_children(city(cast), ["findings_found"])[1]
    assert {code: values["findings_found"] for code, values in below.items() if values["findings_found"]} == {
        code: 1 for code in cast.elsewhere.codes if code in below
    }
    assert keep(cast.incident)
    assert not Tally.objects.filter(area=cast.town, at=newest()).exists()


def newest() -> datetime:
    return Tally.objects.order_by("-at").values_list("at", flat=True)[0]


def test_nothing_is_counted_anew_that_a_tally_knows(cast: Cast) -> None:
    cast.closed()
    keep(cast.incident)
    keys = [key for key, one in FIGURES.items() if one.tallied]
    with CaptureQueriesContext(connection) as asked:
        told = chain(city(cast), keys)
    # The tally, and what changed since, for which the planner is told how.
    assert len([one for one in asked if "SAVEPOINT" not in one["sql"]]) == 3
    assert told == {key: FIGURES[key].value(city(cast)) for key in keys}


def test_before_its_moment_and_in_a_window_a_tally_says_nothing(cast: Cast) -> None:
    cast.finding()
    before = timezone.now()
    cast.finding()
    keep(cast.incident)
    Tally.objects.update(counts={"findings_found": 99})
    assert chain(Scope(cast.incident, cast.city, before), ["findings_found"]) == {"findings_found": 1}
    windowed = Scope(cast.incident, cast.city, from_at=before - timedelta(days=1))
    assert chain(windowed, ["findings_found"]) == {"findings_found": 2}
    assert chain(city(cast), ["findings_found"]) == {"findings_found": 99}


def test_the_last_two_are_kept_and_the_last_of_every_day_and_none_of_another_version(cast: Cast) -> None:
    cast.finding()
    # Far from midnight, at which the last two minutes would be of two days.
    now = timezone.now().astimezone(cast.incident.tz).replace(hour=12) - timedelta(days=1)
    kept = [now - timedelta(days=3), now - timedelta(days=2), now - timedelta(minutes=1), now]
    for at in (now - timedelta(days=3, minutes=1), *kept[:2], now - timedelta(minutes=2), *kept[2:]):
        keep(cast.incident, at)
    moments = Tally.objects.filter(area=cast.city).order_by("at").values_list("at", flat=True)
    days = {at.astimezone(cast.incident.tz).date() for at in moments}
    assert set(moments[:2]) | set(moments[len(moments) - KEPT :]) <= set(kept)
    assert len(days) == 3
    Tally.objects.update(version=0)
    keep(cast.incident, now + timedelta(seconds=1))
    assert Tally.objects.filter(area=cast.city).count() == 1


def test_as_of_a_moment_between_two_tallies(cast: Cast) -> None:
    matter = cast.finding()
    keep(cast.incident)
    stage.assigned(cast, matter)
    between = timezone.now()
    cast.finding()
    keep(cast.incident)
    Tally.objects.filter(at=newest()).update(counts={"findings_found": 99})
    keys = ["findings_found", "assigned", "unassigned"]
    told = chain(Scope(cast.incident, cast.city, between), keys)
    assert told == {"findings_found": 1, "assigned": 1, "unassigned": 0}


def test_long_after_the_last_tally_all_is_counted(cast: Cast) -> None:
    cast.finding()
    keep(cast.incident, timezone.now() - timedelta(hours=2))
    Tally.objects.update(counts={"findings_found": 99})
    now = timezone.now()
    assert chain(Scope(cast.incident, cast.city, now), ["findings_found"]) == {"findings_found": 1}


def test_a_tally_of_another_version_is_made_from_nothing(cast: Cast) -> None:
    cast.finding()
    keep(cast.incident)
    Tally.objects.update(version=0, counts={"findings_found": 99})
    keep(cast.incident)
    assert Tally.objects.get(area=cast.city).counts == ONE


def test_the_timer_tallies_what_is_real_and_goes_on(cast: Cast) -> None:
    Incident.objects.update(exercise=False)
    assert tally_incidents() == 0
    cast.finding()
    assert [tally_incidents(), tally_incidents()] == [1, 0]
    cast.finding()
    assert tally_incidents() == 1
    Incident.objects.update(exercise=True)
    cast.finding()
    assert tally_incidents() == 0


def test_only_what_acts_change_is_tallied() -> None:
    """Deadlines pass without an act; a tally of them would be wrong a moment later."""
    assert not {"overdue", "verification_overdue"} & TALLIED.keys()
    assert {part for one in FIGURES.values() if one.tallied for part in one.made_of} <= TALLIED.keys()
