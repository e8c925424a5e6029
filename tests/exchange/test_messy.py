"""Ledgers as counties send them: every line is found, read for what it means, and accounted for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from muster.exchange.summary import heading_of
from muster.loop.audit import audit
from muster.loop.matter import Matter
from tests.exchange.conftest import Taking
from tests.exchange.messy import City, Messy, Truth

SEEDS = range(12)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_line_becomes_what_it_means(city: City, sent: Taking, tmp_path: Path, seed: int) -> None:
    messy = Messy(city, seed, 40)
    path = messy.write(tmp_path / f"{seed}.xlsx")
    found = sent(path, apply=True)
    meant = {one.row: one.outcome for one in messy.truths}
    why = {one.line.number: [str(fault.refusal) for fault in one.faults] for one in found.verdicts}
    outcomes = {one.line.number: one.outcome for one in found.verdicts}
    assert {row: (is_, why[row]) for row, is_ in outcomes.items() if is_ != meant.get(row)} == {}
    assert list(outcomes) == list(meant)
    refused = [(one.row, one.column, one.code) for one in messy.truths if one.outcome == "refused"]
    said = [
        (one.line.number, heading_of(one.line, one.faults[0].key), one.faults[0].code) for one in found.of("refused")
    ]
    assert said == [(row, " ".join(column.split()), code) for row, column, code in refused]
    made = [one for one in messy.truths if one.outcome == "made"]
    assert Matter.objects.count() == len(made)
    for truth in made:
        is_what_is_meant(truth, Matter.objects.get(text__contains=truth.text))
    assert [str(fault) for fault in audit()] == []


def is_what_is_meant(truth: Truth, matter: Matter) -> None:
    assert truth.day
    with matter.incident.clock():
        assert matter.occurred_at.astimezone(matter.incident.tz).date() == truth.day
    assert matter.status == truth.status, truth
    assert matter.area_id == "371581001"
    assert "：" in matter.text, "the site isn't known here: its name stands before the problem"
    told = matter.assignments.order_by("part")
    assert [one.organisation.name for one in told] == truth.leads
    if truth.leads:
        assert matter.due_at
        took = matter.due_at - matter.occurred_at
        if truth.within is None:
            assert took == timedelta(hours=matter.rule.due_h)
        else:
            # Days run to the end of the last one, where it isn't said at which hour it was found.
            assert truth.within <= took < truth.within + timedelta(days=1)
    assert [one.text for one in matter.responses.all()] == ([truth.done] if truth.done else [])


@pytest.mark.parametrize("seed", SEEDS[:4])
def test_twice_makes_nothing_twice(city: City, sent: Taking, tmp_path: Path, seed: int) -> None:
    path = Messy(city, seed, 30).write(tmp_path / "台账.xlsx")
    first = sent(path, apply=True).counts
    again = sent(path, apply=True).counts
    assert again == {"made": 0, "changed": 0, "same": first["made"], "refused": first["refused"]}
    elsewhere = sent(path, sender="别处").counts
    assert elsewhere == again, "whoever sends it: the same problem is the same"
