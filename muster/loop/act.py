"""Acts: the one frame in which every verb runs.

A verb guards, writes its row, the present, the span and the entry in one transaction. The frame does what all verbs
share: it holds the record, locks the matters in id order, answers a repeated act with its first receipt, judges who acts
and in which state, stamps the time, and turns the database's refusals into named ones.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from muster.lib import clock
from muster.lib.ids import uuid7
from muster.loop.conflict import Conflict
from muster.loop.entry import canonical, digest_of, sha256_of
from muster.loop.freeze import K, replayed_at
from muster.loop.record import next_entry, put
from muster.loop.refusals import ActInFuture, ConflictingContent, NotSeen, refusal_of
from muster.loop.sides import take_side
from muster.loop.situation import COLUMNS, SOURCE, Actor, Situation
from muster.loop.state import Side
from muster.loop.step import Step
from muster.loop.steps import Evidence
from muster.people.person import Grant, Person

if TYPE_CHECKING:
    from muster.evidence.file import File
    from muster.loop.matter import Matter

AHEAD = timedelta(minutes=5)
StepRow = TypeVar("StepRow", bound=Step)


@dataclass(frozen=True)
class Receipt:
    """What an act is answered with, once it is committed; the same for the same act sent again."""

    act_id: UUID
    matter_id: UUID
    seq: int
    recorded_at: datetime
    hash: str
    repeated: bool = False


@dataclass
class Act:
    """One act under way: who, when, and the rows it writes. They reach the database together, with its entry."""

    action: str
    matter: Matter
    by: Person | None
    at: datetime
    id: UUID
    recorded_at: datetime
    grant: Grant | None
    actor: Actor
    situation: Situation
    rows: list[tuple[str, str, str]] = field(default_factory=list)
    written: list[Step] = field(default_factory=list)
    _named: bool = False

    @property
    def organisation_id(self) -> int | None:
        return self.grant.organisation_id if self.grant else None

    def write(self, table: type[StepRow], /, **fields: Any) -> StepRow:
        """A step row of this act; the first one carries the act's own id. ``fields`` may name another actor or time."""
        row = table(
            **{
                "id": uuid7() if self._named else self.id,
                "matter_id": self.matter.pk,
                "cycle": self.matter.cycle,
                "by": self.by,
                "by_organisation_id": self.organisation_id,
                "occurred_at": self.at,
                "recorded_at": self.recorded_at,
                **fields,
            }
        )
        self._named = True
        self.written.append(row)
        self.rows.append((table._meta.db_table, str(row.pk), digest_of(row)))
        return row

    def attach(self, files: Sequence[File], of: str, *, named: bool = False) -> list[Evidence]:
        """Put files to the matter as evidence. Only where it is all the act does does a row carry the act's own id."""
        self._named, before = not named, self._named
        rows = [self.write(Evidence, file=file, of=of) for file in files]
        self._named = before or named
        return rows

    def end(self, kind: type[Step], row_id: UUID | None) -> None:
        """Set the one column of a step row that may be set once."""
        kind._default_manager.filter(pk__in=[row_id]).update(ended_at=self.recorded_at)

    def take(self, side: Side) -> None:
        """The actor, and the organisation acted for, stand on this side from now on."""
        organisations = [self.organisation_id] if self.organisation_id else []
        self._take(side, organisations, [self.by.pk] if self.by else [])

    def take_organisation(self, side: Side, organisation_id: int, *persons: int) -> None:
        self._take(side, [organisation_id], list(persons))

    def _take(self, side: Side, organisations: list[int], persons: list[int]) -> None:
        take_side(self.matter.pk, side, organisations, persons)


@dataclass(frozen=True)
class Verb:
    """A verb of the loop: who may, in which states, and what it does."""

    name: str
    states: tuple[str, ...]
    standing: Callable[[Actor, Matter, Situation], Grant | None]
    ready: Callable[[Matter, Situation], None] | None
    body: Callable[..., None]

    @functools.cached_property
    def asks(self) -> dict[str, inspect.Parameter]:
        """What the verb asks for beside who, when and which."""
        named = inspect.signature(self.body).parameters
        return {name: asked for name, asked in named.items() if name not in ("self", "act")}

    def admit(self, actor: Actor, matter: Matter, situation: Situation) -> Grant | None:
        """The grant under which the actor may do this now. Raises the refusal that says why not."""
        grant = self.standing(actor, matter, situation)
        matter.must_be(self.states)
        if self.ready:
            self.ready(matter, situation)
        return grant


VERBS: dict[str, Verb] = {}


def verb(
    standing: Callable[[Actor, Matter, Situation], Grant | None],
    states: tuple[str, ...],
    ready: Callable[[Matter, Situation], None] | None = None,
) -> Callable[[Callable[..., None]], Callable[..., Receipt]]:
    """Make a method of Matter a verb: ``matter.name(by=person, at=occurred, id=act id, …)`` answers a Receipt.

    ``at`` defaults to now, ``id`` to a new one. The method itself gets the Act and what else was passed.
    """

    def wrap(body: Callable[..., None]) -> Callable[..., Receipt]:
        known = Verb(body.__name__, states, standing, ready, body)
        VERBS[known.name] = known

        @functools.wraps(body)
        def run(
            self: Matter,
            *,
            by: Person | None,
            at: datetime | None = None,
            id: UUID | None = None,
            **asked: Any,
        ) -> Receipt:
            return perform(known, self, by, at, id or uuid7(), asked)

        return run

    return wrap


