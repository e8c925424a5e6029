"""A ledger of one line, written as often as it comes again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils import timezone

HEADINGS = [
    *("编号", "检查时间", "区划", "点位", "问题描述", "问题类别", "严重程度"),
    *("责任单位", "整改时限", "整改情况", "复查结论", "是否销号", "备注"),
]
SAYS = "LQ-001 {day} 青年路街道 澄湖苑小区 上门采样漏采3户 采样检测 重要 青年路居委会 - - - 否 -"


class Form:
    """One line of a ledger, and what it says when it comes again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.count = folder, 0
        day = (timezone.localtime() - timedelta(days=20)).strftime("%Y-%m-%d")
        said = SAYS.format(day=day).split()
        self.line: dict[str, Any] = dict(zip(HEADINGS, said, strict=True))

    def write(self, *lines: dict[str, Any], headings: list[str] = HEADINGS) -> Path:
        self.count += 1
        path = self.folder / f"台账{self.count}.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet("台账")
            sheet.write_row(0, 0, headings)
            for nr, changes in enumerate(lines or ({},), 1):
                line = self.line | changes
                sheet.write_row(nr, 0, [line[name] for name in headings])
        return path


def codes(found: Any) -> list[str]:
    return [fault.code for one in found.of("refused") for fault in one.faults]
