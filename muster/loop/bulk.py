"""Many matters of a ledger at once: the same rows as ``Matter.import_`` writes one by one, by COPY.

They are told in memory by the same functions, then written table by table in the order of their foreign keys; every guard
of the database looks at each row. Numbers are taken before, in a moment of their own: a county's counter isn't held
while thousands of rows are written.
"""

from __future__ import annotations

import copy as copying
import dataclasses
import operator
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, connection, models, transaction

from muster.incidents.incident import Incident
from muster.lib import clock
from muster.lib.ids import uuid7
from muster.loop.act import Act, must_have_been, stamp
from muster.loop.arrival import TextNeeded, must_lie_in
from muster.loop.dispatch import must_see
from muster.loop.entry import Entry, canonical
from muster.loop.fields import MatterFields
from muster.loop.ledger import content_of, importing
from muster.loop.number import county_of, numbers
from muster.loop.past import Past
from muster.loop.record import next_entry
from muster.loop.refusals import refusal_of
from muster.loop.sides import Hand, Party
from muster.loop.situation import Actor, Situation
from muster.loop.span import SPAN_FIELDS, Span
from muster.loop.state import Side, Status, Way
from muster.loop.step import Step
from muster.loop.steps import STEPS, Assignment, Evidence, LedgerLine
from muster.loop.telling import tell
from muster.people.organisation import Organisation
from muster.people.person import Person
from muster.places.area import Area
from muster.places.site import Site
from muster.policy.version import PackVersion

if TYPE_CHECKING:
    from muster.loop.matter import Matter


@dataclass(frozen=True)
class Incoming:
    """A matter that a ledger tells of, as ``Matter.import_`` is asked for it."""

    kind: str
    area: Area
    category: str
    severity: str
    text: str
    source: str
    past: Past
    site: Site | None = None
    source_number: str = ""
    id: UUID = field(default_factory=uuid7)


@dataclass
class Noted(Act):
    """An act whose sides are noted, too, and written with its rows."""

    sides: dict[tuple[type[models.Model], int], Side] = field(default_factory=dict)

    def _take(self, side: Side, organisations: list[int], persons: list[int]) -> None:
        for table, keys in ((Party, organisations), (Hand, persons)):
            for key in keys:
                self.sides.setdefault((table, key), side)


def import_many(table: type[Matter], by: Person, incident: Incident, incoming: Sequence[Incoming]) -> None:
    """Take all in, or none. Raises what ``Matter.import_`` raises."""
    by = copying.copy(by)
    by.keeps_grants = True
    with incident.clock():
        version = incident.pack_version()
        known = Known(by, version)
        made = [_made(table, by, incident, version, one) for one in incoming]
        for matter in made:
            matter.rules = known.rules(matter)
        _number(made, known, clock.now().astimezone(incident.tz).date())
        try:
            with transaction.atomic():
                now, _first = stamp(uuid7())
                acts = [_told(known, matter, one, now) for matter, one in zip(made, incoming, strict=True)]
                _write(table, acts)
        except IntegrityError as fault:
            raise refusal_of(fault) from fault


class Known:
    """What is asked of the database once for all of them."""

    def __init__(self, by: Person, version: PackVersion) -> None:
        self.actor, self.pack = Actor.of(by), version.pack
        self._rules: dict[tuple[str, str, str], dict[str, Any]] = {}
        self._seen = set[tuple[int, str]]()

    def rules(self, matter: MatterFields) -> dict[str, Any]:
        key = (matter.kind, matter.category, matter.severity)
        if key not in self._rules:
            self._rules[key] = dataclasses.asdict(self.pack.rules(*key))
        return self._rules[key]

    def see(self, matter: MatterFields, organisation: Organisation, at: datetime) -> None:
        key = (organisation.pk, matter.area_path)
        if key not in self._seen:
            must_see(matter, organisation, at)
            self._seen.add(key)


def _made(table: type[Matter], by: Person, incident: Incident, version: PackVersion, one: Incoming) -> Matter:
    if not one.text.strip():
        raise TextNeeded
    must_lie_in(one.site, one.area)
    one.area.must_be_open()
    return table(
        id=one.id, incident=incident, kind=one.kind, area=one.area, area_path=one.area.path, category=one.category,
        severity=one.severity, text=one.text.strip(), site=one.site, source_number=one.source_number, reporter=by,
        way=Way.IMPORT, pack=version,
    )  # fmt: skip


def _number(made: Iterable[Matter], known: Known, day: date) -> None:
    wanted = Counter((known.pack.kind(one.kind).prefix, county_of(one.area.codes)) for one in made)
    given = {key: iter(numbers(*key, day, count)) for key, count in sorted(wanted.items())}
    for one in made:
        one.number = next(given[known.pack.kind(one.kind).prefix, county_of(one.area.codes)])


