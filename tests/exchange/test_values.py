"""Dates, deadlines and answers as ledgers write them. What is unclear is refused."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.exchange.values import Times, UnclearAnswer, UnclearDate, UnclearDeadline, answer, several, words
from muster.lib.refusal import Refusal

ZONE = ZoneInfo("Asia/Shanghai")
TIMES = Times(ZONE, datetime(2022, 12, 6, 1, tzinfo=UTC))
DAY = "2022-12-05 00:00"


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        *(
            (cell, DAY)
            for cell in (
                "2022-12-05",
                "2022.12.5",
                "2022/12/5",
                "2022年12月5日",
                "12月5日",
                "12.5",
                "12-5",
                "20221205",
                20221205,
                "22.12.5",
                44900,
                "2022-12-05 周一",
                " 2022 年 12 月 5 日 ",
                datetime.fromisoformat("2022-12-05"),
                date(2022, 12, 5),
                "２０２２．１２．５",
            )
        ),
        ("2022/12/5 14:30", "2022-12-05 14:30"),
        ("12月5日下午3点", "2022-12-05 15:00"),
        ("12月5日上午", "2022-12-05 09:00"),
        ("12月5日9时半", "2022-12-05 09:30"),
        (44900.5, "2022-12-05 12:00"),
        ("2022-12-05T06:30:00Z", "2022-12-05 14:30"),
        ("1月3日", "2022-01-03 00:00"),
        ("2月29日", "2020-02-29 00:00"),
        ("—", None),
        ("无", None),
    ],
)
def test_when_something_was(cell: Any, told: str | None) -> None:
    found = TIMES.moment(cell)
    assert (found.astimezone(ZONE).strftime("%Y-%m-%d %H:%M") if found else None) == told


@pytest.mark.parametrize(
    "cell", ["上周三", "5日", "2022年12月", "13.5", 12.5, 1.1, True, time(9), "12月5日和7日", "2022-02-30", "约12月5日"]
)
def test_what_is_no_date_is_refused(cell: Any) -> None:
    with pytest.raises(UnclearDate):
        TIMES.moment(cell)


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("3天内", timedelta(days=3)),
        ("限期三日内整改", timedelta(days=3)),
        ("24小时", timedelta(hours=24)),
        ("1周内", timedelta(days=7)),
        ("十五个工作日", timedelta(days=15)),
        ("立即整改", timedelta(days=1)),
        ("当日", timedelta(days=1)),
        ("长期坚持", None),
        ("", None),
        ("1月3日前", "2023-01-03 23:59"),
        ("12月8日前完成整改", "2022-12-08 23:59"),
        ("2022年12月8日18时前", "2022-12-08 18:00"),
        (date(2022, 12, 8), "2022-12-08 23:59"),
        ("2 days", timedelta(days=2)),
    ],
)
def test_until_when(cell: Any, told: Any) -> None:
    found = TIMES.deadline(cell)
    assert (found.strftime("%Y-%m-%d %H:%M") if isinstance(found, datetime) else found) == told


@pytest.mark.parametrize(
    "cell",
    [
        *("尽快", "待定", 3, "12月底前", "2022年12月底前完成", "12月中旬", "2022年12月"),
        *("本月15日前", "一两天内", "三五天", "2-3日内", "7-10日内", "十十天"),
    ],
)
def test_what_is_no_deadline_is_refused(cell: Any) -> None:
    with pytest.raises(UnclearDeadline):
        TIMES.deadline(cell)


def test_answers() -> None:
    assert [answer(cell) for cell in ("是", "√", "已销号", "已完成。", "YES", 1, 1.0, True)] == [True] * 8
    assert [answer(cell) for cell in ("否", "×", "基本完成", "正在推进", "长期坚持", "整改中", 0, False)] == [False] * 8
    assert [answer(cell) for cell in ("", "—", "/", "无")] == [None] * 4
    with pytest.raises(UnclearAnswer):
        answer("看情况")


def test_several_names_in_a_cell() -> None:
    assert several("卫健局、公安局\n市场局；教体局") == ["卫健局", "公安局", "市场局", "教体局"]
    assert several("卫健局和公安局") == ["卫健局", "公安局"]
    assert several("和平街道") == ["和平街道"]
    assert several("卫健局、卫健局") == ["卫健局"]
    assert several("无") == []


def test_words_are_kept_as_they_were() -> None:
    assert words(" 漏采 3户_x000D_\r\n\r\n 已\u200b补 ") == "漏采 3户\n已补"
    assert [
        words(cell)
        for cell in (3.0, 3.5, True, datetime.fromisoformat("2022-12-05"), datetime.fromisoformat("2022-12-05 09:30"))
    ] == [
        "3",
        "3.5",
        "是",
        "2022-12-05",
        "2022-12-05 09:30",
    ]


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.datetimes(), st.times(), st.timedeltas()))
def test_whatever_stands_in_a_cell_is_read_or_refused(cell: Any) -> None:
    for read in (TIMES.moment, TIMES.deadline, answer, several, words):
        with contextlib.suppress(Refusal):
            read(cell)
