"""What a line tells of a matter that is there: what can be added to it, and what can't be changed by a ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from muster.exchange.columns import COLUMNS
from muster.exchange.line import Fault, Line, Told
from muster.exchange.records import Imported
from muster.exchange.values import words
from muster.incidents.incident import Incident
from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.loop.act import VERBS
from muster.loop.ledger import TELL
from muster.loop.matter import Matter
from muster.loop.situation import Actor, Situation, situations_of
from muster.loop.state import LIVE, Status
from muster.loop.steps import Assignment, ExtensionRuling, Reclassification, Response
from muster.people.person import Person
from muster.places.placenames import normalise

MINUTE = timedelta(minutes=1)


class RegisteredOtherwise(Refusal):
    code = "registered_otherwise"
    message = _(
        "It was registered as “{there}”. What was registered doesn't change: write a note, or register it anew."
    )


class DeadlineStands(Refusal):
    code = "deadline_stands"
    message = _(
        "Its deadline is {there}. A deadline changes by an extension that is asked for and granted, not by a ledger."
    )


class CheckedHere(Refusal):
    code = "checked_here"
    message = _(
        "Its state here is “{there}”. A check that failed is recorded by whoever made it; a ledger can't undo a closure."
    )


class NoMatterAnyMore(Refusal):
    code = "no_matter_any_more"
    message = _("{number} was taken out of the register ({there}). Leave the line out, or register it anew.")


@dataclass(frozen=True)
class Change:
    """By the key of its column: what stood there, and what is told now."""

    key: str
    before: str
    after: str


@dataclass
class Facts:
    """What is known of a matter, as far as a ledger tells of it. ``words``: what the line said when it came in before.

    ``former``: of a line with a number of ours, what stood in its columns at some time. A list of ours that was taken out then
    says it still.
    """

    matter: Matter
    situation: Situation
    responses: list[str] = field(default_factory=list)
    words: dict[str, str] | None = None
    former: dict[str, set[Any]] | None = None

    def lags(self, key: str, value: Any) -> bool:
        """Whether this is what stood there before."""
        return self.former is not None and value in self.former.get(key, ())

    def news(self, line: Line, *keys: str) -> bool:
        """Whether the line says in one of these columns what it didn't say before: one that lags behind undoes nothing."""
        words = self.words or {}
        return any(key in line.said and line.said[key] != words.get(key, "") for key in keys)


def facts_of(
    known: Mapping[UUID, int | None], incident: Incident, by: Person, own: Collection[UUID]
) -> dict[UUID, Facts]:
    """Of matters that the person sees, each with the line that it is known by. ``own``: of lines with a number of ours."""
    if not known:
        return {}
    seen = Matter.objects.seen_by(by).filter(pk__in=known, incident=incident)
    rows = seen.select_related("area", "site", "lead", "pack").defer("area__outline", "site__outline", "pack__text")
    matters = {one.pk: one for one in rows}
    facts = {pk: Facts(matters[pk], one) for pk, one in situations_of(list(matters), by).items()}
    for pk, text in Response.objects.filter(matter__in=facts).order_by("recorded_at").values_list("matter_id", "text"):
        facts[pk].responses.append(text)
    for line in Imported.objects.filter(pk__in=[pk for pk in known.values() if pk]):
        if line.matter_id in facts:
            facts[line.matter_id].words = line.words
    for pk in facts.keys() & set(own):
        facts[pk].words, facts[pk].former = facts[pk].words or {}, defaultdict(set)
    for pk, key, value in _former(facts.keys() & set(own)):
        facts[pk].former[key].add(value)  # type: ignore[index]
    return facts


def _former(pks: Collection[UUID]) -> Iterator[tuple[UUID, str, Any]]:
    """What stood with these matters at some time: areas, categories, severities, who was responsible, and until when."""
    asked = {"matter__in": pks}
    for row in Reclassification.objects.filter(**asked):
        yield row.matter_id, "area", row.old_area_id
        yield row.matter_id, "category", row.old_category
        yield row.matter_id, "severity", row.old_severity
    for given in Assignment.objects.filter(**asked):
        yield given.matter_id, "lead", given.organisation_id
        yield given.matter_id, "due", given.due_at.replace(second=0, microsecond=0)
    for ruling in ExtensionRuling.objects.filter(**asked, granted=True).exclude(due_at=None):
        assert ruling.due_at
        yield ruling.matter_id, "due", ruling.due_at.replace(second=0, microsecond=0)


def changes_of(line: Line, facts: Facts) -> tuple[list[Change], list[Fault]]:
    told, matter = line.told, facts.matter
    assert told
    if matter.status in (Status.VOID, Status.MERGED):
        there = matter.get_status_display()
        return [], [Fault("number", NoMatterAnyMore(number=matter.number, there=there))]
    faults = [*_registered_otherwise(line, told, facts), *_not_by_a_ledger(line, told, facts)]
    if faults:
        return [], faults
    return [*_reclassified(line, told, facts), *_worked_on(line, told, facts), *_beside(line, facts)], []


def permitted(keys: Collection[str], facts: Facts, actor: Actor) -> None:
    """Raises what the verbs would refuse these changes with."""
    matter, situation = facts.matter, facts.situation
    if RECLASSIFIED.intersection(keys):
        VERBS["reclassify"].admit(actor, matter, situation)
    if "lead" in keys and matter.lead_id:
        VERBS["reassign"].admit(actor, matter, situation)
    if TOLD_MORE.intersection(keys) and not ("lead" in keys and matter.lead_id):
        TELL.admit(actor, matter, situation)
    # What stands beside is written by whoever might tell more, too.
    TELL.standing(actor, matter, situation)


