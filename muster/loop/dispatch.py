"""Dispatch: who shall do it, and rulings on what the unit asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection

from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.loop.act import Act, verb
from muster.loop.fields import MatterFields
from muster.loop.refusals import NothingPending, ReasonNeeded
from muster.loop.situation import Situation
from muster.loop.standing import in_area, ruling
from muster.loop.state import LIVE, WORKED_ON, Part, Side, Status
from muster.loop.step import Question
from muster.loop.steps import (
    Assignment,
    ExtensionRequest,
    ExtensionRuling,
    PublicationDraft,
    Return,
    ReturnRuling,
    VoidingRequest,
)
from muster.people.organisation import Organisation
from muster.people.role import Role

if TYPE_CHECKING:
    from muster.loop.matter import Matter


class NobodyThere(Refusal):
    code = "nobody_there"
    status = 422
    message = _("{organisation} has no liaison who could see this matter. Give somebody there the grant first.")


class ExtensionTooLong(Refusal):
    code = "extension_too_long"
    status = 422
    message = _("The policy pack allows at most {max_h} hours more than the deadline.")


def return_waits(matter: Matter, situation: Situation) -> None:
    if not situation.return_id:
        raise NothingPending


def extension_waits(matter: Matter, situation: Situation) -> None:
    if not situation.extension_id:
        raise NothingPending


class Dispatch(MatterFields):
    class Meta:
        abstract = True

    @verb(in_area(Role.DISPATCHER, Role.HEADQUARTERS), (Status.REGISTERED,))
    def assign(self, act: Act, lead: Organisation, supports: Sequence[Organisation] = ()) -> None:
        """Feed it back, point to point: the lead's deadline runs from this dispatch."""
        self._dispatch(act, lead, supports)

    @verb(ruling(Role.DISPATCHER, Role.HEADQUARTERS), LIVE)
    def reassign(self, act: Act, lead: Organisation, reason: str, supports: Sequence[Organisation] = ()) -> None:
        """Give it to another organisation, which gets full hours from its own dispatch.

        What was already said to be done is so no more: a new cycle.
        """
        required(reason)
        act.take(Side.CHECKER)
        end_open(self, act, *OF_THE_UNIT)
        if self.status == Status.CLOSURE_REQUESTED:
            self.cycle += 1
        self._dispatch(act, lead, supports, reason)

    @verb(ruling(Role.DISPATCHER, Role.HEADQUARTERS), WORKED_ON, return_waits)
    def rule_return(self, act: Act, upheld: bool, reason: str) -> None:
        """Upheld: the assignment ends, without an overdue mark. Overruled: nothing changes, the clock ran on."""
        required(reason)
        act.take(Side.CHECKER)
        act.end(Return, act.situation.return_id)
        act.write(ReturnRuling, asked_id=act.situation.return_id, upheld=upheld, reason=reason)
        if upheld:
            end_open(self, act, Assignment)
            self.status, self.lead_id, self.due_at, self.clock_from = Status.REGISTERED, None, None, None

    @verb(ruling(Role.DISPATCHER, Role.HEADQUARTERS), WORKED_ON, extension_waits)
    def rule_extension(self, act: Act, granted: bool, reason: str, due_at: datetime | None = None) -> None:
        """Granted: the new deadline (as asked, if none is given), within the pack's maximum."""
        required(reason)
        act.take(Side.CHECKER)
        asked = ExtensionRequest.objects.get(matter_id=self.pk, ended_at=None)
        until = (due_at or asked.until) if granted else None
        if until:
            must_be_within_extension(self, until)
        act.end(ExtensionRequest, asked.pk)
        act.write(ExtensionRuling, asked=asked, granted=granted, due_at=until, reason=reason)
        self.due_at = until or self.due_at

    def _dispatch(self, act: Act, lead: Organisation, supports: Sequence[Organisation], reason: str = "") -> None:
        for organisation in (lead, *supports):
            must_see(self, organisation, act.recorded_at)
        self.due_at = act.at + timedelta(hours=self.rule.due_h)
        others = [support for support in dict.fromkeys(supports) if support != lead]
        parts = [(lead, Part.LEAD), *((support, Part.SUPPORT) for support in others)]
        for organisation, part in parts:
            act.take_organisation(Side.DOER, organisation.pk)
            act.write(
                Assignment, part=part, organisation=organisation, dispatched_at=act.at, due_at=self.due_at,
                reason=reason,
            )  # fmt: skip
        self.status, self.lead = Status.ASSIGNED, lead
        self.clock_from, self.verify_due_at = act.at, None
        self.dispatched_at = self.dispatched_at or act.at


#: What ends when a matter leaves its unit, and when it is no matter any more.
OF_THE_UNIT = (Assignment, Return, ExtensionRequest)
OF_THE_MATTER = (*OF_THE_UNIT, VoidingRequest, PublicationDraft)


def end_open(matter: MatterFields, act: Act, *tables: type[Assignment | Question]) -> None:
    """Rows that are still open end with this act."""
    for table in tables:
        table._default_manager.filter(matter_id=matter.pk, ended_at=None).update(ended_at=act.recorded_at)


SEEN_THERE = """
select exists (select 1 from grant_ g join person p on p.id = g.person_id
  where g.role = 'liaison' and p.is_active and g.organisation_id = any(%(organisations)s)
    and g.area_id = any(%(areas)s) and g.from_at <= %(at)s and (g.until is null or g.until > %(at)s))
"""


def must_see(matter: MatterFields, organisation: Organisation, at: datetime) -> None:
    """Nobody is assigned who could not see it: somebody must hold a liaison's grant there."""
    above = [int(pk) for pk in organisation.path.rstrip("/").split("/")]
    values: dict[str, Any] = {"at": at, "organisations": above, "areas": matter.area_path.rstrip("/").split("/")}
    with connection.cursor() as cursor:
        cursor.execute(SEEN_THERE, values)
        seen = cursor.fetchone()[0]
    if not seen:
        raise NobodyThere(organisation=organisation.name)


def must_be_within_extension(matter: MatterFields, until: datetime) -> None:
    max_h = matter.rule.extension_max_h
    if not matter.due_at or not matter.due_at < until <= matter.due_at + timedelta(hours=max_h):
        raise ExtensionTooLong(max_h=max_h)


def required(reason: str) -> None:
    if not reason.strip():
        raise ReasonNeeded
