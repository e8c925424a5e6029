"""Conflicts: whoever dispatches there sees what came second, side by side with what stands, and settles it once."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from django.test import Client

from muster.loop.arrival import Caller
from muster.loop.conflict import Conflict
from muster.loop.entry import canonical
from muster.loop.matter import Matter
from muster.loop.refusals import ConflictingContent
from muster.people.role import Role
from tests.cast import Cast, act_id, later
from tests.loop.attempts import CASES
from tests.loop.stage import assigned, imported, past
from tests.web.signed_in import signed_in

GOVERNORS = {"chief", "deputy", "dispatcher"}


def clash(cast: Cast, matter: Matter | None = None) -> Conflict:
    """The unit's response came twice under one id, the second with other words and a file."""
    matter, act = matter or assigned(cast), act_id()
    matter.respond(by=cast.fixer, text="已补采三户", id=act)
    with suppress(ConflictingContent):
        matter.respond(by=cast.fixer, text="已补采两户，一户外出", photos=[cast.photo("fixer")], id=act)
    return Conflict.objects.latest("pk")


def arrival_clash(cast: Cast) -> Conflict:
    """A request came twice under one id, with another text and another caller."""
    act = act_id()
    for text, caller in (("降压药只剩两天", "王秀兰"), ("胰岛素已断", "李桂英")):
        with suppress(ConflictingContent):
            cast.request(id=act, text=text, caller=Caller(caller, "13812345678"))
    return Conflict.objects.latest("pk")


def status(cast: Cast, who: str, conflict: Conflict) -> int:
    return signed_in(cast.people[who]).get(f"/conflicts/{conflict.pk}/").status_code


def page(cast: Cast, who: str, conflict: Conflict, language: str = "en") -> str:
    response = signed_in(cast.people[who]).get(f"/conflicts/{conflict.pk}/", headers={"accept-language": language})
    assert response.status_code == 200
    return response.content.decode()


def test_who_dispatches_there_and_who_sent_it_see_it_and_nobody_else(cast: Cast) -> None:
    cast.person("away", "other", Role.HEADQUARTERS, Role.DISPATCHER, area=cast.elsewhere)
    conflict = clash(cast)
    seen = {name for name in cast.people if status(cast, name, conflict) == 200}
    assert seen == GOVERNORS | {"fixer"}
    assert {status(cast, name, conflict) for name in cast.people.keys() - seen} == {404}
    assert Client().get(f"/conflicts/{conflict.pk}/").status_code == 302


def test_a_registration_that_came_twice_is_for_the_incidents_headquarters(cast: Cast) -> None:
    cast.person("local", "bureau", Role.HEADQUARTERS, area=cast.county)
    conflict = arrival_clash(cast)
    seen = {name for name in cast.people if status(cast, name, conflict) == 200}
    assert seen == {"chief", "deputy", "operator"}


def test_both_stand_side_by_side_in_words(cast: Cast) -> None:
    shown = page(cast, "dispatcher", clash(cast))
    for words in ("已补采三户", "已补采两户，一户外出", "photo.jpg", "Fixer", "differs"):
        assert words in shown
    assert str(cast.unit.pk) + "," not in shown


def test_names_stand_for_keys(cast: Cast) -> None:
    matter, act = cast.finding(), act_id()
    matter.assign(by=cast.dispatcher, lead=cast.unit, supports=[cast.support], id=act)
    with pytest.raises(ConflictingContent):
        matter.assign(by=cast.chief, lead=cast.support, supports=[cast.unit], id=act, at=later(hours=-2))
    shown = page(cast, "deputy", Conflict.objects.get())
    for words in ("Dispatcher", "Chief", "Responsible organisation", "Supporting organisations"):
        assert words in shown
    assert shown.count(">unit<") == shown.count(">support<") == 2


@pytest.mark.parametrize(
    "verb", [name for name, case in CASES.items() if not name.startswith(("register_", "import_"))]
)
def test_every_step_can_be_told_twice(cast: Cast, verb: str) -> None:
    """Whatever step came second, under the id of that same step, has its page."""
    case = CASES[verb]
    matter = case.ready(cast)
    receipt = case.attempt(cast, matter, cast.people.get(min(case.may)))
    entry = matter.entries.get(act_id=receipt.act_id)
    asked = {"reason": "又一次", "passed": True, "until": "2022-12-05T08:00:00+00:00"}
    content = canonical([entry.action, matter.pk, None, None, asked])
    conflict = Conflict.objects.create(
        act_id=receipt.act_id, matter_id=matter.pk, incident=cast.incident, action=entry.action, content=content,
        by=cast.chief,
    )  # fmt: skip
    assert "又一次" in page(cast, "chief", conflict)


