"""Intake: how a matter comes in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from muster.evidence.file import File
from muster.incidents.incident import Incident
from muster.lib.ids import uuid7
from muster.loop.act import Act, Receipt, verb
from muster.loop.arrival import Arrival, Caller, TextNeeded
from muster.loop.dispatch import end_open, must_see
from muster.loop.fields import MatterFields
from muster.loop.refusals import EvidenceNeeded, NotYours
from muster.loop.situation import Actor, Situation
from muster.loop.standing import finder, in_area, whoever_sees_it
from muster.loop.state import Kind, Side, Status, Way
from muster.loop.steps import Assignment, Evidence, Note, Verification, VoidingRequest
from muster.people.organisation import Organisation
from muster.people.person import Grant, Person
from muster.people.role import Role
from muster.places.area import Area

if TYPE_CHECKING:
    from muster.loop.matter import Matter

#: Who registers what. A proposal comes from anyone; a supply request will come from who keeps stock.
REGISTERED_BY = {
    Kind.FINDING: (Role.INSPECTOR, Role.DISPATCHER, Role.HEADQUARTERS),
    Kind.REQUEST: (Role.OPERATOR, Role.DISPATCHER, Role.HEADQUARTERS),
    Kind.PROPOSAL: (Role.OPERATOR, Role.DISPATCHER, Role.HEADQUARTERS),
    Kind.SUPPLY: (),
}


def registering(made: Matter, actor: Actor) -> Grant | None:
    """Whoever registers such a matter there; a proposal also comes from nobody known."""
    if made.kind == Kind.PROPOSAL and not actor.person:
        return None
    return in_area(*REGISTERED_BY[Kind(made.kind)])(actor, made, Situation())


def found_by_visit(matter: Matter, situation: Situation) -> None:
    """What whoever asked must confirm is closed by nobody else, on the spot or later."""
    if matter.kind != Kind.FINDING:
        raise NotYours


class Intake(MatterFields):
    class Meta:
        abstract = True

    @classmethod
    def register(
        cls,
        *,
        by: Person | None,
        incident: Incident,
        kind: str,
        area: Area,
        category: str,
        severity: str,
        text: str,
        at: datetime | None = None,
        id: UUID | None = None,
        caller: Caller | None = None,
        photos: Sequence[File] = (),
        **more: Any,
    ) -> Receipt:
        """Register a matter under the pack in force; it copies the rules it will be judged by.

        ``more``: site, team, way, source_number, recurrence_of. Raises the pack's refusals for an unknown kind, category
        or severity.
        """
        made = cls(
            id=id or uuid7(), incident=incident, kind=kind, area=area, area_path=area.path, category=category,
            severity=severity, text=text.strip(), reporter=by, **{"way": Way.UNANNOUNCED, **more},
        )  # fmt: skip
        asked = {
            "kind": kind,
            "area": area,
            "category": category,
            "severity": severity,
            "text": made.text,
            **more,
        }
        content = [by.pk if by else None, at, incident.pk, list(photos), asked]
        return Arrival("register", cast("Matter", made), content, at, registering, caller, photos).arrive()

    @verb(finder, (Status.REGISTERED,), found_by_visit)
    def fix_on_spot(
        self,
        act: Act,
        doer: Organisation,
        before: Sequence[File] = (),
        after: Sequence[File] = (),
        remark: str = "",
    ) -> None:
        """Found and mended in one visit: fed back to the doer there, and closed by the finder."""
        if not after or not (before or act.situation.photos_before):
            given = len(after) + min(1, len(before) + act.situation.photos_before)
            raise EvidenceNeeded(needed=2, given=given)
        self.due_at = act.at + timedelta(hours=self.rule.due_h)
        act.take_organisation(Side.DOER, doer.pk)
        act.take(Side.CHECKER)
        evidence = [*act.attach(before, Evidence.Of.BEFORE), *act.attach(after, Evidence.Of.AFTER)]
        check = act.write(
            Verification, kind=self.kind, passed=True, how="on_spot", remark=remark, evidence_needed=True,
            evidence=evidence[-1],
        )  # fmt: skip
        act.write(Assignment, part="lead", organisation=doer, dispatched_at=act.at, due_at=self.due_at)
        self.lead, self.dispatched_at, self.clock_from = doer, self.dispatched_at or act.at, act.at
        self.status, self.closing_check, self.closed_at = Status.CLOSED, check.pk, act.recorded_at
        # Should a revisit fail, somebody there must get to see it.
        must_see(self, doer, act.recorded_at)
        end_open(self, act, VoidingRequest)

    @verb(whoever_sees_it, tuple(Status))
    def note(self, act: Act, text: str) -> None:
        if not text.strip():
            raise TextNeeded
        act.write(Note, text=text.strip())

    @verb(whoever_sees_it, tuple(Status))
    def attach(self, act: Act, photos: Sequence[File]) -> None:
        """Put files to the matter. They count as nobody's proof of work or check."""
        if not photos:
            raise EvidenceNeeded(needed=1, given=0)
        act.attach(photos, Evidence.Of.OTHER, named=True)
