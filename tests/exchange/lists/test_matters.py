"""The register goes out as a ledger, and comes in again: unchanged nothing happens, changed only what was changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from muster.exchange.dryrun import DryRun
from muster.exchange.lists.making import make
from muster.exchange.lists.records import Form, ListExport
from muster.exchange.records import Imported
from muster.loop.matter import Matter
from tests.cast import Cast, later
from tests.exchange.conftest import Taking
from tests.exchange.form import codes
from tests.exchange.lists.conftest import Out

Row = dict[str, Any]
HEADER = 4


def named(export: ListExport, tmp_path: Path) -> Path:
    path = tmp_path / f"{export.short}.{export.form}"
    path.write_bytes(export.path.read_bytes())
    return path


def rows_of(export: ListExport, header: int = HEADER) -> list[Row]:
    cells: list[list[Any]] = CalamineWorkbook.from_path(str(export.path)).get_sheet_by_index(0).to_python()
    return [dict(zip(cells[header - 1], row, strict=True)) for row in cells[header:]]


def again(rows: list[Row], tmp_path: Path) -> Path:
    """What somebody who worked on the list sends back."""
    path = tmp_path / "改过.xlsx"
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, list(rows[0]))
        for nr, row in enumerate(rows, 1):
            sheet.write_row(nr, 0, list(row.values()))
    return path


def outcomes(found: DryRun) -> dict[str, int]:
    return {key: count for key, count in found.counts.items() if count}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("form", Form.values)
@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("tags", [True, False])
def test_what_goes_out_comes_in_to_nothing_changed(
    lived: Cast, out: Out, sent: Taking, tmp_path: Path, language: str, form: str, whole: bool, tags: bool
) -> None:
    export = out(language=language, form=form, whole=whole, tags=tags)
    assert export.count == Matter.objects.count() == 11
    found = sent(named(export, tmp_path))
    assert (outcomes(found), codes(found)) == ({"same": 11}, [])


def test_what_came_in_from_a_ledger_goes_out_with_its_words(
    cast: Cast, city: Any, out: Out, sent: Taking, form: Any, tmp_path: Path
) -> None:
    line = {"备注": "孕妇户", "责任人": "张三", "牵头领导": "李四", "督办意见": "尽快"}
    form.line |= line
    sent(form.write(headings=[*form.line]), apply=True)
    export = out()
    [row] = rows_of(export)
    assert [row[name] for name in ("备注", "责任人", "牵头领导", "来源")] == ["孕妇户", "张三", "李四", "LQ-001"]
    assert outcomes(sent(named(export, tmp_path))) == {"same": 1}


def test_only_what_was_changed_changes(lived: Cast, out: Out, sent: Taking, tmp_path: Path) -> None:
    rows = rows_of(out())
    by_text = {row["问题描述"]: row for row in rows}
    by_text["刚登记，还没有交办"]["责任单位"] = "unit"
    by_text["门岗无人值守\n第二处：= 东门；- 西门"]["整改情况"] = "已派人值守"
    by_text["一米线未设置"]["备注"] = "存档"
    found = sent(again(rows, tmp_path), apply=True)
    assert outcomes(found) == {"changed": 3, "same": 8}
    assert sorted(change.key for one in found.of("changed") for change in one.changes) == ["done", "lead", "remark"]
    assert Matter.objects.get(text="刚登记，还没有交办").lead == lived.unit
    assert Imported.objects.get(matter__text="一米线未设置").words == {"remark": "存档"}
    assert outcomes(sent(again(rows, tmp_path))) == {"same": 11}


def test_a_list_that_was_taken_out_before_undoes_nothing(cast: Cast, out: Out, sent: Taking, tmp_path: Path) -> None:
    """Meanwhile it was reclassified, given to another, extended, done, and sent back."""
    matter = cast.finding()
    matter.assign(by=cast.dispatcher, lead=cast.support)
    rows = rows_of(out())
    matter.reclassify(by=cast.dispatcher, severity="major", category="disinfection", reason="更正")
    matter.reassign(by=cast.dispatcher, lead=cast.unit, reason="属地")
    matter.ask_extension(by=cast.fixer, until=later(hours=60), reason="缺人手")
    matter.rule_extension(by=cast.dispatcher, granted=True, reason="同意")
    cast.at_closure(matter)
    matter.verify(by=cast.verifier, passed=False, remark="还差一户", photos=[cast.photo("verifier")])
    assert outcomes(sent(again(rows, tmp_path))) == {"same": 1}
    rows[0]["备注"] = "请核对"
    found = sent(again(rows, tmp_path))
    assert [change.key for one in found.of("changed") for change in one.changes] == ["remark"]


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [("问题描述", "另一件事", "registered_otherwise"), ("被检查单位", "别处小区", "registered_otherwise"),
     ("整改时限", "2031-01-01", "deadline_stands"), ("检查时间", "2020-01-01", "registered_otherwise"),
     ("问题类别", "没有这一类", "unknown_word"), ("责任单位", "没有这个单位", "unknown_organisation"),
     ("区划", "没有这个地方", "unknown_place")],
)  # fmt: skip
def test_what_a_list_cannot_change_is_said_in_its_column(
    cast: Cast, out: Out, sent: Taking, tmp_path: Path, column: str, value: object, code: str
) -> None:
    cast.finding().assign(by=cast.dispatcher, lead=cast.unit)
    rows = rows_of(out())
    rows[0][column] = value
    found = sent(again(rows, tmp_path))
    [fault] = [fault for one in found.of("refused") for fault in one.faults]
    assert fault.code == code
    assert found.verdicts[0].line.headings[fault.key] == column


def test_who_does_the_work_is_not_told_who_is_behind_it(cast: Cast, out: Out) -> None:
    cast.closed()
    [row], [whole] = rows_of(out(by=cast.fixer)), rows_of(out())
    assert (row["编号"], row["责任单位"], row["复查结论"]) == (whole["编号"], "unit", "合格")
    assert (row["是否反弹"], whole["是否反弹"]) == ("", "否")
    assert (row["复查人"], whole["复查人"]) == ("", "Verifier")


def test_yes_asks_for_the_check_where_the_list_knows_of_the_present_round(
    cast: Cast, out: Out, sent: Taking, tmp_path: Path
) -> None:
    matter = cast.closed()
    before = rows_of(out())
    matter.reopen(by=cast.chief, reason="反弹")
    assert outcomes(sent(again(before, tmp_path))) == {"same": 1}
    now = rows_of(out())
    now[0]["是否销号"] = "是"
    [change] = [change for one in sent(again(now, tmp_path)).of("changed") for change in one.changes]
    assert change.key == "closed"


def test_the_register_of_an_ended_incident_goes_out_for_the_archive(cast: Cast, out: Out) -> None:
    cast.closed()
    cast.incident.end()
    export = ListExport.objects.create(kind="matters", by=cast.chief, reason="存档", language="zh-hans", whole=True)
    make(export)
    assert (export.count, export.title) == (1, "聊城市·2022 年 11 月疫情 · 事项台账")


def test_one_takes_out_what_one_sees(lived: Cast, out: Out) -> None:
    assert out(by=lived.stranger).count == 0
    assert out(by=lived.operator).count == 2
    assert {row["责任单位"] for row in rows_of(out(by=lived.fixer))} == {"unit"}


def test_a_check_that_waits_has_no_result_yet(lived: Cast, out: Out) -> None:
    said = {row["问题描述"]: (row["复查结论"], row["复查人"], row["是否销号"], row["状态"]) for row in rows_of(out())}
    assert said["漏采 3 户"] == ("不合格", "Verifier", "否", "整改中")
    assert said["一米线未设置"] == ("合格", "Verifier", "是", "已销号")
    failed = Matter.objects.get(text="漏采 3 户")
    failed.respond(by=lived.fixer, text="补齐", photos=[lived.photo("fixer"), lived.photo("fixer")])
    failed.request_closure(by=lived.fixer)
    [row] = [row for row in rows_of(out()) if row["问题描述"] == "漏采 3 户"]
    assert (row["复查结论"], row["复查人"], row["状态"]) == ("", "", "待核验")


def test_of_the_pages_columns_as_the_page_has_them(lived: Cast, out: Out) -> None:
    assert list(rows_of(out(whole=False))[0]) == [
        "序号",
        "编号",
        "区划",
        "被检查单位",
        "问题描述",
        "责任单位",
        "整改时限",
        "状态",
    ]
    narrow = rows_of(out(whole=False, query="column=severity&column=found&q=%E6%BC%8F%E9%87%87"))
    assert [list(row) for row in narrow] == [["序号", "编号", "检查时间", "问题描述", "严重程度"]]


def test_times_are_real_and_the_incidents(cast: Cast, out: Out) -> None:
    matter = cast.finding()
    [row] = rows_of(out())
    found_at: datetime = row["检查时间"]
    assert abs(found_at - matter.occurred_at.astimezone(cast.incident.tz).replace(tzinfo=None)) <= timedelta(seconds=1)
