"""Messy ledgers with known truth: what a county's clerk sends at five in the afternoon, and what is really meant."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter

#: A column of a form: its key, and its headings in the one or the other county.
HEADINGS: dict[str, tuple[str, ...]] = {
    "order": ("序号", "顺序号"),
    "number": ("编号", "问题编号"),
    "found_at": ("检查时间", "发现 日期", "督查时间（必填）"),
    "team": ("检查组", "督导组"),
    "site": ("被检查单位/点位", "点位名称", "检查\n地点"),
    "area": ("区划", "乡镇（街道）", "属地"),
    "text": ("问题描述", "存在的问题*", "发现问题"),
    "category": ("问题类别", "类别"),
    "severity": ("严重程度", "等级"),
    "lead": ("责任单位", "整改责任单位"),
    "leader": ("牵头领导", "包保领导"),
    "measures": ("整改措施", "整改要求"),
    "due": ("整改时限", "完成时限"),
    "done": ("整改情况", "整改结果"),
    "closed": ("是否销号", "是否整改完成"),
    "remark": ("备注", "备注（可不填）"),
}
#: Columns that stand under one heading, in forms whose header has two rows.
TOGETHER = ("measures", "due", "done", "closed")
DATES: tuple[Callable[[date], Any], ...] = (
    lambda day: day.strftime("%Y-%m-%d"),
    lambda day: f"{day.year}.{day.month}.{day.day}",
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: f"{day.month}月{day.day}日",
    lambda day: day.strftime("%Y/%m/%d 14:30"),
    lambda day: day.strftime("%Y%m%d"),
    lambda day: day,
    lambda day: (day - date(1899, 12, 30)).days,
)
DEADLINES = (("3天内", timedelta(days=3)), ("限期七日", timedelta(days=7)), ("24小时内", timedelta(days=1)),
             ("立即整改", timedelta(days=1)), ("长期坚持", None), ("", None))  # fmt: skip
YES, OPEN, NOTHING = ("是", "√", "已销号", "已完成"), ("否", "×", "基本完成", "正在推进", "长期坚持"), ("", "—")
PROBLEMS = (
    "楼道消杀未留记录",
    "上门采样漏采",
    "一米线未设置",
    "卡口夜间无人值守",
    "生活物资未按时送达",
    "解封后未贴温馨提示",
)


@dataclass
class Truth:
    """What a row means: a matter with these values, or a refusal in a column."""

    row: int
    text: str
    outcome: str = "made"
    column: str = ""
    code: str = ""
    day: date | None = None
    leads: list[str] = field(default_factory=list)
    within: timedelta | None = None
    status: str = "registered"
    done: str = ""


@dataclass(frozen=True)
class City:
    """What the ledger may name: areas with the ways they are written, categories, organisations by the ways they are written."""

    areas: dict[str, tuple[str, ...]]
    units: dict[str, tuple[str, ...]]
    categories: tuple[str, ...]
    severities: tuple[str, ...]
    today: date


class Messy:
    """A ledger of so many lines; the same seed makes the same."""

    def __init__(self, city: City, seed: int, lines: int, faults: float = 0.2) -> None:
        self.city, self.random, self.lines, self.faults = city, random.Random(seed), lines, faults
        self.seed = seed
        self.keys = self._columns()
        self.headings = {key: self.random.choice(HEADINGS[key]) for key in self.keys}
        self.two_rows = self.random.random() < 0.5 and all(key in self.keys for key in TOGETHER)
        self.truths: list[Truth] = []
        self.rows: list[dict[str, Any] | str | None] = []
        for nr in range(lines):
            self._between(nr)
            self._line(nr)

    def _columns(self) -> list[str]:
        """Most columns, in an order of the county's own; those under one heading stay together."""
        may = ("number", "team", "leader", "remark", "severity", "order")
        kept = [key for key in HEADINGS if key not in may or self.random.random() < 0.7]
        free = [key for key in kept if key not in TOGETHER]
        self.random.shuffle(free)
        at = self.random.randrange(len(free) + 1)
        return [*free[:at], *TOGETHER, *free[at:]]

    def _between(self, nr: int) -> None:
        """What stands between lines and is none."""
        if self.random.random() < 0.08:
            self.rows.append(None)
        if self.random.random() < 0.05 and nr:
            self.rows.append("headings")
        if self.random.random() < 0.04 and nr:
            self.rows.append("total")

    def _line(self, nr: int) -> None:
        pick = self.random.choice
        area = pick(list(self.city.areas))
        unit = pick([*self.city.units, ""])
        day = self.city.today - timedelta(days=self.random.randrange(12, 60))
        said, within = pick(DEADLINES)
        truth = Truth(0, f"{pick(PROBLEMS)}，第{self.seed}-{nr}处", day=day)
        closed = pick((*YES, *OPEN, *NOTHING)) if unit else pick(NOTHING)
        done = pick(("已整改到位，责任人已约谈", "正在整改", "")) if unit and closed not in NOTHING else ""
        if unit:
            truth.leads, truth.within = [unit], within
            truth.status = (
                "closure_requested" if closed in YES else "in_progress" if done or closed in OPEN[2:] else "assigned"
            )
            truth.done = done or (closed if closed in OPEN[2:] else "")
        row = {
            "order": nr + 1, "number": f"Q{self.seed}-{nr:04d}", "found_at": pick(DATES)(day), "team": f"第{nr % 5 + 1}组",
            "site": f"{pick('春夏秋冬')}园小区{nr}号", "area": pick(self.city.areas[area]), "text": truth.text,
            "category": pick(self.city.categories), "severity": pick(self.city.severities),
            "lead": pick(self.city.units[unit]) if unit else "", "leader": "张三", "measures": "加强巡查，举一反三",
            "due": said, "done": done, "closed": closed, "remark": pick(("", "无", "已报专班")),
        }  # fmt: skip
        if unit and self.random.random() < 0.15:
            other = pick([one for one in self.city.units if one != unit])
            row["lead"] += pick(("、", "\n", "，")) + pick(self.city.units[other])
            truth.leads.append(other)
        if self.random.random() < self.faults:
            self._spoil(row, truth)
        self.rows.append(row)
        self.truths.append(truth)

    def _spoil(self, row: dict[str, Any], truth: Truth) -> None:
        """One thing is wrong, which nobody can guess."""
        column, cell, code = self.random.choice((
            ("found_at", "上周三", "unclear_date"), ("found_at", 12.5, "unclear_date"), ("area", "火星路街道", "unknown_place"),
            ("category", "消毒灭菌杀虫", "unknown_word"), ("lead", "银河系管理局", "unknown_organisation"),
            ("due", "尽快", "unclear_deadline"), ("closed", "看情况", "unclear_answer"), ("text", "", "text_needed"),
        ))  # fmt: skip
        row[column] = cell
        truth.outcome, truth.column, truth.code = "refused", self.headings[column], code

    def write(self, path: Path) -> Path:
        with xlsxwriter.Workbook(str(path)) as book:
            if self.random.random() < 0.5:
                book.add_worksheet("填表说明").write(0, 0, "一、本表每日17时前报送；二、不得漏项。")
            sheet = book.add_worksheet("台账")
            days = book.add_format({"num_format": self.random.choice(("yyyy/m/d", "yyyy年m月d日", "m月d日"))})
            below = self._header(sheet)
            waiting = iter(self.truths)
            for row in self.rows:
                if isinstance(row, dict):
                    next(waiting).row = below + 1
                self._put(sheet, below, row, days)
                below += 1
            sheet.write(below + 1, 0, f"合计：{self.lines}个")
            sheet.write(below + 2, 0, "填表人：李四　　审核人：王五")
            book.add_worksheet("下拉").write_column(0, 0, ["是", "否"])
        return path

    def _header(self, sheet: Any) -> int:
        """Titles, and a header of one or two rows; the number of the first row below, from 0."""
        sheet.merge_range(0, 0, 0, len(self.keys) - 1, "疫情防控督导检查问题整改台账")
        sheet.write(1, 0, "填报单位：临清市指挥部")
        if not self.two_rows:
            sheet.write_row(2, 0, [self.headings[key] for key in self.keys])
            return 3
        first = self.keys.index(TOGETHER[0])
        sheet.merge_range(2, first, 2, first + len(TOGETHER) - 1, "整改落实")
        for place, key in enumerate(self.keys):
            if key in TOGETHER:
                sheet.write(3, place, self.headings[key])
            else:
                sheet.merge_range(2, place, 3, place, self.headings[key])
        return 4

    def _put(self, sheet: Any, below: int, row: dict[str, Any] | str | None, days: Any) -> None:
        if row == "headings":
            sheet.write_row(below, 0, [self.headings[key] for key in self.keys])
        elif row == "total":
            sheet.write(below, 0, "小计")
            sheet.write(below, 1, self.random.randrange(30))
        elif isinstance(row, dict):
            for place, key in enumerate(self.keys):
                if isinstance(row[key], date) and not isinstance(row[key], datetime):
                    sheet.write_datetime(below, place, datetime.combine(row[key], datetime.min.time()), days)
                elif row[key] != "":
                    sheet.write(below, place, row[key])
