"""Each figure by an example: what it counts, what it doesn't, and what the window is held against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from muster.briefings.chain import chain, chain_and_children
from muster.briefings.figure import FIGURES, Number, Scope
from muster.loop.freeze import freeze, recorded_as
from muster.loop.matter import Matter
from muster.people.team import Team
from tests.cast import Cast
from tests.loop import stage

HOUR = timedelta(hours=1)


def figure(cast: Cast, key: str, as_of: datetime | None = None, **window: datetime) -> Number:
    return FIGURES[key].value(Scope(cast.incident, cast.city, as_of, window.get("from_at"), window.get("to_at")))


def both(cast: Cast, key: str) -> Number:
    """The value now, which must be the one as of now, and the number of its rows."""
    now, then = figure(cast, key), figure(cast, key, timezone.now())
    assert now == then
    for as_of in (None, timezone.now()):
        scope = Scope(cast.incident, cast.city, as_of)
        assert FIGURES[key].rows(scope).count() == now or not FIGURES[key].additive
    return now


def test_found_are_findings_that_are_neither_void_nor_merged(cast: Cast) -> None:
    cast.finding()
    cast.request()
    stage.voided(cast)
    stage.merged(cast, cast.finding())
    assert both(cast, "findings_found") == 2
    assert chain(Scope(cast.incident, cast.city), ["unassigned"]) == {"unassigned": 3}


def test_before_it_was_voided_it_was_a_finding(cast: Cast) -> None:
    matter = cast.finding()
    before = timezone.now()
    stage.voided(cast, matter)
    assert (figure(cast, "findings_found", before), figure(cast, "findings_found")) == (1, 0)


def test_fixed_on_the_spot_counts_as_fed_back_rectified_and_closed(cast: Cast) -> None:
    cast.finding().fix_on_spot(by=cast.finder, doer=cast.unit, before=[cast.photo()], after=[cast.photo()])
    for key in ("findings_fed_back", "findings_rectified", "findings_verified", "findings_closed"):
        assert both(cast, key) == 1, key
    assert both(cast, "closed_late") == 0


def test_an_upheld_return_stays_fed_back(cast: Cast) -> None:
    matter = cast.finding()
    before = timezone.now()
    stage.assigned(cast, matter)
    matter.return_(by=cast.fixer, reason="不在辖区")
    assert both(cast, "returns_to_rule") == 1
    matter.rule_return(by=cast.dispatcher, upheld=True, reason="确实")
    assert both(cast, "findings_fed_back") == 1
    assert both(cast, "unassigned") == 1
    assert both(cast, "returns_to_rule") == 0
    assert figure(cast, "findings_fed_back", before) == 0


def test_rectified_is_what_waits_for_its_check_until_that_fails(cast: Cast) -> None:
    matter = cast.at_closure()
    assert both(cast, "findings_rectified") == 1
    waiting = timezone.now()
    matter.verify(by=cast.verifier, passed=False, remark="仍漏 1 户", photos=[cast.photo()])
    assert both(cast, "findings_rectified") == 0
    assert figure(cast, "findings_rectified", waiting) == 1


def test_what_failed_a_revisit_is_verified_no_more_and_reopened_once(cast: Cast) -> None:
    matter = cast.closed()
    passed = timezone.now()
    matter.revisit(by=cast.second_verifier, passed=False, remark="又犯", photos=[cast.photo()])
    assert (both(cast, "findings_verified"), both(cast, "findings_closed"), both(cast, "reopened")) == (0, 0, 1)
    assert (figure(cast, "findings_verified", passed), figure(cast, "reopened", passed)) == (1, 0)
    cast.closed(matter).reopen(by=cast.dispatcher, reason="再看")
    assert both(cast, "reopened") == 1


def test_a_revisit_that_passes_changes_nothing(cast: Cast) -> None:
    cast.closed().revisit(by=cast.second_verifier, passed=True, photos=[cast.photo()])
    assert (both(cast, "findings_closed"), both(cast, "reopened")) == (1, 0)


def test_overdue_is_held_against_the_moment(cast: Cast) -> None:
    matter = stage.assigned(cast)
    due = stage.known(matter.due_at)
    assert both(cast, "overdue") == 0
    assert figure(cast, "overdue", due) == 0
    assert figure(cast, "overdue", due + timedelta(seconds=1)) == 1


def test_due_soon_is_the_last_four_hours_before_the_deadline(cast: Cast) -> None:
    due = stage.known(stage.assigned(cast, cast.finding(severity="major")).due_at)
    second = timedelta(seconds=1)
    assert both(cast, "due_soon") == 0
    moments = (due - 4 * HOUR, due - 4 * HOUR + second, due, due + second)
    assert [figure(cast, "due_soon", at) for at in moments] == [0, 1, 1, 0]


def test_to_rule_counts_returns_and_extensions(cast: Cast) -> None:
    stage.assigned(cast).return_(by=cast.fixer, reason="不在辖区")
    other = stage.assigned(cast)
    other.ask_extension(by=cast.fixer, reason="待料", until=stage.known(other.due_at) + HOUR)
    assert (both(cast, "to_rule"), both(cast, "returns_to_rule"), both(cast, "extensions_to_rule")) == (2, 1, 1)
    other.rule_extension(by=cast.dispatcher, granted=False, reason="不必")
    assert both(cast, "to_rule") == 1


def test_a_check_is_overdue_past_the_checkers_deadline(cast: Cast) -> None:
    due = stage.known(cast.at_closure().verify_due_at)
    assert figure(cast, "verification_overdue", due) == 0
    assert figure(cast, "verification_overdue", due + timedelta(seconds=1)) == 1


def test_closed_late_looks_at_the_last_cycle_alone(cast: Cast) -> None:
    start = stage.in_exercise(cast)
    with recorded_as(start):
        matter = stage.assigned(cast)
    with recorded_as(start + 5 * HOUR):
        cast.closed(matter)
    late = start + 6 * HOUR
    assert both(cast, "closed_late") == 1
    with recorded_as(start + 7 * HOUR):
        matter.revisit(by=cast.second_verifier, passed=False, remark="又犯", photos=[cast.photo()])
    with recorded_as(start + 8 * HOUR):
        matter.respond(by=cast.fixer, text="重做", photos=[cast.photo(), cast.photo()])
        matter.request_closure(by=cast.fixer)
        matter.verify(by=cast.verifier, passed=True, photos=[cast.photo()])
    assert both(cast, "closed_late") == 0
    assert figure(cast, "closed_late", late) == 1


def test_a_request_is_resolved_by_the_resident_alone(cast: Cast) -> None:
    stage.closed(cast, cast.request())
    assert both(cast, "requests_resolved") == 1
    unheard = stage.unheard(cast)
    with recorded_as(timezone.now()):
        unheard.verify(by=cast.verifier, passed=True, photos=[cast.photo()])
    assert both(cast, "requests_resolved") == 1


def test_a_withdrawn_publication_counts_no_more(cast: Cast) -> None:
    matter = stage.published(cast)
    assert both(cast, "findings_published") == 1
    standing = timezone.now()
    matter.withdraw(by=cast.chief, reason="有误")
    assert both(cast, "findings_published") == 0
    assert figure(cast, "findings_published", standing) == 1


def test_what_was_published_twice_counts_once(cast: Cast) -> None:
    matter = stage.published(cast)
    matter.withdraw(by=cast.chief, reason="有误")
    matter.draft_publication(by=cast.chief, reason="典型")
    matter.publish(by=cast.deputy, number="第 8 期")
    assert both(cast, "findings_published") == 1


def test_the_rate_is_of_those_found_in_the_window(cast: Cast) -> None:
    assert both(cast, "closure_rate") is None
    early = timezone.now() - 3 * HOUR
    cast.closed(cast.finding(at=early))
    cast.finding()
    assert both(cast, "closure_rate") == 0.5
    assert figure(cast, "closure_rate", to_at=early + HOUR) == 1.0
    assert figure(cast, "closure_rate", from_at=early + HOUR) == 0.0


def test_the_median_is_one_that_occurred_the_lower_of_two(cast: Cast) -> None:
    assert both(cast, "closing_h_p50") is None
    for hours in (2, 7, 4, 9):
        matter = stage.assigned(cast, at=timezone.now() - hours * HOUR)
        cast.closed(matter)
    assert both(cast, "closing_h_p50") == pytest.approx(4, abs=0.1)


def test_it_counts_where_it_lay_at_the_moment(cast: Cast) -> None:
    matter = cast.finding()
    before = timezone.now()
    matter.reclassify(by=cast.dispatcher, area=cast.elsewhere, reason="地址有误", severity="minor")
    keys = ["findings_found", "critical_live"]
    now, then = Scope(cast.incident, cast.city), Scope(cast.incident, cast.city, before)
    assert chain_and_children(now, keys)[1] == {
        cast.county.pk: {"findings_found": 0, "critical_live": 0},
        cast.elsewhere.pk: {"findings_found": 1, "critical_live": 0},
    }
    assert chain_and_children(then, keys)[1] == {
        cast.county.pk: {"findings_found": 1, "critical_live": 1},
        cast.elsewhere.pk: {"findings_found": 0, "critical_live": 0},
    }


def test_what_lies_in_the_city_alone_lies_in_no_county(cast: Cast) -> None:
    cast.finding(area=cast.city, site=None)
    cast.finding()
    scope = Scope(cast.incident, cast.city)
    below = chain_and_children(scope, ["findings_found"])[1]
    assert FIGURES["findings_found"].value(scope) == 2
    assert sum(one["findings_found"] or 0 for one in below.values()) == 1


def test_another_incident_is_not_counted(cast: Cast) -> None:
    cast.finding()
    other = type(cast.incident).objects.create(
        name_zh="演练", name_en="Drill", area=cast.city, started_at=timezone.now(), exercise=True
    )
    assert FIGURES["findings_found"].value(Scope(other, cast.city)) == 0


WINDOWS: dict[str, Callable[[Cast, Matter], object]] = {
    "findings_fed_back": lambda cast, matter: matter.dispatched_at,
    "findings_rectified": lambda cast, matter: matter.closurerequests.get().occurred_at,
    "findings_verified": lambda cast, matter: matter.verifications.get().occurred_at,
    "findings_closed": lambda cast, matter: matter.verifications.get().occurred_at,
    "findings_found": lambda cast, matter: matter.occurred_at,
}


@pytest.mark.parametrize("key", WINDOWS)
def test_a_window_is_of_what_occurred_not_of_what_was_recorded(cast: Cast, key: str) -> None:
    """Four acts that occurred an hour apart, all recorded now."""
    begin = timezone.now() - 10 * HOUR
    matter = cast.finding(at=begin)
    matter.assign(by=cast.dispatcher, lead=cast.unit, at=begin + HOUR)
    matter.respond(by=cast.fixer, text="已补采", photos=[cast.photo(), cast.photo()], at=begin + 2 * HOUR)
    matter.request_closure(by=cast.fixer, at=begin + 3 * HOUR)
    matter.verify(by=cast.verifier, passed=True, photos=[cast.photo()], at=begin + 4 * HOUR)
    at = WINDOWS[key](cast, Matter.objects.get(pk=matter.pk))
    assert isinstance(at, datetime)
    for as_of in (None, timezone.now()):
        assert figure(cast, key, as_of, from_at=at, to_at=at + timedelta(seconds=1)) == 1
        assert figure(cast, key, as_of, from_at=at + timedelta(seconds=1)) == 0
        assert figure(cast, key, as_of, to_at=at) == 0


def test_teams_count_while_they_are_there(cast: Cast) -> None:
    now = timezone.now()
    for name, until in (("一组", None), ("二组", now + HOUR)):
        Team.objects.create(
            kind="field_team", name=name, area=cast.county, organisation=cast.unit, from_at=now - HOUR, until=until
        )
    scope = Scope(cast.incident, cast.city)
    assert FIGURES["field_teams"].value(scope) == FIGURES["field_teams"].rows(scope).count() == 2
    assert FIGURES["inspection_teams"].value(scope) == 0
    assert [FIGURES["field_teams"].value(replace(scope, as_of=now + hours * HOUR)) for hours in (-2, 0, 1)] == [0, 2, 1]


def test_a_frozen_moment_answers_the_same_for_ever(cast: Cast) -> None:
    cast.closed()
    cast.finding()
    at = freeze().at
    scope = Scope(cast.incident, cast.city, at)
    before = chain(scope, list(FIGURES))
    cast.closed(cast.finding())
    stage.voided(cast, Matter.objects.get(status="registered"))
    Matter.objects.filter(status="closed")[0].reopen(by=cast.dispatcher, reason="再看")
    assert chain(scope, list(FIGURES)) == before


def test_rows_are_paged_by_key_and_filtered_further(cast: Cast) -> None:
    made = [cast.finding().pk for _n in range(5)]
    rows = FIGURES["findings_found"].rows(Scope(cast.incident, cast.city, timezone.now()))
    page = list(rows.order_by("-id").values_list("pk", flat=True)[:2])
    assert page == made[:2:-1]
    assert (
        list(rows.filter(pk__lt=page[-1], kind="finding").order_by("-id").values_list("pk", flat=True)) == made[2::-1]
    )
