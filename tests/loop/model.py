"""The loop told a second time, in plain Python after ``loop.md`` alone: what each act does, or that it is refused.

It knows no tables and no rules of the verbs' own modules. People and organisations are named as in the cast.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.loop.facts import (
    DISPATCHERS,
    FILES,
    HEADQUARTERS,
    HOURS,
    LADDER_H,
    LIAISON_OF,
    LIVE,
    MEMBER_OF,
    SEE_ALL,
    SILENCE_DAYS,
    VERIFIERS,
    WORKED_ON,
    hours,
    need,
    sees,
    within,
)  # fmt: skip


@dataclass
class Told:
    """One matter. ``who`` acts at ``now``; None is nobody. Every act checks all before it changes anything."""

    kind: str
    severity: str
    reporter: str | None
    status: str = "registered"
    cycle: int = 1
    lead: str | None = None
    supports: tuple[str, ...] = ()
    dispatched: datetime | None = None
    due: datetime | None = None
    verify_due: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    began: datetime | None = None
    full_hours: bool = True
    sides: dict[str, str] = field(default_factory=dict)
    returned: bool = False
    extension: datetime | None = None
    extensions: int = 0
    rungs: int = 0
    responses: int = 0
    files: int = 0
    requested_at: datetime | None = None
    silent: bool = False
    voiding_by: str | None = None
    draft_by: str | None = None
    published: bool = False
    drafts: int = 0
    shown: int = 0
    replied: frozenset[tuple[int, str]] = frozenset()
    spans: list[tuple[datetime, tuple[object, ...]]] = field(default_factory=list)

    def tell(self, now: datetime) -> None:
        """Begin a span where what a span tells has changed."""
        present = (self.status, self.lead, self.due, self.verify_due)
        if not self.spans or self.spans[-1][1] != present:
            self.spans.append((now, present))

    def import_(
        self, who: str | None, now: datetime, lead: str | None, supports: tuple[str, ...], told: str, passed: bool | None,
        reviewer: str | None, after: int, check: int,
    ) -> None:  # fmt: skip
        """It comes as a ledger tells it, found and dispatched nine hours ago. ``told`` is the last step it names."""
        need(who in DISPATCHERS, lead or not (supports or told or after or passed is not None))
        doers = (lead, *supports) if lead else ()
        need(*(sees(one) for one in doers), not self._belongs(who, doers))
        self.sides = {**self._with(who, "checker"), **dict.fromkeys(doers, "doer")}
        if lead:
            self.status, self.lead, self.supports = "assigned", lead, supports
            self.dispatched = self.began = now - hours(9)
            self.due = self.began + hours(HOURS[self.severity][0])
            self.responses, self.files = int(told == "done" or after > 0), after
            self._import_work(now, told, passed)
        able = reviewer in VERIFIERS and reviewer != who and not self._belongs(reviewer, doers)
        shown = check >= FILES[self.severity][0] and after >= FILES[self.severity][1]
        if passed and able and shown and self.kind == "finding":
            self.sides = self._with(reviewer, "checker")
            self._close(reviewer, now)

    def _import_work(self, now: datetime, told: str, passed: bool | None) -> None:
        if told == "accepted":
            self.status = "accepted"
        if self.responses or passed is False:
            self.status = "in_progress"
        if passed or (told == "asked" and passed is None):
            self.status, self.requested_at = "closure_requested", now
            self.verify_due = now + hours(HOURS[self.severity][2])

    def _belongs(self, who: str | None, doers: tuple[str, ...]) -> bool:
        return any(within(own, doer) for own in MEMBER_OF[who or ""] for doer in doers)

    def assign(self, who: str | None, now: datetime, lead: str, supports: tuple[str, ...]) -> None:
        need(who in DISPATCHERS, self.status == "registered")
        self._dispatch(now, lead, supports)

    def reassign(self, who: str | None, now: datetime, lead: str, supports: tuple[str, ...]) -> None:
        need(who in DISPATCHERS, self._may_check(who), self.status in LIVE)
        own = self._with(who, "checker")
        need(*(sees(one) and self._may_do(one, own) for one in (lead, *supports)))
        self.sides = own
        if self.status == "closure_requested":
            self.cycle, self.requested_at, self.responses, self.files, self.silent = self.cycle + 1, None, 0, 0, False
        self._dispatch(now, lead, supports)

    def fix_on_spot(self, who: str | None, now: datetime, doer: str) -> None:
        need(self.kind == "finding", who == self.reporter, who == "finder" or who in DISPATCHERS)
        need(self.status == "registered", sees(doer), self._may_do(doer, self._with(who, "checker")))
        self.sides = {**self._with(who, "checker"), doer: "doer"}
        self.lead, self.due, self.began = doer, now + hours(HOURS[self.severity][0]), now
        self.dispatched = self.dispatched or now
        self._close(who, now)

    def accept(self, who: str | None, now: datetime) -> None:
        need(self._leads(who), self.status == "assigned")
        self.sides, self.status = self._with(who, "doer"), "accepted"

    def return_(self, who: str | None, now: datetime) -> None:
        need(self._leads(who), self.status in ("assigned", "accepted"), not self._pending)
        self.sides, self.returned = self._with(who, "doer"), True

    def rule_return(self, who: str | None, now: datetime, upheld: bool) -> None:
        need(who in DISPATCHERS, self._may_check(who), self.status in WORKED_ON, self.returned)
        self.sides, self.returned = self._with(who, "checker"), False
        if upheld:
            self.status, self.lead, self.supports, self.due, self.began = "registered", None, (), None, None

    def ask_extension(self, who: str | None, now: datetime, until: datetime) -> None:
        need(self._leads(who), self.status in WORKED_ON, not self._pending, self.extensions < 1)
        need(self.due and now < self.due < until <= self.due + hours(72))
        self.sides = self._with(who, "doer")
        self.extension, self.extensions = until, self.extensions + 1

    def rule_extension(self, who: str | None, now: datetime, granted: bool) -> None:
        need(who in DISPATCHERS, self._may_check(who), self.status in WORKED_ON, self.extension)
        need(not granted or (self.due and self.extension and self.due < self.extension <= self.due + hours(72)))
        self.due = self.extension if granted else self.due
        self.sides, self.extension = self._with(who, "checker"), None

    def respond(self, who: str | None, now: datetime, files: int) -> None:
        helps = who in LIAISON_OF and any(within(one, LIAISON_OF[who]) for one in self.supports)
        need(self._leads(who) or helps, self.status in WORKED_ON)
        self.sides, self.status = self._with(who, "doer"), "in_progress"
        self.responses, self.files = self.responses + 1, self.files + files

    def request_closure(self, who: str | None, now: datetime, files: int) -> None:
        need(self._leads(who), self.status == "in_progress", not self._pending, self.responses)
        need(self.kind != "finding" or self.files + files >= FILES[self.severity][1])
        self.sides, self.status, self.files = self._with(who, "doer"), "closure_requested", self.files + files
        self.requested_at, self.verify_due = now, now + hours(HOURS[self.severity][2])

    def verify(self, who: str | None, now: datetime, passed: bool, files: int) -> None:
        need(who in VERIFIERS, self._may_check(who), self.status == "closure_requested")
        need(self.kind == "finding" or self.silent)
        self._check(who, now, passed, files)

    def confirm(self, who: str | None, now: datetime, passed: bool) -> None:
        by = {"request": "operator", "proposal": None, "finding": "nobody at all"}[self.kind]
        need(who == by, self.status == "closure_requested", who is None or self._may_check(who))
        self._check(who, now, passed, 9)

    def fall_silent(self, who: str | None, now: datetime) -> None:
        need(who is None, self.status == "closure_requested", self.kind in SILENCE_DAYS, not self.silent)
        need(self.requested_at and self.requested_at + timedelta(days=SILENCE_DAYS[self.kind]) <= now)
        self.silent, self.verify_due = True, now + hours(HOURS[self.severity][2])

    def revisit(self, who: str | None, now: datetime, passed: bool, files: int) -> None:
        need(who in VERIFIERS, self._may_check(who), who != self.closed_by, self.status == "closed")
        need(self.kind != "finding" or files >= FILES[self.severity][0])
        self.sides = self._with(who, "checker")
        if not passed:
            self._redo(now)

    def reopen(self, who: str | None, now: datetime) -> None:
        need(who in DISPATCHERS, self._may_check(who), self.status == "closed")
        need(self.closed_at and now <= self.closed_at + timedelta(days=30))
        self.sides = self._with(who, "checker")
        self._redo(now)

    def reclassify(self, who: str | None, now: datetime, severity: str) -> None:
        need(who in DISPATCHERS, self._may_check(who), self.status in LIVE, severity != self.severity)
        self.sides, self.severity = self._with(who, "checker"), severity
        if self.began and self.status in WORKED_ON:
            self.due = self.began + hours(HOURS[severity][0 if self.full_hours else 1])

    def escalate(self, who: str | None, now: datetime) -> None:
        need(who is None or who in HEADQUARTERS, self.status in WORKED_ON, self.due, self.rungs < len(LADDER_H))
        need(self.due and self.due + hours(LADDER_H[self.rungs]) <= now)
        self.rungs += 1

    def ask_voiding(self, who: str | None, now: datetime) -> None:
        need(who in HEADQUARTERS, self._may_check(who), self.status in LIVE, not self.voiding_by)
        self.sides, self.voiding_by = self._with(who, "checker"), who

    def void(self, who: str | None, now: datetime) -> None:
        need(who in HEADQUARTERS, self._may_check(who), self.status in LIVE, self.voiding_by, self.voiding_by != who)
        self.sides, self.status, self.verify_due = self._with(who, "checker"), "void", None
        self._end()

    def merge(self, who: str | None, now: datetime, target: Told) -> None:
        need(who in DISPATCHERS, self._may_check(who), self.status in LIVE, target.status in LIVE, target is not self)
        self.sides, self.status, self.verify_due = self._with(who, "checker"), "merged", None
        self._end()

    def draft_publication(self, who: str | None, now: datetime) -> None:
        need(who in HEADQUARTERS, self.status in (*LIVE, "closed"), not self.draft_by)
        self.draft_by, self.drafts = who, self.drafts + 1

    def reply_to_publication(self, who: str | None, now: datetime) -> None:
        need(self._leads(who), self.status in (*LIVE, "closed"), self.draft_by or self.published)
        reply = (self.drafts if self.draft_by else self.shown, LIAISON_OF[who or ""])
        need(reply not in self.replied)
        self.replied |= {reply}

    def publish(self, who: str | None, now: datetime) -> None:
        second = self.draft_by and self.draft_by != who
        need(who in HEADQUARTERS, self.status in (*LIVE, "closed"), second, not self.published)
        self.draft_by, self.published, self.shown = None, True, self.drafts

    def withdraw(self, who: str | None, now: datetime) -> None:
        need(who in HEADQUARTERS, self.status in (*LIVE, "closed"), self.published)
        self.published = False

    def note(self, who: str | None, now: datetime) -> None:
        own = LIAISON_OF.get(who or "")
        works = own and any(one and within(one, own) for one in (self.lead, *self.supports))
        need(who in SEE_ALL or works or (who == "operator" and self.kind != "finding"))

    def sweep(self, who: str | None, now: datetime) -> None:
        need(who in DISPATCHERS)

    @property
    def _pending(self) -> bool:
        return self.returned or self.extension is not None

    def _leads(self, who: str | None) -> bool:
        return who in LIAISON_OF and self.lead is not None and within(self.lead, LIAISON_OF[who])

    def _may_check(self, who: str | None) -> bool:
        doers = [one for one, side in self.sides.items() if side == "doer"]
        own = MEMBER_OF[who] if who else ()
        return who not in doers and not any(within(mine, doer) for mine in own for doer in doers)

    def _may_do(self, organisation: str, sides: dict[str, str]) -> bool:
        """No checker stands there or below, nor belongs there."""
        checkers = [one for one, side in sides.items() if side == "checker"]
        theirs = [*checkers, *(own for one in checkers for own in MEMBER_OF.get(one, ()))]
        return not any(within(one, organisation) for one in theirs)

    def _with(self, who: str | None, side: str) -> dict[str, str]:
        """The sides once somebody, and the organisation acted for, has taken one."""
        if who is None:
            return self.sides
        own = MEMBER_OF[who][0]
        need(self.sides.get(who, side) == side, self.sides.get(own, side) == side)
        need(side == "checker" or self._may_do(own, self.sides))
        return {**self.sides, who: side, own: side}

    def _dispatch(self, now: datetime, lead: str, supports: tuple[str, ...]) -> None:
        parts = (lead, *supports)
        need(*(sees(one) and self._may_do(one, self.sides) for one in parts))
        self.sides = {**self.sides, **dict.fromkeys(parts, "doer")}
        self.status, self.lead, self.supports, self.verify_due = "assigned", lead, supports, None
        self.due, self.began, self.full_hours = now + hours(HOURS[self.severity][0]), now, True
        self.dispatched = self.dispatched or now
        self.returned, self.extension, self.extensions, self.rungs = False, None, 0, 0

    def _check(self, who: str | None, now: datetime, passed: bool, files: int) -> None:
        need(self.kind != "finding" or files >= FILES[self.severity][0])
        self.sides = self._with(who, "checker")
        if passed:
            self._close(who, now)
        else:
            self._redo(now)

    def _close(self, who: str | None, now: datetime) -> None:
        self.status, self.closed_at, self.closed_by, self.verify_due = "closed", now, who, None
        self.voiding_by = None

    def _end(self) -> None:
        self.lead, self.supports, self.returned, self.extension = None, (), False, None
        self.voiding_by = self.draft_by = None

    def _redo(self, now: datetime) -> None:
        self.cycle, self.status = self.cycle + 1, "in_progress"
        self.closed_at = self.closed_by = self.verify_due = self.requested_at = None
        self.responses, self.files, self.silent = 0, 0, False
        self.due, self.began, self.full_hours = now + hours(HOURS[self.severity][1]), now, False
