"""The acts that the machine may take: what each asks for, who usually takes it, what is said with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

from muster.loop.matter import Matter
from tests.cast import Cast
from tests.loop.model import HEADQUARTERS, MEMBER_OF, Told

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
    "withdraw": ({}, sorted(HEADQUARTERS)),
    "note": ({}, ("reader", "fixer", "operator")),
    "sweep": ({}, ("dispatcher",)),
}
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
        case "respond" | "note":
            return {**words, "text": "已补采"}
        case "publish":
            return {**words, "number": "第 7 期"}
        case "assign" | "accept" | "request_closure" | "fall_silent" | "escalate" | "void" | "sweep":
            return words
    return {**words, "reason": "有因"}


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
