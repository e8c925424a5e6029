"""What the matter page shows, gathered in few queries."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from muster.evidence.file import File
from muster.exchange.columns import COLUMNS
from muster.exchange.values import EMPTY
from muster.lib import clock
from muster.lib.ids import uuid7
from muster.lib.refusal import Refusal
from muster.loop.act import VERBS
from muster.loop.bulletin import Bulletin
from muster.loop.conflict import Conflict
from muster.loop.conflictscope import GOVERN, governed_by
from muster.loop.contact import Contact
from muster.loop.entry import Entry
from muster.loop.matter import Matter
from muster.loop.nouns import NOUN_OF
from muster.loop.situation import Actor, Situation, situation_of
from muster.loop.state import Status
from muster.loop.steps import Evidence
from muster.loop.words import STEPS as WORDS
from muster.loop.words import Words, happened
from muster.people.person import Person
from muster.people.role import AREA_ROLES, Role
from muster.web.matterrows import CONFLICT, CONTACT, ENTRIES, EVIDENCE, IMPORTED, step_rows
from muster.web.stepform import OUTCOMES

#: The order in which the next step is offered; the first that is possible is the page's one action.
ORDER = (
    "rule_return", "rule_extension", "verify", "confirm", "request_closure", "accept", "respond", "assign", "void",
    "publish", "revisit", "return_", "ask_extension", "fix_on_spot", "reassign", "reclassify", "reopen", "escalate",
    "sweep", "draft_publication", "reply_to_publication", "withdraw", "merge", "ask_voiding", "note", "attach",
)  # fmt: skip
MAIN = ORDER[: ORDER.index("revisit") + 1]
#: What headquarters and operators write among themselves.
AMONG_CHECKERS = ("note", "attach", "sweep", "ask_voiding")
#: Acts that a matter comes in with, or is told of by.
ARRIVED = ("register", "import_", "tell")
#: What a step answers.
ANSWERS = {"rule_return": "return_", "rule_extension": "ask_extension", "void": "ask_voiding",
           "publish": "draft_publication"}  # fmt: skip
TEXTS = ("source", "reason", "text", "remark", "number")
CALLS_BACK = {Role.OPERATOR, Role.DISPATCHER, Role.HEADQUARTERS}


@dataclass
class Told:
    """One line of the timeline. ``organisation`` and ``person`` are whose act it was, for who may know."""

    entry: Entry
    words: Words
    rows: list[Any] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    organisation: str = ""
    person: str = ""

    @property
    def texts(self) -> list[str]:
        return [text for row in self.rows for name in TEXTS if (text := getattr(row, name, ""))]

    @property
    def main(self) -> Any:
        return self.rows[0] if self.rows else None

    @property
    def due(self) -> datetime | None:
        """The deadline that this step set, if it set one."""
        return self._time("due_at")

    @property
    def until(self) -> datetime | None:
        """The deadline that this step asked for, if it asked for one."""
        return self._time("until")

    def _time(self, name: str) -> datetime | None:
        text = getattr(self.main, name, None)
        return datetime.fromisoformat(text) if text else None


@dataclass(frozen=True)
class Door:
    """A step that this person can take now."""

    verb: str

    @property
    def noun(self) -> str:
        return NOUN_OF[self.verb]

    @property
    def words(self) -> Words:
        return WORDS[self.verb]


#: Columns of a ledger whose meaning the matter itself tells.
REGISTERED = ("text", "number", "kind", "found_at", "area", "site", "category", "severity", "lead")


class MatterPage:
    def __init__(self, matter: Matter, person: Person) -> None:
        self.matter, self.person, self.now = matter, person, clock.now()
        self.situation: Situation = situation_of(matter.pk, person)
        self.actor = Actor.of(person)

    @cached_property
    def doors(self) -> list[Door]:
        return [Door(verb) for verb in ORDER if self._admits(verb)]

    @property
    def action(self) -> Door | None:
        return next((door for door in self.doors if door.verb in MAIN), None)

    @property
    def others(self) -> list[Door]:
        return [door for door in self.doors if door != self.action]

    @property
    def waits_for_others(self) -> bool:
        """Whether a doer looks at what only somebody else can close."""
        return self.matter.status == Status.CLOSURE_REQUESTED and not self.situation.may_check

    @cached_property
    def roles(self) -> set[str]:
        """The roles under which this person sees this matter. What is held elsewhere opens nothing here."""
        return {grant.role for grant in self.actor.grants if self.matter.shown_by(grant, self.situation)}

    @cached_property
    def is_doer_only(self) -> bool:
        """Whether the person sees it as, or below, who does the work: then whoever is behind it stays hidden."""
        return self.roles <= {Role.LIAISON} or not self.situation.may_check

    def evidence_needed(self, verb: str) -> int:
        """How many photos or files a step still needs, by the same count as the verb's own."""
        rule = self.matter.rule
        if verb in ("verify", "revisit"):
            return rule.evidence
        return max(0, rule.evidence_to_close - self.situation.evidence_filed) if verb == "request_closure" else 0

    @cached_property
    def timeline(self) -> list[Told]:
        """The history, newest first; for who does the work, without what others noted among themselves."""
        entries = ENTRIES(matter=self.matter.pk)
        if self.is_doer_only:
            own = {row.organisation_id for row in self.person.memberships_now()}
            entries = [one for one in entries if one.by_organisation_id in own or one.action not in AMONG_CHECKERS]
        steps = step_rows(self.matter.pk)
        return [self._told(entry, steps) for entry in entries]

    def question(self, verb: str) -> Told | None:
        """What a step answers, as it was asked last: who rules on it reads it first."""
        asked = ANSWERS.get(verb)
        return next((told for told in self.timeline if told.entry.action == asked), None) if asked else None

    @cached_property
    def evidence(self) -> list[Evidence]:
        found = EVIDENCE(matter=self.matter.pk)
        return [one for one in found if not (self.is_doer_only and one.of == Evidence.Of.OTHER)]

    @property
    def before(self) -> Evidence | None:
        return self._photo("before")

    @property
    def after(self) -> Evidence | None:
        return self._photo("after")

    @property
    def pair(self) -> list[tuple[Evidence | None, str]]:
        return [(self.before, _("Before")), (self.after, _("After"))]

    @property
    def severity(self) -> str:
        return self.matter.pack.pack.severity(self.matter.severity).label

    @property
    def category(self) -> str:
        return self.matter.pack.pack.category(self.matter.kind, self.matter.category).label

    @property
    def act_id(self) -> UUID:
        return uuid7()

    @property
    def outcome(self) -> str:
        """The name of the main step's yes-or-no field."""
        asked = VERBS[self.action.verb].asks if self.action else {}
        return next((name for name in OUTCOMES if name in asked), "")

    @property
    def copy_text(self) -> str:
        """A message for a chat: no personal data, and the link follows."""
        matter = self.matter
        place = matter.site.name if matter.site else ""
        lines = [f"【{matter.number}】{matter.title}", f"{matter.area.name} {place}", str(matter.get_status_display())]
        return "\n".join(lines)

    @property
    def age(self) -> timedelta | None:
        """How long it has been somebody's, from the first dispatch; it never stops but at the end."""
        begin, end = self.matter.dispatched_at, self.matter.closed_at or self.now
        return end - begin if begin else None

    @property
    def clock(self) -> dict[str, Any] | None:
        """The clock that runs now."""
        checking = self.matter.status == Status.CLOSURE_REQUESTED
        return self._clock("verify" if checking else "work", self.matter.clock_due_at)

    @property
    def standard(self) -> list[str]:
        """What done means here."""
        category = self.matter.pack.pack.category(self.matter.kind, self.matter.category)
        return [line.label for line in category.standard]

    @cached_property
    def contact(self) -> Contact | None:
        """Who asked, for who calls back; never for the unit or anybody below it."""
        if self.is_doer_only or not self.roles & CALLS_BACK:
            return None
        return next((one for one in CONTACT(matter=self.matter.pk) if one.salt), None)

    @cached_property
    def conflicts(self) -> list[Conflict]:
        """What came second under a used id and isn't settled, for who dispatches here."""
        # Hardly ever is there any, and who may see it takes long to ask.
        if not self.roles.intersection(GOVERN) or not CONFLICT(matter=self.matter.pk):
            return []
        return list(Conflict.objects.filter(governed_by(self.person), matter_id=self.matter.pk, settled_at=None)[:5])

    @property
    def in_ledger(self) -> list[tuple[str, str]]:
        """What a ledger says beside, by its column; for who doesn't do the work: it may tell who complained."""
        if self.is_doer_only or all(told.entry.action not in ("import_", "tell") for told in self.timeline):
            return []
        said = {key: text for line in IMPORTED(matter=self.matter.pk) for key, text in line.words.items()}
        shown = [(key, text) for key, text in said.items() if key not in REGISTERED and text not in EMPTY]
        return [(str(COLUMNS[key].label) if key in COLUMNS else key.lstrip("?"), text) for key, text in shown]

    @property
    def sweep(self) -> SimpleNamespace | None:
        """The last sweep from here, for who doesn't do the work."""
        swept = (told.main for told in self.timeline if told.entry.action == "sweep")
        return None if self.is_doer_only else next(swept, None)

    @property
    def sees_similar(self) -> bool:
        return not self.is_doer_only and bool(self.roles.intersection(AREA_ROLES))

    @cached_property
    def issues(self) -> list[Bulletin]:
        """The bulletins in which it stands or stood."""
        if all(told.entry.action != "publish" for told in self.timeline):
            return []
        return list(Bulletin.objects.filter(items__publication__matter=self.matter).order_by("issued_at"))

    def _clock(self, kind: str, due: datetime | None) -> dict[str, Any] | None:
        if not due:
            return None
        left = due - self.now
        colour = "red" if left < timedelta() else "amber" if left < timedelta(hours=2) else "blue"
        return {"kind": kind, "due": due, "left": left, "over": left < timedelta(), "colour": colour}

    def _photo(self, of: str) -> Evidence | None:
        photos = [one for one in self.evidence if one.of == of and one.file.is_photo]
        return (photos[0] if of == "before" else photos[-1]) if photos else None

    def _admits(self, verb: str) -> bool:
        try:
            VERBS[verb].admit(self.actor, self.matter, self.situation)
        except Refusal:
            return False
        return True

    def _told(self, entry: Entry, steps: dict[tuple[str, str], SimpleNamespace]) -> Told:
        keys = [(table, row_id) for table, row_id, _sha256 in json.loads(entry.facts)]
        if self.is_doer_only:
            # Whose ledger it was may tell who complained.
            keys = [key for key in keys if key[0] != "ledger_line"]
        rows = [steps[key] for key in keys if key in steps]
        files = [one.file for one in self.evidence if ("evidence", str(one.pk)) in keys]
        outcomes = [value for row in rows for name in OUTCOMES if (value := getattr(row, name, None)) is not None]
        return Told(entry, happened(entry.action, outcomes[0] if outcomes else None), rows, files, *self._behind(entry))

    def _behind(self, entry: Entry) -> tuple[str, str]:
        """Organisation and person. Who does the work isn't told who is behind it; where it came from may tell who complained."""
        hidden = self.is_doer_only and entry.action in ARRIVED
        organisation = entry.by_organisation.name if entry.by_organisation and not hidden else ""
        return organisation, entry.by.name if entry.by and not self.is_doer_only else ""
