"""Two acts under one id, side by side, in words: what stands recorded, and what came second."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from muster.evidence.file import File
from muster.incidents.incident import Incident
from muster.loop.conflict import ARRIVALS, Conflict
from muster.loop.conflictscope import governed_by
from muster.loop.contact import Contact
from muster.loop.entry import Entry
from muster.loop.matter import Matter
from muster.loop.nouns import NOUN_OF
from muster.loop.state import Kind, Way
from muster.loop.steps import Reclassification
from muster.loop.words import STEPS
from muster.people.organisation import Organisation
from muster.people.person import Person
from muster.people.team import Team
from muster.places.area import Area
from muster.places.site import Site
from muster.policy.pack import Pack
from muster.web.matterpage import MatterPage, Told
from muster.web.stepform import OUTCOMES
from muster.web.templatetags.look import day_time

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

#: What acts are asked for, in the order of the page.
LABELS: dict[str, StrOrPromise] = {
    "kind": gettext_lazy("Kind"),
    "area": gettext_lazy("Area"),
    "site": gettext_lazy("Site"),
    "category": gettext_lazy("Category"),
    "severity": gettext_lazy("Severity"),
    "lead": gettext_lazy("Responsible organisation"),
    "supports": gettext_lazy("Supporting organisations"),
    "doer": gettext_lazy("Fixed by"),
    "outcome": gettext_lazy("Outcome"),
    "rating": gettext_lazy("Rating"),
    "until": gettext_lazy("Until when"),
    "due_at": gettext_lazy("Deadline"),
    "target": gettext_lazy("Number of the other matter"),
    "number": gettext_lazy("Number of the issue"),
    "text": gettext_lazy("Text"),
    "reason": gettext_lazy("Reason"),
    "remark": gettext_lazy("Remark"),
    "files": gettext_lazy("Photos and files"),
    "way": gettext_lazy("Way"),
    "team": gettext_lazy("Team"),
    "recurrence_of": gettext_lazy("Recurrence of"),
    "source": gettext_lazy("Ledger and row"),
    "source_number": gettext_lazy("Source number"),
    "found_at": gettext_lazy("Found"),
    "dispatched_at": gettext_lazy("Dispatched"),
    "accepted_at": gettext_lazy("Accepted"),
    "done": gettext_lazy("What was done"),
    "done_at": gettext_lazy("Done"),
    "closure_asked_at": gettext_lazy("Closure requested"),
    "reviewer": gettext_lazy("Reviewer"),
    "reviewed_at": gettext_lazy("Reviewed"),
}
FILES = ("photos", "before", "after", "check")
#: What rows hold even where nobody asked for it: shown, but no difference.
FILLED_IN = ("due_at", "dispatched_at")
#: Where a step writes what was asked for under another name.
RENAMED = {"withdraw": {"text": "reason"}, "fix_on_spot": {"lead": "doer"}, "import_": {"text": "done"}}


@dataclass(frozen=True)
class Line:
    """What one side says of something, and what the other."""

    name: str
    first: str
    second: str

    @property
    def label(self) -> StrOrPromise:
        return LABELS[self.name]

    @property
    def differs(self) -> bool:
        return self.first != self.second and self.name not in FILLED_IN


class ConflictPage:
    """One conflict as a person may see it. Who sent it sees what stands only of a matter that they see."""

    def __init__(self, conflict: Conflict, person: Person) -> None:
        self.conflict, self.person = conflict, person
        self.governs = Conflict.objects.filter(governed_by(person), pk=conflict.pk).exists()

    @property
    def name(self) -> StrOrPromise:
        return STEPS[self.conflict.action].name

    @cached_property
    def matter(self) -> Matter | None:
        """The matter that the second act was for."""
        return self._seen(self.conflict.matter_id)

    @cached_property
    def entry(self) -> Entry | None:
        return Entry.objects.filter(act_id=self.conflict.act_id).select_related("by", "by_organisation").first()

    @cached_property
    def first_matter(self) -> Matter | None:
        """The matter in which the first act stands."""
        return self._seen(self.entry.matter_id) if self.entry else None

    @cached_property
    def told(self) -> Told | None:
        """What stands recorded, as the matter's own page would tell it to this person."""
        if not self.first_matter or not self.entry:
            return None
        timeline = MatterPage(self.first_matter, self.person).timeline
        return next((told for told in timeline if told.entry.pk == self.entry.pk), None)

    @property
    def lines(self) -> list[Line]:
        first, second = self._first(), self._second()
        return [
            Line(name, first.get(name, "–"), second.get(name, "–"))
            for name in LABELS
            if name in first or name in second
        ]

    @property
    def occurred_at(self) -> datetime:
        """When the second act occurred, as it says; when it came, where it doesn't say."""
        at = self.conflict.asked.get("at")
        return datetime.fromisoformat(at) if at else self.conflict.received_at

    @property
    def caller(self) -> str:
        """Whether the second came with another caller. Of that one only a digest is kept."""
        digest = self.conflict.asked.get("caller") if self.conflict.is_arrival else None
        if not digest:
            return ""
        known = Contact.objects.filter(pk=self.conflict.act_id).exclude(salt="").first()
        return "same" if known and known.digest == digest else "other"

    @property
    def again(self) -> str:
        """The noun of the step, to take it again; empty where a matter would come in."""
        return NOUN_OF.get(self.conflict.action, "") if self.matter else ""

    @property
    def first_by(self) -> Person | None:
        """Who did what stands, where it isn't hidden from who does the work."""
        if not self.told or not self.first_matter or not self.entry:
            return None
        return None if MatterPage(self.first_matter, self.person).is_doer_only else self.entry.by

    def _seen(self, pk: UUID) -> Matter | None:
        related = ("area", "site", "lead", "pack", "incident")
        return Matter.objects.seen_by(self.person).select_related(*related).filter(pk=pk).first()

    def _first(self) -> dict[str, str]:
        if not self.told or not self.first_matter:
            return {}
        action = self.told.entry.action
        asked: dict[str, Any] = {}
        for row in self.told.rows:
            asked.update(step_asked(row.__dict__, asked))
        asked = {RENAMED.get(action, {}).get(name, name): value for name, value in asked.items()}
        if action in ARRIVALS:
            asked |= registered(self.first_matter)
        words = Words(self.person, action, self.first_matter.pack.pack)
        return {**words.of(asked), **({"files": names(self.told.files)} if self.told.files else {})}

    def _second(self) -> dict[str, str]:
        asked = {name: value for name, value in self.conflict.asked.items() if name not in ("at", "caller")}
        return Words(self.person, self.conflict.action, self._pack()).of(asked)

    def _pack(self) -> Pack | None:
        if self.matter:
            return self.matter.pack.pack
        incident = self.conflict.incident or Incident.current()
        return incident.pack_version().pack if incident else None