def _told(known: Known, matter: Matter, one: Incoming, now: datetime) -> tuple[Noted, Entry]:
    """The act of one matter with all its rows, and its entry."""
    content = canonical([*content_of(matter, one.past, one.source, None, ()), None])
    grant = importing(matter, known.actor)
    matter.registered_at = now
    matter.occurred_at = must_have_been(one.past.found_at or now, now)
    matter.reporter_organisation_id = grant.organisation_id if grant else None
    act = Noted("import_", matter, matter.reporter, now, matter.pk, now, grant, known.actor, Situation())
    digest = matter.registration_digest(matter.area_id, matter.category, matter.severity)
    act.rows.append(("matter", str(matter.pk), digest))
    tell(act, one.past, one.source.strip(), known.see)
    return act, next_entry(act, content)


def _write(table: type[Matter], told: list[tuple[Noted, Entry]]) -> None:
    acts = [act for act, _entry in told]
    _matters(table, [act.matter for act in acts])
    for side in (Party, Hand):
        columns = ("matter_id", "organisation_id" if side is Party else "person_id", "side")
        rows = [
            (act.matter.pk, key, value.value) for act in acts for (of, key), value in act.sides.items() if of is side
        ]
        copy(side, columns, rows)
    by_table: dict[type[Step], list[Step]] = defaultdict(list)
    for act in acts:
        for row in act.written:
            by_table[type(row)].append(row)
    # A unit's rows point at the line that they came with, and a check at its evidence.
    for step in sorted(by_table, key=ORDER.index):
        copy_rows(step, by_table[step])
    _close([act.matter for act in acts])
    copy(Span, ("matter_id", *SPAN_FIELDS, "from_at"), [_span(act.matter) for act in acts])
    copy_rows(Entry, [entry for _act, entry in told])
    _queue([act.matter.pk for act in acts])


#: The tables of steps in the order of what points at what.
ORDER = tuple(dict.fromkeys((LedgerLine, Assignment, Evidence, *STEPS)))


def _matters(table: type[Matter], made: list[Matter]) -> None:
    """Such as are closed come in as yet unchecked: the check that they point at isn't there yet."""
    closed = [(one, one.closing_check, one.closed_at) for one in made if one.status == Status.CLOSED]
    for one, _check, _at in closed:
        one.status, one.closing_check, one.closed_at = Status.IN_PROGRESS, None, None
    copy_rows(table, made)
    for one, check, at in closed:
        one.status, one.closing_check, one.closed_at = Status.CLOSED, check, at


CLOSE = """
update matter set status = 'closed', closing_check = told.check_, closed_at = told.at
from unnest(%s::uuid[], %s::uuid[], %s::timestamptz[]) told (id, check_, at) where matter.id = told.id
"""


def _close(made: list[Matter]) -> None:
    closed = [one for one in made if one.status == Status.CLOSED]
    if closed:
        with connection.cursor() as cursor:
            values = (
                [one.pk for one in closed],
                [one.closing_check for one in closed],
                [one.closed_at for one in closed],
            )
            cursor.execute(CLOSE, values)


def _span(matter: Matter) -> tuple[Any, ...]:
    return (matter.pk, *(getattr(matter, name) for name in SPAN_FIELDS), matter.recorded_at)


QUEUE = "insert into afterwards (entry_id, tries, fault) select id, 0, '' from entry where matter_id = any(%s)"


def _queue(pks: list[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(QUEUE, [pks])


def copy_rows(table: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Models as they are; what the database makes itself is left to it."""
    fields = [one for one in table._meta.concrete_fields if not one.generated and not _given_by_database(one)]
    values = operator.attrgetter(*(one.attname for one in fields))
    documents = [place for place, one in enumerate(fields) if isinstance(one, models.JSONField)]
    copy(table, [str(one.column) for one in fields], map(values, rows), documents)


def _given_by_database(column: models.Field[Any, Any]) -> bool:
    return isinstance(column, models.BigAutoField)


def copy(
    table: type[models.Model], columns: Sequence[str], rows: Iterable[tuple[Any, ...]], documents: Sequence[int] = ()
) -> None:
    """Rows by COPY; at ``documents`` stands JSON."""
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    sql = f"copy {table._meta.db_table} ({names}) from stdin"
    # Django doesn't see what goes wrong in a COPY, unless it is told to look.
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(sql) as stream:
        for row in rows:
            stream.write_row(_with_documents(row, documents) if documents else row)


def _with_documents(row: tuple[Any, ...], documents: Sequence[int]) -> list[Any]:
    values = list(row)
    for place in documents:
        values[place] = canonical(values[place])
    return values
