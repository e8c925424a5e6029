"""The document names every list that can be taken out."""

from __future__ import annotations

import re

from muster.exchange.lists.catalogue import LISTS
from tests.docs.markdown import table


def test_the_lists_are_those_that_there_are() -> None:
    rows = table("lists.md", "list", "rows", "who may take it out")
    named = {name for row in rows for name in re.findall(r"`([a-z-]+)`", row["list"])}
    assert named == set(LISTS)
