"""The list of areas: what is read, what is wrong in which row and column, and that it is done whole, once, or not at all."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from muster.demo.liaocheng import places
from muster.places.area import Area, AreaName, gazetteer
from muster.places.placefile import PlaceColumnsMissing, PlaceFileUnreadable, read
from muster.places.placeplan import Plan, carry_out, planned, told

pytestmark = pytest.mark.django_db

EXAMPLE = (Path(__file__).parents[2] / "docs/examples/places.csv").read_bytes()
HEAD = "code,above,level,name,aliases,former_names,former_codes\n"
TREE = (
    HEAD + "370000,,province,山东省,,,\n371500,370000,city,聊城市,,,\n371581,371500,county,临清市,清源,临清县,372302\n"
)


def carried_out(text: str | bytes) -> Plan:
    return carry_out(*read(text.encode() if isinstance(text, str) else text, "places.csv"))


def faults(text: str) -> list[tuple[int, str]]:
    """Row and column of what is wrong; nothing may have changed."""
    before = list(Area.objects.values_list("code", "name_zh"))
    plan = carried_out(text)
    assert list(Area.objects.values_list("code", "name_zh")) == before
    return [(fault.row, fault.column) for fault in plan.faults]


def test_the_example_is_in_order_and_makes_nothing_twice() -> None:
    first = carried_out(EXAMPLE)
    assert not first.faults
    assert Area.objects.count() == len(first.added) == EXAMPLE.count(b"\n") - 1
    assert gazetteer().resolve("山东省聊城市临清市").code == "371581"
    assert gazetteer().resolve("高新技术产业开发区").code == "371500-gx"
    before = list(Area.objects.order_by("code").values()), list(AreaName.objects.order_by("pk").values())
    again = carried_out(EXAMPLE)
    assert (again.empty, again.unchanged) == (True, len(first.added))
    assert (list(Area.objects.order_by("code").values()), list(AreaName.objects.order_by("pk").values())) == before


def test_a_dry_run_changes_nothing_and_says_what_it_would_do() -> None:
    plan = planned(*read(EXAMPLE, "places.csv"))
    assert not Area.objects.exists()
    said = "\n".join(told(plan, applied=False))
    assert "new: 山东省 (370000)" in said
    assert f"{len(plan.added)} new areas" in said
    assert "--apply" in said


def test_a_whole_city_comes_in_as_the_demo_has_it() -> None:
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(HEAD.strip().split(","))
    for place in places():
        of = {
            kind: ";".join(a.text for a in place.names if a.kind == kind) for kind in ("alias", "former", "former_code")
        }
        table.writerow([place.code, place.parent or "", place.level, place.name, *of.values()])
    assert not carried_out(out.getvalue()).faults
    assert Area.objects.count() == len(places())
    known = gazetteer()
    for place in places()[:200]:
        assert known.resolve(place.code).code == place.code
    siblings = list(Area.objects.filter(parent="371500").order_by("position").values_list("code", flat=True))
    assert siblings == [place.code for place in places() if place.parent == "371500"]


def test_rows_stand_in_any_order_and_columns_too() -> None:
    assert not carried_out("name,level,above,code\n临清市,县,371500,371581\n聊城市,市,,371500\n").faults
    assert Area.objects.get(pk="371581").path == "371500/371581/"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("between", [",", "\t"])
def test_what_spreadsheets_save_is_read(encoding: str, between: str) -> None:
    text = "代码,上级代码,级别,名称,别名\r\n371500,,市,聊城市,水城、江北水城\r\n".replace(",", between)
    assert not carried_out(text.encode(encoding)).faults
    assert set(AreaName.objects.values_list("text", "kind")) == {("水城", "alias"), ("江北水城", "alias")}


def test_what_isnt_a_table_of_areas_is_refused() -> None:
    with pytest.raises(PlaceFileUnreadable):
        read(b"PK\x03\x04\x00\xff\xfe", "places.xlsx")
    with pytest.raises(PlaceFileUnreadable):
        read(b"\xff\xff\xff", "places.csv")
    with pytest.raises(PlaceColumnsMissing) as refused:
        read(b"code,name\n1,a\n", "places.csv")
    assert refused.value.details["columns"] == "above, level"
    with pytest.raises(PlaceColumnsMissing):
        read(b"", "places.csv")


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("371599001,371599,town,无处,,,", (5, "above")),
        (",371581,town,青年路街道,,,", (5, "code")),
        ("371581001,371581,town,,,,", (5, "name")),
        ("371581001,371581,,青年路街道,,,", (5, "level")),
        ("371581001,371581,village,青年路街道,,,", (5, "level")),
        ("371581001,371500,community,青年路街道,,,", (5, "level")),
        ("37158,371500,county,冠县,,,", (5, "code")),
        ("123456,371581,town,青年路街道,,,", (5, "code")),
        ("371581 001,371581,town,青年路街道,,,", (5, "code")),
        ("371581001,,town,青年路街道,,,", (5, "above")),
        ("371581,371500,county,临清,,,", (5, "code")),
        ("371581001,371581002,town,甲,,,\n371581002,371581001,town,乙,,,", (5, "above")),
    ],
)
def test_what_is_wrong_is_said_by_row_and_column_and_nothing_changes(row: str, fault: tuple[int, str]) -> None:
    assert faults(TREE + row + "\n")[0] == fault
    carried_out(TREE)
    assert faults(TREE + row + "\n")[0] == fault


def test_every_fault_is_said_at_once() -> None:
    assert faults(TREE + "x y,371581,town,甲,,,\n371581002,9,town,乙,,,\n") == [(5, "code"), (6, "above")]


def test_another_name_renames_and_the_old_one_leads_to_it() -> None:
    carried_out(TREE)
    plan = carried_out(TREE.replace("临清市,清源", "临清区,清源"))
    assert [(was, line.name) for _area, was, line in plan.renamed] == [("临清市", "临清区")]
    area = Area.objects.get(pk="371581")
    assert (area.name_zh, area.name_en, area.pinyin) == ("临清区", "Linqing", "linqing")
    assert set(area.names.filter(kind="former").values_list("text", flat=True)) == {"临清县", "临清市"}
    assert carried_out(TREE.replace("临清市,清源", "临清区,清源")).empty


def test_a_name_that_comes_back_is_no_former_name() -> None:
    carried_out(TREE)
    carried_out(TREE.replace("临清市,清源", "临清区,清源"))
    carried_out(TREE)
    assert set(AreaName.objects.filter(kind="former").values_list("text", flat=True)) == {"临清县", "临清区"}


def test_an_area_neither_moves_nor_changes_its_level() -> None:
    carried_out(TREE + "371581001,371581,town,青年路街道,,,\n371525,371500,county,冠县,,,\n")
    assert faults(HEAD + "371581001,371525,town,青年路街道,,,\n") == [(2, "above")]
    assert faults(HEAD + "371581001,371581,community,青年路街道,,,\n") == [(2, "level")]


def test_nothing_is_added_below_a_closed_area() -> None:
    carried_out(TREE)
    Area.objects.get(pk="371581").close()
    assert faults(HEAD + "371581001,371581,town,青年路街道,,,\n") == [(2, "above")]


def test_what_the_file_leaves_out_stays_and_new_siblings_follow() -> None:
    carried_out(TREE + "371525,371500,county,冠县,,,\n")
    carried_out(HEAD + "371521,371500,county,阳谷县,,,\n")
    siblings = list(Area.objects.filter(parent="371500").order_by("position").values_list("code", flat=True))
    assert siblings == ["371581", "371525", "371521"]
