"""Which rows of a sheet are data, and what its headings mean."""

from __future__ import annotations

from typing import Any

import pytest

from muster.exchange.sheet import Sheet
from muster.exchange.table import Table, table_in, tables

HEAD = ["问题描述", "责任单位", "检查时间", "整改时限"]


def table(*rows: list[Any], head: list[str] = HEAD) -> Table:
    found = table_in(Sheet("台账", [["问题整改台账"], head, *rows]))
    assert found
    return found


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (["累计3次未消毒", "卫健局", "2022-12-05", "3天内"], ""),
        (["共计5处垃圾未清运", "卫健局", "2022-12-05", ""], ""),
        (["审核不严", "卫健局", "", ""], ""),
        (["核酸采样点未按要求设置一米线并消毒", "", "", ""], ""),
        (["", "卫健局", "2022-12-05", ""], ""),
        (["合计", "", "", "40"], "total"),
        (["合计：40个", "", "", ""], "total"),
        (["备注：本表每日17时前报送。", "", "", ""], "remark"),
        (["填表人：李四", "审核人：王五", "", ""], "remark"),
        (HEAD, "header_again"),
        (["", " ", "", ""], "blank"),
    ],
)
def test_only_what_can_be_no_line_is_none(row: list[Any], what: str) -> None:
    [(_number, _cells, found)] = list(table(row).rows())
    assert found == what


def test_headings_that_stand_twice_or_say_much_keep_their_columns() -> None:
    long = "整改措施（请详细填写已经采取的和将要采取的各项措施，并附照片编号，不少于三十字）"
    found = table(head=[*HEAD, "联系电话", "联系电话", "", long])
    assert [key for key, _place in found.keys] == [
        "text",
        "lead",
        "found_at",
        "due",
        "?联系电话",
        "?联系电话 F",
        "?G",
        "measures",
    ]


def test_of_sheets_without_any_heading_that_is_known_the_widest_row_is_asked_about() -> None:
    found, others = tables(
        [Sheet("说明", [["按要求填写"]]), Sheet("表", [["症结", "谁管", "哪天"], ["漏采", "卫健局", "12-05"]])]
    )
    assert ([one.heading for one in found[0].fields], others) == (["症结", "谁管", "哪天"], ["说明"])
