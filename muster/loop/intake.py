"""Intake: how a matter comes in."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.db import IntegrityError, transaction

from muster.evidence.file import File
from muster.incidents.incident import Incident
from muster.lib.ids import uuid7
from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.loop.act import Act, Receipt, keep_conflict, must_have_been, repeated, stamp, verb
from muster.loop.contact import Contact, new_salt
from muster.loop.dispatch import must_see
from muster.loop.entry import canonical
from muster.loop.fields import MatterFields
from muster.loop.number import next_number
from muster.loop.record import begin_span, enter, next_entry
from muster.loop.refusals import ConflictingContent, EvidenceNeeded, NotYours, refusal_of
from muster.loop.situation import Actor, Situation
from muster.loop.standing import finder, whoever_sees_it
from muster.loop.state import Kind, Side, Status, Way
from muster.loop.steps import Assignment, Evidence, Note, Verification
from muster.people.organisation import Organisation
from muster.people.person import Grant, Person
from muster.people.role import Role
from muster.places.area import Area
from muster.places.site import Site

if TYPE_CHECKING:
    from muster.loop.matter import Matter


class TextNeeded(Refusal):
    code = "text_needed"
    status = 422
    message = _("Say in one sentence what it is about.")


class SiteElsewhere(Refusal):
    code = "site_elsewhere"
    status = 422
    message = _("{site} doesn't lie in {area}. Choose the area of the site.")


#: Who registers what. A proposal comes from anyone; a supply request will come from who keeps stock.
REGISTERED_BY = {
    Kind.FINDING: (Role.INSPECTOR, Role.DISPATCHER, Role.HEADQUARTERS),
    Kind.REQUEST: (Role.OPERATOR, Role.DISPATCHER, Role.HEADQUARTERS),
    Kind.PROPOSAL: (Role.OPERATOR, Role.DISPATCHER, Role.HEADQUARTERS),
    Kind.SUPPLY: (),
}


@dataclass(frozen=True)
class Caller:
    """Who asks: name and telephone, kept apart from the matter and for the pack's days only."""

    name: str = ""
    phone: str = ""


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
        return _register_once(cast("Matter", made), caller, photos, at, content)

    @verb(finder, (Status.REGISTERED,))
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


def _register_once(
    made: Matter, caller: Caller | None, photos: Sequence[File], at: datetime | None, asked: list[Any]
) -> Receipt:
    for last_try in (False, True):
        # At every try, as the salt is the one of whoever was first.
        contact = _contact_of(made.pk, caller) if caller else None
        content = canonical([*asked, contact.digest if contact else None])
        try:
            with made.incident.clock(), transaction.atomic():
                return _register(made, contact, photos, at, content)
        except ConflictingContent:
            keep_conflict(made.pk, made, made.reporter, "register", content)
            raise
        except IntegrityError as fault:
            # The same intake was sent twice at once and the other was first: now its receipt is there.
            if last_try:
                raise refusal_of(fault) from fault
            made._state.adding = True
    raise AssertionError("unreachable")


def _contact_of(matter_id: UUID, caller: Caller) -> Contact:
    """The caller with the salt that stands with this matter, or a new one: a repeated intake must hash alike."""
    known = Contact.objects.filter(pk=matter_id).values_list("salt", flat=True).first()
    return Contact(matter_id=matter_id, salt=known or new_salt(), **dataclasses.asdict(caller))


def _register(
    made: Matter, contact: Contact | None, photos: Sequence[File], at: datetime | None, content: str
) -> Receipt:
    now, first = stamp(made.pk)
    if first:
        return repeated(first, content)
    if not made.text:
        raise TextNeeded
    _must_lie_in(made.site, made.area)
    actor = Actor.of(made.reporter)
    version = made.incident.pack_version()
    made.pack, made.rules = (
        version,
        dataclasses.asdict(version.pack.rules(made.kind, made.category, made.severity)),
    )
    grant = _standing(made, actor)
    made.registered_at, made.occurred_at = now, must_have_been(at or now, now)
    made.reporter_organisation_id = grant.organisation_id if grant else None
    act = Act("register", made, made.reporter, made.occurred_at, made.pk, now, grant, actor, Situation())
    act.attach(photos, Evidence.Of.BEFORE)
    if contact:
        _keep_contact(act, contact, version.pack.retention.contact_days)
    return _enter_registered(act, version.pack.kind(made.kind).prefix, content)


def _standing(made: Matter, actor: Actor) -> Grant | None:
    if made.kind == Kind.PROPOSAL and not made.reporter:
        return None
    for grant in actor.grants:
        if grant.role in REGISTERED_BY[Kind(made.kind)] and grant.area.holds(made.area_path):
            return grant
    raise NotYours


def _must_lie_in(site: Site | None, area: Area) -> None:
    if site and not area.holds(site.area.path):
        raise SiteElsewhere(site=site.name, area=area.name)


def _keep_contact(act: Act, contact: Contact, days: int) -> None:
    contact.expires_at = act.recorded_at + timedelta(days=days)
    contact.save(force_insert=True)
    act.rows.append(("contact", str(contact.pk), contact.digest))


def _enter_registered(act: Act, prefix: str, content: str) -> Receipt:
    """Number, history, matter and first span. The number comes last that it can: its counter is one row a county."""
    made = act.matter
    made.number = next_number(prefix, made.area.codes, act.recorded_at.astimezone(made.incident.tz).date())
    digest = made.registration_digest(made.area_id, made.category, made.severity)
    act.rows.append(("matter", str(made.pk), digest))
    entry = next_entry(act, content)
    made.save(force_insert=True)
    begin_span(made)
    enter(entry, act.written)
    return Receipt(act.id, made.pk, entry.seq, act.recorded_at, entry.hash)
