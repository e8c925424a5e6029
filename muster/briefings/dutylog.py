"""What a duty log tells: figures as of a frozen moment, and who decided what in the period before. No text of a matter."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from muster.briefings.chain import chain
from muster.briefings.figure import Scope
from muster.duty.duty import held_between
from muster.duty.handover import Handover, HandoverItem, last_of, open_items
from muster.incidents.incident import Incident
from muster.loop.entry import DECISIONS, Entry
from muster.loop.freeze import freeze
from muster.loop.steps import ExtensionRuling, ReturnRuling
from muster.people.person import Person
from muster.places.area import Area

#: What is so at the moment, and what occurred in the period.
STANDING = (
    "overdue", "due_soon", "returns_to_rule", "extensions_to_rule", "unassigned", "critical_live", "verification_overdue",
)  # fmt: skip
OCCURRED = ("findings_found", "findings_fed_back", "findings_rectified", "findings_closed", "requests_resolved")
SHIFT = timedelta(hours=12)
LISTED = 300

Content = dict[str, Any]


def sign(incident: Incident, area: Area, by: Person, how: str, remark: str) -> Handover:
    """The outgoing officer's log, as of a moment that the record is frozen at."""
    frozen = freeze()
    begin = began(incident, area, frozen.at)
    return Handover.sign(incident, area, by, how, (begin, frozen), content(incident, area, begin, frozen.at), remark)


def began(incident: Incident, area: Area, at: datetime) -> datetime:
    """Where the last log ended; without one, a shift ago."""
    last = last_of(incident, area)
    return last.at if last and last.at < at else at - SHIFT


def content(incident: Incident, area: Area, from_at: datetime, at: datetime) -> Content:
    scope = Scope(incident, area, at)
    decided = decisions(incident, area, from_at, at)
    counts = Counter(decided.values_list("by__name", "action"))
    return {
        "standing": chain(scope, STANDING),
        "occurred": chain(Scope(incident, area, at, from_at, at), OCCURRED),
        "duties": [_duty(*row) for row in _duties(incident, area, from_at, at)],
        "decided": told(decided[:LISTED]),
        "counts": [[name, action, count] for (name, action), count in sorted(counts.items())],
        "open": [_item(item) for item in open_items(incident, area).select_related("matter", "by")],
        "done": [_item(item) for item in _done(incident, area, from_at, at)],
    }


def decisions(incident: Incident, area: Area, from_at: datetime, at: datetime) -> QuerySet[Entry]:
    """What persons decided on matters that lie in the area, in the order in which it was recorded."""
    return Entry.objects.filter(
        action__in=DECISIONS, recorded_at__gt=from_at, recorded_at__lte=at, by__isnull=False,
        matter__incident=incident, matter__area_path__under=area.path,
    ).order_by("recorded_at", "id")  # fmt: skip


def told(entries: QuerySet[Entry]) -> list[Content]:
    rows = list(entries.select_related("by", "matter__area").defer("matter__area__outline"))
    outcome = _outcomes([row.act_id for row in rows])
    return [
        {
            "at": row.recorded_at.isoformat(), "action": row.action, "passed": outcome.get(row.act_id),
            "number": row.matter.number, "area": row.matter.area_id, "by": row.by.name if row.by else "",
        }
        for row in rows
    ]  # fmt: skip


def _outcomes(acts: list[Any]) -> dict[Any, bool]:
    """How rulings went: the first row of an act carries the act's own id."""
    returns = ReturnRuling.objects.filter(pk__in=acts).values_list("pk", "upheld")
    return {**dict(returns), **dict(ExtensionRuling.objects.filter(pk__in=acts).values_list("pk", "granted"))}


def _duties(incident: Incident, area: Area, from_at: datetime, at: datetime) -> QuerySet[Any, Any]:
    return held_between(incident, area, from_at, at).values_list("post", "person__name", "from_at", "until", "ended_at")


def _duty(post: str, name: str, from_at: datetime, until: datetime, ended_at: datetime | None) -> Content:
    ended = ended_at.isoformat() if ended_at else ""
    return {"post": post, "name": name, "from": from_at.isoformat(), "until": until.isoformat(), "ended": ended}


def _done(incident: Incident, area: Area, from_at: datetime, at: datetime) -> QuerySet[HandoverItem]:
    done = HandoverItem.objects.filter(incident=incident, area=area, done_at__gt=from_at, done_at__lte=at)
    return done.select_related("matter", "by")


def _item(item: HandoverItem) -> Content:
    number = item.matter.number if item.matter else ""
    return {"text": item.text, "number": number, "by": item.by.name, "at": item.added_at.isoformat()}
