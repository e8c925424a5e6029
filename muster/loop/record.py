"""The record of an act: the present, its span and its entry, as every verb writes them."""

from __future__ import annotations

import functools
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.db import connection

from muster.loop import span
from muster.loop.entry import Entry, canonical, sha256_of
from muster.loop.fields import HEAD

if TYPE_CHECKING:
    from muster.loop.act import Act
    from muster.loop.matter import Matter


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


def put(matter: Matter, changed: Collection[str], entry: Entry) -> None:
    """Write what an act changed of the present, the head and the entry, and turn the span over if it tells of a change."""
    turned = not span.TOLD.isdisjoint(changed)
    names = (*sorted(changed), *HEAD)
    fields: dict[str, Any] = {field.attname: field for field in matter._meta.concrete_fields}
    present = [fields[name].get_db_prep_save(getattr(matter, name), connection) for name in names]
    ended: list[Any] = [matter.recorded_at, matter.pk] if turned else []
    with connection.cursor() as cursor:
        cursor.execute(_putting(names, turned), [*present, matter.pk, *ended, *_values(entry)])
    if turned:
        begin_span(matter)


def begin_span(matter: Matter) -> None:
    """Begin a span of the matter as it is now: a statement of its own, as beside it the old one would still be open."""
    values = {name: getattr(matter, name) for name in span.SPAN_FIELDS}
    with connection.cursor() as cursor:
        cursor.execute(span.BEGIN, {**values, "matter": matter.pk, "from_at": matter.recorded_at})


def enter(entry: Entry) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"with {ENTERED}", _values(entry))


COLUMNS = [field.attname for field in Entry._meta.concrete_fields if not field.primary_key]
#: An entry, and its row in the queue of what happens afterwards.
ENTERED = f"""
e as (insert into entry ({", ".join(COLUMNS)}) values ({", ".join(["%s"] * len(COLUMNS))}) returning id)
insert into afterwards (entry_id, tries, fault) select id, 0, '' from e
"""


def _values(entry: Entry) -> list[Any]:
    return [getattr(entry, name) for name in COLUMNS]


@functools.cache
def _putting(names: tuple[str, ...], turned: bool) -> str:
    written = f"m as (update matter set {', '.join(f'{name} = %s' for name in names)} where id = %s)"
    ended = f"s as ({span.END}), " if turned else ""
    return f"with {written}, {ended}{ENTERED}"
