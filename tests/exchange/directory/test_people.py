"""Organisations, persons and their roles, taken in as lists and as sign-up chains."""

from __future__ import annotations

from typing import Any

import pytest

from muster.people.administration import AdminEntry
from muster.people.organisation import Organisation
from muster.people.person import Grant, Membership, Person
from muster.places.site import Site
from tests.cast import Cast, later
from tests.exchange.directory.conftest import In, counts, faults

BODIES = ["单位名称", "类型", "区划", "上级单位"]
PEOPLE = ["姓名", "登录名", "手机号", "工作单位"]
GRANTS = ["姓名", "登录名", "角色", "负责区划", "代表单位", "有效期至"]


def test_organisations_come_in_whatever_the_order_of_their_tree(cast: Cast, taken: In) -> None:
    rows = [
        BODIES, ["南街社区居委会", "", "青年路街道", "青年路街道办事处"],
        ["青年路街道办事处", "部门", "青年路街道", "bureau"], ["惠民超市", "企业", "临清市", ""],
    ]  # fmt: skip
    assert counts(taken("organisations", rows)) == {"made": 3}
    committee = Organisation.objects.get(name="南街社区居委会")
    assert (committee.kind, committee.parent and committee.parent.parent) == ("community", cast.bureau)
    assert committee.path == f"{cast.bureau.path}{committee.parent_id}/{committee.pk}/"
    assert counts(taken("organisations", rows)) == {"same": 3}
    rows[3][1] = "其他"
    assert counts(taken("organisations", rows)) == {"changed": 1, "same": 2}


def test_what_an_organisation_cannot_be(cast: Cast, taken: In) -> None:
    rows = [BODIES, ["甲局", "", "临清市", "乙局"], ["乙局", "", "临清市", "甲局"], ["丙", "", "临清市", ""],
            ["unit", "", "青年路街道", "support"], ["丁局", "", "火星", ""],
            ["戊局", "", "临清市", "丁局"], ["己局", "", "临清市", "无此单位"]]  # fmt: skip
    found = taken("organisations", rows)
    assert faults(found) == [
        (2, "上级单位", "parts_in_a_circle"), (3, "上级单位", "parts_in_a_circle"), (4, "类型", "needed"),
        (5, "上级单位", "parent_stands"), (6, "区划", "unknown_place"), (7, "上级单位", "part_of_refused"),
        (8, "上级单位", "unknown_organisation"),
    ]  # fmt: skip
    assert Organisation.objects.count() == 9


def test_a_parent_of_the_list_is_the_nearest_and_may_be_written_with_its_area(cast: Cast, taken: In) -> None:
    rows = [BODIES, ["民政局", "", "临清市", ""], ["民政局", "", "冠县", ""], ["甲科", "部门", "临清市", "民政局"],
            ["乙科", "部门", "冠县", "民政局"], ["丙科", "部门", "冠县", "民政局（临清市）"]]  # fmt: skip
    assert counts(taken("organisations", rows)) == {"made": 5}
    above = {
        one.name: one.parent.area.name_zh for one in Organisation.objects.filter(name__endswith="科") if one.parent
    }
    assert above == {"甲科": "临清市", "乙科": "冠县", "丙科": "临清市"}


def test_what_ones_own_list_says_of_bodies_elsewhere_is_no_news(cast: Cast, taken: In) -> None:
    local = cast.person("local", "unit")
    cast.grant("local", "administrator", "unit", area=cast.town)  # type: ignore[arg-type]
    cast.join("fixer", "bureau")
    Site.objects.update(organisation=cast.bureau)
    people = [PEOPLE, ["Fixer", "fixer", "13911112222", "unit、bureau（临清市）"]]
    assert faults(taken("people", people, by=local)) == [(2, "手机号", "person_elsewhere_too")]
    assert counts(taken("people", [PEOPLE, ["Fixer", "fixer", "", "unit、bureau（临清市）"]], by=local)) == {"same": 1}
    bodies = [BODIES, ["unit", "", "青年路街道", "bureau（临清市）"]]
    assert counts(taken("organisations", bodies, by=local)) == {"same": 1}
    sites = [["名称", "区划", "责任单位"], ["澄湖苑小区", "青年路街道", "bureau（临清市）"]]
    assert counts(taken("sites", sites, by=local)) == {"same": 1}


