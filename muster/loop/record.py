"""The record of an act: its span and its entry, as every verb writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from muster.loop import span
from muster.loop.entry import Entry, canonical, sha256_of

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


def turn_over(matter: Matter) -> None:
    """End the open span of a matter and begin the next, as it is now."""
    fields = {name: getattr(matter, name) for name in span.SPAN_FIELDS}
    values = {**fields, "matter": matter.pk, "from_at": matter.recorded_at}
    with connection.cursor() as cursor:
        cursor.execute(span.END, values)
        cursor.execute(span.BEGIN, values)


COLUMNS = [field.attname for field in Entry._meta.concrete_fields if not field.primary_key]
ENTER = f"""
with e as (insert into entry ({", ".join(COLUMNS)}) values ({", ".join(["%s"] * len(COLUMNS))}) returning id)
insert into afterwards (entry_id, tries, fault) select id, 0, '' from e
"""


def enter(entry: Entry) -> None:
    with connection.cursor() as cursor:
        cursor.execute(ENTER, [getattr(entry, name) for name in COLUMNS])
