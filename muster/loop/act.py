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
from muster.loop import span
from muster.loop.conflict import Conflict
from muster.loop.entry import canonical, digest_of, sha256_of
from muster.loop.freeze import hold_record, replayed_at
from muster.loop.record import enter, next_entry, turn_over
from muster.loop.refusals import ActInFuture, ConflictingContent, refusal_of
from muster.loop.sides import take_side
from muster.loop.situation import Actor, Situation, situation_of
from muster.loop.state import Side
from muster.loop.steps import Evidence, Step
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
    """One act under way: who, when, and the rows it has written so far."""

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
    _named: bool = False

    @property
    def organisation_id(self) -> int | None:
        return self.grant.organisation_id if self.grant else None

    def write(self, table: type[StepRow], /, **fields: Any) -> StepRow:
        """Write a step row; the first one carries the act's own id."""
        row = table(
            id=uuid7() if self._named else self.id,
            matter_id=self.matter.pk,
            cycle=fields.pop("cycle", self.matter.cycle),
            by=self.by,
            by_organisation_id=self.organisation_id,
            occurred_at=self.at,
            recorded_at=self.recorded_at,
            **fields,
        )
        self._named = True
        row.save(force_insert=True)
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
        take_side(self.matter.pk, side, organisations, [self.by.pk] if self.by else [])

    def take_organisation(self, side: Side, organisation_id: int) -> None:
        take_side(self.matter.pk, side, [organisation_id], [])


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
        with clock.behind(matter.incident.behind), transaction.atomic():
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
    hold_record()
    locked = (matter, *(value for value in asked.values() if isinstance(value, type(matter))))
    lock(*locked)
    now, first = stamp(act_id, max(one.recorded_at for one in locked))
    if first:
        return repeated(first, content)
    actor = Actor.of(by)
    situation = situation_of(matter.pk, by)
    grant = known.admit(actor, matter, situation)
    act = Act(known.name, matter, by, must_have_been(at or now, now), act_id, now, grant, actor, situation)
    before = matter.present()
    known.body(matter, act, **asked)
    return close(act, before, content)


def lock(*matters: Matter) -> None:
    """Lock matters in id order, so that two acts on the same pair can't wait for each other, and read them anew."""
    for matter in sorted(matters, key=lambda one: one.pk):
        matter.read_locked()


STAMP = """
select greatest(clock_timestamp() - make_interval(secs => %(behind_s)s), %(last)s::timestamptz + interval '1 microsecond'),
  e.seq, e.content, e.matter_id, e.recorded_at, e.hash
from (values (1)) one left join entry e on e.act_id = %(act)s
"""


def stamp(act_id: UUID, last: datetime | None) -> tuple[datetime, tuple[Any, ...] | None]:
    """The moment at which this act is recorded, and the entry that already stands under its id."""
    with connection.cursor() as cursor:
        cursor.execute(STAMP, {"act": act_id, "last": last, "behind_s": clock.how_far_behind().total_seconds()})
        now, seq, *rest = cursor.fetchone()
    first = (act_id, seq, *rest) if seq else None
    replayed = replayed_at()
    if replayed:
        now = max(replayed, last + timedelta(microseconds=1)) if last else replayed
    return now, first


def repeated(first: tuple[Any, ...], content: str) -> Receipt:
    act_id, seq, known, matter_id, recorded_at, hash_ = first
    if known != sha256_of(content):
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
    changed = act.matter.save_present(before)
    if changed.intersection(span.SPAN_FIELDS):
        turn_over(act.matter)
    enter(entry)
    return Receipt(act.id, act.matter.pk, entry.seq, act.recorded_at, entry.hash)


def keep_conflict(act_id: UUID, matter: Matter, by: Person | None, action: str, content: str) -> None:
    Conflict.objects.create(act_id=act_id, matter_id=matter.pk, by=by, action=action, content=content)
