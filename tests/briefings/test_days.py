"""Days: each as of its end, kept once it is over, and found out where what is kept is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from muster.briefings.chain import chain
from muster.briefings.days import FigureDay, daily, ends_of_days, keep_days, recount
from muster.briefings.figure import FIGURES, Scope
from muster.briefings.passing import STEADY
from muster.loop.freeze import recorded_as
from tests.cast import Cast
from tests.loop import stage

KEYS = [key for key, one in FIGURES.items() if one.opens == "matters"]


@pytest.fixture
def past(cast: Cast) -> Scope:
    """Days on which something was found, given out, closed, found wanting; told as an exercise, then no exercise any more."""
    start = stage.in_exercise(cast)
    for day in range(6):
        with recorded_as(start + timedelta(days=day)):
            matter = stage.assigned(cast, cast.finding())
        with recorded_as(start + timedelta(days=day, hours=30)):
            if day % 2:
                cast.closed(matter)
    with recorded_as(start + timedelta(days=8)):
        matter.reopen(by=cast.dispatcher, reason="再看")
        cast.finding(area=cast.elsewhere, site=None)
    cast.incident.exercise = False
    cast.incident.save()
    return Scope(cast.incident, cast.city, start + timedelta(days=9, hours=5))


@pytest.mark.parametrize("of", ["everybody", "unit", "support"])
def test_every_day_is_as_of_its_end(cast: Cast, past: Scope, of: str) -> None:
    scope = replace(past, organisation=cast.organisations.get(of))
    told = daily(scope, KEYS, 11)
    for number, end in enumerate(ends_of_days(scope, 11).values()):
        expected = chain(replace(scope, as_of=end), KEYS)
        assert {key: told[key][number][1] for key in KEYS} == expected, end
    if of == "unit":
        assert max(int(value or 0) for _day, value in told["overdue"]) > 1


def test_a_finished_day_is_kept_and_read_again(
    cast: Cast, past: Scope, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    first = daily(past, list(STEADY), 9)
    assert FigureDay.objects.count() == 8
    with django_assert_max_num_queries(20):
        assert daily(past, list(STEADY), 9) == first


def test_in_an_exercise_the_past_may_still_be_told(cast: Cast, past: Scope) -> None:
    cast.incident.exercise = True
    daily(past, list(STEADY), 9)
    assert not FigureDay.objects.exists()


def test_the_day_that_is_not_over_is_not_kept(cast: Cast) -> None:
    cast.finding()
    daily(Scope(cast.incident, cast.city), list(STEADY), 2)
    today = timezone.localdate(timezone=cast.incident.tz)
    assert not FigureDay.objects.filter(day=today).exists()


def test_a_kept_day_that_is_wrong_is_found_out(cast: Cast, past: Scope) -> None:
    assert recount(cast.incident)
    daily(past, list(STEADY), 9)
    assert recount(cast.incident)
    wrong: dict[str, Any] = dict.fromkeys(STEADY, 999)
    FigureDay.objects.update(figures=wrong)
    assert not recount(cast.incident)
    assert not FigureDay.objects.exists()


def test_the_worker_keeps_the_days_of_the_area_and_those_below(cast: Cast) -> None:
    keep_days(cast.incident)
    assert set(FigureDay.objects.values_list("area", flat=True)) == {
        cast.city.pk, cast.county.pk, cast.elsewhere.pk,
    }  # fmt: skip
