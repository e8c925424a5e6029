"""What a dry run found, in words: for the page, for machines, and beside the refused lines."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import get_language

from muster.exchange.directory.entry import Entry
from muster.exchange.dryrun import CHANGED, MADE, REFUSED, SAME, DryRun, Verdict
from muster.exchange.line import Line
from muster.exchange.table import Table
from muster.exchange.values import words
from muster.loop.matter import Matter

MOST = {REFUSED: 200, CHANGED: 100, MADE: 20}
"""How many lines of each are told on the page; the workbook of the refused ones has all."""
LEFT_OUT_MOST = 40


def of(found: DryRun, tables: Iterable[Table]) -> dict[str, Any]:
    return {
        **of_tables(tables),
        "others": found.other_sheets,
        "blank": found.blank,
        "left_out": found.left_out[:LEFT_OUT_MOST],
        "twice": [
            (one.line.sheet, one.line.number, one.first) for one in found.of(SAME) if one.first is not None
        ][:LEFT_OUT_MOST],
        "left_out_more": max(0, len(found.left_out) - LEFT_OUT_MOST),
        "questions": [
            {"about": one.about, "label": found.words.label(one.about), "text": one.text, "count": count,
             "reason": str(one.refusal), "choices": [[choice.value, choice.shown] for choice in one.choices]}
            for one, count in found.questions
        ],
        "refused": [_refused(one.line) for one in islice(found.of(REFUSED), MOST[REFUSED])],
        "changed": _changed(list(islice(found.of(CHANGED), MOST[CHANGED]))),
        "made": [_made(one) for one in islice(found.of(MADE), MOST[MADE])],
    }  # fmt: skip


def of_tables(tables: Iterable[Table]) -> dict[str, Any]:
    """The columns of each table, with a first cell each."""
    return {
        "language": get_language(),
        "tables": [
            {"sheet": table.sheet.name, "header": table.header, "signature": table.signature, "fields": _fields(table)}
            for table in tables
        ],
    }


def _fields(table: Table) -> list[dict[str, str]]:
    first: list[Any] = next(([*cells] for _number, cells, what in table.rows() if not what), [])
    samples = [words(cell)[:40] for cell in first] + [""] * len(table.fields)
    return [
        {"heading": one.heading, "key": one.key or "", "sample": samples[one.place]}
        for one in table.fields
        if one.heading
    ]


def _refused(line: Line) -> dict[str, Any]:
    reasons = dict.fromkeys((heading_of(line, fault.key), str(fault.refusal)) for fault in line.faults)
    return {"sheet": line.sheet, "row": line.number, "text": line.text[:80], "reasons": [*reasons]}


def _changed(verdicts: list[Verdict]) -> list[dict[str, Any]]:
    matters = Matter.objects.in_bulk([one.matter for one in verdicts if one.matter])
    return [
        {"sheet": one.line.sheet, "row": one.line.number, **_about(one, matters),
         "changes": [[heading_of(one.line, change.key), change.before, change.after] for change in one.changes]}
        for one in verdicts
    ]  # fmt: skip


def _about(one: Verdict, matters: dict[UUID, Matter]) -> dict[str, str]:
    matter = matters.get(one.matter) if one.matter else None
    if not matter:
        return {"text": one.line.text[:80]}
    return {"matter": str(matter.pk), "number": matter.number, "text": matter.title}


def _made(one: Verdict) -> dict[str, Any]:
    line, told = one.line, one.line.told
    if isinstance(one, Entry):
        return {"sheet": line.sheet, "row": line.number, "text": line.text[:80],
                "told": [[heading_of(line, key), text] for key, text in one.told]}  # fmt: skip
    if not told:
        return {}
    due, lead = told.past.due_at, told.past.lead
    return {
        "sheet": line.sheet, "row": line.number, "text": told.text[:80], "area": told.area.place,
        "lead": lead.name if lead else "", "due": f"{timezone.localtime(due):%m-%d %H:%M}" if due else "",
        "done": bool(told.past.closure_asked),
    }  # fmt: skip


def report(found: DryRun) -> dict[str, Any]:
    """The counts, and each line that is refused, with the column that is wrong first; for machines."""
    return {
        **{key: count for key, count in found.counts.items() if key != REFUSED},
        "refused": [
            {"sheet": one.line.sheet, "row": one.line.number, "column": heading_of(one.line, one.faults[0].key),
             "code": one.faults[0].code, "reason": reason_of(one.line)}
            for one in found.of(REFUSED)
        ],
    }  # fmt: skip


def reason_of(line: Line) -> str:
    """All that is wrong with a line, each with its column, in one text."""
    said = dict.fromkeys(f"{heading_of(line, fault.key)}: {fault.refusal}" for fault in line.faults)
    return " ".join(said)


def heading_of(line: Line, key: str) -> str:
    """As the ledger itself calls the column; what it hasn't is called as we do."""
    return line.headings.get(key) or line.words.label(key)
