"""The ledger: a matter comes in with a past, as somebody's list tells it. Nobody becomes a doer by copying a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.utils import timezone

from muster.evidence.file import File
from muster.incidents.incident import Incident
from muster.lib.ids import uuid7
from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.loop.act import Act, Receipt, different, must_have_been
from muster.loop.arrival import Arrival, Caller
from muster.loop.dispatch import must_see
from muster.loop.fields import MatterFields
from muster.loop.intake import REGISTERED_BY
from muster.loop.refusals import NotYours, WrongSide
from muster.loop.situation import Actor, Situation
from muster.loop.standing import in_area
from muster.loop.state import How, Kind, Part, Side, Status, Way
from muster.loop.steps import Acceptance, Assignment, ClosureRequest, Evidence, LedgerLine, Response, Verification
from muster.people.organisation import Organisation
from muster.people.person import Grant, Person
from muster.people.role import Role
from muster.places.area import Area
from muster.places.site import Site

if TYPE_CHECKING:
    from muster.loop.matter import Matter


class SourceNeeded(Refusal):
    code = "source_needed"
    status = 422
    message = _("Say which ledger it comes from, and which row of it.")


class LeadNeeded(Refusal):
    code = "lead_needed"
    status = 422
    message = _("The ledger tells of work, but not whose. Name the responsible organisation.")


class LedgerOutOfOrder(Refusal):
    code = "ledger_out_of_order"
    status = 422
    message = _("The ledger's times are out of order: {later} should come after {earlier}. Correct one of them.")


@dataclass(frozen=True)
class Past:
    """What a ledger knows of a matter beyond its registration. ``passed`` is its “closed”: yes, no, or not looked at."""

    found_at: datetime | None = None
    lead: Organisation | None = None
    supports: Sequence[Organisation] = ()
    dispatched_at: datetime | None = None
    due_at: datetime | None = None
    accepted_at: datetime | None = None
    done: str = ""
    done_at: datetime | None = None
    after: Sequence[File] = ()
    closure_asked_at: datetime | None = None
    reviewer: Person | None = None
    reviewed_at: datetime | None = None
    passed: bool | None = None
    check: Sequence[File] = ()

    @property
    def is_done(self) -> bool:
        return bool(self.done.strip() or self.done_at or self.after)

    @property
    def closure_asked(self) -> bool:
        """Whether it is said to be done, and no review has said otherwise."""
        return self.passed is not False and bool(self.closure_asked_at or self.passed)

    @property
    def doers(self) -> list[Organisation]:
        return [one for one in dict.fromkeys((self.lead, *self.supports)) if one]

    def must_make_sense(self, now: datetime) -> None:
        """Raises LeadNeeded, LedgerOutOfOrder and ActInFuture."""
        if not self.lead and self._tells_of_work():
            raise LeadNeeded
        told = [must_have_been(at, now) for at in self._times() if at]
        dispatched_at = self.dispatched_at or self.found_at
        due = [(dispatched_at, self.due_at)] if dispatched_at and self.due_at else []
        for earlier, later in (*pairwise(told), *due):
            if earlier > later:
                raise LedgerOutOfOrder(earlier=_shown(earlier), later=_shown(later))

    def _times(self) -> tuple[datetime | None, ...]:
        """In the order in which they must have been."""
        return (
            self.found_at, self.dispatched_at, self.accepted_at, self.done_at, self.closure_asked_at, self.reviewed_at,
        )  # fmt: skip

    def _tells_of_work(self) -> bool:
        after_dispatch = (self.dispatched_at, self.due_at, self.accepted_at, self.closure_asked_at, self.supports)
        return self.is_done or self.passed is not None or any(after_dispatch)


class Ledger(MatterFields):
    class Meta:
        abstract = True

    @classmethod
    def import_(
        cls,
        *,
        by: Person | None,
        incident: Incident,
        kind: str,
        area: Area,
        category: str,
        severity: str,
        text: str,
        source: str,
        past: Past | None = None,
        site: Site | None = None,
        source_number: str = "",
        at: datetime | None = None,
        id: UUID | None = None,
        caller: Caller | None = None,
        photos: Sequence[File] = (),
    ) -> Receipt:
        """Register a matter with the past that a ledger tells: what occurred is the ledger's, recorded is now.

        ``source``: the file or sender, and the row. ``at``: when it is imported. “Closed” arrives as closure_requested, or
        closed if its reviewer could have closed it here and the photos for that are given. Raises what ``register`` raises,
        and SourceNeeded, LeadNeeded, LedgerOutOfOrder, NobodyThere, WrongSide.
        """
        past = past or Past()
        asked = {
            "kind": kind, "area": area, "category": category, "severity": severity, "text": text.strip(), "site": site,
            "source": source.strip(), "source_number": source_number, **vars(past),
        }  # fmt: skip
        made = cls(
            id=id or uuid7(), incident=incident, kind=kind, area=area, area_path=area.path, category=category,
            severity=severity, text=text.strip(), site=site, source_number=source_number, reporter=by, way=Way.IMPORT,
        )  # fmt: skip
        content = [by.pk if by else None, at, incident.pk, list(photos), asked]
        tell = partial(_tell, past=past, source=source.strip())
        return Arrival(
            "import_", cast("Matter", made), content, at, importing, caller, photos, tell, past.found_at
        ).arrive()


def importing(made: Matter, actor: Actor) -> Grant | None:
    if not REGISTERED_BY[Kind(made.kind)]:
        raise NotYours
    return in_area(Role.DISPATCHER, Role.HEADQUARTERS)(actor, made, Situation())


def _tell(act: Act, past: Past, source: str) -> None:
    """Write what the ledger tells. The importer stands with the checkers, and does nothing in the unit's name."""
    if not source:
        raise SourceNeeded
    past.must_make_sense(act.recorded_at)
    if act.by and stands_with(act.by, act.grant, past.doers):
        raise WrongSide
    act.take(Side.CHECKER)
    act.write(
        LedgerLine, source=source, reviewer=past.reviewer, reviewed_at=past.reviewed_at, passed=past.passed,
    )  # fmt: skip
    if past.lead:
        _tell_dispatch(act, past, past.lead)
        _tell_work(act, past, past.lead)
        _tell_check(act, past)