def test_a_registration_side_by_side_without_a_word_about_the_callers(cast: Cast) -> None:
    conflict = arrival_clash(cast)
    shown = page(cast, "chief", conflict)
    for words in ("降压药只剩两天", "胰岛素已断", "Only a digest of them is kept"):
        assert words in shown
    for personal in ("李桂英", "王秀兰", "13812345678", conflict.asked["caller"]):
        assert personal not in shown


def test_an_import_side_by_side(cast: Cast) -> None:
    act, told = act_id(), past(cast)
    imported(cast, told, id=act)
    with pytest.raises(ConflictingContent):
        imported(cast, past(cast, reviewer=cast.second_verifier), id=act, source="另一份台账 第 2 行")
    shown = page(cast, "chief", Conflict.objects.get())
    for words in ("临清市台账.xlsx 第 14 行", "另一份台账 第 2 行", "Second_Verifier", "Verifier", "已补采 3 户"):
        assert words in shown


def test_who_sent_it_sees_nothing_of_a_matter_that_they_cannot_see(cast: Cast) -> None:
    hidden, act = cast.finding(text="不给看的事项"), act_id()
    hidden.note(by=cast.reader, text="内部情况", id=act)
    matter = assigned(cast)
    with pytest.raises(ConflictingContent):
        matter.respond(by=cast.fixer, text="已补采", id=act)
    shown = page(cast, "fixer", Conflict.objects.get())
    assert "已补采" in shown
    assert "Recorded for something that you can't see." in shown
    for secret in ("不给看的事项", "内部情况", hidden.number, "Reader"):
        assert secret not in shown


def settle(cast: Cast, who: str, conflict: Conflict, remark: str = "已请张三重新答复") -> Any:
    return signed_in(cast.people[who]).post(f"/conflicts/{conflict.pk}/", {"remark": remark})


def test_it_is_settled_once_with_a_remark(cast: Cast) -> None:
    conflict = clash(cast)
    assert settle(cast, "dispatcher", conflict, " ").status_code == 422
    assert settle(cast, "dispatcher", conflict).status_code == 302
    assert settle(cast, "dispatcher", conflict).status_code == 302
    assert settle(cast, "chief", conflict, "别的").status_code == 409
    conflict.refresh_from_db()
    assert (conflict.settled_by, conflict.remark) == (cast.dispatcher, "已请张三重新答复")
    shown = page(cast, "chief", conflict)
    assert "已请张三重新答复" in shown
    assert "<textarea" not in shown


def test_who_sent_it_does_not_settle_it(cast: Cast) -> None:
    conflict = clash(cast)
    assert settle(cast, "fixer", conflict).status_code == 404
    assert settle(cast, "outsider", conflict).status_code == 404
    assert Conflict.objects.filter(settled_at=None).count() == 1


def test_the_list_is_newest_first_by_state_and_paged(cast: Cast) -> None:
    first, second = clash(cast), clash(cast)
    browser = signed_in(cast.dispatcher)
    shown = browser.get("/conflicts/").content.decode()
    assert shown.index(f"/conflicts/{second.pk}/") < shown.index(f"/conflicts/{first.pk}/")
    assert f"/conflicts/{second.pk}/" not in browser.get(f"/conflicts/?before={second.pk}").content.decode()
    first.settle(cast.chief, "已核")
    assert f"/conflicts/{first.pk}/" not in browser.get("/conflicts/").content.decode()
    assert f"/conflicts/{first.pk}/" in browser.get("/conflicts/?state=settled").content.decode()
    assert browser.get("/conflicts/?before=x").status_code == 200
    assert "/conflicts/1" not in signed_in(cast.outsider).get("/conflicts/").content.decode()


def test_pages_lead_there_while_one_is_open(cast: Cast) -> None:
    matter = assigned(cast)
    conflict = clash(cast, matter)
    for who in ("chief", "dispatcher", "fixer"):
        assert "/conflicts/" in signed_in(cast.people[who]).get("/work/").content.decode()
    for who, told in (("chief", True), ("reader", False), ("fixer", False)):
        shown = signed_in(cast.people[who]).get(f"/matters/{matter.pk}/").content.decode()
        assert (f"/conflicts/{conflict.pk}/" in shown) == told
    conflict.settle(cast.chief, "已核")
    assert "/conflicts/" not in signed_in(cast.chief).get("/work/").content.decode()
    assert "/conflicts/" not in signed_in(cast.outsider).get("/work/").content.decode()
