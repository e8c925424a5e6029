"""Areas and sites of a city, taken in as lists."""

from __future__ import annotations

from typing import Any

import pytest

from muster.people.administration import AdminEntry
from muster.places.area import Area, gazetteer
from muster.places.site import Site
from tests.cast import Cast, area
from tests.exchange.directory.conftest import In, counts, faults

SITES = ["点位名称", "类型", "所属街道", "责任单位", "经度", "纬度", "状态"]
AREAS = ["区划代码", "名称", "级别", "上级代码", "别名", "曾用名"]


def test_sites_come_in_once_and_change_when_they_are_told_otherwise(cast: Cast, taken: In) -> None:
    rows: list[list[Any]] = [["点位清单"], SITES, ["东门卡口", "卡口", "青年路街道", "unit", 115.71, 36.84, ""],
                             ["湖西农贸市场", "农贸市场", "临清市青年路", "", "", "", "停用"]]  # fmt: skip
    assert counts(taken("sites", rows)) == {"made": 2}
    gate = Site.objects.get(name="东门卡口")
    assert (gate.kind, gate.area, gate.organisation, gate.longitude) == ("gate", cast.town, cast.unit, 115.71)
    assert Site.objects.get(name="湖西农贸市场").closed_at
    assert counts(taken("sites", rows)) == {"same": 2}
    rows[2][1], rows[2][3], rows[3][6] = "采样点", "support", "在用"
    found = taken("sites", rows)
    assert [change.key for one in found.of("changed") for change in one.changes] == ["kind", "organisation", "state"]
    gate.refresh_from_db()
    assert (gate.kind, gate.organisation, Site.objects.filter(closed_at=None).count()) == (
        "sampling_site",
        cast.support,
        3,
    )


def test_an_empty_cell_says_nothing(cast: Cast, taken: In) -> None:
    assert counts(taken("sites", [SITES, ["澄湖苑小区", "", "青年路街道", "", "", "", ""]])) == {"same": 1}
    assert Site.objects.get().organisation == cast.unit


@pytest.mark.parametrize(
    ("row", "fault"),
    [(["", "卡口", "青年路街道", "unit", "", "", ""], ("点位名称", "needed")),
     (["西门", "", "青年路街道", "", "", "", ""], ("类型", "needed")),
     (["西门", "飞机场", "青年路街道", "", "", "", ""], ("类型", "unknown_word")),
     (["西门", "卡口", "火星街道", "", "", "", ""], ("所属街道", "unknown_place")),
     (["西门", "卡口", "", "", "", "", ""], ("所属街道", "needed")),
     (["西门", "卡口", "青年路街道", "银河系管理局", "", "", ""], ("责任单位", "unknown_organisation")),
     (["西门", "卡口", "青年路街道", "", 181, 36, ""], ("经度", "unclear_degrees")),
     (["西门", "卡口", "青年路街道", "", "东经115度", 36, ""], ("经度", "unclear_degrees")),
     (["西门", "卡口", "青年路街道", "", 115.7, "", ""], ("纬度", "half_a_point")),
     (["西门", "卡口", "青年路街道", "", "", "", "坏了"], ("状态", "unclear_state")),
     (["西" * 121, "卡口", "青年路街道", "", "", "", ""], ("点位名称", "too_long"))],
)  # fmt: skip
def test_what_is_wrong_is_said_in_its_column_and_the_others_come_in(
    cast: Cast, taken: In, row: list[Any], fault: tuple[str, str]
) -> None:
    found = taken("sites", [SITES, row, ["东门", "卡口", "青年路街道", "", "", "", ""]])
    assert counts(found) == {"made": 1, "refused": 1}
    assert faults(found)[0] in ((2, *fault), (2, fault[0], fault[1]))
    assert set(Site.objects.values_list("name", flat=True)) == {"澄湖苑小区", "东门"}


def test_all_or_nothing_is_nothing_while_one_is_refused(cast: Cast, taken: In) -> None:
    rows = [SITES, ["东门", "卡口", "青年路街道", "", "", "", ""], ["西门", "", "青年路街道", "", "", "", ""]]
    with pytest.raises(Exception, match="nothing was taken in"):
        taken("sites", rows, whole=True)
    assert Site.objects.count() == 1


def test_the_same_thing_twice_in_a_list(cast: Cast, taken: In) -> None:
    east = ["东门", "卡口", "青年路街道", "", "", "", ""]
    found = taken("sites", [SITES, east, east, ["东门", "学校", "青年路街道", "", "", "", ""]])
    assert counts(found) == {"made": 1, "same": 1, "refused": 1}
    assert faults(found) == [(4, "点位名称", "twice_in_list")]


def test_what_is_unclear_is_asked_and_known_from_then_on(cast: Cast, taken: In) -> None:
    rows = [SITES, ["东门", "岗亭", "青年路街道", "居委会", "", "", ""]]
    found = taken("sites", rows, apply=False)
    assert [question.about for question, _count in found.questions] == ["kind", "organisation"]
    answers = {"kind": {"岗亭": "gate"}, "organisation": {"居委会": str(cast.unit.pk)}}
    assert counts(taken("sites", rows, answers=answers)) == {"made": 1}


