"""The workbook itself, read back: what a clerk sees above the rows, and what the spreadsheet does by itself."""

from __future__ import annotations

import re
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from PIL import Image
from python_calamine import CalamineWorkbook

from muster.exchange.lists import book, comma
from muster.exchange.lists.book import Stamp, TooManyForAWorkbook
from muster.exchange.lists.listing import Heading, Listing, Shape
from muster.exchange.textfile import of_text

STAMP = Stamp("导出人：王丽", "用途：报送 & 存档", "wangli 2022-12-06 09:30 0A1B2C3D")
HEADINGS = (
    Heading("number", "编号", 24, tag="#meta+id"),
    Heading("text", "问题描述", 48, Shape.LONG, "#description"),
    Heading("found", "检查时间", 17, Shape.MOMENT, "#date+found"),
    Heading("count", "数量", 8, Shape.NUMBER, "#indicator"),
    Heading("state", "状态", 12, tag="#status", choices=("已登记", "已销号")),
)
FOUND = datetime(2022, 12, 5, 14, 30)  # noqa: DTZ001 - as it stands in a cell


def listing(*rows: Any) -> Listing:
    rows = rows or (["WT-1", "门岗无人", FOUND, 3, "已登记"], ["WT-2", "=1+1", None, 0, ""])
    return Listing(
        "聊城市 · 事项台账", FOUND, HEADINGS, iter(rows), lambda most: len(rows), [("区划", "临清市"), ("超期", "")]
    )


def written(folder: Path, *rows: Any, tags: bool = False) -> Path:
    path = folder / "list.xlsx"
    book.write(path, listing(*rows), STAMP, tags=tags)
    return path


def part(path: Path, name: str) -> str:
    with ZipFile(path) as found:
        return found.read(name).decode()


def cells(path: Path) -> list[list[Any]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


@pytest.fixture(autouse=True)
def chinese() -> Any:
    from django.utils import translation

    with translation.override("zh-hans"):
        yield


def test_above_the_rows_it_says_what_of_when_narrowed_by_what_and_who_took_it(tmp_path: Path) -> None:
    rows = [row[0] for row in cells(written(tmp_path))[:3]]
    assert rows == [
        "聊城市 · 事项台账", "截至 2022-12-05 14:30 · 共 2 行 · 区划：临清市; 超期",
        "导出人：王丽 · 用途：报送 & 存档 · wangli 2022-12-06 09:30 0A1B2C3D",
    ]  # fmt: skip


@pytest.mark.parametrize("tags", [False, True])
def test_cells_are_what_they_are(tmp_path: Path, tags: bool) -> None:
    below = cells(written(tmp_path, tags=tags))[3:]
    assert below.pop(0) == ["编号", "问题描述", "检查时间", "数量", "状态"]
    if tags:
        assert below.pop(0) == ["#meta+id", "#description", "#date+found", "#indicator", "#status"]
    assert below == [["WT-1", "门岗无人", FOUND, 3.0, "已登记"], ["WT-2", "=1+1", "", 0.0, ""]]


def test_headings_stay_widths_are_set_and_columns_filter(tmp_path: Path) -> None:
    sheet = part(written(tmp_path), "xl/worksheets/sheet1.xml")
    assert 'topLeftCell="A5"' in sheet
    assert 'state="frozen"' in sheet
    assert '<autoFilter ref="A4:E6"/>' in sheet
    assert [round(float(one)) for one in re.findall(r'<col [^>]*?width="([\d.]+)"', sheet)] == [25, 49, 18, 9, 13]
    assert part(written(tmp_path), "xl/workbook.xml").count("_xlnm.Print_Titles") == 1


def test_a_column_that_has_choices_offers_them(tmp_path: Path) -> None:
    path = written(tmp_path)
    sheet = part(path, "xl/worksheets/sheet1.xml")
    assert re.findall(r'<dataValidation type="list"[^>]*sqref="([^"]+)"><formula1>([^<]+)', sheet) == [
        ("E5:E6", "'选项'!$A$1:$A$2")
    ]
    assert 'name="选项" sheetId="2" state="hidden"' in part(path, "xl/workbook.xml")
    assert CalamineWorkbook.from_path(str(path)).get_sheet_by_index(1).to_python() == [["已登记"], ["已销号"]]


def test_the_watermark_lies_behind_the_cells_and_on_every_printed_page(tmp_path: Path) -> None:
    path = written(tmp_path)
    sheet = part(path, "xl/worksheets/sheet1.xml")
    assert "<picture r:id=" in sheet
    assert "wangli 2022-12-06 09:30 0A1B2C3D" in sheet
    with ZipFile(path) as found:
        tile = Image.open(BytesIO(found.read("xl/media/image1.png")))
    alpha = tile.getchannel("A")
    assert alpha.getextrema()[1] in range(1, 64), "faint, and not nothing"


def test_an_empty_list_is_a_workbook_too(tmp_path: Path) -> None:
    path = tmp_path / "empty.xlsx"
    assert book.write(path, Listing("无", FOUND, HEADINGS, iter(()), lambda most: 0), STAMP, tags=False) == 0
    assert cells(path)[3] == ["编号", "问题描述", "检查时间", "数量", "状态"]


def test_what_is_too_long_for_a_cell_is_cut_and_says_so(tmp_path: Path) -> None:
    [row] = cells(written(tmp_path, ["WT-1", "长" * 40_000, None, 1, ""]))[4:]
    assert (len(row[1]), row[1][-2:]) == (32_767, "长…")


def test_more_rows_than_a_sheet_has_are_refused_before_any_is_written(tmp_path: Path) -> None:
    many = Listing("多", FOUND, HEADINGS, iter(()), lambda most: min(most, 1_000_001))
    with pytest.raises(TooManyForAWorkbook, match="1000001"):
        book.write(tmp_path / "many.xlsx", many, STAMP, tags=False)
    assert not (tmp_path / "many.xlsx").exists()


def test_text_with_commas_computes_nothing_and_is_read_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    said = ["=1+1", "@SUM(A1)", "-5 度以下", "+86 138", "第一行\n第二行，“引号”", "'=", "-"]
    assert comma.write(path, listing(*(["WT", text, None, 1, ""] for text in said)), tags=True) == len(said)
    text = path.read_text("utf-8-sig")
    assert ",'=1+1," in text
    rows = list(of_text(text, "list.csv").rows())
    assert [row[1] for _number, row in rows[2:]] == said


def test_how_far_it_is_is_told(tmp_path: Path) -> None:
    told: list[int] = []
    rows = [["WT", "x", None, 1, ""]] * 2_500
    book.write(tmp_path / "a.xlsx", listing(*rows), STAMP, tags=False, progress=told.append)
    comma.write(tmp_path / "a.csv", listing(*rows), tags=False, progress=told.append)
    assert told == [1_000, 2_000] * 2
