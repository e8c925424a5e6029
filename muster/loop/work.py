"""Work: what the organisation responsible does with a matter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from muster.evidence.file import File
from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.loop.act import Act, different, verb
from muster.loop.dispatch import must_be_within_extension, required
from muster.loop.fields import MatterFields
from muster.loop.refusals import EvidenceNeeded, Pending, TooLate
from muster.loop.situation import Situation
from muster.loop.standing import liaison_of_any, liaison_of_lead
from muster.loop.state import WORKED_ON, Side, Status
from muster.loop.steps import Acceptance, ClosureRequest, Evidence, ExtensionRequest, Response, Return

if TYPE_CHECKING:
    from muster.loop.matter import Matter


class NoResponseYet(Refusal):
    code = "no_response"
    message = _("Say first what was done: file a response, then request closure.")


class NothingSaid(Refusal):
    code = "nothing_said"
    status = 422
    message = _("Write what was done, or add a photo or file.")


class ExtensionsUsedUp(Refusal):
    code = "extensions_used_up"
    message = _("The policy pack allows {max_count} extension(s) of an assignment, and they are used up.")


def nothing_pending(matter: Matter, situation: Situation) -> None:
    if situation.pending:
        raise Pending


def extension_left(matter: Matter, situation: Situation) -> None:
    nothing_pending(matter, situation)
    max_count = matter.rule.extension_max_count
    if situation.extensions >= max_count:
        raise ExtensionsUsedUp(max_count=max_count)


def work_shown(matter: Matter, situation: Situation) -> None:
    nothing_pending(matter, situation)
    if not situation.responses:
        raise NoResponseYet


class Work(MatterFields):
    class Meta:
        abstract = True

    @verb(liaison_of_lead, (Status.ASSIGNED,))
    def accept(self, act: Act) -> None:
        act.take(Side.DOER)
        act.write(Acceptance, assignment_id=act.situation.lead_id)
        self.status = Status.ACCEPTED

    @verb(liaison_of_lead, (Status.ASSIGNED, Status.ACCEPTED), nothing_pending)
    def return_(self, act: Act, reason: str) -> None:
        """Not ours, says the unit. The clock runs on until a dispatcher has ruled, within the pack's hours."""
        required(reason)
        act.take(Side.DOER)
        act.write(Return, assignment_id=act.situation.lead_id, reason=reason, rule_due_at=self._ruling_due_at(act))

    @verb(liaison_of_lead, WORKED_ON, extension_left)
    def ask_extension(self, act: Act, until: datetime, reason: str) -> None:
        """Asked before the deadline, judged by recorded time."""
        required(reason)
        if not self.due_at or act.recorded_at >= self.due_at:
            raise TooLate
        must_be_within_extension(self, until)
        act.take(Side.DOER)
        act.write(
            ExtensionRequest, assignment_id=act.situation.lead_id, reason=reason, until=until,
            rule_due_at=self._ruling_due_at(act),
        )  # fmt: skip

    @verb(liaison_of_any, WORKED_ON)
    def respond(self, act: Act, text: str = "", photos: Sequence[File] = ()) -> None:
        """What was done, in words, photos or files. From assigned, this also accepts."""
        if not text.strip() and not photos:
            raise NothingSaid
        act.take(Side.DOER)
        act.write(Response, text=text.strip())
        act.attach(photos, Evidence.Of.AFTER)
        if self.status == Status.ASSIGNED:
            act.write(Acceptance, assignment_id=act.situation.lead_id)
        self.status = Status.IN_PROGRESS

    @verb(liaison_of_lead, (Status.IN_PROGRESS,), work_shown)
    def request_closure(self, act: Act, text: str = "", photos: Sequence[File] = ()) -> None:
        """The unit says that it is done: its own clock stops, the checker's starts."""
        filed = act.situation.evidence_filed + different(photos)
        if filed < self.rule.evidence_to_close:
            raise EvidenceNeeded(needed=self.rule.evidence_to_close, given=filed)
        act.take(Side.DOER)
        # The checker's hours are not the unit's to choose: they run from when it was recorded.
        self.verify_due_at = act.recorded_at + timedelta(hours=self.rule.verify_h)
        act.write(ClosureRequest, text=text.strip(), due_at=self.due_at, verify_due_at=self.verify_due_at)
        act.attach(photos, Evidence.Of.AFTER)
        self.status = Status.CLOSURE_REQUESTED

    def _ruling_due_at(self, act: Act) -> datetime:
        return act.at + timedelta(hours=self.rule.ruling_h)