def test_one_person_in_several_lines_is_one(cast: Cast, taken: In) -> None:
    lines = [["张三", "", "13800000001", "unit"], ["张三", "", "138 0000 0001", "unit"], ["张三", "", "", "unit"]]
    found = taken("people", [PEOPLE, *lines])
    assert (counts(found), {code for _row, _column, code in faults(found)}) == (
        {"made": 1, "refused": 2},
        {"twice_in_list"},
    )
    twice = [PEOPLE, ["李四", "lisi9", "", "unit"], ["李四", "lisi9", "", "unit"]]
    assert counts(taken("people", twice)) == {"made": 1, "same": 1}
    conflict = [PEOPLE, ["张三", "", "13900000001", "unit"], ["张三", "", "13900000002", "unit"]]
    assert faults(taken("people", conflict, apply=False)) == [(3, "姓名", "twice_in_list")]


def test_persons_come_in_with_a_sign_in_name_of_their_own(cast: Cast, taken: In) -> None:
    rows: list[list[Any]] = [
        ["花名册"],
        PEOPLE,
        ["张三", "", 13800000001, "unit"],
        ["张三", "", "", "bureau"],
        ["李四", "lisi9", "", "unit、support"],
    ]
    found = taken("people", rows)
    assert counts(found) == {"made": 3}
    assert [dict(one.told)["login"] for one in found.of("made")] == ["zhangsan", "zhangsan2", "lisi9"]  # type: ignore[attr-defined]
    assert Person.objects.get(login="zhangsan").phone == "13800000001"
    assert not Person.objects.get(login="zhangsan").has_usable_password()
    assert set(Membership.objects.filter(person__login="lisi9").values_list("organisation__name", flat=True)) == {
        "unit",
        "support",
    }
    assert AdminEntry.objects.filter(by=cast.administrator).count() == 3 + 4
    assert counts(taken("people", rows)) == {"same": 3}


def test_a_person_is_known_again_and_joins_another_organisation(cast: Cast, taken: In) -> None:
    taken("people", [PEOPLE, ["张三", "", "138 0000 0001", "unit"]])
    by_phone = taken("people", [PEOPLE, ["张三", "", "13800000001", "support"]])
    assert [(change.key, change.after) for one in by_phone.of("changed") for change in one.changes] == [
        ("organisation", "support")
    ]
    unclear = taken("people", [PEOPLE, ["张三", "", "", "bureau"]], apply=False)
    [(question, _count)] = unclear.questions
    assert [choice.value for choice in question.choices] == ["zhangsan", "new"]
    asked = {"name": {"张三bureau": "new"}}
    assert counts(taken("people", [PEOPLE, ["张三", "", "", "bureau"]], answers=asked)) == {"made": 1}
    assert Person.objects.filter(name="张三").count() == 2


def test_an_account_elsewhere_is_not_changed(cast: Cast, taken: In) -> None:
    local = cast.person("local", "bureau")
    cast.grant("local", "administrator", "bureau", area=cast.county)  # type: ignore[arg-type]
    cast.join("fixer", "other")
    rows = [PEOPLE, ["Fixer", "fixer", "13900000000", "unit"], ["生人", "stranger", "", "unit"], ["某人", "a b", "", "unit"],
            ["某人", "", "12", "unit"], ["某人", "", "", ""]]  # fmt: skip
    assert faults(taken("people", rows, by=local)) == [
        (2, "手机号", "person_elsewhere_too"), (3, "登录名", "login_taken"), (4, "登录名", "unclear_login"),
        (5, "手机号", "unclear_phone"), (6, "工作单位", "needed"),
    ]  # fmt: skip
    assert Person.objects.get(login="fixer").phone == "13800000042"


