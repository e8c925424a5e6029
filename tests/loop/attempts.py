"""The table of ``loop.md``: every verb, from a matter ready for it, and who may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from muster.loop.matter import Matter
from tests.cast import Cast
from tests.loop import stage
from tests.loop.stage import Attempt

LIVE = frozenset(("registered", "assigned", "accepted", "in_progress", "closure_requested"))
WORKED_ON = frozenset(("assigned", "accepted", "in_progress"))
ANY = LIVE | {"closed", "void", "merged"}

HEADQUARTERS = frozenset(("chief", "deputy"))
DISPATCH = HEADQUARTERS | {"dispatcher"}
VERIFIERS = frozenset(("verifier", "second_verifier"))
NOBODY = "nobody"
SEE_FINDINGS = DISPATCH | VERIFIERS | {"finder", "reader", "junior", "fixer", "helper"}


@dataclass(frozen=True)
class Case:
    """A verb: a matter ready for it, how it is tried, who may, in which states, and whether only checkers may."""

    ready: Callable[[Cast], Matter]
    attempt: Attempt
    may: frozenset[str]
    states: frozenset[str]
    checkers_only: bool = False
    kind: str = "finding"


def one_more_hour(matter: Matter) -> datetime:
    return (matter.due_at or timezone.now()) + timedelta(hours=1)


CASES: dict[str, Case] = {
    "fix_on_spot": Case(
        lambda cast: cast.finding(),
        lambda cast, m, by: m.fix_on_spot(by=by, doer=cast.unit, before=[cast.photo()], after=[cast.photo()]),
        frozenset(("finder",)), frozenset(("registered",)),
    ),
    "assign": Case(
        lambda cast: cast.finding(), lambda cast, m, by: m.assign(by=by, lead=cast.unit),
        DISPATCH, frozenset(("registered",)),
    ),
    "accept": Case(
        stage.assigned, lambda cast, m, by: m.accept(by=by), frozenset(("fixer",)), frozenset(("assigned",)),
    ),
    "return_": Case(
        stage.assigned, lambda cast, m, by: m.return_(by=by, reason="不在辖区"),
        frozenset(("fixer",)), frozenset(("assigned", "accepted")),
    ),
    "rule_return": Case(
        stage.returned, lambda cast, m, by: m.rule_return(by=by, upheld=True, reason="属实"),
        DISPATCH, WORKED_ON, checkers_only=True,
    ),
    "ask_extension": Case(
        stage.assigned,
        lambda cast, m, by: m.ask_extension(by=by, reason="等试剂", until=one_more_hour(m)),
        frozenset(("fixer",)), WORKED_ON,
    ),
    "rule_extension": Case(
        stage.extension_asked, lambda cast, m, by: m.rule_extension(by=by, granted=True, reason="同意"),
        DISPATCH, WORKED_ON, checkers_only=True,
    ),
    "respond": Case(
        stage.assigned, lambda cast, m, by: m.respond(by=by, text="已补采"),
        frozenset(("fixer", "helper")), WORKED_ON,
    ),
    "request_closure": Case(
        stage.in_progress,
        lambda cast, m, by: m.request_closure(by=by, photos=[cast.photo(), cast.photo()]),
        frozenset(("fixer",)), frozenset(("in_progress",)),
    ),
    "verify": Case(
        lambda cast: cast.at_closure(),
        lambda cast, m, by: m.verify(by=by, passed=True, photos=[cast.photo()]),
        VERIFIERS, frozenset(("closure_requested",)), checkers_only=True,
    ),
    "verify_unheard": Case(
        stage.unheard, lambda cast, m, by: m.verify(by=by, passed=True),
        VERIFIERS, frozenset(("closure_requested",)), checkers_only=True,
    ),
    "call_back": Case(
        lambda cast: cast.at_closure(cast.request()), lambda cast, m, by: m.confirm(by=by, done=True),
        frozenset(("operator",)), frozenset(("closure_requested",)), checkers_only=True, kind="request",
    ),
    "rate": Case(
        lambda cast: cast.at_closure(cast.proposal()), lambda cast, m, by: m.confirm(by=by, done=True, rating=5),
        frozenset((NOBODY,)), frozenset(("closure_requested",)), kind="proposal",
    ),
    "fall_silent": Case(
        lambda cast: stage.long_unheard(cast), lambda cast, m, by: m.fall_silent(by=by),
        frozenset((NOBODY,)), frozenset(("closure_requested",)), kind="request",
    ),
    "revisit": Case(
        lambda cast: cast.closed(), lambda cast, m, by: m.revisit(by=by, passed=True, photos=[cast.photo()]),
        frozenset(("second_verifier",)), frozenset(("closed",)), checkers_only=True,
    ),
    "reopen": Case(
        lambda cast: cast.closed(), lambda cast, m, by: m.reopen(by=by, reason="反弹"),
        DISPATCH, frozenset(("closed",)), checkers_only=True,
    ),
    "reassign": Case(
        stage.assigned, lambda cast, m, by: m.reassign(by=by, lead=cast.support, reason="交办错误"),
        DISPATCH, LIVE, checkers_only=True,
    ),
    "reclassify": Case(
        stage.assigned, lambda cast, m, by: m.reclassify(by=by, severity="minor", reason="核实为一般"),
        DISPATCH, LIVE, checkers_only=True,
    ),
    "escalate": Case(
        lambda cast: stage.overdue(cast), lambda cast, m, by: m.escalate(by=by), HEADQUARTERS | {NOBODY}, WORKED_ON,
    ),
    "ask_voiding": Case(
        stage.assigned, lambda cast, m, by: m.ask_voiding(by=by, reason="重复"),
        HEADQUARTERS, LIVE, checkers_only=True,
    ),
    "void": Case(
        lambda cast: stage.voiding_asked(cast, stage.assigned(cast)), lambda cast, m, by: m.void(by=by),
        frozenset(("deputy",)), LIVE, checkers_only=True,
    ),
    "merge": Case(
        stage.assigned, lambda cast, m, by: m.merge(by=by, target=stage.another(cast, m), reason="同一件事"),
        DISPATCH, LIVE, checkers_only=True,
    ),
    "draft_publication": Case(
        stage.assigned, lambda cast, m, by: m.draft_publication(by=by, reason="典型"), HEADQUARTERS, LIVE | {"closed"},
    ),
    "publish": Case(
        stage.drafted, lambda cast, m, by: m.publish(by=by, number="第 7 期"),
        frozenset(("deputy",)), LIVE | {"closed"},
    ),
    "reply_to_publication": Case(
        lambda cast: stage.assigned(cast, stage.drafted(cast)),
        lambda cast, m, by: m.reply_to_publication(by=by, text="已于当日整改"),
        frozenset(("fixer",)), WORKED_ON | {"closure_requested", "closed"},
    ),
    "withdraw": Case(
        stage.published, lambda cast, m, by: m.withdraw(by=by, reason="更正"), HEADQUARTERS, LIVE | {"closed"},
    ),
    "sweep": Case(stage.assigned, lambda cast, m, by: m.sweep(by=by), DISPATCH, ANY),
    "note": Case(stage.assigned, lambda cast, m, by: m.note(by=by, text="已电话核实"), SEE_FINDINGS, ANY),
    "attach": Case(stage.assigned, lambda cast, m, by: m.attach(by=by, photos=[cast.photo()]), SEE_FINDINGS, ANY),
    "note_on_request": Case(
        lambda cast: stage.assigned(cast, cast.request()), lambda cast, m, by: m.note(by=by, text="已回电"),
        SEE_FINDINGS | {"operator"}, ANY, kind="request",
    ),
    "register_finding": Case(
        lambda cast: cast.finding(), lambda cast, m, by: Matter.register(by=by, **stage.asked_of(m)),
        DISPATCH | {"finder"}, ANY,
    ),
    "register_request": Case(
        lambda cast: cast.request(), lambda cast, m, by: Matter.register(by=by, **stage.asked_of(m)),
        DISPATCH | {"operator"}, ANY, kind="request",
    ),
    "register_proposal": Case(
        lambda cast: cast.proposal(), lambda cast, m, by: Matter.register(by=by, **stage.asked_of(m)),
        DISPATCH | {"operator", NOBODY}, ANY, kind="proposal",
    ),
    "import_finding": Case(
        lambda cast: cast.finding(),
        lambda cast, m, by: Matter.import_(by=by, **stage.asked_of(m), source="台账.xlsx 第 14 行", past=stage.past(cast)),
        DISPATCH, ANY, checkers_only=True,
    ),
}  # fmt: skip
