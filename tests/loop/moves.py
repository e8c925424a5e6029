"""The acts that the machine may take: what each asks for, who usually takes it, what is said with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from muster.lib.ids import uuid7
from muster.loop.matter import Matter
from muster.loop.past import Past
from tests.cast import Cast
from tests.loop.facts import HEADQUARTERS, MEMBER_OF
from tests.loop.model import Told

ORGANISATIONS = st.sampled_from(["unit", "crew", "support", "checkers", "other"])
FILES = st.sampled_from([2, 1, 0])
PASSED = st.booleans()
SEVERITIES = st.sampled_from(["critical", "major", "minor"])
SUPPORTS = st.lists(ORGANISATIONS, max_size=2, unique=True).map(tuple)
WAITS = st.sampled_from([0, 0, 0, 1, 5, 25, 80, 31 * 24])

Choices = dict[str, st.SearchStrategy[Any]]
#: What each act asks for, and who usually takes it.
ACTS: dict[str, tuple[Choices, Sequence[str | None]]] = {
    "assign": ({"lead": ORGANISATIONS, "supports": SUPPORTS}, ("dispatcher",)),
    "reassign": ({"lead": ORGANISATIONS, "supports": SUPPORTS}, ("dispatcher", "chief")),
    "fix_on_spot": ({"doer": ORGANISATIONS}, ("finder",)),
    "accept": ({}, ("fixer", "helper", "keeper")),
    "return_": ({}, ("fixer", "helper", "keeper")),
    "rule_return": ({"upheld": PASSED}, ("dispatcher", "deputy")),
    "ask_extension": ({"until": st.sampled_from([1, 5, 30, 73])}, ("fixer", "helper", "keeper")),
    "rule_extension": ({"granted": PASSED}, ("dispatcher", "deputy")),
    "respond": ({"files": FILES}, ("fixer", "helper", "keeper")),
    "request_closure": ({"files": FILES}, ("fixer", "helper", "keeper")),
    "verify": ({"passed": PASSED, "files": FILES}, ("verifier", "second_verifier", "double")),
    "confirm": ({"passed": PASSED}, ("operator", None)),
    "fall_silent": ({}, (None,)),
    "revisit": ({"passed": PASSED, "files": FILES}, ("verifier", "second_verifier", "double")),
    "reopen": ({}, ("dispatcher", "chief")),
    "reclassify": ({"severity": SEVERITIES}, ("dispatcher", "chief")),
    "escalate": ({}, (None, "chief")),
    "ask_voiding": ({}, sorted(HEADQUARTERS)),
    "void": ({}, sorted(HEADQUARTERS)),
    "merge": ({"target": st.integers(0, 1)}, ("dispatcher", "chief")),
    "draft_publication": ({}, sorted(HEADQUARTERS)),
    "publish": ({}, sorted(HEADQUARTERS)),
    "reply_to_publication": ({}, ("fixer", "helper", "keeper")),
    "withdraw": ({}, sorted(HEADQUARTERS)),
    "note": ({}, ("reader", "fixer", "operator")),
    "sweep": ({}, ("dispatcher",)),
}
#: What a ledger may tell, by whom it is imported mostly, and by whom also.
LEDGER: Choices = {
    "lead": ORGANISATIONS | st.just("unit") | st.none(),
    "supports": SUPPORTS | st.just(()),
    "told": st.sampled_from(["", "accepted", "done", "asked"]),
    "passed": st.sampled_from([True, True, None, False]),
    "reviewer": st.sampled_from(["verifier", "double", "junior", "dispatcher", None]),
    "after": FILES,
    "check": FILES,
}
IMPORTERS = ("dispatcher", "dispatcher", "chief", "fixer", "finder")
#: The acts that lead on from each state.
ONWARD = {
    "registered": ["assign", "assign", "assign", "fix_on_spot"],
    "assigned": ["accept", "respond", "respond", "return_", "ask_extension"],
    "accepted": ["respond", "return_", "ask_extension"],
    "in_progress": ["request_closure", "respond", "ask_extension"],
    "closure_requested": ["verify", "confirm", "fall_silent"],
    "closed": ["revisit", "reopen", "draft_publication"],
    "void": ["note"],
    "merged": ["note"],
}
ANYBODY = [*sorted(MEMBER_OF), None]


def onward(told: Told) -> list[str]:
    """The acts that lead on, and the rulings that are waited for."""
    waited_for = {
        "rule_return": told.returned,
        "rule_extension": told.extension,
        "publish": told.draft_by,
        "withdraw": told.published,
        "void": told.voiding_by,
        "escalate": told.due,
    }
    return [*ONWARD[told.status], *(verb for verb, waits in waited_for.items() if waits)]


def worded(cast: Cast, verb: str, asked: dict[str, Any], matter: Callable[[int], Matter]) -> dict[str, Any]:
    """What was asked in the model's words, in the verb's own, with what else is to be said."""
    words = {name: _meant(cast, name, value, matter) for name, value in asked.items()}
    if "files" in words:
        words["photos"] = words.pop("files")
    match verb:
        case "confirm":
            return {"done": words["passed"], "remark": "看过了", "rating": 4}
        case "verify" | "revisit":
            return {**words, "remark": "看过了"}
        case "fix_on_spot":
            return {**words, "before": [cast.photo()], "after": [cast.photo()]}
        case "respond" | "note" | "reply_to_publication":
            return {**words, "text": "已补采"}
        case "publish":
            # Each in an issue of its own: whose issue it is, is for the tests of bulletins.
            return {**words, "number": f"第 {uuid7().int % 10**9} 期"}
        case "assign" | "accept" | "request_closure" | "fall_silent" | "escalate" | "void" | "sweep":
            return words
    return {**words, "reason": "有因"}


def past(cast: Cast, asked: dict[str, Any], now: datetime) -> Past:
    """What a ledger tells, in the verb's own words."""
    told, lead = asked["told"], asked["lead"]
    return Past(
        found_at=now - timedelta(hours=9),
        lead=cast.organisations[lead] if lead else None,
        supports=_meant(cast, "supports", asked["supports"], lambda which: Matter()),
        accepted_at=now - timedelta(hours=5) if told == "accepted" else None,
        done="已补采" if told == "done" else "",
        after=_meant(cast, "files", asked["after"], lambda which: Matter()),
        closure_asked_at=now - timedelta(hours=3) if told == "asked" else None,
        reviewer=cast.people[asked["reviewer"]] if asked["reviewer"] else None,
        reviewed_at=now - timedelta(hours=2),
        passed=asked["passed"],
        check=_meant(cast, "files", asked["check"], lambda which: Matter()),
    )


def _meant(cast: Cast, name: str, value: Any, matter: Callable[[int], Matter]) -> Any:
    match name:
        case "lead" | "doer":
            return cast.organisations[value]
        case "supports":
            return [cast.organisations[one] for one in value]
        case "files":
            return [cast.photo() for _photo in range(value)]
        case "target":
            return matter(value)
    return value
