"""On duty: posts for one, posts for several, who may hold which, and that rows are kept."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from muster.duty.duty import AlreadyOnDuty, Duty, DutyEndsWhen, NotForThisPost, Post, on_duty
from muster.people.role import Role
from tests.cast import Cast, later


def take(cast: Cast, post: Post, who: str, by: str = "chief", hours: float = 12) -> Duty:
    return Duty.take(cast.incident, cast.city, post, cast.people[who], later(hours=hours), cast.people[by])


def held(cast: Cast) -> list[tuple[str, str]]:
    found = on_duty(cast.incident, cast.city).select_related("person").order_by("post", "person__login")
    return [(one.post, one.person.login) for one in found]


def test_who_takes_over_a_post_for_one_relieves_who_held_it(cast: Cast) -> None:
    first = take(cast, Post.OFFICER, "chief")
    take(cast, Post.OFFICER, "dispatcher", by="dispatcher")
    first.refresh_from_db()
    assert (first.ended_by, held(cast)) == (cast.dispatcher, [("duty_officer", "dispatcher")])


def test_others_hold_a_post_side_by_side(cast: Cast) -> None:
    for who in ("verifier", "second_verifier"):
        take(cast, Post.VERIFIER, who)
    assert held(cast) == [("duty_verifier", "second_verifier"), ("duty_verifier", "verifier")]


@pytest.mark.parametrize(
    ("post", "who"),
    [
        (Post.CHIEF, "dispatcher"), (Post.OFFICER, "reader"), (Post.VERIFIER, "chief"), (Post.OPERATOR, "verifier"),
        (Post.DISPATCHER, "outsider"),
    ],
)  # fmt: skip
def test_a_post_needs_its_role(cast: Cast, post: Post, who: str) -> None:
    with pytest.raises(NotForThisPost):
        take(cast, post, who)


def test_a_role_elsewhere_holds_no_post_here(cast: Cast) -> None:
    cast.person("local", "bureau", Role.DISPATCHER, area=cast.county)
    with pytest.raises(NotForThisPost):
        take(cast, Post.OFFICER, "local")


@pytest.mark.parametrize("hours", [-1, 0, 37])
def test_duty_ends_within_a_day_and_a_half(cast: Cast, hours: float) -> None:
    with pytest.raises(DutyEndsWhen):
        take(cast, Post.OFFICER, "chief", hours=hours)


def test_nobody_holds_a_post_twice(cast: Cast) -> None:
    take(cast, Post.OFFICER, "chief")
    with pytest.raises(AlreadyOnDuty):
        take(cast, Post.OFFICER, "chief")
    assert held(cast) == [("duty_officer", "chief")]


def test_the_database_holds_one_in_a_post_for_one(cast: Cast) -> None:
    made = take(cast, Post.OFFICER, "chief")
    with pytest.raises(IntegrityError, match="one_holds_the_post"), transaction.atomic():
        Duty.objects.create(
            incident=made.incident, area=made.area, post=made.post, person=cast.deputy, by=cast.deputy,
            from_at=timezone.now(), until=later(hours=1),
        )  # fmt: skip


def test_what_has_ended_stays_as_it_ended(cast: Cast) -> None:
    made = take(cast, Post.OFFICER, "chief")
    made.end(cast.chief)
    made.end(cast.deputy)
    made.refresh_from_db()
    assert made.ended_by == cast.chief
    for change in ({"ended_at": None, "ended_by": None}, {"person": cast.deputy}, {"ended_at": later(hours=1)}):
        with pytest.raises(IntegrityError, match=r"rows_are_kept|refused|stands"), transaction.atomic():
            Duty.objects.filter(pk=made.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Duty.objects.filter(pk=made.pk).delete()
