"""Whatever is done to a pack, it parses, or it is refused by lines of its own text."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from muster.policy.faults import BadPack, Fault
from muster.policy.pack import parse
from tests.policy.shipped import TEXT

ROWS = TEXT.split("\n")


def check(text: str) -> None:
    found = faults_if_any(text)
    assert all(1 <= fault.line <= text.count("\n") + 1 for fault in found)
    assert all("\n" not in str(fault) for fault in found)


def faults_if_any(text: str) -> tuple[Fault, ...]:
    try:
        parse(text, "spoilt.toml")
    except BadPack as refused:
        return tuple(refused.details["faults"]) or pytest.fail("refused without a fault")
    return ()


@given(st.integers(0, len(ROWS) - 1))
@example(0)
@example(len(ROWS) - 1)
def test_without_any_one_line(number: int) -> None:
    check("\n".join(ROWS[:number] + ROWS[number + 1 :]))


@given(st.integers(0, len(TEXT)), st.integers(0, 60), st.text("[]{}=,.\"'#\n \t\\ab_1é报", max_size=4))
def test_with_any_piece_replaced(start: int, length: int, new: str) -> None:
    check(TEXT[:start] + new + TEXT[start + length :])


SCALARS = st.one_of(st.integers(), st.booleans(), st.text("a.]}\"'\n报", max_size=4), st.datetimes(), st.just(0.5))
VALUES = st.recursive(
    SCALARS,
    lambda v: st.lists(v, max_size=3) | st.dictionaries(st.sampled_from(["zh", "[key]"]), v),
    max_leaves=5,
)
PATHS = st.sampled_from(
    [(key,) for key in tomllib.loads(TEXT)]
    + [(a, b) for a, table in tomllib.loads(TEXT).items() if isinstance(table, dict) for b in (*table, "[key]")]
    + [("categories", "medical", key) for key in ("kinds", "hours", "wording", "standard", "phrases", "[key]")]
)


@given(PATHS, VALUES)
def test_with_any_value_anywhere(path: tuple[str, ...], value: object) -> None:
    raw = tomllib.loads(TEXT)
    table = raw
    for key in path[:-1]:
        table = table[key]
    table[path[-1]] = value
    check("\n".join(f"{quoted(key)} = {written(value)}" for key, value in raw.items()))


def written(value: Any) -> str:
    """The value as TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(key)} = {written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, str):
        return quoted(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
