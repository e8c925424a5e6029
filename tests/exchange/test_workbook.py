"""What isn't a workbook, or would fill the memory, is refused with what to do; nothing of it is read."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from muster.exchange.workbook import Workbook, opened, typed
from muster.lib.refusal import Refusal

HEAD = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = "</sheetData></worksheet>"


def book(path: Path, rows: list[list[object]]) -> Path:
    with xlsxwriter.Workbook(str(path)) as made:
        sheet = made.add_worksheet("台账")
        for nr, row in enumerate(rows):
            sheet.write_row(nr, 0, row)
    return path


def with_sheet(path: Path, xml: str, *more: tuple[str, bytes]) -> Path:
    """A workbook whose worksheet is this."""
    plain = book(path.with_name("plain.xlsx"), [["问题描述"]])
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            sheet = part.filename == "xl/worksheets/sheet1.xml"
            target.writestr(part.filename, xml.encode() if sheet else source.read(part))
        for name, content in more:
            target.writestr(name, content)
    return path


def bytes_(content: bytes) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return make


def lying_bomb(path: Path) -> Path:
    """It says of itself that it is small."""
    with_sheet(path, HEAD + " " * 900_000_000 + TAIL)
    content = bytearray(path.read_bytes())
    size = (900_000_000 + len(HEAD) + len(TAIL)).to_bytes(4, "little")
    for _n in range(content.count(size)):
        at = content.index(size)
        content[at : at + 4] = (1000).to_bytes(4, "little")
    path.write_bytes(content)
    return path


def far_cell(path: Path) -> Path:
    return with_sheet(path, f'{HEAD}<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>{TAIL}')


def deep(path: Path) -> Path:
    rows = ('<row r="1"><c r="A1"><v>1</v></c></row>', '<row r="1048576"><c r="A1048576"><v>1</v></c></row>')
    return with_sheet(path, HEAD + "".join(rows) + TAIL)


def million_empty(path: Path) -> Path:
    rows = "".join(f'<row r="{nr}" spans="1:3"/>' for nr in range(1, 1_000_001))
    return with_sheet(path, HEAD + rows + TAIL)


def uncomputed(path: Path) -> Path:
    return with_sheet(path, f'{HEAD}<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f>A1+1</f></c></row>{TAIL}')


def encrypted(path: Path) -> Path:
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600
    )
    return path


REFUSED: dict[str, tuple[Callable[[Path], Path], str]] = {
    "a picture": (bytes_(b"\x89PNG\r\n\x1a\n" + b"\0" * 100), "not_a_workbook"),
    "a broken archive": (bytes_(b"PK\x03\x04" + b"\0" * 100), "not_a_workbook"),
    "a broken older workbook": (bytes_(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000), "not_a_workbook"),
    "a Word file": (lambda path: archive(path, "word/document.xml"), "not_a_workbook"),
    "encrypted": (encrypted, "workbook_encrypted"),
    "with macros": (lambda path: with_sheet(path, HEAD + TAIL, ("xl/vbaProject.bin", b"x")), "workbook_has_macros"),
    "a bomb that lies": (lying_bomb, "workbook_too_large"),
    "a cell far to the right": (far_cell, "too_many_columns"),
    "a cell far down": (deep, "too_many_rows"),
    "a million empty rows": (million_empty, "too_many_rows"),
    "200 columns": (lambda path: book(path, [["问题描述", *range(199)]]), "too_many_columns"),
    "formulas without a value": (uncomputed, "formulas_not_computed"),
}


def archive(path: Path, name: str) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr(name, "<x/>")
    return path


@pytest.mark.parametrize("what", REFUSED)
def test_what_can_not_be_read_says_why_and_what_to_do(tmp_path: Path, what: str) -> None:
    make, code = REFUSED[what]
    with pytest.raises(Refusal) as refused:
        opened(make(tmp_path / "台账.xlsx"), "台账.xlsx")
    assert refused.value.code == code
    assert len(str(refused.value)) > 40


def rows(workbook: Workbook) -> list[list[object]]:
    return [list(cells) for _number, cells in workbook.sheets[0].rows()]


def test_rows_have_the_numbers_that_the_spreadsheet_shows(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [[], [], ["", "问题描述"], ["", "漏采"]])
    [sheet] = opened(path, "a.xlsx").sheets
    assert [(number, cells[1]) for number, cells in sheet.rows() if any(cells)] == [(3, "问题描述"), (4, "漏采")]


def test_formulas_are_read_by_their_values(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as made:
        made.add_worksheet().write_formula(0, 0, "=1+1", None, 2)
    assert rows(opened(tmp_path / "a.xlsx", "a.xlsx")) == [[2]]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_text_is_read_as_chinese_spreadsheets_save_it(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "台账.csv"
    path.write_bytes('问题描述,责任单位\r\n"漏采,3户",卫健局\r\n'.encode(encoding))
    assert rows(opened(path, "台账.csv")) == [["问题描述", "责任单位"], ["漏采,3户", "卫健局"]]


def test_copied_cells_are_a_sheet() -> None:
    assert rows(typed("问题描述\t责任单位\n漏采\t卫健局")) == [["问题描述", "责任单位"], ["漏采", "卫健局"]]


def test_a_formula_that_came_to_nothing_is_empty(tmp_path: Path) -> None:
    """As Excel saves =IF(B5="","",ROW()-4)."""
    cells = '<c r="A1" t="str"><f>IF(B1="","",1)</f><v></v></c><c r="B1" t="inlineStr"><is><t>问题描述</t></is></c>'
    assert rows(opened(with_sheet(tmp_path / "a.xlsx", f'{HEAD}<row r="1">{cells}</row>{TAIL}'), "a.xlsx")) == [
        ["", "问题描述"]
    ]


@pytest.mark.parametrize(
    "text",
    ["编号,问题描述\n\t37150001,漏采\n", '编号,问题描述\n1,"三区两通道不规范\n2,漏采\n3,漏采\n4,漏采\n5,漏采\n'],
    ids=["a tab before a number", "a quote that nobody closes"],
)
def test_text_that_is_a_little_wrong_loses_no_row(text: str) -> None:
    assert len(rows(typed(text))) == len(text.splitlines())