def registered(matter: Matter) -> dict[str, Any]:
    """What a matter was registered with, whatever it was reclassified to since."""
    kept = ("kind", "text", "way", "source_number", "site_id", "team_id", "recurrence_of_id")
    asked = {name.removesuffix("_id"): getattr(matter, name) for name in kept}
    asked["found_at"] = matter.occurred_at.isoformat() if matter.way == Way.IMPORT else ""
    old = Reclassification.objects.filter(matter=matter).order_by("recorded_at").first()
    now = (matter.area_id, matter.category, matter.severity)
    then = (old.old_area_id, old.old_category, old.old_severity) if old else now
    return {**asked, **dict(zip(("area", "category", "severity"), then, strict=True))}


#: Columns of step rows, by what the verb asked for.
COLUMNS = {
    "until": "until", "reason": "reason", "text": "text", "remark": "remark", "rating": "rating", "number": "number",
    "target_id": "target", "source": "source", "reviewer_id": "reviewer", "reviewed_at": "reviewed_at",
    **{name: name for name in OUTCOMES},
}  # fmt: skip


def step_asked(row: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """What was asked for, from a row that it made."""
    asked = {name: row[column] for column, name in COLUMNS.items() if row.get(column) not in (None, "")}
    if row.get("part") == "lead":
        asked["lead"] = row["organisation_id"]
    if row.get("part") == "support":
        asked["supports"] = [*before.get("supports", []), row["organisation_id"]]
    if row.get("granted"):
        asked["due_at"] = row["due_at"]
    if "criteria" in row:
        asked["area"] = row["criteria"]["area"]
    for name in ("area", "category", "severity"):
        old, new = (row.get(f"{age}_{name}{'_id' if name == 'area' else ''}") for age in ("old", "new"))
        if old != new:
            asked[name] = new
    return asked


class Words:
    """Values as they were asked, in words: names for keys, whatever they are keys of."""

    def __init__(self, person: Person, action: str, pack: Pack | None) -> None:
        self.person, self.action, self.pack = person, action, pack

    def of(self, asked: dict[str, Any]) -> dict[str, str]:
        said: dict[str, str] = {}
        for name, value in asked.items():
            if value in (None, "", []):
                continue
            if name in FILES:
                said["files"] = "、".join(filter(None, (said.get("files"), self.files(value))))
            elif name in OUTCOMES and isinstance(value, bool):
                said["outcome"] = self.outcome(value)
            else:
                said[name] = self.word(name, value)
        return said

    def word(self, name: str, value: Any) -> str:
        known: dict[str, Callable[[Any], str]] = {
            "kind": lambda key: str(dict(Kind.choices).get(key, key)),
            "way": lambda key: str(dict(Way.choices).get(key, key)),
            "area": lambda key: name_of(Area, key),
            "site": lambda key: name_of(Site, key),
            "team": lambda key: name_of(Team, key),
            "reviewer": lambda key: name_of(Person, key),
            "target": self.number,
            "recurrence_of": self.number,
            "category": lambda key: label_of(self.pack.categories if self.pack else {}, key),
            "severity": lambda key: label_of(self.pack.severities if self.pack else {}, key),
            **dict.fromkeys(("lead", "doer"), lambda key: name_of(Organisation, key)),
            "supports": lambda keys: "、".join(name_of(Organisation, key) for key in keys),
        }
        if name in known:
            return known[name](value)
        return day_time(datetime.fromisoformat(value)) if is_moment(name, value) else str(value)

    def outcome(self, value: bool) -> str:
        words = STEPS[self.action]
        return str((words.yes if value else words.no) or (_("Yes") if value else _("No")))

    def number(self, pk: Any) -> str:
        seen = Matter.objects.seen_by(self.person).filter(pk=pk).values_list("number", flat=True).first()
        return seen or _("a matter that you can't see")

    def files(self, digests: list[str]) -> str:
        known = {file.sha256: file for file in File.objects.filter(sha256__in=digests)}
        return names([known[digest] for digest in digests if digest in known])


def names(files: list[File]) -> str:
    return "、".join(file.name for file in files)


def name_of(model: Any, key: Any) -> str:
    found = model._default_manager.filter(pk=key).first()
    return str(found.name) if found else str(key)


def label_of(known: Mapping[str, Any], key: str) -> str:
    return str(known[key].label) if key in known else key


def is_moment(name: str, value: Any) -> bool:
    return isinstance(value, str) and (name == "until" or name.endswith("_at"))
