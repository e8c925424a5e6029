"""A city brain is told: the address is made on the page, tried out, told of an act, and ended."""

from __future__ import annotations

import time

from tests.journeys.audit import here
from tests.journeys.client import Receiver
from tests.journeys.visitor import Visitor, Visitors

ASSIGNED = "select id from matter where kind = 'finding' and status = 'assigned' order by id limit 1"


def pressed(visitor: Visitor, form: str) -> None:
    with visitor.page.expect_navigation():
        visitor.page.locator(f"form[action$='/{form}/'] button").click()


def test_a_city_brain_is_told(cast: Visitors) -> None:
    with Receiver() as brain:
        told(cast, brain)


def told(cast: Visitors, brain: Receiver) -> None:
    duty = cast("demo.duty")
    duty.go("/me")
    with duty.page.expect_navigation():
        duty.page.locator("a[href='/me/webhooks/']").click()
    assert not here(duty)
    assert duty.send(name="一网统管", address="http://127.0.0.2/").status == 422
    assert "127.0.0.2" in duty.page.locator("main form .errorlist").inner_text()
    duty.send(address=brain.address)
    brain.trust(duty.page.locator("#secret").input_value())
    assert not here(duty)
    with duty.page.expect_navigation():
        duty.page.locator("main .rows a", has_text="一网统管").click()
    pressed(duty, "ping")
    assert brain.types(1) == ["ping"]
    matter = duty.city.sql(ASSIGNED)
    duty.step(matter, "note", text="城市大脑联调")
    assert brain.types(2) == ["ping", "matter.note"]
    assert [one["data"]["action"] for one in brain.of(matter, 1)] == ["note"]
    assert "联调".encode() not in brain.got[1][1]
    duty.go("/me/webhooks/")
    duty.page.locator("main .rows a", has_text="一网统管").click()
    assert duty.page.locator("main .rows li").count() == 2
    assert not here(duty)
    other = cast("demo.deputy")
    assert other.go(duty.page.url.removeprefix(duty.city.address)).status == 404
    pressed(duty, "end")
    duty.step(matter, "note", text="联调结束")
    time.sleep(3)
    assert len(brain.got) == 2
