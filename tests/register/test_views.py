"""How many matters each view lists."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from muster.lib.fresh import Fresh
from muster.people.person import Person
from muster.register import views
from muster.register.look import Look
from muster.register.selection import Selection
from tests.cast import Cast


def counted(cast: Cast, person: Person, query: str = "") -> dict[str, int]:
    return views.counts(Selection.of(Look(person, cast.incident), QueryDict(query)))


@pytest.fixture
def costly(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a city so big that counting takes long."""
    monkeypatch.setattr(views, "_counts", Fresh[dict[str, int]](lambda took_s: 60.0))


def test_each_view_and_what_is_chosen_are_counted(cast: Cast) -> None:
    for _n in range(2):
        cast.finding().assign(by=cast.dispatcher, lead=cast.unit)
    cast.at_closure()
    found = counted(cast, cast.chief, "status=assigned")
    assert (found[""], found["waiting"], found["overdue"]) == (2, 1, 0)
    assert counted(cast, cast.chief, "status=nonsense")[""] == 0


@pytest.mark.usefixtures("costly")
def test_in_a_big_city_counts_are_shown_again_to_those_who_see_the_same(cast: Cast) -> None:
    cast.at_closure()
    assert [counted(cast, who)["waiting"] for who in (cast.chief, cast.dispatcher)] == [1, 1]
    cast.at_closure()
    assert [counted(cast, who)["waiting"] for who in (cast.chief, cast.dispatcher)] == [1, 1]


@pytest.mark.usefixtures("costly")
def test_no_count_is_of_what_another_sees_or_asks(cast: Cast) -> None:
    cast.at_closure()
    assert counted(cast, cast.chief)[""] == 1
    assert set(counted(cast, cast.people["outsider"]).values()) == {0}
    assert counted(cast, cast.chief, "status=closed")[""] == 0
    assert counted(cast, cast.chief, "status=closure_requested")[""] == 1