def _tell_dispatch(act: Act, past: Past, lead: Organisation) -> None:
    matter = act.matter
    dispatched_at = past.dispatched_at or matter.occurred_at
    matter.due_at = past.due_at or dispatched_at + timedelta(hours=matter.rule.due_h)
    for organisation in past.doers:
        must_see(matter, organisation, act.recorded_at)
        act.take_organisation(Side.DOER, organisation.pk)
        act.write(
            Assignment, part=Part.LEAD if organisation == lead else Part.SUPPORT, organisation=organisation,
            dispatched_at=dispatched_at, due_at=matter.due_at, occurred_at=dispatched_at,
        )  # fmt: skip
    matter.status, matter.lead = Status.ASSIGNED, lead
    matter.dispatched_at = matter.clock_from = dispatched_at


def _tell_work(act: Act, past: Past, lead: Organisation) -> None:
    """The unit's rows name the unit, and no person: the ledger knows none. A time that it lacks is the next it tells."""
    matter = act.matter
    asked_at = past.closure_asked_at or past.reviewed_at or act.at
    done_at = past.done_at or asked_at
    of_the_unit: dict[str, Any] = {"by": None, "by_organisation_id": lead.pk}
    if past.accepted_at or past.is_done or past.closure_asked:
        assigned = next(row for row in act.written if isinstance(row, Assignment) and row.part == Part.LEAD)
        act.write(Acceptance, assignment=assigned, occurred_at=past.accepted_at or done_at, **of_the_unit)
        matter.status = Status.ACCEPTED
    if past.is_done:
        act.write(Response, text=past.done.strip(), occurred_at=done_at, **of_the_unit)
    act.attach(past.after, Evidence.Of.AFTER)
    if past.is_done or past.passed is False:
        matter.status = Status.IN_PROGRESS
    if past.closure_asked:
        # The checker's hours run from now: nobody could look at it here before.
        matter.verify_due_at = act.recorded_at + timedelta(hours=matter.rule.verify_h)
        act.write(
            ClosureRequest, due_at=matter.due_at, verify_due_at=matter.verify_due_at, occurred_at=asked_at, **of_the_unit
        )  # fmt: skip
        matter.status = Status.CLOSURE_REQUESTED


def _tell_check(act: Act, past: Past) -> None:
    """Closed, where the reviewer could have closed it here. Where not, it waits for its check, and only the line tells."""
    matter, grant = act.matter, _grant_to_close(act, past)
    evidence = act.attach(past.check, Evidence.Of.CHECK)
    if not past.reviewer or not grant:
        return
    act.take_organisation(Side.CHECKER, grant.organisation_id, past.reviewer.pk)
    check = act.write(
        Verification, kind=matter.kind, passed=True, how=How.VISIT, evidence_needed=matter.rule.evidence > 0,
        evidence=evidence[0] if evidence else None, by=past.reviewer, by_organisation_id=grant.organisation_id,
        occurred_at=past.reviewed_at or act.at,
    )  # fmt: skip
    matter.status, matter.closing_check, matter.closed_at = Status.CLOSED, check.pk, act.recorded_at
    matter.verify_due_at = None


def _grant_to_close(act: Act, past: Past) -> Grant | None:
    """The reviewer's grant, if everything is as the loop would have asked of them.

    They are another person than the importer, a verifier there and of no doer; the matter is confirmed by a visit, which
    nobody's word replaces for a request or a proposal; and both the unit's photos and the check's are as many as the rules
    ask for.
    """
    rule, reviewer = act.matter.rule, past.reviewer
    if not past.passed or not reviewer or reviewer == act.by or rule.confirm != "visit":
        return None
    if different(past.after) < rule.evidence_to_close or different(past.check) < rule.evidence:
        return None
    for grant in reviewer.grants_at():
        if grant.role == Role.VERIFIER and grant.area.holds(act.matter.area_path):
            return None if stands_with(reviewer, grant, past.doers) else grant
    return None


def stands_with(person: Person, grant: Grant | None, doers: Sequence[Organisation]) -> bool:
    """Whether a person belongs, or the grant acts for, one of the organisations or one below."""
    own = [membership.organisation for membership in person.memberships_now()]
    own += [grant.organisation] if grant else []
    return any(doer.holds(organisation.path) for doer in doers for organisation in own)


def _shown(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
