"""Lists of how the system itself was run hold what their pages show, and no more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from muster.briefings.wall import Wall
from muster.duty.duty import Duty
from muster.loop.conflict import Conflict
from muster.loop.refusals import ConflictingContent
from muster.people.administration import AdminEntry, close_area
from muster.people.belonging import begin_membership
from muster.people.computer import TrustedComputer
from muster.people.role import Role
from muster.policy.version import PackVersion
from tests.cast import PACK, Cast, act_id, later
from tests.exchange.lists.conftest import Out
from tests.exchange.lists.test_making import column


def test_packs_in_force_the_latest_first(cast: Cast, out: Out) -> None:
    cast.incident.put_in_force(PackVersion.adopt(PACK + "\n# 二\n", "二.toml"), cast.chief.pk)
    told = out("packs", by=cast.chief)
    assert column(told, "办理人") == ["Chief", ""]
    assert len(set(column(told, "版本"))) == 2


def test_walls_of_ones_own_area_without_their_links(cast: Cast, out: Out) -> None:
    for area in (cast.city, cast.elsewhere):
        made = Wall(name=f"{area.name_zh}左屏", area=area, made_by=cast.chief, until=later(days=3))
        token = made.give_token()
        made.save()
    cast.person("local", "bureau")
    cast.grant("local", Role.HEADQUARTERS, "bureau", area=cast.county)
    assert column(out("walls", by=cast.local), "位置") == []
    told = out("walls", by=cast.chief)
    assert set(column(told, "位置")) == {"聊城市左屏", "冠县左屏"}
    assert token.encode() not in told.path.read_bytes()


def test_computers_that_one_trusted_and_for_administrators_those_of_their_area(cast: Cast, out: Out) -> None:
    TrustedComputer.trust(cast.chief, "值班室左", 12)
    assert column(out("computers", by=cast.chief), "电脑") == ["值班室左"]
    assert column(out("computers", by=cast.reader), "电脑") == []
    assert column(out("computers", by=cast.administrator), "信任人") == ["Chief"]


def test_conflicts_as_far_as_one_sees_them(cast: Cast, out: Out) -> None:
    matter, pk = cast.finding(), act_id()
    matter.note(by=cast.finder, text="一", id=pk)
    with pytest.raises(ConflictingContent):
        matter.note(by=cast.finder, text="二", id=pk)
    assert column(out("conflicts", by=cast.chief), "事项") == [matter.number]
    assert column(out("conflicts", by=cast.finder), "提交人") == ["Finder"]
    assert column(out("conflicts", by=cast.finder), "步骤") == ["添加备注"]
    assert column(out("conflicts", by=cast.reader), "事项") == []
    Conflict.objects.get().settle(cast.chief, "已核实")
    assert column(out("conflicts", by=cast.chief), "事项") == []
    assert column(out("conflicts", "state=settled", by=cast.chief), "补充说明") == ["已核实"]


def test_duties_of_the_area_with_who_ended_them(cast: Cast, out: Out) -> None:
    until = timezone.now() + timedelta(hours=8)
    Duty.take(cast.incident, cast.city, "duty_officer", cast.chief, until, cast.chief)
    Duty.take(cast.incident, cast.city, "duty_officer", cast.dispatcher, until, cast.dispatcher)
    told = out("duties")
    assert column(told, "人员") == ["Dispatcher", "Chief"]
    assert column(told, "结束人") == ["", "Dispatcher"]


def test_what_administrators_did_within_ones_own_area_alone(cast: Cast, out: Out) -> None:
    begin_membership(cast.fixer, cast.support, cast.administrator)
    close_area(cast.elsewhere, cast.administrator)
    AdminEntry.objects.create(action="person_added", by=None, person=cast.stranger)
    told = out("administration", by=cast.administrator)
    assert set(column(told, "对象")) == {"Fixer（fixer）", "冠县", "Stranger（stranger）"}
    assert "服务器命令" in column(told, "操作人")
    assert column(out("administration", f"person={cast.fixer.pk}", by=cast.administrator), "补充说明") == ["support"]
    assert column(out("administration", f"place={cast.elsewhere.pk}", by=cast.administrator), "对象") == ["冠县"]
    cast.person("local", "bureau")
    cast.grant("local", Role.ADMINISTRATOR, "bureau", area=cast.county)
    assert column(out("administration", by=cast.local), "对象") == ["Fixer（fixer）"]
    for other in (f"person={cast.stranger.pk}", "person=999999", "person=x", f"place={cast.elsewhere.pk}"):
        assert column(out("administration", other, by=cast.local), "对象") == [], other
