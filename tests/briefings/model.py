"""What each figure must be, in plain Python over what the loop's model told after every act. Knows no tables."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy, deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.loop.facts import LIVE, MEMBER_OF, WORKED_ON, within
from tests.loop.model import Told

ENDED = ("void", "merged")
HOW = {"verify": "visit", "fix_on_spot": "on_spot", "revisit": "sample"}


@dataclass
class Facts:
    """What was done to a matter, as far as the loop's model forgets it: each with when it occurred."""

    found_at: datetime
    checks: list[tuple[int, str, bool, datetime]] = field(default_factory=list)
    requests: dict[int, tuple[datetime, bool]] = field(default_factory=dict)
    again: list[datetime] = field(default_factory=list)
    published_at: datetime | None = None
    returned_at: datetime | None = None
    extension_at: datetime | None = None

    def add(self, verb: str, asked: dict[str, Any], now: datetime, before: Told) -> None:
        """One act that was taken, and the matter as it was before."""
        passed = asked.get("passed", True)
        match verb:
            case "verify" | "fix_on_spot" | "revisit" | "confirm":
                called = "call_back" if before.kind == "request" else "rating"
                self.checks.append((before.cycle, HOW.get(verb, called), passed, now))
            case "request_closure":
                assert before.due
                self.requests[before.cycle] = (now, now > before.due)
            case "publish":
                self.published_at = now
            case "return_":
                self.returned_at = now
            case "ask_extension":
                self.extension_at = now
        if verb == "reopen" or (verb == "revisit" and not passed):
            self.again.append(now)


@dataclass
class Known:
    """A matter as it was after an act."""

    told: Told
    facts: Facts
    area: str

    @classmethod
    def of(cls, told: Told, facts: Facts, area: str) -> Known:
        return cls(copy(told), deepcopy(facts), area)

    @property
    def passed(self) -> tuple[str, datetime] | None:
        """The check of the present cycle that passed and isn't a revisit, by its way and time."""
        own = [(how, at) for cycle, how, passed, at in self.facts.checks if passed and cycle == self.told.cycle]
        return next((one for one in own if one[0] != "sample"), None)


@dataclass(frozen=True)
class Window:
    from_at: datetime | None = None
    to_at: datetime | None = None

    def has(self, at: datetime | None) -> bool:
        if self.from_at is None and self.to_at is None:
            return True
        return (
            at is not None and (self.from_at is None or at >= self.from_at) and (self.to_at is None or at < self.to_at)
        )


def figure(key: str, matters: Sequence[Known], moment: datetime, window: Window) -> Any:
    """The value over what is known of the matters of an area at the moment."""
    if key == "closure_rate":
        found = [one for one in matters if counts("findings_found", one, moment, window)]
        return sum(one.told.status == "closed" for one in found) / len(found) if found else None
    if key == "closing_h_p50":
        hours = sorted(hours_of(one) for one in matters if counts(key, one, moment, window))
        return hours[(len(hours) - 1) // 2] if hours else None
    return sum(counts(key, one, moment, window) for one in matters)


def hours_of(one: Known) -> float:
    assert one.passed
    assert one.told.dispatched
    return (one.passed[1] - one.told.dispatched).total_seconds() / 3600


def counts(key: str, one: Known, moment: datetime, window: Window) -> bool:
    if key.startswith("findings_") and one.told.kind != "finding":
        return False
    if key == "reopened":
        return any(window.has(at) for at in one.facts.again)
    if key == "to_rule":
        # A matter waits for one ruling at a time; what of it was asked tells when.
        return counts("returns_to_rule", one, moment, window) or counts("extensions_to_rule", one, moment, window)
    holds, at = CASES[key](one, moment)
    return bool(holds) and window.has(at)


def said_done(one: Known) -> datetime | None:
    if one.passed and one.passed[0] == "on_spot":
        return one.passed[1]
    return one.facts.requests[one.told.cycle][0] if one.told.cycle in one.facts.requests else None


def late(one: Known) -> bool:
    return one.facts.requests.get(one.told.cycle, (None, False))[1] and one.told.status == "closed"


def passed_at(one: Known) -> datetime | None:
    return one.passed[1] if one.passed else None


def of_state(*states: str) -> Any:
    return lambda one, moment: (one.told.status in states, one.facts.found_at)


#: Whether a matter is counted, but for the window, and what must have occurred in it.
CASES: dict[str, Any] = {
    "findings_found": lambda one, moment: (one.told.status not in ENDED, one.facts.found_at),
    "findings_fed_back": lambda one, moment: (
        one.told.status not in ENDED and one.told.dispatched, one.told.dispatched),
    "findings_rectified": lambda one, moment: (
        one.told.status in ("closure_requested", "closed"), said_done(one)),
    "findings_verified": lambda one, moment: (one.passed and one.told.status not in ENDED, passed_at(one)),
    "findings_closed": lambda one, moment: (one.told.status == "closed", passed_at(one)),
    "overdue": lambda one, moment: (
        one.told.status in WORKED_ON and one.told.due and one.told.due < moment, one.facts.found_at),
    "due_soon": lambda one, moment: (
        one.told.status in WORKED_ON and one.told.due and moment <= one.told.due < moment + timedelta(hours=4),
        one.facts.found_at),
    "verification_overdue": lambda one, moment: (
        one.told.status == "closure_requested" and one.told.verify_due < moment, one.facts.found_at),
    "closed_late": lambda one, moment: (late(one), passed_at(one)),
    "requests_resolved": lambda one, moment: (
        one.told.kind == "request" and one.told.status == "closed" and one.passed and one.passed[0] == "call_back",
        passed_at(one)),
    "findings_published": lambda one, moment: (one.told.published, one.facts.published_at),
    "closing_h_p50": lambda one, moment: (one.told.status == "closed", passed_at(one)),
    "unassigned": of_state("registered"),
    "assigned": of_state(*LIVE[1:]),
    "returns_to_rule": lambda one, moment: (
        one.told.returned and one.told.status in WORKED_ON, one.facts.returned_at),
    "extensions_to_rule": lambda one, moment: (
        one.told.extension and one.told.status in WORKED_ON, one.facts.extension_at),
    "findings_self_reported": lambda one, moment: (
        one.told.status not in ENDED and one.told.lead
        and any(within(own, one.told.lead) for own in MEMBER_OF[one.told.reporter or ""]), one.facts.found_at),
    "critical_live": lambda one, moment: (
        one.told.severity == "critical" and one.told.status in LIVE, one.facts.found_at),
}  # fmt: skip
