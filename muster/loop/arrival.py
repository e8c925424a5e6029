"""Arrival: the frame in which a matter comes in, once per id: stamped, numbered, with its first span and entry."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction

from muster.evidence.file import File
from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.loop import span
from muster.loop.act import Act, Receipt, close, keep_conflict, must_have_been, repeated, stamp
from muster.loop.contact import Contact, new_salt
from muster.loop.entry import canonical
from muster.loop.number import next_number
from muster.loop.record import begin_span, enter, next_entry
from muster.loop.refusals import ConflictingContent, refusal_of
from muster.loop.situation import Actor, Situation
from muster.loop.steps import Evidence
from muster.people.person import Grant
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


@dataclass(frozen=True)
class Caller:
    """Who asks: name and telephone, kept apart from the matter and for the pack's days only."""

    name: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Arrival:
    """A matter on its way in. ``asked`` is its content, to know it again by; ``tell`` writes what else is known of it.

    ``found_at`` is when it occurred, where that isn't when it is handed in.
    """

    action: str
    made: Matter
    asked: list[Any]
    at: datetime | None
    standing: Callable[[Matter, Actor], Grant | None]
    caller: Caller | None = None
    photos: Sequence[File] = ()
    tell: Callable[[Act], None] | None = None
    found_at: datetime | None = None

    def arrive(self) -> Receipt:
        for last_try in (False, True):
            # At every try, as the salt is the one of whoever was first.
            contact = _contact_of(self.made.pk, self.caller) if self.caller else None
            content = canonical([*self.asked, contact.digest if contact else None])
            try:
                with self.made.incident.clock(), transaction.atomic():
                    return self._take_in(contact, content)
            except ConflictingContent:
                keep_conflict(self.made.pk, self.made, self.made.reporter, self.action, content)
                raise
            except IntegrityError as fault:
                # The same intake was sent twice at once and the other was first: now its receipt is there.
                if last_try:
                    raise refusal_of(fault) from fault
                self.made._state.adding = True
        raise AssertionError("unreachable")

    def _take_in(self, contact: Contact | None, content: str) -> Receipt:
        made = self.made
        now, first = stamp(made.pk)
        if first:
            return repeated(first, content)
        if not made.text:
            raise TextNeeded
        must_lie_in(made.site, made.area)
        made.area.must_be_open()
        actor = Actor.of(made.reporter)
        made.pack = made.incident.pack_version()
        made.rules = dataclasses.asdict(made.pack.pack.rules(made.kind, made.category, made.severity))
        grant = self.standing(made, actor)
        at = must_have_been(self.at or now, now)
        made.registered_at, made.occurred_at = now, must_have_been(self.found_at or at, now)
        made.reporter_organisation_id = grant.organisation_id if grant else None
        act = Act(self.action, made, made.reporter, at, made.pk, now, grant, actor, Situation())
        act.attach(self.photos, Evidence.Of.BEFORE)
        if contact:
            _keep_contact(act, contact, made.pack.pack.retention.contact_days)
        _number(act, made.pack.pack.kind(made.kind).prefix)
        return self._told(act, content) if self.tell else _enter(act, content)

    def _told(self, act: Act, content: str) -> Receipt:
        """Sides point at the matter, and the matter may point at a check: so it comes in first, then all that is told."""
        made = self.made
        made.recorded_at = act.recorded_at
        made.save(force_insert=True)
        before = made.present()
        if self.tell:
            self.tell(act)
        receipt = close(act, before, content)
        if span.TOLD.isdisjoint(made.changed_since(before)):
            begin_span(made)
        return receipt


def _contact_of(matter_id: UUID, caller: Caller) -> Contact:
    """The caller with the salt that stands with this matter, or a new one: a repeated intake must hash alike."""
    known = Contact.objects.filter(pk=matter_id).values_list("salt", flat=True).first()
    return Contact(matter_id=matter_id, salt=known or new_salt(), **dataclasses.asdict(caller))


def must_lie_in(site: Site | None, area: Area) -> None:
    if site and not area.holds(site.area.path):
        raise SiteElsewhere(site=site.name, area=area.name)


def _keep_contact(act: Act, contact: Contact, days: int) -> None:
    contact.expires_at = act.recorded_at + timedelta(days=days)
    contact.save(force_insert=True)
    act.rows.append(("contact", str(contact.pk), contact.digest))


def _number(act: Act, prefix: str) -> None:
    """The number comes last that it can: its counter is one row a county."""
    made = act.matter
    made.number = next_number(prefix, made.area.codes, act.recorded_at.astimezone(made.incident.tz).date())
    digest = made.registration_digest(made.area_id, made.category, made.severity)
    act.rows.append(("matter", str(made.pk), digest))


def _enter(act: Act, content: str) -> Receipt:
    """History, matter and first span."""
    made = act.matter
    entry = next_entry(act, content)
    made.save(force_insert=True)
    begin_span(made)
    enter(entry, act.written)
    return Receipt(act.id, made.pk, entry.seq, act.recorded_at, entry.hash)
