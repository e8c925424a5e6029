"""Every figure, of every area, as of several moments, after random acts of everybody, against the plain model."""

from __future__ import annotations

import os
from collections import Counter
from copy import copy
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from muster.briefings.chain import chain, chain_and_children
from muster.briefings.counting import fetched
from muster.briefings.days import daily
from muster.briefings.figure import FIGURES, Scope
from muster.briefings.tally import keep
from muster.loop.freeze import recorded_as
from muster.people.role import Role
from tests.briefings.model import ENDED, Facts, Known, Window, figure
from tests.cast import Cast
from tests.loop.facts import DISPATCHERS, need, within
from tests.loop.model import Told
from tests.loop.moves import ACTS, SEVERITIES, WAITS
from tests.loop.test_machine import Loop

SOAK = "MUSTER_SOAK" in os.environ
BRIEF = settings(max_examples=12, stateful_step_count=35, phases=[Phase.explicit, Phase.generate])
LONG = settings(max_examples=200, stateful_step_count=50, derandomize=False, suppress_health_check=list(HealthCheck))
KEYS = [key for key, one in FIGURES.items() if one.opens == "matters"]
ADDITIVE = [key for key in KEYS if FIGURES[key].additive]
SAME = timedelta(microseconds=1)


#: Steps of several persons, one after the other.
STORIES: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
    "closes": [
        ("assign", "dispatcher", {"lead": "unit", "supports": ()}),
        ("respond", "fixer", {"files": 2}),
        ("request_closure", "fixer", {"files": 0}),
        ("verify", "verifier", {"passed": True, "files": 2}),
    ],
    "fails": [("revisit", "second_verifier", {"passed": False, "files": 2})],
    "mends": [("fix_on_spot", "finder", {"doer": "unit"})],
    "merges": [("merge", "dispatcher", {})],
    "publishes": [("draft_publication", "chief", {}), ("publish", "deputy", {})],
    "reopens": [("reopen", "dispatcher", {})],
    "voids": [("ask_voiding", "chief", {}), ("void", "deputy", {})],
    "withdraws": [("draft_publication", "chief", {}), ("publish", "deputy", {}), ("withdraw", "deputy", {})],
}


class Placed(Told):
    """A matter of the loop's model that may also move to another area."""

    def move(self, who: str | None, now: datetime) -> None:
        need(who in DISPATCHERS, self._may_check(who), self.status in ("registered", "assigned", "in_progress"))
        self.sides = self._with(who, "checker")


