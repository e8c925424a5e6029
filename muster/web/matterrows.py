"""What is read of every matter that is looked at: compiled once a process, or written by hand."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.db import connection

from muster.exchange.records import Imported
from muster.lib.compiled import Compiled, Given
from muster.loop.conflict import Conflict
from muster.loop.contact import Contact
from muster.loop.entry import Entry
from muster.loop.matter import Matter
from muster.loop.steps import STEPS, Evidence

# What few matters have is read when it is shown: with every join, planning takes longer than all else on the page.
MATTER = Compiled(
    lambda: (
        Matter.objects.filter(pk=Given("matter"))
        .select_related("area", "site", "lead", "pack", "reporter_organisation")
        .defer("area__outline", "site__outline", "pack__text")
    )
)
ENTRIES = Compiled(
    lambda: Entry.objects.filter(matter=Given("matter")).select_related("by", "by_organisation").order_by("-seq")
)
EVIDENCE = Compiled(
    lambda: (
        Evidence.objects.filter(matter=Given("matter"))
        .select_related("file", "by_organisation")
        .order_by("recorded_at", "pk")
    )
)
CONTACT = Compiled(lambda: Contact.objects.filter(pk=Given("matter")))
IMPORTED = Compiled(lambda: Imported.objects.filter(matter=Given("matter")).order_by("pk"))
CONFLICT = Compiled(lambda: Conflict.objects.filter(matter_id=Given("matter"), settled_at=None)[:1])
STEP_ROWS = " union all ".join(
    f"select '{kind._meta.db_table}', id::text, to_jsonb(t) from {kind._meta.db_table} t where matter_id = %(matter)s"
    for kind in STEPS
    if kind is not Evidence
)


def step_rows(matter_id: UUID) -> dict[tuple[str, str], SimpleNamespace]:
    """All step rows of a matter but its evidence, in one query, by table and id."""
    with connection.cursor() as cursor:
        cursor.execute(STEP_ROWS, {"matter": matter_id})
        return {(table, row_id): SimpleNamespace(**_loaded(row)) for table, row_id, row in cursor.fetchall()}


def _loaded(row: Any) -> dict[str, Any]:
    columns: dict[str, Any] = json.loads(row) if isinstance(row, str) else row
    return columns
