"""Check: who says that it is done. Never who did it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from muster.evidence.file import File
from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.loop.act import Act, different, verb
from muster.loop.dispatch import end_open, required
from muster.loop.fields import MatterFields
from muster.loop.freeze import recorded_now
from muster.loop.refusals import AlreadyDone, EvidenceNeeded, NotYours
from muster.loop.situation import Actor, Situation
from muster.loop.standing import checking, ruling
from muster.loop.state import How, Side, Status
from muster.loop.steps import Evidence, Reopening, Silence, Verification, VoidingRequest
from muster.people.person import Grant
from muster.people.role import Role

if TYPE_CHECKING:
    from muster.loop.matter import Matter


class SomebodyElseRevisits(Refusal):
    code = "somebody_else_revisits"
    status = 403
    message = _("Whoever passed it doesn't revisit it. Leave the revisit to another verifier.")


class TooLateToReopen(Refusal):
    code = "too_late_to_reopen"
    message = _("It was closed more than {days} days ago. Register a new matter as its recurrence.")


class RatingNeeded(Refusal):
    code = "rating_needed"
    status = 422
    message = _("Give the reply a rating from 1 to 5.")


class AwaitsConfirmation(Refusal):
    code = "awaits_confirmation"
    message = _(
        "Whoever asked confirms this one. A verifier's turn comes when nobody could be reached for {days} days."
    )


#: What a confirmation may be rated with; a call-back needs no rating.
RATINGS: dict[How, Sequence[int | None]] = {How.CALL_BACK: [None, *range(1, 6)], How.RATING: range(1, 6)}


def visit_is_due(matter: Matter, situation: Situation) -> None:
    if matter.rule.confirm != "visit" and not situation.silent:
        raise AwaitsConfirmation(days=matter.rule.silence_days)


def still_open_to_reopen(matter: Matter, situation: Situation) -> None:
    if matter.closed_at and matter.closed_at + timedelta(days=matter.rule.reopen_days) < recorded_now():
        raise TooLateToReopen(days=matter.rule.reopen_days)


def whoever_asked(actor: Actor, matter: Matter, situation: Situation) -> Grant | None:
    """A proposal: the proposer, by the link that nobody else has. A request: who calls back."""
    if matter.rule.confirm == "rating" and not actor.person:
        return None
    if matter.rule.confirm == "call_back":
        return checking(Role.OPERATOR)(actor, matter, situation)
    raise NotYours


def only_the_timer(actor: Actor, matter: Matter, situation: Situation) -> None:
    if actor.person:
        raise NotYours


def long_unheard(matter: Matter, situation: Situation) -> None:
    days = matter.rule.silence_days
    if days is None or situation.silent or not situation.closure_requested_at:
        raise AlreadyDone
    if situation.closure_requested_at + timedelta(days=days) > recorded_now():
        raise AwaitsConfirmation(days=days)


def another_verifier(actor: Actor, matter: Matter, situation: Situation) -> Grant | None:
    grant = checking(Role.VERIFIER)(actor, matter, situation)
    if actor.person and actor.person.pk == situation.closed_by:
        raise SomebodyElseRevisits
    return grant


class Check(MatterFields):
    class Meta:
        abstract = True

    @verb(checking(Role.VERIFIER), (Status.CLOSURE_REQUESTED,), visit_is_due)
    def verify(self, act: Act, passed: bool, remark: str = "", photos: Sequence[File] = ()) -> None:
        """An independent visit. Passed: closed. Failed: a new cycle, with redo hours from now."""
        needed = self.rule.evidence
        if different(photos) < needed:
            raise EvidenceNeeded(needed=needed, given=different(photos))
        self._check(act, How.VISIT, passed, remark, photos, evidence_needed=needed > 0)
        self._close_or_redo(act, passed)

    @verb(whoever_asked, (Status.CLOSURE_REQUESTED,))
    def confirm(self, act: Act, done: bool, remark: str = "", rating: int | None = None) -> None:
        """Whoever asked says whether it is done: a resident by call-back, a proposer with a rating of 1 to 5."""
        how = How(self.rule.confirm)
        if rating not in RATINGS[how]:
            raise RatingNeeded
        self._check(act, how, done, remark, (), rating=rating)
        self._close_or_redo(act, done)

    @verb(another_verifier, (Status.CLOSED,))
    def revisit(self, act: Act, passed: bool, remark: str = "", photos: Sequence[File] = ()) -> None:
        """Look again at what is closed. Failed: open again, in a new cycle."""
        needed = self.rule.evidence
        if different(photos) < needed:
            raise EvidenceNeeded(needed=needed, given=different(photos))
        self._check(act, How.SAMPLE, passed, remark, photos, evidence_needed=needed > 0)
        if not passed:
            self._redo(act)

    @verb(ruling(Role.HEADQUARTERS, Role.DISPATCHER), (Status.CLOSED,), still_open_to_reopen)
    def reopen(self, act: Act, reason: str) -> None:
        required(reason)
        act.take(Side.CHECKER)
        act.write(Reopening, reason=reason)
        self._redo(act)

    @verb(only_the_timer, (Status.CLOSURE_REQUESTED,), long_unheard)
    def fall_silent(self, act: Act) -> None:
        """Nobody could be heard for the pack's days: a verifier visits. Silence closes nothing by itself."""
        act.write(Silence)
        self.verify_due_at = act.at + timedelta(hours=self.rule.verify_h)

    def _check(
        self,
        act: Act,
        how: How,
        passed: bool,
        remark: str,
        photos: Sequence[File],
        *,
        evidence_needed: bool = False,
        rating: int | None = None,
    ) -> None:
        if not passed:
            required(remark)
        if act.by:
            act.take(Side.CHECKER)
        evidence = act.attach(photos, Evidence.Of.CHECK)
        check = act.write(
            Verification, kind=self.kind, passed=passed, how=how, remark=remark.strip(), rating=rating,
            evidence_needed=evidence_needed, evidence=evidence[0] if evidence else None,
        )  # fmt: skip
        if passed and how != How.SAMPLE:
            self.closing_check = check.pk

    def _close_or_redo(self, act: Act, passed: bool) -> None:
        if not passed:
            return self._redo(act)
        end_open(self, act, VoidingRequest)
        self.status, self.closed_at, self.verify_due_at = Status.CLOSED, act.recorded_at, None
        return None

    def _redo(self, act: Act) -> None:
        """A new cycle: what passed before closes nothing any more."""
        self.cycle += 1
        self.status, self.closing_check = Status.IN_PROGRESS, None
        self.closed_at = self.verify_due_at = None
        self.clock_from = act.at
        self.due_at = act.at + timedelta(hours=self.rule.redo_h)
