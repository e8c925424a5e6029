"""The demo is the same city every time. Stands first in its folder: each load wants an empty database."""

from __future__ import annotations

import pytest
from django.db import transaction

from muster.demo.load import load
from muster.demo.plan import PLAN
from muster.loop.entry import Entry
from muster.loop.matter import Matter

#: Two districts are enough, and quicker.
SMALL = {code: PLAN[code] for code in ("371500-gx", "371524")}
TOLD = ("number", "text", "status", "registered_at", "due_at", "lead__name", "site__name", "reporter__name")


@pytest.mark.django_db
def test_two_loads_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muster.demo.casting.PLAN", SMALL)
    first, second = loaded_alone(), loaded_alone()
    assert len(first) > 100
    assert first == second


def loaded_alone() -> list[tuple[object, ...]]:
    """What a load leaves of matters and their history; then it is undone."""
    with transaction.atomic():
        load()
        matters = list(Matter.objects.order_by("number").values_list(*TOLD))
        acts = list(Entry.objects.order_by("id").values_list("matter__number", "action", "recorded_at", "by__name"))
        transaction.set_rollback(True)
    return [*matters, *acts]
