"""The document of the figures: every one with what it counts, in the order in which they are told."""

from __future__ import annotations

from muster.briefings.figure import FIGURES
from tests.docs.markdown import code_of, table


def test_every_figure_is_defined_as_the_code_says() -> None:
    rows = table("figures.md", "key", "name", "unit", "counts", "additive")
    told = [(code_of(row["key"]), row["name"], row["unit"], row["counts"], row["additive"]) for row in rows]
    assert told == [
        (key, str(one.name), str(one.unit), str(one.definition), "yes" if one.additive else "no")
        for key, one in FIGURES.items()
    ]
