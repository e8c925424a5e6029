"""What the model knows of the cast, of the shipped pack, and how it refuses."""

from __future__ import annotations

from datetime import timedelta

HEADQUARTERS = {"chief", "deputy"}
DISPATCHERS = HEADQUARTERS | {"dispatcher"}
VERIFIERS = {"verifier", "second_verifier", "double", "junior"}
SEE_ALL = DISPATCHERS | VERIFIERS | {"finder", "reader"}
LIAISON_OF = {"fixer": "unit", "helper": "support", "keeper": "checkers"}
MEMBER_OF = {
    **dict.fromkeys((*DISPATCHERS, "reader", "administrator"), ("headquarters",)),
    **{name: (organisation,) for name, organisation in LIAISON_OF.items()},
    "finder": ("inspection",), "verifier": ("checkers",), "second_verifier": ("checkers",),
    "double": ("checkers", "support"), "junior": ("crew",), "operator": ("hotline",),
    "stranger": ("other",), "outsider": ("other",),
}  # fmt: skip
ABOVE = {"unit": "bureau", "crew": "unit"}

LIVE = ("registered", "assigned", "accepted", "in_progress", "closure_requested")
WORKED_ON = ("assigned", "accepted", "in_progress")
#: Hours for the unit, for redoing and for the check; files for a finding's check and for its closure.
HOURS = {"critical": (4, 2, 12), "major": (24, 12, 24), "minor": (72, 24, 48)}
FILES = {"critical": (1, 2), "major": (1, 2), "minor": (1, 1)}
SILENCE_DAYS = {"request": 3, "proposal": 15}
LADDER_H = (0, 12, 24)


class No(Exception):
    """Refused."""


def need(*conditions: object) -> None:
    if not all(conditions):
        raise No


def within(organisation: str | None, top: str) -> bool:
    """Whether an organisation is another or stands below it."""
    while organisation is not None and organisation != top:
        organisation = ABOVE.get(organisation)
    return organisation == top


def sees(organisation: str) -> bool:
    """Whether somebody there, or above, is told of what it is given."""
    return any(within(organisation, home) for home in LIAISON_OF.values())


def hours(count: int) -> timedelta:
    return timedelta(hours=count)
