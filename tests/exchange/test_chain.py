"""What is a sign-up chain, and what only looks like one."""

from __future__ import annotations

import pytest

from muster.exchange.chain import table_of


@pytest.mark.parametrize(
    "text",
    ["", "1. 张三", "姓名,电话\n1,张三\n2,李四", "1. 张三\n7. 李四\n3. 王五",
     "序号\t问题\n1.\t门岗无人\n2.\t消杀", "1.5,2\n2.5,3", "08:30 张三\n09:30 李四"],
)  # fmt: skip
def test_what_is_no_chain(text: str) -> None:
    assert table_of(text) is None


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("1. 张三\n2. 李四", [["姓名"], ["张三"], ["李四"]]),
        ("接龙格式：点位名称 区划 类型\n1. 东门 青年路街道 卡口\n2. 西门 青年路街道 卡口 夜间",
         [["点位名称", "区划", "类型"], ["东门", "青年路街道", "卡口"], ["西门", "青年路街道", "卡口 夜间"]]),
        ("例：张三 市民政局 13800000000\n1. 李四（市民政局）13800000001\n2. 王五",
         [["姓名", "单位", "电话"], ["李四", "市民政局", "13800000001"], ["王五", "", ""]]),
        ("5. 张三\n备注：晚到\n6. 李四", [["姓名", "备注"], ["张三", "备注：晚到"], ["李四", ""]]),
    ],
)  # fmt: skip
def test_what_a_chain_says(text: str, rows: list[list[str]]) -> None:
    assert table_of(text) == rows
