"""Guards that look elsewhere lock the matter first: two transactions can't pass each other unseen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from muster.people.role import Role
from tests.cast import Cast
from tests.loop.attack import CHECKER, known_to, name_of, passing, send, sided
from tests.loop.meanwhile import while_uncommitted

pytestmark = pytest.mark.xdist_group("apart")

#: Statements that each pass alone and must not both: the first, the second, and what stops the second.
CROSSING = {
    "an organisation checks and is assigned": (
        CHECKER + passing(), sided("doer", None, "checkers"), "sides_stay_apart",
    ),
    "an organisation is assigned and checks": (
        sided("doer", None, "checkers"), sided("checker", None, "checkers"), "sides_stay_apart",
    ),
    "an organisation checks and the one above it is assigned": (
        sided("checker", None, "desk"), sided("doer", None, "checkers"), "sides_stay_apart",
    ),
    "an organisation is assigned and the one below it checks": (
        sided("doer", None, "checkers"), sided("checker", None, "desk"), "sides_stay_apart",
    ),
    "somebody checks and the own organisation is assigned": (
        sided("checker", "double"), sided("doer", None, "support"), "sides_stay_apart",
    ),
    "an organisation is assigned and a member checks": (
        sided("doer", None, "support"), sided("checker", "double"), "sides_stay_apart",
    ),
    "an organisation is assigned and a member, on the checkers' side before, verifies": (
        sided("doer", None, "support"), CHECKER + passing("helper", "support"), "verifier_independent",
    ),
    "a verifier joins the unit while it is assigned": (
        "insert into membership (person_id, organisation_id, from_at) select %(second_verifier)s, %(crew)s, now();"
        + sided("doer", None, "support"),
        passing("second_verifier", "checkers"),
        "verifier_independent",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def city(apart: Cast) -> Cast:
    apart.organisation("desk", apart.city, "checkers")
    apart.person("double", "checkers", Role.VERIFIER)
    apart.join("double", "support")
    return apart


@pytest.mark.parametrize("what", CROSSING)
def test_two_transactions_do_not_pass_each_other(city: Cast, what: str) -> None:
    first, second, constraint = CROSSING[what]
    matter = city.at_closure()
    known = known_to(city, matter)
    answers = while_uncommitted(run(first, known), run(second, known))
    assert answers[0] is None
    assert isinstance(answers[1], IntegrityError)
    assert name_of(answers[1]) == constraint


def run(statement: str, known: dict[str, Any]) -> Callable[[], None]:
    def sent() -> None:
        with transaction.atomic():
            send(statement, known)

    return sent
