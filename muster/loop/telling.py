"""Writing what a ledger tells of a matter. Nobody becomes a doer by copying a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.loop.act import Act, different
from muster.loop.dispatch import must_see
from muster.loop.fields import MatterFields
from muster.loop.past import Past
from muster.loop.refusals import WrongSide
from muster.loop.state import How, Part, Side, Status
from muster.loop.steps import Acceptance, Assignment, ClosureRequest, Evidence, LedgerLine, Response, Verification
from muster.people.organisation import Organisation
from muster.people.person import Grant, Person
from muster.people.role import Role


class SourceNeeded(Refusal):
    code = "source_needed"
    status = 422
    message = _("Say which ledger it comes from, and which row of it.")


class AnotherLead(Refusal):
    code = "another_lead"
    message = _("{lead} is responsible for it here. Give it to {told} first, then let the ledger tell more.")


See = Callable[[MatterFields, Organisation, datetime], None]
"""Raises NobodyThere where nobody of an organisation would get to see a matter."""


def tell(act: Act, past: Past, source: str, see: See = must_see) -> None:
    """Write what the ledger tells of a matter that comes in with it."""
    _tell_line(act, past, source)
    if past.lead:
        _tell_dispatch(act, past, past.lead, see)
        _tell_work(act, past, past.lead)
        _tell_check(act, past)


def tell_more(act: Act, past: Past, source: str) -> None:
    """Write what a later ledger tells of a matter that is here: to whom it was given, what was done, that it is done."""
    lead = act.matter.lead
    past = replace(past, lead=past.lead or lead)
    if lead and past.lead != lead:
        raise AnotherLead(lead=lead.name, told=past.lead)
    _tell_line(act, past, source)
    if past.lead:
        if not lead:
            _tell_dispatch(act, past, past.lead, must_see)
        _tell_work(act, past, past.lead)


def _tell_line(act: Act, past: Past, source: str) -> None:
    """The importer stands with the checkers, and does nothing in the unit's name."""
    if not source:
        raise SourceNeeded
    past.must_make_sense(act.recorded_at)
    if act.by and stands_with(act.by, act.grant, past.doers):
        raise WrongSide
    act.take(Side.CHECKER)
    act.write(
        LedgerLine, source=source, reviewer=past.reviewer, reviewed_at=past.reviewed_at, passed=past.passed,
    )  # fmt: skip


def _tell_dispatch(act: Act, past: Past, lead: Organisation, see: See) -> None:
    matter = act.matter
    dispatched_at = past.dispatched_at or matter.occurred_at
    matter.due_at = past.due_at or dispatched_at + timedelta(hours=matter.rule.due_h)
    for organisation in past.doers:
        see(matter, organisation, act.recorded_at)
        act.take_organisation(Side.DOER, organisation.pk)
        act.write(
            Assignment, part=Part.LEAD if organisation == lead else Part.SUPPORT, organisation=organisation,
            dispatched_at=dispatched_at, due_at=matter.due_at, occurred_at=dispatched_at,
        )  # fmt: skip
    matter.status, matter.lead = Status.ASSIGNED, lead
    matter.dispatched_at, matter.clock_from = matter.dispatched_at or dispatched_at, dispatched_at


def _tell_work(act: Act, past: Past, lead: Organisation) -> None:
    """The unit's rows name the unit, and no person: the ledger knows none. A time that it lacks is the next it tells."""
    matter = act.matter
    asked_at = past.closure_asked_at or past.reviewed_at or act.at
    done_at = past.done_at or asked_at
    of_the_unit: dict[str, Any] = {"by": None, "by_organisation_id": lead.pk}
    if matter.status == Status.ASSIGNED and (past.accepted_at or past.is_done or past.closure_asked):
        act.write(Acceptance, assignment_id=_assigned(act), occurred_at=past.accepted_at or done_at, **of_the_unit)
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


def _assigned(act: Act) -> UUID | None:
    """The lead's assignment: of this act, or of one before."""
    told = (row.pk for row in act.written if isinstance(row, Assignment) and row.part == Part.LEAD)
    return next(told, act.situation.lead_id)


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
    own = [*person.organisations_now(), *([grant.organisation] if grant else [])]
    return any(doer.holds(organisation.path) for doer in doers for organisation in own)
