"""What the main navigation shows to whom, and what it folds into a menu."""

from __future__ import annotations

import pytest

from muster.web.navigation import ENTRIES, ROW, navigation
from tests.cast import Cast
from tests.web.signed_in import signed_in

DOORS = {one.door for one in ENTRIES}


def names(*opened: str) -> tuple[list[str], list[str]]:
    found = navigation({door: door in opened for door in DOORS})
    return [one.name for one in found.row], [one.name for one in found.more]


def test_everything_stands_in_a_row_where_it_fits() -> None:
    assert names("work", "administration", "incidents", "packs") == (
        ["work", "people", "organisations", "places", "incidents", "packs"],
        [],
    )


def test_what_does_not_fit_folds_into_a_menu() -> None:
    row, more = names("desk", "work", "matters", "figures", "bulletins", "incidents", "packs", "walls")
    assert row == ["desk", "work", "matters", "figures", "bulletins"]
    assert more == ["incidents", "packs", "walls"]
    assert len(row) == ROW


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("login", "row", "folded"),
    [
        ("chief", ["desk", "work", "matters", "figures", "bulletins"], ["incidents", "packs", "walls"]),
        ("dispatcher", ["desk", "work", "matters", "figures", "bulletins"], []),
        ("finder", ["work", "matters", "figures", "bulletins"], []),
        ("administrator", ["work", "people", "organisations", "places", "incidents", "packs"], []),
        ("outsider", [], []),
    ],
)
def test_each_sees_the_doors_that_they_can_open(cast: Cast, login: str, row: list[str], folded: list[str]) -> None:
    answer = signed_in(getattr(cast, login)).get("/me")
    found = answer.context["navigation"]
    assert [one.name for one in found.row] == row
    assert [one.name for one in found.more] == folded
    assert ('<details class="more"' in answer.content.decode()) is bool(folded)
