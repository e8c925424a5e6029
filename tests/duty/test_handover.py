"""The hand-over: two persons sign, once; what they signed stays, and its figures are those of the frozen moment."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from muster.briefings import dutylog
from muster.briefings.chain import chain
from muster.briefings.figure import Scope
from muster.duty.duty import Duty, DutyEndsWhen, Post, on_duty
from muster.duty.handover import Handover, HandoverItem, HandoverSettled, HandoverWaits, OwnHandover
from muster.loop.matter import Matter
from tests.cast import Cast, later
from tests.loop import stage


def sign(cast: Cast, by: str = "chief", remark: str = "") -> Handover:
    return dutylog.sign(cast.incident, cast.city, cast.people[by], "session", remark)


def busy(cast: Cast) -> None:
    """Something of everything that a log counts."""
    stage.overdue(cast)
    cast.finding()
    cast.closed()
    stage.returned(cast).rule_return(by=cast.dispatcher, upheld=False, reason="属地负责")
    stage.extension_asked(cast)
    stage.assigned(cast, cast.finding(severity="major"))


def test_two_persons_sign_and_the_incoming_takes_over_the_posts(cast: Cast) -> None:
    for post in (Post.CHIEF, Post.OFFICER):
        Duty.take(cast.incident, cast.city, post, cast.chief, later(hours=12), cast.chief)
    log = sign(cast, remark="有雪")
    log.take(cast.dispatcher, "pin", later(hours=12))
    log.refresh_from_db()
    assert (log.outgoing, log.incoming, log.incoming_how, log.waits) == (cast.chief, cast.dispatcher, "pin", False)
    held = {one.post: one.person.login for one in on_duty(cast.incident, cast.city).select_related("person")}
    # A dispatcher may be duty officer, but not duty chief: that post isn't emptied behind anybody's back.
    assert held == {"duty_chief": "chief", "duty_officer": "dispatcher"}


def test_who_takes_over_is_duty_officer_where_nobody_was(cast: Cast) -> None:
    sign(cast).take(cast.dispatcher, "session", later(hours=12))
    assert on_duty(cast.incident, cast.city).get().person == cast.dispatcher


def test_a_third_person_is_not_relieved(cast: Cast) -> None:
    Duty.take(cast.incident, cast.city, Post.OFFICER, cast.deputy, later(hours=12), cast.deputy)
    sign(cast).take(cast.dispatcher, "session", later(hours=12))
    assert on_duty(cast.incident, cast.city).get().person == cast.deputy


def test_what_is_refused_is_not_signed(cast: Cast) -> None:
    log = sign(cast)
    with pytest.raises(DutyEndsWhen):
        log.take(cast.dispatcher, "session", later(hours=-1))
    log.refresh_from_db()
    assert log.waits
    assert not Duty.objects.exists()


def test_nobody_takes_over_from_themselves(cast: Cast) -> None:
    log = sign(cast)
    with pytest.raises(OwnHandover):
        log.take(cast.chief, "session", later(hours=1))
    with pytest.raises(IntegrityError, match="handover_by_two"), transaction.atomic():
        Handover.objects.filter(pk=log.pk).update(incoming=cast.chief, incoming_how="session", taken_at=later())


def test_one_waits_at_a_time(cast: Cast) -> None:
    first = sign(cast)
    with pytest.raises(HandoverWaits):
        sign(cast, "deputy")
    first.withdraw(cast.chief)
    assert sign(cast, "deputy").waits


def test_only_who_wrote_it_withdraws_it_and_only_before_it_is_taken(cast: Cast) -> None:
    log = sign(cast)
    with pytest.raises(HandoverSettled):
        log.withdraw(cast.deputy)
    log.take(cast.deputy, "session", later(hours=1))
    with pytest.raises(HandoverSettled):
        log.withdraw(cast.chief)


def test_the_figures_are_those_of_the_frozen_moment_whatever_comes_after(cast: Cast) -> None:
    busy(cast)
    log = sign(cast)
    shown = log.content
    for matter in Matter.objects.filter(status="registered"):
        stage.assigned(cast, matter)
    cast.closed(cast.finding())
    log.refresh_from_db()
    scope = Scope(cast.incident, cast.city, log.at)
    assert log.content == shown
    assert log.content["standing"] == chain(scope, dutylog.STANDING)
    assert log.content["occurred"] == chain(
        Scope(cast.incident, cast.city, log.at, log.from_at, log.at), dutylog.OCCURRED
    )
    again = dutylog.content(cast.incident, cast.city, log.from_at, log.at)
    assert again == log.content
    assert shown["standing"]["extensions_to_rule"] == 1
    assert shown["standing"]["overdue"] == 1


def test_it_tells_who_decided_what_in_the_period_alone(cast: Cast) -> None:
    stage.assigned(cast)
    first = sign(cast)
    first.take(cast.deputy, "session", later(hours=1))
    matter = stage.returned(cast)
    matter.rule_return(by=cast.chief, upheld=False, reason="属地负责")
    second = sign(cast, "deputy")
    assert second.from_at == first.at
    assert [(row["action"], row["passed"], row["by"]) for row in first.content["decided"]] == [
        ("assign", None, "Dispatcher")
    ]
    assert [(row["action"], row["passed"], row["by"], row["number"]) for row in second.content["decided"]] == [
        ("assign", None, "Dispatcher", matter.number),
        ("rule_return", False, "Chief", matter.number),
    ]
    assert second.content["counts"] == [["Chief", "rule_return", 1], ["Dispatcher", "assign", 1]]


def test_no_text_of_a_matter_is_kept_in_it(cast: Cast) -> None:
    busy(cast)
    assert "漏采" not in str(sign(cast).content)


def test_items_are_open_until_they_are_done_and_told_as_they_were(cast: Cast) -> None:
    matter = cast.finding()
    item = HandoverItem.add(cast.incident, cast.city, "车辆 05:40 前到位", cast.chief, matter)
    first = sign(cast)
    item.done(cast.deputy)
    item.done(cast.chief)
    item.refresh_from_db()
    assert item.done_by == cast.deputy
    first.take(cast.deputy, "session", later(hours=1))
    second = sign(cast, "deputy")
    assert [(one["text"], one["number"]) for one in first.content["open"]] == [("车辆 05:40 前到位", matter.number)]
    assert (second.content["open"], [one["text"] for one in second.content["done"]]) == ([], ["车辆 05:40 前到位"])


def test_an_item_sent_twice_is_one(cast: Cast) -> None:
    first = HandoverItem.add(cast.incident, cast.city, "一件事", cast.chief)
    HandoverItem.add(cast.incident, cast.city, "一件事", cast.chief, id=first.pk)
    assert HandoverItem.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"remark": "改过"}, {"content": {}}, {"sha256": ""}, {"signed_at": later()}, {"incoming": None, "incoming_how": "",
         "taken_at": None}, {"incoming_how": "pin"}, {"withdrawn_at": later()},
    ],
)  # fmt: skip
def test_once_signed_by_both_the_database_keeps_it(cast: Cast, change: dict[str, object]) -> None:
    log = sign(cast)
    log.take(cast.deputy, "session", later(hours=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Handover.objects.filter(pk=log.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        log.delete()


def test_what_was_signed_is_recognised(cast: Cast) -> None:
    log = Handover.objects.get(pk=sign(cast, remark="有雪").pk)
    assert log.intact
    log.content["standing"]["overdue"] += 1
    assert not log.intact


def test_what_went_on_before_the_first_log_is_a_shift(cast: Cast) -> None:
    log = sign(cast)
    assert log.at - log.from_at == timedelta(hours=12)
