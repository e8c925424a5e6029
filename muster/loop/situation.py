"""What stands around a matter when somebody wants to act on it: one query for verbs and pages alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection

from muster.loop.state import Side
from muster.people.person import Grant, Person


@dataclass(frozen=True)
class Situation:
    """The open rows of a matter, and on which side a person stands. Ids are of open rows; None where none is open."""

    lead_id: UUID | None = None
    lead_path: str | None = None
    dispatched_at: datetime | None = None
    support_paths: list[str] = field(default_factory=list)
    return_id: UUID | None = None
    extension_id: UUID | None = None
    voiding_id: UUID | None = None
    voiding_by: int | None = None
    draft_id: UUID | None = None
    draft_by: int | None = None
    publication_id: UUID | None = None
    extensions: int = 0
    escalations: int = 0
    responses: int = 0
    evidence_filed: int = 0
    photos_before: int = 0
    closure_requested_at: datetime | None = None
    silent: bool = False
    closed_by: int | None = None
    side: Side | None = None
    below_a_doer: bool = False

    @property
    def pending(self) -> bool:
        """Whether a return or an extension waits for its ruling."""
        return self.return_id is not None or self.extension_id is not None

    @property
    def may_check(self) -> bool:
        return self.side != Side.DOER and not self.below_a_doer


#: The columns of a Situation, and what they are read from; parameters are the matter and the person.
COLUMNS = """
a.id, o.path, a.dispatched_at,
  array(select so.path from assignment s join organisation so on so.id = s.organisation_id
        where s.matter_id = m.id and s.part = 'support' and s.ended_at is null),
  (select id from return_ where matter_id = m.id and ended_at is null),
  (select id from extension_request where matter_id = m.id and ended_at is null),
  v.id, v.by_id, d.id, d.by_id,
  (select id from publication where matter_id = m.id and ended_at is null),
  (select count(*) from extension_request where assignment_id = a.id),
  (select count(*) from escalation where assignment_id = a.id),
  (select count(*) from response where matter_id = m.id and cycle = m.cycle),
  (select count(distinct f.sha256) from evidence e join file f on f.id = e.file_id
   where e.matter_id = m.id and e.cycle = m.cycle and e."of" = 'after'),
  (select count(*) from evidence where matter_id = m.id and "of" = 'before'),
  (select recorded_at from closure_request where matter_id = m.id and cycle = m.cycle),
  exists(select 1 from silence where matter_id = m.id and cycle = m.cycle),
  (select by_id from verification where id = m.closing_check),
  (select side from hand where matter_id = m.id and person_id = %(person)s),
  exists(select 1 from membership s join organisation mine on mine.id = s.organisation_id
         join party p on p.matter_id = m.id and p.side = 'doer' join organisation theirs on theirs.id = p.organisation_id
         where s.person_id = %(person)s and s.until is null and starts_with(mine.path, theirs.path))
"""
SOURCE = """
matter m
left join assignment a on a.matter_id = m.id and a.part = 'lead' and a.ended_at is null
left join organisation o on o.id = a.organisation_id
left join voiding_request v on v.matter_id = m.id and v.ended_at is null
left join publication_draft d on d.matter_id = m.id and d.ended_at is null
"""
SITUATION = f"select {COLUMNS} from {SOURCE} where m.id = %(matter)s"

SITUATIONS = f"select m.id, {COLUMNS} from {SOURCE} where m.id = any(%(matters)s)"


def situation_of(matter_id: UUID, person: Person | None) -> Situation:
    with connection.cursor() as cursor:
        cursor.execute(SITUATION, {"matter": matter_id, "person": person.pk if person else None})
        return Situation(*cursor.fetchone())


def situations_of(matter_ids: list[UUID], person: Person) -> dict[UUID, Situation]:
    """The same for many matters, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(SITUATIONS, {"matters": matter_ids, "person": person.pk})
        return {row[0]: Situation(*row[1:]) for row in cursor.fetchall()}


@dataclass(frozen=True)
class Actor:
    """Who acts: a person with the grants in force, or nobody (the timer, a public link)."""

    person: Person | None
    grants: tuple[Grant, ...]

    @classmethod
    def of(cls, person: Person | None) -> Actor:
        return cls(person, tuple(person.grants_at()) if person else ())