def perform(
    known: Verb, matter: Matter, by: Person | None, at: datetime | None, act_id: UUID, asked: dict[str, Any]
) -> Receipt:
    content = canonical([known.name, matter.pk, by.pk if by else None, at, asked])
    try:
        with transaction.atomic():
            lock(matter, *(value for value in asked.values() if isinstance(value, type(matter))))
            with matter.incident.clock():
                return _record(known, matter, by, at, act_id, asked, content)
    except ConflictingContent:
        keep_conflict(act_id, matter, by, known.name, content)
        raise
    except IntegrityError as fault:
        raise refusal_of(fault) from fault


def _record(
    known: Verb,
    matter: Matter,
    by: Person | None,
    at: datetime | None,
    act_id: UUID,
    asked: dict[str, Any],
    content: str,
) -> Receipt:
    last = max(one.recorded_at for one in (matter, *asked.values()) if isinstance(one, type(matter)))
    now, first, situation = stamp_around(matter, by, act_id, last)
    actor = Actor.of(by)
    shown = not by or any(matter.shown_by(grant, situation) for grant in actor.grants)
    if first and (shown or is_same(first, content)):
        return repeated(first, content)
    if not shown:
        raise NotSeen
    grant = known.admit(actor, matter, situation)
    act = Act(known.name, matter, by, must_have_been(at or now, now), act_id, now, grant, actor, situation)
    before = matter.present()
    known.body(matter, act, **asked)
    return close(act, before, content)


def lock(*matters: Matter) -> None:
    """Lock matters in id order, so that two acts on the same pair can't wait for each other, and read them anew."""
    for matter in sorted(matters, key=lambda one: one.pk):
        matter.read_locked()


#: The record is held from the stamp to the commit; all locks are taken before the clock is read.
HELD = f"with held as materialized (select pg_advisory_xact_lock_shared({K}))"
STAMPED = """
greatest(clock_timestamp() - make_interval(secs => %(behind_s)s), %(last)s::timestamptz + interval '1 microsecond'),
e.seq, e.content, e.matter_id, e.recorded_at, e.hash
"""
FIRST = "left join entry e on e.act_id = %(act)s"
STAMP = f"{HELD} select {STAMPED} from held {FIRST}"
AROUND = f"{HELD} select {STAMPED}, {COLUMNS} from held cross join {SOURCE} {FIRST} where m.id = %(matter)s"
First = tuple[Any, ...]


def stamp(act_id: UUID) -> tuple[datetime, First | None]:
    """Hold the record. The moment at which a new matter is recorded, and the entry that already stands under the act's id."""
    row = _ask(STAMP, {"act": act_id, "last": None})
    return replayed_at() or row[0], _first(act_id, row)


def stamp_around(
    matter: Matter, by: Person | None, act_id: UUID, last: datetime
) -> tuple[datetime, First | None, Situation]:
    """The same for an act on a matter, recorded later than the last one, and what stands around the matter."""
    row = _ask(AROUND, {"act": act_id, "last": last, "matter": matter.pk, "person": by.pk if by else None})
    replayed = replayed_at()
    now = max(replayed, last + timedelta(microseconds=1)) if replayed else row[0]
    return now, _first(act_id, row), Situation(*row[6:])


def _ask(sql: str, values: dict[str, Any]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {**values, "behind_s": clock.how_far_behind().total_seconds()})
        row: tuple[Any, ...] = cursor.fetchone()
        return row


def _first(act_id: UUID, row: tuple[Any, ...]) -> First | None:
    return (act_id, *row[1:6]) if row[1] else None


def is_same(first: First, content: str) -> bool:
    """Whether an act was taken already: by the same person, for content says who."""
    return bool(first[2] == sha256_of(content))


def repeated(first: First, content: str) -> Receipt:
    act_id, seq, _content, matter_id, recorded_at, hash_ = first
    if not is_same(first, content):
        raise ConflictingContent(id=act_id)
    return Receipt(act_id, matter_id, seq, recorded_at, hash_, repeated=True)


def different(files: Sequence[File]) -> int:
    """How many different files these are: the same photo twice proves nothing more."""
    return len({file.sha256 for file in files})


def must_have_been(at: datetime, now: datetime) -> datetime:
    if at > now + AHEAD:
        raise ActInFuture(at=timezone.localtime(at).strftime("%Y-%m-%d %H:%M"))
    return at


def close(act: Act, before: dict[str, Any], content: str) -> Receipt:
    """Write the present, the span and the entry of an act, in this order, the entry last."""
    entry = next_entry(act, content)
    put(act.matter, act.matter.changed_since(before), entry, act.written)
    return Receipt(act.id, act.matter.pk, entry.seq, act.recorded_at, entry.hash)


def keep_conflict(act_id: UUID, matter: Matter, by: Person | None, action: str, content: str) -> None:
    with clock.behind(matter.incident.behind):
        Conflict.objects.create(
            act_id=act_id, matter_id=matter.pk, incident_id=matter.incident_id, by=by, action=action, content=content,
            received_at=clock.now(),
        )  # fmt: skip