def test_of_another_part_of_the_city_nobody_takes_anything_in(cast: Cast, taken: In) -> None:
    local = cast.person("local", "bureau")
    cast.grant("local", "administrator", "bureau", area=cast.county)  # type: ignore[arg-type]
    rows = [SITES, ["东门", "卡口", "冠县", "", "", "", ""], ["西门", "卡口", "青年路街道", "other", "", "", ""],
            ["南门", "卡口", "青年路街道", "unit", "", "", ""]]  # fmt: skip
    found = taken("sites", rows, by=local)
    assert faults(found) == [(2, "所属街道", "unknown_place"), (3, "责任单位", "unknown_organisation")]
    assert not taken("sites", rows[:2], by=cast.outsider).counts["made"]


def test_areas_come_in_below_others_that_are_new_too(cast: Cast, taken: In) -> None:
    rows = [AREAS, ["371581001001", "友谊社区", "村社区", "371581001", "友谊里", ""],
            ["371581002", "新华路街道", "乡镇街道", "371581", "", "新华街道"],
            ["371581002001", "红星社区", "社区", "371581002", "", ""]]  # fmt: skip
    assert counts(taken("areas", rows)) == {"made": 3}
    assert gazetteer().resolve("友谊里").code == "371581001001"
    assert Area.objects.get(pk="371581002001").parent_id == "371581002"
    assert AdminEntry.objects.filter(action="area_added", by=cast.administrator).count() == 3
    assert counts(taken("areas", rows)) == {"same": 3}
    rows[2][1] = "新华路办事处"
    assert counts(taken("areas", rows)) == {"changed": 1, "same": 2}
    assert AdminEntry.objects.get(action="area_renamed").text == "新华路街道 → 新华路办事处"


def test_a_refused_area_takes_with_it_what_would_stand_below(cast: Cast, taken: In) -> None:
    rows = [AREAS, ["371581", "临清市", "县", "371500", "临清州", ""], ["3715-81-2", "", "乡镇街道", "371581", "", ""],
            ["37158102", "东街街道", "省", "371581", "", ""], ["3715810201", "东一社区", "社区", "37158102", "", ""],
            ["371581001", "青年路街道", "乡镇街道", "371525", "", ""],
            ["37158199", "西街", "乡镇街道", "999", "", ""]]  # fmt: skip
    found = taken("areas", rows)
    assert counts(found) == {"changed": 1, "refused": 5}
    said = {(row, column) for row, column, _code in faults(found)}
    assert said >= {(3, "名称"), (4, "级别"), (5, "级别"), (6, "上级代码"), (7, "上级代码")}


def test_a_name_or_code_of_another_place_is_no_other_name(cast: Cast, taken: In) -> None:
    """Else whoever writes that one, anywhere, would be asked."""
    local = cast.person("local", "bureau")
    cast.grant("local", "administrator", "bureau", area=cast.county)  # type: ignore[arg-type]
    town = ["371581001", "青年路街道", "街道", "371581"]
    for alias, former, column in (("冠县", "", "别名"), ("", "371525", "曾用名"), ("371581", "", "别名")):
        assert faults(taken("areas", [AREAS, [*town, alias, former]], by=local)) == [(2, column, "name_of_another")]
    assert gazetteer().resolve("371525").code == "371525"


def test_names_that_differ_by_a_sign_are_two(cast: Cast, taken: In) -> None:
    rows = [SITES, *([name, "卡口", "青年路街道", "", "", "", ""] for name in ("1-1号门", "11号门"))]
    assert counts(taken("sites", rows)) == {"made": 2}
    assert counts(taken("sites", rows)) == {"same": 2}


def test_what_lies_in_one_part_and_twice_in_another_is_asked(cast: Cast, taken: In) -> None:
    for nr, (code, above) in enumerate(
        (("371581001001", cast.town), ("371581001002", cast.town), ("371525001", cast.elsewhere))
    ):
        area(code, "community" if nr < 2 else "town", "南街社区", above)
    local = cast.person("local", "bureau")
    for county in (cast.county, cast.elsewhere):
        cast.grant("local", "administrator", "bureau", area=county)  # type: ignore[arg-type]
    found = taken("sites", [SITES, ["东门", "卡口", "南街社区", "", "", "", ""]], by=local)
    [(question, _count)] = found.questions
    assert {choice.value for choice in question.choices} == {"371581001001", "371581001002", "371525001"}


def test_areas_outside_ones_own_stay_as_they_are(cast: Cast, taken: In) -> None:
    local = cast.person("local", "bureau")
    cast.grant("local", "administrator", "bureau", area=cast.county)  # type: ignore[arg-type]
    rows = [AREAS, ["371525", "冠县县", "县", "371500", "", ""], ["371525001", "清泉街道", "街道", "371525", "", ""],
            ["370001", "新市", "市", "", "", ""], ["371581002", "新华路街道", "街道", "371581", "", ""]]  # fmt: skip
    found = taken("areas", rows, by=local)
    assert counts(found) == {"made": 1, "refused": 3}
    assert {code for _row, _column, code in faults(found)} == {"outside_your_area"}