def test_a_number_whose_middle_is_hidden_says_nothing(cast: Cast, taken: In) -> None:
    assert counts(taken("people", [PEOPLE, ["Fixer", "fixer", "139****0000", "unit"]])) == {"same": 1}
    assert counts(taken("people", [PEOPLE, ["Fixer", "fixer", "13900000042", "unit"]])) == {"changed": 1}
    assert Person.objects.get(login="fixer").phone == "13900000042"
    assert AdminEntry.objects.get().action == "person_edited"


def test_roles_are_given_once(cast: Cast, taken: In) -> None:
    until = later(days=30).strftime("%Y-%m-%d")
    rows = [
        GRANTS,
        ["Helper", "", "督导员", "临清市", "", until],
        ["", "reader", "核验员", "聊城市", "headquarters", ""],
    ]
    assert counts(taken("grants", rows)) == {"made": 2}
    given = Grant.objects.get(person=cast.helper, role="inspector")
    assert (given.area, given.organisation, given.given_by, bool(given.until)) == (
        cast.county,
        cast.support,
        cast.administrator,
        True,
    )
    assert AdminEntry.objects.filter(action="grant_given").count() == 2
    assert counts(taken("grants", rows)) == {"same": 2}


@pytest.mark.parametrize(
    ("row", "fault"),
    [(["没有此人", "", "督导员", "临清市", "", ""], ("姓名", "nobody_called")),
     (["", "", "督导员", "临清市", "", ""], ("name", "needed")),
     (["Helper", "", "皇帝", "临清市", "", ""], ("角色", "unknown_word")),
     (["Helper", "", "督导员", "", "", ""], ("负责区划", "needed")),
     (["Helper", "", "督导员", "临清市", "unit", ""], ("代表单位", "belongs_elsewhere")),
     (["Helper", "", "督导员", "临清市", "", "2020-01-01"], ("有效期至", "already_over")),
     (["Helper", "", "联络员", "聊城市", "support", "2031-01-01"], ("有效期至", "held_until"))],
)  # fmt: skip
def test_what_a_role_cannot_be(cast: Cast, taken: In, row: list[str], fault: tuple[str, str]) -> None:
    before = Grant.objects.count()
    found = taken("grants", [GRANTS, row])
    assert faults(found)[0] in ((2, *fault), (2, GRANTS[0], fault[1]))
    assert Grant.objects.count() == before


def test_nobody_gives_a_role_beyond_their_own_area(cast: Cast, taken: In) -> None:
    local = cast.person("local", "bureau")
    cast.grant("local", "administrator", "bureau", area=cast.county)  # type: ignore[arg-type]
    rows = [GRANTS, ["Helper", "", "督导员", "聊城市", "", ""], ["Finder", "", "督导员", "临清市", "", ""]]
    assert faults(taken("grants", rows, by=local)) == [(2, "负责区划", "unknown_place"), (3, "姓名", "nobody_called")]


CHAIN = """#接龙
12月6日采样志愿者，请按格式填写
格式：姓名+工作单位+手机号

1. 张三 unit 13800000001
2、李四，support，13800000002
3）王五/unit/138-0000-0003
"""


def test_a_sign_up_chain_is_a_list(cast: Cast, taken: In) -> None:
    found = taken("people", CHAIN)
    assert (counts(found), faults(found)) == ({"made": 3}, [])
    assert [one.phone for one in Person.objects.filter(name__in=("张三", "李四", "王五")).order_by("login")] == [
        "13800000002", "138-0000-0003", "13800000001",
    ]  # fmt: skip


def test_a_chain_without_a_format_is_read_by_the_looks_of_its_parts(cast: Cast, taken: In) -> None:
    cast.organisation("市民政局", cast.city)
    found = taken("people", "接龙\n1 . 张三 市民政局 13800000001 上午\n2 . 市民政局 李四\n13800000002\n")
    assert counts(found) == {"made": 2}
    assert Person.objects.get(name="李四").phone == "13800000002"
