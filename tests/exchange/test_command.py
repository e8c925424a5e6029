"""Ledgers by the command: in whose name, what is told, and what is remembered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from muster.exchange import command
from muster.exchange.dryrun import DryRun
from muster.exchange.records import LedgerImport, Sender
from muster.loop.matter import Matter
from tests.cast import Cast
from tests.exchange.form import Form
from tests.exchange.messy import City


@pytest.fixture(autouse=True)
def kept_apart(settings: LazySettings, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"


def run(path: Path, *, apply: bool = False, refused: Path | None = None, **said: Any) -> DryRun:
    given = {"sender": "", "login": "", "answers": None, **said}
    return command.run(path, apply, said.pop("all_or_nothing", False), refused, **given)


def test_it_is_run_dry_in_the_name_of_headquarters_unless_somebody_is_named(cast: Cast, city: City, form: Form) -> None:
    assert run(form.write()).counts["made"] == 1
    assert not Matter.objects.exists()
    run(form.write(), apply=True)
    run(form.write({"编号": "LQ-002", "问题描述": "消杀无记录"}), apply=True, login="dispatcher")
    assert list(LedgerImport.objects.order_by("id").values_list("by__login", flat=True)) == ["chief", "dispatcher"]
    with pytest.raises(command.NobodyToImport):
        run(form.write(), login="finder")


def test_the_report_names_sheet_row_column_code_and_reason(cast: Cast, city: City, form: Form) -> None:
    found = run(form.write({"检查时间": "上周三"}, {"问题描述": "消杀无记录", "责任单位": "银河系管理局"}))
    told = json.loads(json.dumps(command.report(found), ensure_ascii=False))
    assert (told["made"], told["changed"], told["same"]) == (0, 0, 0)
    assert [{key: one[key] for key in ("sheet", "row", "column", "code")} for one in told["refused"]] == [
        {"sheet": "台账", "row": 2, "column": "检查时间", "code": "unclear_date"},
        {"sheet": "台账", "row": 3, "column": "责任单位", "code": "unknown_organisation"},
    ]
    assert all(one["reason"] for one in told["refused"])
    shown = command.told(found, applied=False)
    assert "“上周三”" in shown
    assert "银河系管理局" in shown


def test_answers_and_what_holds_for_all_lines_are_remembered(
    cast: Cast, city: City, form: Form, tmp_path: Path
) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({"category": {"消毒": "disinfection"}}), encoding="utf-8")
    line = {"问题类别": "消毒", "区划": "-", "点位": "-"}
    first = run(form.write(line), answers=answers, area="青年路街道", severity="major", sender="临清市")
    assert first.counts["made"] == 1
    assert run(form.write(line), sender="临清市").counts["made"] == 1
    assert Sender.objects.get(name="临清市").defaults == {"area": "371581001", "severity": "major"}
    answers.write_text("[1]", encoding="utf-8")
    with pytest.raises(command.BadAnswers):
        run(form.write(line), answers=answers)


def test_the_refused_lines_are_written_and_the_sender_is_known_by_the_file(
    cast: Cast, city: City, form: Form, tmp_path: Path
) -> None:
    out = tmp_path / "退回.xlsx"
    for name in ("临清市台账2022-12-05.xlsx", "临清市台账（最终版）12.6.xlsx"):
        path = form.write({"检查时间": "上周三"}).rename(tmp_path / name)
        run(path, apply=True, refused=out)
    assert [one.name for one in Sender.objects.all()] == ["临清市台账"]
    assert run(out).counts["refused"] == 1
