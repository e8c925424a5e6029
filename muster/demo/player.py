"""Plays one matter of the demo through the loop's own verbs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from muster.demo.acts import Acts, Stage
from muster.demo.album import VARIANTS
from muster.demo.city import END
from muster.demo.curve import awake, wait
from muster.demo.wording import Text
from muster.loop.arrival import Caller
from muster.loop.freeze import recorded_as
from muster.loop.matter import Matter
from muster.people.organisation import Organisation
from muster.people.person import Person
from muster.people.team import Team
from muster.places.area import Area
from muster.places.site import Site

#: Between the last act that fits and the end of the records.
ROOM = timedelta(minutes=4)
#: When bulletins appear: month and day; at five in the afternoon.
ISSUES = [END.replace(month=month, day=day, hour=17) for month, day in ((11, 24), (11, 27), (11, 30), (12, 3), (12, 5))]
#: Requests that aren't the community's own to answer; least of all those that complain of it.
ANSWERED_BY = {"medical": "卫生健康局", "complaint": "综合行政执法局", "passage": "交通运输局"}
SURNAMES = "王李张刘陈杨赵孙马周吴徐"


@dataclass
class Player(Acts):
    """One matter: what it is about, and the words of its story. Whoever has the turn acts at ``at``.

    ``times``: when each word is said, if not as long after the one before as such people take. ``other``: the matter
    that this one is merged into, comes back from, or belongs to.
    """

    stage: Stage
    random: Random
    kind: str
    text: Text
    site: Site
    begin: datetime
    words: Sequence[str]
    by: Person | None
    way: str
    team: Team | None = None
    times: Sequence[datetime] = ()
    other: Player | None = None

    matter: Matter = field(init=False)
    at: datetime = field(init=False)
    unit: Organisation = field(init=False)
    variant: int = field(init=False)
    responses: int = 0
    escalated: int = 0
    issue: int = 0

    def __post_init__(self) -> None:
        self.at, self.variant = self.begin, self.random.randrange(VARIANTS)
        self.unit = self._first_unit()

    @property
    def district(self) -> Area:  # type: ignore[override]
        return self.stage.city.areas[self.site.area.codes[2]]

    def turns(self) -> Iterator[datetime]:
        """The moment of each act, in their order; the act itself is done when the next moment is asked for."""
        yield self.begin
        with recorded_as(self.at):
            self._register()
        for position, word in enumerate(self.words):
            at = self.times[position] if self.times else self._when(word)
            yield from self._escalations(min(at, END))
            if at >= END:
                return
            self.at = at
            yield at
            with recorded_as(at):
                getattr(self, word)()
        yield from self._escalations(END)

    def _first_unit(self) -> Organisation:
        if self.kind == "proposal":
            return self._office("卫生健康局")
        office = ANSWERED_BY.get(self.text["category"]) if self.kind == "request" else None
        if office or not self.site.organisation:
            return self._office(office or "民政局")
        return self.site.organisation

    def _register(self) -> None:
        fields: dict[str, Any] = {"area": self.site.area, "site": self.site, "way": self.way, "by": self.by}
        fields |= getattr(self, f"_{self.kind}")()
        Matter.register(
            incident=self.stage.incident, kind=self.kind, category=self.text["category"], text=self.text["text"],
            severity=self.text.get("severity", "minor"), at=self.at, id=self._id(), **fields,
        )  # fmt: skip
        self.matter = Matter(pk=self._made)
        self.matter.read_locked()

    def _finding(self) -> dict[str, Any]:
        photos = [] if self.way == "call" else self._photos(after=False, count=1)
        comes_back = self.other.matter if self.other and "merged" not in self.words else None
        return {"team": self.team, "photos": photos, "recurrence_of": comes_back}

    def _request(self) -> dict[str, Any]:
        caller = f"{self.random.choice(SURNAMES)}{self.random.choice(['女士', '先生'])}"
        phone = f"1000001{self.random.randrange(10_000):04d}"
        return {"caller": Caller(caller, phone), "source_number": f"12345-{self.random.randrange(10**6):06d}"}

    def _proposal(self) -> dict[str, Any]:
        return {"area": self.district, "site": None}

    def _id(self) -> UUID:
        """An id of the moment (RFC 9562, version 7), the same in every load."""
        stamp_ms = int(self.at.timestamp() * 1000)
        high, low = self.random.getrandbits(12), self.random.getrandbits(62)
        self._made = UUID(int=stamp_ms << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)
        return self._made

    def _when(self, word: str) -> datetime:
        """When the next step is taken; nobody acts after the end of the records."""
        if word in ("drafted", "issued"):
            return self._when_issued(word)
        if word == "silent":
            return self.at + timedelta(days=self.matter.rule.silence_days or 0, minutes=6)
        at = self.at + wait(self.random, word, self.matter.rule, redo=self.matter.cycle > 1)
        at = awake(self.random, word, at, self.matter.severity == "critical")
        if word == "extend" and self.matter.due_at:
            at = min(at, self.at + (self.matter.due_at - self.at) * 0.7)
        return at if at < END - ROOM else self.at + (END - self.at) * self.random.uniform(0.3, 0.6)

    def _when_issued(self, word: str) -> datetime:
        if word == "drafted":
            ready = self.at + timedelta(hours=5)
            self.issue = next(number for number, at in enumerate(ISSUES, start=1) if at > ready)
        before_min = {"drafted": self.random.uniform(180, 290), "issued": self.random.uniform(0, 25)}[word]
        return ISSUES[self.issue - 1] - timedelta(minutes=before_min)

    def _escalations(self, until: datetime) -> Iterator[datetime]:
        """What the timer does meanwhile: past the deadline, one step of the ladder after another."""
        for hours, _level in self.matter.rule.ladder[self.escalated :]:
            due = self.matter.clock_due_at
            if not due or due != self.matter.due_at or due + timedelta(hours=hours, minutes=1) >= until:
                return
            self.escalated += 1
            at = due + timedelta(hours=hours, minutes=1)
            yield at
            with recorded_as(at):
                self.matter.escalate(by=None, at=at)
