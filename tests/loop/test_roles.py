"""Who may take a step, and in which states: the whole of ``loop.md``'s table, over the whole cast."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection

from muster.lib.refusal import Refusal
from muster.loop.act import VERBS
from muster.loop.matter import Matter
from muster.loop.refusals import DoersCannotClose, NotYours, WrongSide, WrongState
from muster.people.person import Person
from muster.people.role import Role
from tests.cast import Cast
from tests.loop.attempts import ANY, CASES, NOBODY, Case
from tests.loop.stage import STAGES, registered, tried


@pytest.fixture
def everybody(cast: Cast) -> dict[str, Person | None]:
    """The cast, somebody with every role elsewhere, somebody who had every role here, and nobody."""
    cast.person("away", "other", *Role, area=cast.elsewhere)
    cast.person("former", "unit")
    for role in Role:
        cast.grant("former", role, "unit", until=datetime(2022, 2, 1, tzinfo=UTC))
    return {**cast.people, NOBODY: None}


@pytest.mark.parametrize("verb", CASES)
def test_only_who_may_takes_the_step(cast: Cast, everybody: dict[str, Person | None], verb: str) -> None:
    case = CASES[verb]
    matter = case.ready(cast)
    refusals = {name: refusal_for(case, cast, matter, person) for name, person in everybody.items()}
    assert {name for name, refusal in refusals.items() if not refusal} == case.may
    registering = verb.startswith(("register_", "import_"))
    hidden = {name for name, person in everybody.items() if person and not registering and not sees(person, matter)}
    assert {name for name, refusal in refusals.items() if refusal and refusal.status == 404} == hidden
    assert {refusal.status for refusal in refusals.values() if refusal} <= {403, 404}


@pytest.mark.parametrize("verb", [name for name, case in CASES.items() if case.checkers_only])
def test_nobody_below_a_doer_checks_or_rules(cast: Cast, verb: str) -> None:
    case = CASES[verb]
    matter = case.ready(cast)
    for name in sorted(case.may):
        cast.join(name, "crew")
        refusal = refusal_for(case, cast, matter, cast.people[name])
        assert type(refusal) in (WrongSide, DoersCannotClose), (name, refusal)


@pytest.mark.parametrize("verb", [name for name, case in CASES.items() if NOBODY not in case.may])
def test_who_may_not_sign_in_any_more_does_nothing(cast: Cast, verb: str) -> None:
    case = CASES[verb]
    matter = case.ready(cast)
    Person.objects.update(is_active=False)
    for name in sorted(case.may):
        assert isinstance(refusal_for(case, cast, matter, cast.people[name]), NotYours)


@pytest.mark.parametrize("status", STAGES)
def test_a_step_is_taken_only_in_its_states(cast: Cast, status: str) -> None:
    matters = {kind: STAGES[status](cast, registered(cast, kind)) for kind in ("finding", "request", "proposal")}
    assert {matter.status for matter in matters.values()} == {status}
    for verb, case in CASES.items():
        actor = next(iter(sorted(case.may)))
        refusal = refusal_for(case, cast, matters[case.kind], cast.people.get(actor))
        out_of_place = isinstance(refusal, (WrongState, NotYours))
        assert out_of_place == (status not in case.states), (verb, refusal)


def sees(person: Person, matter: Matter) -> bool:
    return Matter.objects.seen_by(person).filter(pk=matter.pk).exists()


def test_the_table_has_every_verb() -> None:
    named = {"verify_unheard", "call_back", "rate", "note_on_request"}
    registering = {name for name in CASES if name.startswith(("register_", "import_"))}
    assert set(CASES) - named - registering | {"confirm"} == set(VERBS)
    assert set(STAGES) == ANY


def refusal_for(case: Case, cast: Cast, matter: Matter, by: Person | None) -> Refusal | None:
    refusal = tried(lambda: case.attempt(cast, matter, by))
    matter.refresh_from_db()
    return refusal


def test_the_stages_are_sound(cast: Cast) -> None:
    """What the tests above undo would never meet the constraints that wait for the commit."""
    for case in CASES.values():
        case.ready(cast)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
