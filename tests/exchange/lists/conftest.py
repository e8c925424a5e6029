from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from muster.exchange.lists.making import make
from muster.exchange.lists.records import Form, ListExport
from muster.loop.matter import Matter
from muster.loop.past import Past
from muster.people.person import Person
from tests.cast import Cast, later

Out = Callable[..., ListExport]


@pytest.fixture
def out(cast: Cast, tmp_path: Path, settings: LazySettings) -> Out:
    """Take a list out, by default in the dispatcher's name and in Chinese."""
    settings.FILES_DIR = tmp_path / "files"

    def out(kind: str = "matters", query: str = "", *, by: Person | None = None, **asked: Any) -> ListExport:
        usual = {"reason": "报送市指挥部", "language": "zh-hans", "form": Form.WORKBOOK, "whole": True}
        export = ListExport.objects.create(
            kind=kind, query=query, by=by or cast.dispatcher, incident=cast.incident, **{**usual, **asked}
        )
        make(export)
        return export

    return out


@pytest.fixture
def lived(cast: Cast) -> Cast:
    """A matter in every state that the register knows, each with what its past leaves in a row."""
    cast.finding(text="刚登记，还没有交办")
    given = cast.finding(text="门岗无人值守\n第二处：= 东门；- 西门")
    given.assign(by=cast.dispatcher, lead=cast.unit, supports=[cast.support])
    given.ask_extension(by=cast.fixer, until=later(hours=60), reason="缺人手")
    given.rule_extension(by=cast.dispatcher, granted=True, reason="同意")
    cast.at_closure(cast.finding(text="消杀无记录"))
    failed = cast.at_closure(cast.finding(text="漏采 3 户"))
    failed.verify(by=cast.verifier, passed=False, remark="还差一户", photos=[cast.photo("verifier")])
    cast.closed(cast.finding(text="一米线未设置", severity="minor"))
    again = cast.closed(cast.finding(text="通道堵塞"))
    again.reopen(by=cast.chief, reason="反弹")
    void = cast.finding(text="误登记")
    void.ask_voiding(by=cast.chief, reason="重复")
    void.void(by=cast.deputy)
    cast.finding(text="与上一件相同").merge(by=cast.dispatcher, target=given, reason="同一件")
    came_in(cast)
    cast.request()
    cast.proposal()
    return cast


def came_in(cast: Cast) -> Matter:
    past = Past(found_at=timezone.now() - timedelta(days=3), lead=cast.unit, done="已整改", passed=True)
    made = Matter.import_(
        by=cast.dispatcher, incident=cast.incident, kind="finding", area=cast.town, category="testing", severity="major",
        text="台账带来的一件", source="临清市台账 12", source_number="LQ-7", past=past,
    )  # fmt: skip
    return Matter.objects.get(pk=made.matter_id)
