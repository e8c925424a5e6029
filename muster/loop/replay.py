"""The present and the spans, computed anew from the step rows: the loop told again, apart from the verbs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from muster.loop.entry import Entry
from muster.loop.fields import PRESENT
from muster.loop.matter import Matter
from muster.loop.span import SPAN_FIELDS
from muster.loop.step import Step
from muster.places.area import Area


class Rows:
    """The rows that one entry wrote, by table."""

    def __init__(self, rows: Iterable[Step]) -> None:
        self._rows = list(rows)

    def all(self, table: str) -> list[Any]:
        return [row for row in self._rows if row._meta.db_table == table]

    def one(self, table: str) -> Any:
        return self.all(table)[0]


@dataclass
class Replay:
    """A matter as its rows tell it."""

    matter: Matter
    areas: dict[str, Area]
    status: str = "registered"
    cycle: int = 1
    area_id: str = ""
    area_path: str = ""
    category: str = ""
    severity: str = ""
    rules: dict[str, Any] = field(default_factory=dict)
    lead_id: int | None = None
    dispatched_at: datetime | None = None
    clock_from: datetime | None = None
    due_at: datetime | None = None
    verify_due_at: datetime | None = None
    closing_check: UUID | None = None
    closed_at: datetime | None = None
    merged_into_id: UUID | None = None
    spans: list[tuple[Any, ...]] = field(default_factory=list)
    ended: dict[UUID, datetime] = field(default_factory=dict)
    sides: dict[tuple[str, int], str] = field(default_factory=dict)
    open_assignments: list[UUID] = field(default_factory=list)
    open_questions: list[UUID] = field(default_factory=list)
    publication: UUID | None = None
    voiding: UUID | None = None
    draft: UUID | None = None
    lead_dispatched_at: datetime | None = None

    def begin(self, area: Area, category: str, severity: str) -> None:
        """What it was registered as."""
        self.classify(area, category, severity)

    def take(self, entry: Entry, rows: Rows) -> None:
        """Apply one entry and turn the span over where it changed what a span tells."""
        before = self._span_values()
        APPLY[entry.action](self, entry, rows)
        if not self.spans or self._span_values() != before:
            self.spans.append((*self._span_values(), entry.recorded_at))

    def present(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in PRESENT}

    def classify(self, area: Area, category: str, severity: str) -> None:
        self.area_id, self.area_path, self.category, self.severity = area.pk, area.path, category, severity
        rules = asdict(self.matter.pack.pack.rules(self.matter.kind, category, severity))
        self.rules = {**rules, "ladder": [list(step) for step in rules["ladder"]]}

    def side(self, side: str, entry: Entry, *organisations: int) -> None:
        people = [entry.by_id] if entry.by_id else []
        for pk in organisations or ([entry.by_organisation_id] if entry.by_organisation_id else []):
            self.sides.setdefault(("party", pk), side)
        for pk in [] if organisations else people:
            self.sides.setdefault(("hand", pk), side)

    def end(self, ids: list[UUID], at: datetime) -> None:
        self.ended.update(dict.fromkeys(ids, at))
        for id_ in list(ids):
            for open_ in (self.open_assignments, self.open_questions):
                if id_ in open_:
                    open_.remove(id_)

    def end_all(self, at: datetime) -> None:
        """It is no matter any more: whatever is open of it ends."""
        proposals = [pk for pk in (self.voiding, self.draft) if pk]
        self.end(self.open_assignments + self.open_questions + proposals, at)
        self.lead_id = None

    def redo(self, at: datetime) -> None:
        self.cycle += 1
        self.status, self.closing_check, self.closed_at, self.verify_due_at = "in_progress", None, None, None
        self.clock_from, self.due_at = at, at + timedelta(hours=self.rules["redo_h"])

    def _span_values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in SPAN_FIELDS)


Apply = Callable[[Replay, Entry, Rows], None]


def nothing(state: Replay, entry: Entry, rows: Rows) -> None:
    """Notes, evidence, sweeps, escalations and drafts leave the present as it is."""


def dispatched(state: Replay, entry: Entry, rows: Rows) -> None:
    lead = next(row for row in rows.all("assignment") if row.part == "lead")
    for row in rows.all("assignment"):
        state.side("doer", entry, row.organisation_id)
        state.open_assignments.append(row.pk)
    state.status, state.lead_id, state.verify_due_at = "assigned", lead.organisation_id, None
    state.clock_from, state.due_at = lead.dispatched_at, lead.due_at
    state.lead_dispatched_at = lead.dispatched_at
    state.dispatched_at = state.dispatched_at or lead.dispatched_at


def fixed_on_spot(state: Replay, entry: Entry, rows: Rows) -> None:
    dispatched(state, entry, rows)
    state.side("checker", entry)
    closed(state, entry, rows.one("verification"))


def reassigned(state: Replay, entry: Entry, rows: Rows) -> None:
    state.side("checker", entry)
    state.end(state.open_assignments + state.open_questions, entry.recorded_at)
    state.cycle += state.status == "closure_requested"
    dispatched(state, entry, rows)


def imported(state: Replay, entry: Entry, rows: Rows) -> None:
    """What the ledger told came all at once: the sides, and the last of it as the present."""
    state.side("checker", entry)
    if rows.all("assignment"):
        dispatched(state, entry, rows)
    if rows.all("acceptance"):
        state.status = "accepted"
    if rows.all("response") or rows.one("ledger_line").passed is False:
        state.status = "in_progress"
    for request in rows.all("closure_request"):
        state.status, state.verify_due_at = "closure_requested", request.verify_due_at
    for check in rows.all("verification"):
        state.sides[("party", check.by_organisation_id)] = state.sides[("hand", check.by_id)] = "checker"
        closed(state, entry, check)


def accepted(state: Replay, entry: Entry, rows: Rows) -> None:
    state.side("doer", entry)
    state.status = "accepted"


def responded(state: Replay, entry: Entry, rows: Rows) -> None:
    state.side("doer", entry)
    state.status = "in_progress"


def asked(table: str) -> Apply:
    def apply(state: Replay, entry: Entry, rows: Rows) -> None:
        state.side("doer", entry)
        state.open_questions.append(rows.one(table).pk)

    return apply


def return_ruled(state: Replay, entry: Entry, rows: Rows) -> None:
    state.side("checker", entry)
    ruling = rows.one("return_ruling")
    state.end([ruling.asked_id], entry.recorded_at)
    if ruling.upheld:
        state.end(state.open_assignments, entry.recorded_at)
        state.status, state.lead_id, state.due_at, state.clock_from = "registered", None, None, None


def extension_ruled(state: Replay, entry: Entry, rows: Rows) -> None:
    state.side("checker", entry)
    ruling = rows.one("extension_ruling")
    state.end([ruling.asked_id], entry.recorded_at)
    state.due_at = ruling.due_at or state.due_at


def closure_requested(state: Replay, entry: Entry, rows: Rows) -> None:
    state.side("doer", entry)
    state.status, state.verify_due_at = "closure_requested", rows.one("closure_request").verify_due_at


def checked(state: Replay, entry: Entry, rows: Rows) -> None:
    state.side("checker", entry)
    check = rows.one("verification")
    if not check.passed:
        state.redo(entry.occurred_at)
    elif check.how != "sample":
        closed(state, entry, check)


def closed(state: Replay, entry: Entry, check: Any) -> None:
    state.status, state.closing_check, state.closed_at = "closed", check.pk, entry.recorded_at
    state.verify_due_at = None
    state.end([state.voiding] if state.voiding else [], entry.recorded_at)
    state.voiding = None


def fell_silent(state: Replay, entry: Entry, rows: Rows) -> None:
    state.verify_due_at = entry.occurred_at + timedelta(hours=state.rules["verify_h"])


def reopened(state: Replay, entry: Entry, rows: Rows) -> None:
    state.side("checker", entry)
    state.redo(entry.occurred_at)


def reclassified(state: Replay, entry: Entry, rows: Rows) -> None:
    state.side("checker", entry)
    row = rows.one("reclassification")
    state.classify(state.areas[row.new_area_id], row.new_category, row.new_severity)
    if row.old_severity != row.new_severity and state.clock_from and state.status in ON_CLOCK:
        hours = state.rules["due_h" if state.clock_from == state.lead_dispatched_at else "redo_h"]
        state.due_at = state.clock_from + timedelta(hours=hours)


def voiding_asked(state: Replay, entry: Entry, rows: Rows) -> None:
    state.side("checker", entry)
    state.voiding = rows.one("voiding_request").pk


def drafted(state: Replay, entry: Entry, rows: Rows) -> None:
    state.draft = rows.one("publication_draft").pk


def voided(state: Replay, entry: Entry, rows: Rows) -> None:
    state.side("checker", entry)
    state.end_all(entry.recorded_at)
    state.status, state.verify_due_at = "void", None


def merged(state: Replay, entry: Entry, rows: Rows) -> None:
    state.side("checker", entry)
    state.end_all(entry.recorded_at)
    state.status, state.verify_due_at, state.merged_into_id = "merged", None, rows.one("merge").target_id


def published(state: Replay, entry: Entry, rows: Rows) -> None:
    publication = rows.one("publication")
    state.end([publication.asked_id], entry.recorded_at)
    state.draft = None
    state.publication = publication.pk


def withdrawn(state: Replay, entry: Entry, rows: Rows) -> None:
    state.end([state.publication] if state.publication else [], entry.recorded_at)


ON_CLOCK = ("assigned", "accepted", "in_progress")

#: What each action of the history means for the present.
APPLY: dict[str, Apply] = {
    "register": nothing,
    "import_": imported,
    "tell": imported,
    "assign": dispatched,
    "fix_on_spot": fixed_on_spot,
    "reassign": reassigned,
    "accept": accepted,
    "return_": asked("return_"),
    "rule_return": return_ruled,
    "ask_extension": asked("extension_request"),
    "rule_extension": extension_ruled,
    "respond": responded,
    "request_closure": closure_requested,
    "verify": checked,
    "confirm": checked,
    "revisit": checked,
    "fall_silent": fell_silent,
    "reopen": reopened,
    "reclassify": reclassified,
    "ask_voiding": voiding_asked,
    "void": voided,
    "merge": merged,
    "absorb": nothing,
    "draft_publication": drafted,
    "publish": published,
    "reply_to_publication": nothing,
    "withdraw": withdrawn,
    "escalate": nothing,
    "sweep": nothing,
    "note": nothing,
    "attach": nothing,
}