class Counting(Loop):
    """Two findings and a matter of any kind, in three areas; what the model told is kept after every act."""

    known: list[list[tuple[datetime, Known]]]

    @initialize(kind=st.sampled_from(["finding", "request", "request", "proposal"]), severity=SEVERITIES)
    def begin(self, kind: str, severity: str) -> None:
        cast = self.cast
        # So long ago that whatever is waited for lies in the past.
        self.now -= timedelta(days=1400)
        self.facts: list[Facts] = []
        self.known, self.areas = [], [cast.town, cast.elsewhere, cast.county]
        for area, one in zip(self.areas, ("finding", "finding", kind), strict=True):
            self.now += timedelta(seconds=1)
            register = {"finding": cast.finding, "request": cast.request, "proposal": cast.proposal}[one]
            site = {"site": None} if one == "finding" else {}
            with recorded_as(self.now):
                self.ids.append(register(category="testing", severity=severity, area=area, **site).pk)
            self.told.append(Placed(one, severity, {"finding": "finder", "request": "operator"}.get(one)))
            self.facts.append(Facts(self.now))
            self.known.append([])
            self.keep()

    @rule(which=st.integers(0, 2), wait=WAITS, data=st.data())
    def goes_on(self, which: int, wait: int, data: st.DataObject) -> None:
        super().goes_on(which=which, wait=wait, data=data)

    @rule(which=st.integers(0, 2), verb=st.sampled_from(sorted(ACTS)), data=st.data())
    def somebody_acts(self, which: int, verb: str, data: st.DataObject) -> None:
        super().somebody_acts(which=which, verb=verb, data=data)

    @rule(which=st.integers(0, 2), what=st.sampled_from(sorted(STORIES)))
    def headquarters_steps_in(self, which: int, what: str) -> None:
        """What random steps seldom come to: it takes two of headquarters, or the right state."""
        for verb, who, asked in STORIES[what]:
            self.act(which, verb, who, {"target": 1 - which if which < 2 else 0} if verb == "merge" else asked)

    @rule(which=st.integers(0, 2), where=st.integers(0, 2))
    def moves(self, which: int, where: int) -> None:
        """It turns out to lie elsewhere."""
        area, told = [self.cast.town, self.cast.elsewhere, self.cast.county][where], self.told[which]
        self.now += timedelta(seconds=1)
        if area == self.areas[which] or not self.foretold(told, "move", "dispatcher", {}):
            return
        with recorded_as(self.now):
            self.matter(which).reclassify(by=self.cast.dispatcher, area=area, reason="有因")
        self.areas[which] = area
        self.tally["move", True] += 1
        self.keep()

    def act(self, which: int, verb: str, who: str | None, asked: dict[str, Any]) -> None:
        told = self.told[which]
        if verb == "merge" and self.told[asked["target"]].kind != told.kind:
            return
        before, done = copy(told), self.tally[verb, True]
        super().act(which, verb, who, asked)
        if self.tally[verb, True] > done:
            self.facts[which].add(verb, asked, self.now, before)
        self.keep()

    def keep(self) -> None:
        for told, facts, area, known in zip(self.told, self.facts, self.areas, self.known, strict=False):
            known.append((self.now, Known.of(told, facts, area.path)))

    def both_tell_the_same(self) -> None:
        """The loop's own test looks at this after every act; here it isn't looked at."""

    def the_record_holds(self) -> None:
        """Likewise."""

    def teardown(self) -> None:
        try:
            if self.ids:
                self.figures_are_as_foretold()
        finally:
            transaction.savepoint_rollback(self.undo)

    def figures_are_as_foretold(self) -> None:
        times = [at for at, _known in self.known[0]]
        middle = times[len(times) // 2]
        windows = [Window(), Window(times[len(times) // 3], times[-2]), Window(to_at=middle), Window(middle)]
        for scope, window in self.areas_agree(times, windows):
            self.rows_agree(scope, window)
        for organisation in (self.cast.unit, self.cast.bureau, self.cast.support):
            for moment in (middle, None):
                scope = Scope(self.cast.incident, self.cast.city, moment, organisation=organisation)
                self.must_agree(scope, Window())
                self.rows_agree(scope, Window())
        # The same from a tally, of a moment from which much went on since, and of one that is made of an earlier one.
        # What occurred in a window is told from none, and rows neither.
        for at in (times[len(times) // 3], middle - SAME):
            keep(self.cast.incident, at)
            self.areas_agree(times, windows[:1])

    def areas_agree(self, times: list[datetime], windows: list[Window]) -> list[tuple[Scope, Window]]:
        """What was looked at: each area, and each window with one of them, another one every time; in the long run with all."""
        middle, last = times[len(times) // 2], times[-1]
        looked, areas = [], (self.cast.city, self.cast.county, self.cast.town, self.cast.elsewhere)
        for turn, area in enumerate(areas, len(times)):
            for moment in (middle - SAME, middle, timezone.now(), None):
                its = [one for nr, one in enumerate(windows) if nr and (SOAK or (nr + turn) % 4 == 0)]
                for window in windows[:1] + (its if moment in (middle, None) else []):
                    scope = Scope(self.cast.incident, area, moment, window.from_at, window.to_at)
                    self.must_agree(scope, window)
                    looked.append((scope, window))
        self.sums_hold(middle)
        self.days_agree(last)
        return looked

    def must_agree(self, scope: Scope, window: Window) -> None:
        expected = self.expected(scope, window)
        assert rounded(chain(scope, KEYS)) == rounded(expected), scope

    def rows_agree(self, scope: Scope, window: Window) -> None:
        expected = self.expected(scope, window)
        assert counts_of_rows(scope) == {key: expected[key] for key in ADDITIVE}, scope

    def expected(self, scope: Scope, window: Window) -> dict[str, Any]:
        moment = scope.as_of or timezone.now()
        matters = [known for known in self.known_at(moment) if known.area.startswith(scope.area.path)]
        if scope.organisation:
            matters = [known for known in matters if led_by(known, scope.organisation.name)]
        return {key: figure(key, matters, moment, window) for key in KEYS}

    def known_at(self, moment: datetime) -> list[Known]:
        past = [[known for at, known in one if at <= moment] for one in self.known]
        return [one[-1] for one in past if one]

    def sums_hold(self, moment: datetime) -> None:
        """The city is the sum of its counties: no matter of these lies in the city alone."""
        scope = Scope(self.cast.incident, self.cast.city, moment)
        (together, below), whole = chain_and_children(scope, KEYS), chain(scope, KEYS)
        assert together == whole
        for key in (key for key in KEYS if FIGURES[key].additive):
            assert sum(values[key] or 0 for values in below.values()) == whole[key], key

    def days_agree(self, moment: datetime) -> None:
        scope = Scope(self.cast.incident, self.cast.city, moment)
        for day, values in by_day(daily(scope, KEYS, 3)).items():
            end = min(moment, datetime.combine(day + timedelta(days=1), datetime.min.time(), scope.incident.tz) - SAME)
            assert rounded(values) == rounded({key: figure(key, self.known_at(end), end, Window()) for key in KEYS})


def counts_of_rows(scope: Scope) -> dict[str, int]:
    """How many rows stand behind each figure, counted in one query."""
    parts = [FIGURES[key].rows(scope).order_by().values("pk").query.sql_with_params() for key in ADDITIVE]
    sql = " union all ".join(f"select count(*) from ({sql}) of" for sql, _params in parts)
    counts = fetched(sql, [value for _sql, params in parts for value in params])
    return dict(zip(ADDITIVE, (count for (count,) in counts), strict=True))


def led_by(known: Known, organisation: str) -> bool:
    return known.told.status not in ENDED and within(known.told.lead, organisation)


def by_day(values: dict[str, list[tuple[Any, Any]]]) -> dict[Any, dict[str, Any]]:
    days: dict[Any, dict[str, Any]] = {}
    for key, told in values.items():
        for day, value in told:
            days.setdefault(day, {})[key] = value
    return days


def rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {key: round(value, 6) if isinstance(value, float) else value for key, value in values.items()}


@pytest.fixture
def counting(cast: Cast) -> type[Counting]:
    cast.person("keeper", "checkers", Role.LIAISON)
    cast.person("double", "checkers", Role.VERIFIER)
    cast.join("double", "support")
    # Else the other organisation could be told of what lies elsewhere, which the loop's model doesn't know.
    cast.stranger.grants.all().delete()
    Counting.cast, Counting.tally = cast, Counter()
    return Counting


# Thousands of figures: two minutes on a free machine, and longer beside other work.
@pytest.mark.timeout(900)
def test_every_figure_is_what_the_model_counts(counting: type[Counting]) -> None:
    run_state_machine_as_test(counting, settings=BRIEF)
    never_done = {verb for verb in (*ACTS, "move") if not counting.tally[verb, True]}
    assert not never_done & {"move", "fix_on_spot", "void", "merge", "publish", "withdraw", "verify", "request_closure"}


@pytest.mark.soak
@pytest.mark.skipif(not SOAK, reason="long; run by make soak")
def test_every_figure_is_what_the_model_counts_for_long(counting: type[Counting]) -> None:
    run_state_machine_as_test(counting, settings=LONG)