#: Of a list of ours: what it tells of the loop's own steps, which they alone change.
TOLD_BY_US = ("closed_at", "cycle", "rebound", "bulletin")
RECLASSIFIED, TOLD_MORE = frozenset(("area", "category", "severity")), frozenset(("lead", "done", "closed"))


def _registered_otherwise(line: Line, told: Told, facts: Facts) -> list[Fault]:
    matter, faults = facts.matter, []
    if normalise(matter.text) not in (normalise(told.text), normalise(line.said.get("text", ""))):
        faults.append(Fault("text", RegisteredOtherwise(there=matter.title)))
    other_site = told.site.pk != matter.site_id if told.site else bool(line.own and "site" in line.said)
    if other_site and facts.news(line, "site"):
        faults.append(Fault("site", RegisteredOtherwise(there=matter.site.name if matter.site else "–")))
    found_at = told.past.found_at
    if found_at and facts.news(line, "found_at") and not _same_time(found_at, matter.occurred_at, told.at_day):
        faults.append(Fault("found_at", RegisteredOtherwise(there=_shown(matter.occurred_at, found_at))))
    if told.kind != matter.kind:
        faults.append(Fault("kind", RegisteredOtherwise(there=matter.get_kind_display())))
    return faults


def _not_by_a_ledger(line: Line, told: Told, facts: Facts) -> list[Fault]:
    matter, faults, due = facts.matter, [], told.past.due_at
    if (
        due
        and matter.due_at
        and matter.status in LIVE
        and facts.news(line, "due")
        and not _same_time(due, matter.due_at)
        and not facts.lags("due", due.replace(second=0, microsecond=0))
    ):
        faults.append(Fault("due", DeadlineStands(there=_shown(matter.due_at, due))))
    done_here = matter.status in (Status.CLOSURE_REQUESTED, Status.CLOSED)
    if done_here and told.past.passed is False and facts.news(line, "result"):
        faults.append(Fault("result", CheckedHere(there=matter.get_status_display())))
    return faults


def _reclassified(line: Line, told: Told, facts: Facts) -> list[Change]:
    """Area, category and severity, where the line says them anew."""
    matter, pack = facts.matter, facts.matter.pack.pack
    if matter.status not in LIVE:
        return []
    changes = []
    elsewhere = not told.area.holds(matter.area_path) and not facts.lags("area", told.area.pk)
    if facts.news(line, "area", "site") and elsewhere:
        changes.append(Change("area", matter.area.place, told.area.place))
    news = told.category != matter.category and not facts.lags("category", told.category)
    if news and facts.news(line, "category"):
        labels = {key: one.label for key, one in pack.categories_for(matter.kind).items()}
        changes.append(Change("category", labels.get(matter.category, ""), labels.get(told.category, told.category)))
    news = told.severity != matter.severity and not facts.lags("severity", told.severity)
    if news and facts.news(line, "severity"):
        labels = {key: one.label for key, one in pack.severities.items()}
        changes.append(Change("severity", labels.get(matter.severity, ""), labels.get(told.severity, told.severity)))
    return changes


def _worked_on(line: Line, told: Told, facts: Facts) -> list[Change]:
    matter, past = facts.matter, told.past
    if matter.status not in LIVE:
        return []
    changes = []
    lead = past.lead if past.lead and not facts.lags("lead", past.lead.pk) else None
    if lead and lead.pk != matter.lead_id and facts.news(line, "lead"):
        changes.append(Change("lead", matter.lead.name if matter.lead else "", lead.name))
    if past.done.strip() and all(normalise(past.done) != normalise(said) for said in facts.responses):
        changes.append(Change("done", facts.responses[-1] if facts.responses else "", past.done.strip()))
    asked = past.closure_asked and matter.status != Status.CLOSURE_REQUESTED
    if facts.former is not None and matter.cycle > 1 and not changes and _round(line) != matter.cycle:
        asked = False  # It was done once, and open again: a list that was taken out before doesn't know.
    if asked and facts.news(line, "closed", "result", "state", "closure_asked_at"):
        changes.append(Change("closed", str(matter.get_status_display()), str(Status.CLOSURE_REQUESTED.label)))
    return changes


def _round(line: Line) -> int:
    """Which round of rectification the list knows of; 0 where it doesn't say it."""
    said = words(line.cells.get("cycle", ""))
    return int(said) if said.isascii() and said.isdigit() else 0


def _beside(line: Line, facts: Facts) -> list[Change]:
    """Words that the register has no place for, where a ledger told of the matter before."""
    if facts.words is None:
        return []
    keys = [key for key in line.said if key not in COLUMNS or COLUMNS[key].kept]
    if line.own:
        keys = [key for key in keys if key not in TOLD_BY_US]
    return [Change(key, facts.words.get(key, ""), line.said[key]) for key in keys if facts.news(line, key)]


def _same_time(told: datetime, there: datetime, at_day: bool = False) -> bool:
    if at_day:
        return told.date() == there.astimezone(told.tzinfo).date()
    return abs(told - there) < MINUTE


def _shown(there: datetime, like: datetime) -> str:
    return there.astimezone(like.tzinfo).strftime("%Y-%m-%d %H:%M")
