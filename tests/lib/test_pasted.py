"""What people paste: cells of a spreadsheet, lines of a chat."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.lib.pasted import pasted


def cells(text: str) -> list[tuple[str, ...]]:
    return [row.cells for row in pasted(text)]


def test_cells_are_parted_by_tabs_and_rows_keep_their_places() -> None:
    rows = pasted("编号\t问题\r\n\r\nWT-1\t漏采 3 户\r\n")
    assert [(row.nr, row.cells) for row in rows] == [(1, ("编号", "问题")), (3, ("WT-1", "漏采 3 户"))]


def test_a_cell_with_a_line_break_stays_one_cell() -> None:
    assert cells('"第一行\n第二行"\tb') == [("第一行 第二行", "b")]


def test_a_quote_that_nobody_closes_costs_no_row() -> None:
    assert cells('说"好\tb\nc\td') == [('说"好', "b"), ("c", "d")]


@pytest.mark.parametrize("text", ["ＷＴ－１", "\u200bWT-1", "\ufeffWT-1", " WT-1\xa0"])
def test_what_nobody_sees_is_left_out(text: str) -> None:
    assert cells(text) == [("WT-1",)]


@given(st.lists(st.lists(st.text("ab漏 ,-1", min_size=1).filter(str.strip), min_size=1, max_size=4), max_size=6))
def test_plain_cells_come_back_as_they_were(table: list[list[str]]) -> None:
    text = "\n".join("\t".join(row) for row in table)
    assert cells(text) == [tuple(" ".join(cell.split()) for cell in row) for row in table]


@given(st.text())
def test_any_text_can_be_pasted(text: str) -> None:
    for row in pasted(text):
        assert any(row.cells)
