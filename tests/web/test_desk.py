"""The duty officer's desk: what it shows to whom, its figures, and what it asks the database."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from muster.duty.duty import Duty, Post
from muster.duty.handover import HandoverItem
from muster.people.role import Role
from tests.cast import Cast, later
from tests.loop import stage
from tests.web.asking import few_questions
from tests.web.signed_in import signed_in

ENGLISH: dict[str, Any] = {"HTTP_ACCEPT_LANGUAGE": "en"}
DESK = ["chief", "dispatcher"]
OTHERS = ["outsider", "stranger", "finder", "verifier", "operator", "fixer", "reader", "administrator"]


def page(cast: Cast, who: str, address: str = "/desk/") -> str:
    answer = signed_in(cast.people[who]).get(address, **ENGLISH)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("who", DESK)
def test_headquarters_and_dispatchers_have_a_desk(cast: Cast, who: str) -> None:
    assert 'href="/desk/" aria-current="page"' in page(cast, who)


@pytest.mark.parametrize("who", OTHERS)
@pytest.mark.parametrize("address", ["/desk/", "/duty/new/", "/handover/", "/handover/new/", "/handover/items/new/"])
def test_to_anybody_else_there_is_no_desk(cast: Cast, who: str, address: str) -> None:
    client = signed_in(cast.people[who])
    assert client.get(address).status_code == 404
    assert "/desk/" not in client.get("/me").content.decode()


def test_one_sees_the_desk_of_ones_own_area_alone(cast: Cast) -> None:
    here, there = cast.finding(), cast.finding(area=cast.elsewhere, site=None)
    cast.person("local", "bureau", Role.DISPATCHER, area=cast.county)
    shown = page(cast, "local")
    assert str(here.pk) in shown
    assert str(there.pk) not in shown
    assert signed_in(cast.local).get(f"/desk/?area={cast.elsewhere.pk}").status_code == 404
    both = page(cast, "chief")
    assert str(here.pk) in both
    assert str(there.pk) in both


def test_who_commands_several_areas_chooses_one(cast: Cast) -> None:
    there = cast.finding(area=cast.elsewhere, site=None)
    cast.person("double", "bureau", Role.DISPATCHER, area=cast.county)
    cast.grant("double", Role.DISPATCHER, "bureau", cast.elsewhere)
    assert f'<option value="{cast.elsewhere.pk}"' in page(cast, "double")
    assert str(there.pk) in page(cast, "double", f"/desk/?area={cast.elsewhere.pk}")


def test_each_figure_is_the_named_one_and_opens_exactly_its_rows(cast: Cast) -> None:
    stage.overdue(cast)
    cast.finding()
    stage.assigned(cast, cast.finding(severity="critical")).return_(by=cast.fixer, reason="不在辖区")
    client = signed_in(cast.chief)
    tiles = re.findall(
        r'<a class="fig" href="([^"]+)">.*?fig-v[^>]*>(\d+)<', client.get("/desk/", **ENGLISH).content.decode(), re.S
    )
    assert len(tiles) == 4
    for link, value in tiles:
        listed = client.get(html.unescape(link), **ENGLISH).content.decode()
        assert re.search(rf": {value}</span>", listed), link
    assert [int(value) for _link, value in tiles][:1] == [1]


def test_overdue_comes_first_then_what_is_critical_by_its_deadline(cast: Cast) -> None:
    critical = stage.assigned(cast, cast.finding(severity="critical"))
    late = stage.overdue(cast)
    late.escalate(by=cast.chief)
    shown = page(cast, "chief")
    assert shown.index(str(late.pk)) < shown.index(str(critical.pk))
    assert "to the county" in shown or "to the city" in shown


def test_the_next_ruling_is_the_one_action_and_names_its_own_clock(cast: Cast) -> None:
    returned = stage.assigned(cast)
    returned.return_(by=cast.fixer, reason="属街道管辖")
    shown = page(cast, "dispatcher")
    assert f'data-next href="/matters/{returned.pk}/return-ruling/"' in shown
    assert "属街道管辖" in shown
    assert "left to rule" in shown
    assert shown.count("btn-main") == 1


def test_who_does_the_work_has_no_door_to_rule(cast: Cast) -> None:
    returned = stage.assigned(cast)
    returned.return_(by=cast.fixer, reason="属街道管辖")
    cast.person("both", "crew", Role.DISPATCHER)
    shown = page(cast, "both")
    assert str(returned.pk) in shown
    assert "return-ruling" not in shown


def test_unassigned_matters_have_a_door_to_assign(cast: Cast) -> None:
    made = cast.finding()
    assert f'href="/matters/{made.pk}/assignment/"' in page(cast, "dispatcher")


def test_when_nothing_waits_it_leads_to_the_hand_over(cast: Cast) -> None:
    shown = page(cast, "chief")
    assert "Nothing waits at this desk" in shown
    assert shown.count("btn-main") == 1
    assert re.search(r'btn-main" href="/handover/new/"', shown)


def test_the_text_to_copy_tells_no_text_of_a_matter(cast: Cast) -> None:
    late = stage.overdue(cast)
    text = re.findall(r"<textarea[^>]*>(.*?)</textarea>", page(cast, "chief"), re.S)[0]
    assert late.number in text
    assert "Overdue: 1" in text
    assert late.title not in text


def test_who_is_on_duty_and_what_is_handed_on_stands_there(cast: Cast) -> None:
    Duty.take(cast.incident, cast.city, Post.OFFICER, cast.chief, later(hours=12), cast.chief)
    HandoverItem.add(cast.incident, cast.city, "等镇里 00:30 回话", cast.chief)
    HandoverItem.add(cast.incident, cast.county, "别处的事", cast.chief)
    shown = page(cast, "chief")
    assert "Chief (me)" in shown
    assert "等镇里 00:30 回话" in shown
    assert "别处的事" not in shown


def test_it_asks_the_database_few_questions(cast: Cast) -> None:
    stage.overdue(cast)
    for _n in range(3):
        cast.finding()
        stage.assigned(cast).return_(by=cast.fixer, reason="不在辖区")
        HandoverItem.add(cast.incident, cast.city, "一件事", cast.chief)
    Duty.take(cast.incident, cast.city, Post.OFFICER, cast.chief, later(hours=12), cast.chief)
    client = signed_in(cast.chief)
    client.get("/desk/")
    with few_questions():
        client.get("/desk/")
