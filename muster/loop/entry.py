"""History: a hash chain of entries per matter, and the seals over all chains."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from django.db import connection, models

from muster.evidence.file import File
from muster.loop.freeze import Frozen
from muster.people.organisation import Organisation
from muster.people.person import Person

#: What headquarters decides on a matter.
DECISIONS = (
    "assign", "reassign", "rule_return", "rule_extension", "reclassify", "reopen", "escalate", "void", "merge", "publish",
    "withdraw",
)  # fmt: skip


class Entry(models.Model):
    """One act on a matter. Holds no text of the act and no personal value, only digests of the rows it wrote."""

    matter = models.ForeignKey("muster.Matter", models.PROTECT, related_name="entries")
    seq = models.IntegerField()
    action = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    by_organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    act_id = models.UUIDField(null=True, unique=True, help_text="the client-made id of the act")
    content = models.TextField(help_text="sha256 of what was asked")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    facts = models.TextField(help_text="JSON: table, id and sha256 of every row written")
    previous = models.TextField(help_text="hash of the entry before; empty for the first")
    hash = models.TextField()

    class Meta:
        db_table = "entry"
        indexes = [models.Index(fields=["recorded_at"], include=["matter"], name="entry_recorded")]
        constraints = [models.UniqueConstraint(fields=["matter", "seq"], name="entry_seq_once")]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.seq} {self.action}"

    @property
    def sealed(self) -> list[Any]:
        """What the hash of this entry is of: its own columns and the hash of the entry before, which comes first."""
        return [
            self.previous, self.matter_id, self.seq, self.action, self.by_id, self.by_organisation_id, self.act_id,
            self.content, self.occurred_at, self.recorded_at, self.facts,
        ]  # fmt: skip

    def sealed_hash(self) -> str:
        """The hash that this entry must carry."""
        return sha256_of(self.sealed)


class Afterwards(models.Model):
    """The queue of what happens after: one row per entry, claimed in batches, gone when done."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="+")
    tries = models.IntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    fault = models.TextField(blank=True)

    class Meta:
        db_table = "afterwards"

    def __str__(self) -> str:
        return str(self.entry_id)


class Seal(models.Model):
    """A hash over the heads of all matters at a moment, chained: cut tails and removed matters show."""

    day = models.DateField(unique=True)
    at = models.DateTimeField()
    entry_id = models.BigIntegerField(help_text="the last entry that was there; exercises have clocks of their own")
    matters = models.IntegerField()
    heads = models.TextField()
    previous = models.TextField()
    hash = models.TextField()

    class Meta:
        db_table = "seal"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.day} {self.hash[:8]}"

    @classmethod
    def make(cls, day: date, frozen: Frozen) -> Seal:
        """Seal all heads as of a moment at which the record was frozen."""
        last = cls.objects.last()
        matters, heads = heads_at(frozen.entry_id)
        seal = cls(day=day, **frozen._asdict(), matters=matters, heads=heads, previous=last.hash if last else "")
        seal.hash = seal.sealed_hash()
        seal.save()
        return seal

    def sealed_hash(self) -> str:
        return sha256_of([self.previous, self.day.isoformat(), self.at, self.entry_id, self.matters, self.heads])


HEADS = """
select count(*), encode(sha256(convert_to(
  coalesce(string_agg(matter_id::text || hash, ',' order by matter_id), ''), 'UTF8')), 'hex')
from (select distinct on (matter_id) matter_id, hash from entry where id <= %s
      order by matter_id, seq desc) head
"""


def heads_at(entry_id: int) -> tuple[int, str]:
    """How many matters there were when that entry was the last, and the hash over all their heads then."""
    with connection.cursor() as cursor:
        cursor.execute(HEADS, [entry_id])
        matters, heads = cursor.fetchone()
    return matters, heads


def digest_of(row: models.Model, without: Iterable[str] = ("ended_at",)) -> str:
    """sha256 of a row's columns, without those that may be set later."""
    return sha256_of(columns_of(row, without))


def columns_of(row: models.Model, without: Iterable[str] = ("ended_at",)) -> dict[str, Any]:
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.attname not in without
    }


def sha256_of(value: Any) -> str:
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def canonical(value: Any) -> str:
    """JSON with one form per value: sorted keys, no spaces, times in UTC with microseconds."""
    return CANONICAL.encode(value)


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case Enum():
            return value.value
        case File():
            return value.sha256
        case models.Model():
            return value.pk
    raise TypeError(f"{type(value).__name__} has no canonical form")


#: Made once: an act asks for five of them.
CANONICAL = json.JSONEncoder(default=_plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
