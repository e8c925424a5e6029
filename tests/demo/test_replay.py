"""The page's figures come out of the demo's records, exactly; and the records read like life."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Count, F, Q
from django.utils import timezone

from muster.demo.city import BEGAN, CITY, END, THREE_DOORS
from muster.incidents.incident import Incident
from muster.loop.entry import Entry
from muster.loop.matter import Matter
from muster.loop.state import WORKED_ON, Status, Way
from muster.loop.steps import (
    ClosureRequest,
    Escalation,
    ExtensionRequest,
    Publication,
    PublicationDraft,
    Return,
    Verification,
)
from muster.people.person import Person
from muster.places.area import Area
from muster.worker.timers import escalate_overdue
from tests.demo.asof import figure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]

PAGE: list[dict[str, Any]] = json.loads(Path(__file__).with_name("page_figures.json").read_text())
CHINA = BEGAN.tzinfo


@pytest.mark.parametrize("told", PAGE, ids=lambda told: f"{told['key']}-{told['area']}")
def test_a_figure_of_the_page(told: dict[str, Any]) -> None:
    assert figure(told["key"], told["area"], datetime.fromisoformat(told["as_of"])) == told["value"]


def test_all_that_linqing_found_was_fed_back_and_dongchangfu_found_more_than_it_rectified() -> None:
    assert figure("findings_found", "371581", END) == 307
    assert figure("findings_found", "371502", END) > 310
    assert figure("findings_found", CITY, END) > 307 + 310


def test_what_a_visitor_does_on_the_6th_leaves_the_figures_of_the_5th() -> None:
    before = [figure(told["key"], told["area"], END) for told in PAGE]
    assert escalate_overdue() > 0
    verifier, duty = Person.objects.get(login="demo.verifier"), Person.objects.get(login="demo.duty")
    waiting = Matter.objects.filter(kind="request", status=Status.CLOSED, area_path__contains="/371581/").first()
    assert waiting
    waiting.reopen(by=duty, reason="再次反映。")
    doors = Matter.objects.get(text__startswith=THREE_DOORS, status=Status.CLOSURE_REQUESTED, site__name="澄湖苑小区")
    photos = [one.file for one in doors.evidences.all()[:1]]
    doors.verify(by=verifier, passed=False, remark="照片只见两户。", photos=photos)
    assert doors.status == Status.IN_PROGRESS
    assert [figure(told["key"], told["area"], END) for told in PAGE] == before
    incident = Incident.objects.get(exercise=True)
    assert figure("requests_resolved", "371581", timezone.now() - incident.behind) == 96


def test_nothing_was_recorded_before_the_beginning_or_after_the_end() -> None:
    times = list(Entry.objects.values_list("recorded_at", "occurred_at"))
    assert all(BEGAN < moment < END for both in times for moment in both)
    following = list(Entry.objects.order_by("id").values_list("recorded_at", flat=True))
    assert following == sorted(following)


def test_guanxian_published_failures_of_responsibility_in_numbered_bulletins() -> None:
    shown = Publication.objects.filter(matter__area_path__contains="/371525/", ended_at=None)
    assert set(shown.values_list("matter__category", flat=True)) == {"responsibility"}
    numbers = set(shown.values_list("number", flat=True))
    assert len(numbers) > 2
    assert all("〔2022〕" in number for number in numbers)
    drafts = dict(PublicationDraft.objects.values_list("id", "by"))
    assert all(drafts[one.asked_id] != one.by_id for one in shown)


def test_texts_are_hardly_ever_the_same_in_a_county() -> None:
    said = Counter(Matter.objects.exclude(status=Status.MERGED).values_list("text", "area__path"))
    by_county = Counter((text, path.split("/")[2]) for text, path in said.elements())
    assert max(by_county.values()) <= 4
    assert sum(number for number in by_county.values() if number > 1) < 0.05 * sum(by_county.values())


def test_people_inspect_by_day_and_call_until_nine() -> None:
    visits, calls = hours(Way.ANNOUNCED, Way.UNANNOUNCED), hours(Way.CALL)
    assert sum(8 <= hour < 18 for hour in visits) > 0.97 * len(visits)
    assert sum(7 <= hour < 22 for hour in calls) == len(calls)
    days = Counter(
        timezone.localtime(at, CHINA).date() for at in Matter.objects.values_list("registered_at", flat=True)
    )
    assert len(days) == 16
    assert sum(days[day] for day in sorted(days)[8:]) > 1.2 * sum(days[day] for day in sorted(days)[:8])


def hours(*ways: str) -> list[int]:
    found = Matter.objects.filter(way__in=ways).values_list("occurred_at", flat=True)
    return [timezone.localtime(at, CHINA).hour for at in found]


def test_it_goes_as_it_goes_in_life() -> None:
    found = Matter.objects.filter(kind="finding").count()
    assert 0.04 < Verification.objects.filter(passed=False).count() / found < 0.2
    assert 0.01 < Return.objects.count() / found < 0.08
    assert 0.01 < ExtensionRequest.objects.count() / found < 0.08
    late = ClosureRequest.objects.filter(recorded_at__gt=F("due_at")).count() / ClosureRequest.objects.count()
    assert 0.03 < late < 0.25
    severities = Counter(Matter.objects.filter(kind="finding").values_list("severity", flat=True))
    assert severities["major"] > severities["minor"] > severities["critical"] > 0.08 * found
    assert Matter.objects.filter(kind="finding", category__in=("closed_loop", "key_places")).count() > 20


def test_what_was_mended_on_the_spot_was_seen_there() -> None:
    fixes = Verification.objects.filter(how="on_spot").select_related("matter")
    assert 0.02 < fixes.count() / Matter.objects.filter(kind="finding").count() < 0.12
    assert all(one.matter.way in (Way.ANNOUNCED, Way.UNANNOUNCED) for one in fixes)
    assert all(one.matter.severity != "critical" for one in fixes)


def test_what_is_overdue_has_gone_up_the_ladder() -> None:
    overdue = Matter.objects.filter(status__in=WORKED_ON, due_at__lt=END)
    assert 8 < overdue.count() < 60
    for matter in overdue:
        hours_late = (END - matter.due_at).total_seconds() / 3600 if matter.due_at else 0
        asked = sum(hours_late > hours + 0.1 for hours, _level in matter.rule.ladder)
        told = Escalation.objects.filter(matter=matter, assignment__ended_at=None).count()
        assert told >= asked


def test_something_of_each_sort_is_left_open() -> None:
    live = Matter.objects.filter(status__in=WORKED_ON)
    assert live.filter(severity="critical", due_at__lt=END).exists()
    assert Return.objects.filter(ended_at=None).exists()
    assert ExtensionRequest.objects.filter(ended_at=None).exists()
    assert Matter.objects.filter(recurrence_of__isnull=False, status=Status.ACCEPTED).exists()
    for kind in ("request", "proposal", "finding"):
        assert Matter.objects.filter(kind=kind, status=Status.CLOSURE_REQUESTED).exists()
    closings = Count("verifications", filter=Q(verifications__passed=False))
    assert live.filter(status=Status.IN_PROGRESS).annotate(failed=closings).filter(failed__gt=0).exists()


@pytest.mark.parametrize("told", PAGE, ids=lambda told: f"{told['key']}-{told['area']}")
def test_the_briefings_say_the_same(told: dict[str, Any]) -> None:
    briefings = pytest.importorskip("muster.briefings.figure")
    if told["key"] not in briefings.FIGURES:
        pytest.skip("counted otherwise")
    area, incident = Area.objects.get(pk=told["area"]), Incident.objects.get(exercise=True)
    scope = briefings.Scope(incident=incident, area=area, as_of=datetime.fromisoformat(told["as_of"]))
    assert briefings.FIGURES[told["key"]].value(scope) == told["value"]
