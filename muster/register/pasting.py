"""Pasted rows, looked up as matters: each is found, or it says why not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from muster.lib.pasted import Looked, Pasted
from muster.loop.matter import Matter, Matters

NUMBER = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}-\d{2,12}-\d{8}-\d{4,9}(?!\d)", re.IGNORECASE)
DASHES = re.compile("[‐-―−－—]+")


def looked_up(rows: Sequence[Pasted], seen: Matters) -> list[Looked[Matter]]:
    """Every row in its order. What one may not see isn't found, like what doesn't exist."""
    numbers = [number_in(row) for row in rows]
    known = {one.number: one for one in seen.filter(number__in={number for number in numbers if number})}
    first: dict[str, int] = {}
    return [_looked(row, number, known, first) for row, number in zip(rows, numbers, strict=True)]


def number_in(row: Pasted) -> str:
    """The first number in any cell, as we write numbers; empty where there is none."""
    found = next((hit for cell in row.cells if (hit := NUMBER.search(DASHES.sub("-", cell)))), None)
    return found[0].upper() if found else ""


def _looked(row: Pasted, number: str, known: dict[str, Matter], first: dict[str, int]) -> Looked[Matter]:
    if not number:
        return Looked(row, why=_("No number in this row. Numbers look like WT-371581-20221205-0007."))
    if number in first:
        return Looked(
            row, why=_("%(number)s stands in row %(row)s already.") % {"number": number, "row": first[number]}
        )
    first[number] = row.nr
    if number not in known:
        why = _("You see no matter with the number %(number)s. Compare it with its source.")
        return Looked(row, why=why % {"number": number})
    return Looked(row, known[number])
