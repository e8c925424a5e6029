"""The record of an act: its rows, the present, its span and its entry, as every verb writes them.

All but the next span is one statement, as going to the database and back takes longer than the writing.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection

from muster.lib.compiled import inserted, inserting
from muster.loop import span
from muster.loop.entry import Entry, canonical, sha256_of
from muster.loop.fields import HEAD

if TYPE_CHECKING:
    from muster.loop.act import Act
    from muster.loop.matter import Matter
    from muster.loop.step import Step


def next_entry(act: Act, content: str, *, named: bool = True) -> Entry:
    """The entry of an act, chained to the head of its matter, whose head it becomes."""
    matter = act.matter
    entry = Entry(
        matter_id=matter.pk,
        seq=matter.head_seq + 1,
        action=act.action,
        by=act.by,
        by_organisation_id=act.organisation_id,
        act_id=act.id if named else None,
        content=sha256_of(content),
        occurred_at=act.at,
        recorded_at=act.recorded_at,
        facts=canonical(act.rows),
        previous=matter.head_hash,
    )
    entry.hash = entry.sealed_hash()
    matter.head_seq, matter.head_hash, matter.recorded_at = entry.seq, entry.hash, act.recorded_at
    return entry


def put(matter: Matter, changed: Collection[str], entry: Entry, rows: Sequence[Step] = ()) -> None:
    """Write an act: its rows, what it changed of the present, the head and the entry; and turn the span over."""
    turned = not span.TOLD.isdisjoint(changed)
    names = (*sorted(changed), *HEAD)
    fields: dict[str, Any] = {field.attname: field for field in matter._meta.concrete_fields}
    present = [fields[name].get_db_prep_save(getattr(matter, name), connection) for name in names]
    ended: list[Any] = [matter.recorded_at, matter.pk] if turned else []
    with connection.cursor() as cursor:
        sql = _putting(names, turned, tuple(type(row) for row in rows))
        cursor.execute(sql, [*present, matter.pk, *ended, *_values(rows, entry)])
    if turned:
        begin_span(matter)


def begin_span(matter: Matter) -> None:
    """Begin a span of the matter as it is now: a statement of its own, as beside it the old one would still be open."""
    values = {name: getattr(matter, name) for name in span.SPAN_FIELDS}
    with connection.cursor() as cursor:
        cursor.execute(span.BEGIN, {**values, "matter": matter.pk, "from_at": matter.recorded_at})


def enter(entry: Entry, rows: Sequence[Step] = ()) -> None:
    """Write an entry, and the rows that it tells of."""
    with connection.cursor() as cursor:
        cursor.execute(f"with {_entering(tuple(type(row) for row in rows))}", _values(rows, entry))


COLUMNS = [field.attname for field in Entry._meta.concrete_fields if not field.primary_key]


def _values(rows: Sequence[Step], entry: Entry) -> list[Any]:
    return [value for row in rows for value in inserted(row)] + [getattr(entry, name) for name in COLUMNS]


@functools.cache
def _putting(names: tuple[str, ...], turned: bool, tables: tuple[type[Step], ...]) -> str:
    written = f"m as (update matter set {', '.join(f'{name} = %s' for name in names)} where id = %s)"
    ended = f"s as ({span.END}), " if turned else ""
    return f"with {written}, {ended}{_entering(tables)}"


@functools.cache
def _entering(tables: tuple[type[Step], ...]) -> str:
    """Rows, an entry, and its row in the queue of what happens afterwards."""
    rows = "".join(f"r{nr} as ({inserting(table)}), " for nr, table in enumerate(tables))
    return f"""{rows}
    e as (insert into entry ({", ".join(COLUMNS)}) values ({", ".join(["%s"] * len(COLUMNS))}) returning id)
    insert into afterwards (entry_id, tries, fault) select id, 0, '' from e"""
