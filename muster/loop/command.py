"""Command: what headquarters does beside the work, from reclassifying to publishing and looking elsewhere."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.loop.act import Act, verb
from muster.loop.alike import similar_to, sites_not_looked_at
from muster.loop.bulletin import must_name_nobody, put_in_issue, take_from_issue
from muster.loop.dispatch import OF_THE_MATTER, end_open, must_see, required
from muster.loop.fields import MatterFields
from muster.loop.freeze import recorded_now
from muster.loop.record import next_entry, put
from muster.loop.refusals import NothingPending
from muster.loop.situation import Situation
from muster.loop.standing import in_area, liaison_of_lead, ruling, timer_or
from muster.loop.state import LIVE, WORKED_ON, Side, Status
from muster.loop.steps import (
    Assignment,
    Escalation,
    Merge,
    Note,
    Publication,
    PublicationDraft,
    PublicationReply,
    Reclassification,
    Sweep,
    Voiding,
    VoidingRequest,
)
from muster.people.role import Role
from muster.places.area import Area

if TYPE_CHECKING:
    from muster.loop.matter import Matter


class NotOverdue(Refusal):
    code = "not_overdue"
    message = _("It isn't past the deadline, or not far enough for the next step of the ladder.")


class SecondPersonNeeded(Refusal):
    code = "second_person"
    status = 403
    message = _("Whoever asked for it can't also agree to it. A second person of headquarters is needed.")


class NotMergeable(Refusal):
    code = "not_mergeable"
    status = 422
    message = _("A matter is merged into another live one of the same kind.")


class NothingChanges(Refusal):
    code = "nothing_changes"
    status = 422
    message = _("Change the area, the category or the severity.")


class NumberNeeded(Refusal):
    code = "number_needed"
    status = 422
    message = _("Give the number of the issue it appears in.")


class ReplyNeeded(Refusal):
    code = "reply_needed"
    status = 422
    message = _("Write what the unit has to say.")


def overdue_for_next_level(matter: Matter, situation: Situation) -> None:
    ladder = matter.rule.ladder
    done = situation.escalations
    if not matter.due_at or done >= len(ladder):
        raise NotOverdue
    if matter.due_at + timedelta(hours=ladder[done][0]) > recorded_now():
        raise NotOverdue


def voiding_asked(matter: Matter, situation: Situation) -> None:
    if not situation.voiding_id:
        raise NothingPending


def drafted(matter: Matter, situation: Situation) -> None:
    if not situation.draft_id:
        raise NothingPending


def published(matter: Matter, situation: Situation) -> None:
    if not situation.publication_id:
        raise NothingPending


def drafted_or_published(matter: Matter, situation: Situation) -> None:
    if not situation.draft_id and not situation.publication_id:
        raise NothingPending


class Command(MatterFields):
    class Meta:
        abstract = True

    @verb(ruling(Role.DISPATCHER, Role.HEADQUARTERS), LIVE)
    def reclassify(
        self,
        act: Act,
        reason: str,
        area: Area | None = None,
        category: str | None = None,
        severity: str | None = None,
    ) -> None:
        """Another area, category or severity. Only another severity moves a deadline, from when its clock began."""
        required(reason)
        old = (self.area_id, self.category, self.severity)
        new = (area or self.area, category or self.category, severity or self.severity)
        if old == (new[0].pk, *new[1:]):
            raise NothingChanges
        act.take(Side.CHECKER)
        act.write(
            Reclassification, reason=reason,
            old_area_id=old[0], old_category=old[1], old_severity=old[2],
            new_area=new[0], new_category=new[1], new_severity=new[2],
        )  # fmt: skip
        self.area, self.area_path, self.category, self.severity = new[0], new[0].path, new[1], new[2]
        if self.area_id != old[0]:
            self.area.must_be_open()
            in_area(Role.DISPATCHER, Role.HEADQUARTERS)(act.actor, act.matter, act.situation)
            for assignment in Assignment.objects.filter(matter_id=self.pk, ended_at=None).select_related(
                "organisation"
            ):
                must_see(self, assignment.organisation, act.recorded_at)
        self.rules = asdict(self.pack.pack.rules(self.kind, self.category, self.severity))
        self.__dict__.pop("rule", None)
        if old[2] != self.severity and self.clock_from and self.status in WORKED_ON:
            from_dispatch = self.clock_from == act.situation.dispatched_at
            hours = self.rule.due_h if from_dispatch else self.rule.redo_h
            self.due_at = self.clock_from + timedelta(hours=hours)

    @verb(timer_or(Role.HEADQUARTERS), WORKED_ON, overdue_for_next_level)
    def escalate(self, act: Act, reason: str = "") -> None:
        """Past the deadline: to the area that the next step of the pack's ladder names. Once per assignment and step."""
        level = act.situation.escalations + 1
        area = self.area.ancestor(self.rule.ladder[level - 1][1]) or self.area
        act.write(Escalation, assignment_id=act.situation.lead_id, level=level, area=area, reason=reason.strip())

    @verb(ruling(Role.HEADQUARTERS), LIVE)
    def ask_voiding(self, act: Act, reason: str) -> None:
        """Ask a second person of headquarters to agree that this is no matter at all."""
        required(reason)
        act.take(Side.CHECKER)
        act.write(VoidingRequest, reason=reason)

    @verb(ruling(Role.HEADQUARTERS), LIVE, voiding_asked)
    def void(self, act: Act, reason: str = "") -> None:
        """Agree, as the second person."""
        if act.by and act.by.pk == act.situation.voiding_by:
            raise SecondPersonNeeded
        act.take(Side.CHECKER)
        end_open(self, act, *OF_THE_MATTER)
        act.write(Voiding, asked_id=act.situation.voiding_id, reason=reason.strip())
        self.status, self.lead_id, self.verify_due_at = Status.VOID, None, None

    @verb(ruling(Role.DISPATCHER, Role.HEADQUARTERS), LIVE)
    def merge(self, act: Act, target: Matter, reason: str) -> None:
        """It is the same as another live matter of its kind, which goes on for both."""
        required(reason)
        if target.pk == self.pk or target.kind != self.kind or target.status not in LIVE:
            raise NotMergeable
        in_area(Role.DISPATCHER, Role.HEADQUARTERS)(act.actor, target, act.situation)
        act.take(Side.CHECKER)
        end_open(self, act, *OF_THE_MATTER)
        act.write(Merge, target=target, reason=reason)
        self.status, self.merged_into_id = Status.MERGED, target.pk
        self.lead_id = self.verify_due_at = None
        absorbed = replace(act, action="absorb", matter=target)
        entry = next_entry(absorbed, str(self.pk), named=False)
        put(target, (), entry)

    @verb(in_area(Role.HEADQUARTERS), (*LIVE, Status.CLOSED))
    def draft_publication(self, act: Act, reason: str) -> None:
        """Propose to publish it, with the text that shall appear; another person approves. No person is named."""
        required(reason)
        must_name_nobody(act, reason)
        act.write(PublicationDraft, reason=reason)

    @verb(liaison_of_lead, (*WORKED_ON, Status.CLOSURE_REQUESTED, Status.CLOSED), drafted_or_published)
    def reply_to_publication(self, act: Act, text: str) -> None:
        """What the unit has to say to it; it appears beside the text. Once for each draft."""
        if not text.strip():
            raise ReplyNeeded
        draft = act.situation.draft_id or Publication.objects.get(pk__in=[act.situation.publication_id]).asked_id
        act.write(PublicationReply, asked_id=draft, text=text.strip())

    @verb(in_area(Role.HEADQUARTERS), (*LIVE, Status.CLOSED), drafted)
    def publish(self, act: Act, number: str) -> None:
        """Approve the draft, as a second person: it appears in the issue of that number."""
        if not number.strip():
            raise NumberNeeded
        if act.by and act.by.pk == act.situation.draft_by:
            raise SecondPersonNeeded
        act.end(PublicationDraft, act.situation.draft_id)
        put_in_issue(act, act.write(Publication, asked_id=act.situation.draft_id, number=" ".join(number.split())))

    @verb(in_area(Role.HEADQUARTERS), (*LIVE, Status.CLOSED), published)
    def withdraw(self, act: Act, reason: str) -> None:
        """Withdrawn, never deleted."""
        required(reason)
        act.end(Publication, act.situation.publication_id)
        take_from_issue(act.situation.publication_id, act.recorded_at)
        act.write(Note, text=reason)

    @verb(in_area(Role.HEADQUARTERS, Role.DISPATCHER), tuple(Status))
    def sweep(self, act: Act, area: Area | None = None) -> None:
        """Look for the same problem elsewhere: similar matters, and sites of the kind with none of this category."""
        within = area or (act.grant.area if act.grant else self.area)
        act.write(
            Sweep,
            criteria={
                "area": within.pk,
                "category": self.category,
                "site_kind": self.site and self.site.kind,
            },
            similar=similar_to(act.matter, within),
            sites=sites_not_looked_at(act.matter, within),
        )
