"""The loop's document says what the code does: verbs, addresses, states, roles and rows."""

from __future__ import annotations

import inspect

import pytest

import muster.models
from muster.loop.act import VERBS, Verb
from muster.loop.nouns import NOUN_OF
from muster.loop.state import LIVE, WORKED_ON, Kind, Status
from muster.people.role import Role
from tests.docs.markdown import Row, code_of, coded, table

COLUMNS = ("noun", "verb", "from", "to", "who", "guard", "row")
ROWS: dict[str, Row] = {code_of(row["verb"]): row for row in table("loop.md", *COLUMNS)}
GROUPS: dict[str, tuple[str, ...]] = {"live": LIVE, "worked on": WORKED_ON, "any": tuple(Status), "–": ()}


def test_every_verb_stands_in_the_table_once() -> None:
    assert set(ROWS) == {*VERBS, "register", "import_"}
    assert len(table("loop.md", *COLUMNS)) == len(ROWS)


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_is_addressed_by_its_noun(verb: str) -> None:
    assert ROWS[verb]["noun"] == NOUN_OF.get(verb, "–")


@pytest.mark.parametrize("verb", VERBS.values(), ids=lambda verb: verb.name)
def test_a_verb_begins_in_its_states(verb: Verb) -> None:
    assert states(ROWS[verb.name]["from"]) == set(verb.states)


@pytest.mark.parametrize("verb", ROWS)
def test_a_verb_leads_to_known_states(verb: str) -> None:
    to = ROWS[verb]["to"]
    assert set(coded(to)) <= set(Status.values)
    assert coded(to) or to == "same"


@pytest.mark.parametrize("verb", VERBS.values(), ids=lambda verb: verb.name)
def test_a_verb_is_for_its_roles(verb: Verb) -> None:
    roles = inspect.getclosurevars(verb.standing).nonlocals.get("roles")
    if roles is not None:
        assert set(coded(ROWS[verb.name]["who"])) == {str(role) for role in roles}
        assert ("checker's side" in ROWS[verb.name]["who"]) == on_checkers_side(verb)


@pytest.mark.parametrize("verb", ROWS)
def test_a_verb_writes_rows_that_exist(verb: str) -> None:
    rows = coded(ROWS[verb]["row"])
    assert rows
    assert set(rows) <= set(muster.models.__all__)
    assert set(coded(ROWS[verb]["who"])) <= set(Role.values)


def test_states_and_kinds_are_all_there() -> None:
    assert [code_of(row["state"]) for row in table("loop.md", "state", "shown as", "meaning")] == Status.values
    assert [
        code_of(row["kind"]) for row in table("loop.md", "kind", "prefix", "who says that it is done")
    ] == Kind.values


def states(cell: str) -> set[str]:
    named = set(coded(cell))
    for word in (part.strip() for part in cell.split(",")):
        if not word.startswith("`"):
            named |= {str(state) for state in GROUPS[word]}
    return named


def on_checkers_side(verb: Verb) -> bool:
    return verb.standing.__qualname__.startswith(("checking", "ruling"))
