"""A city brain is told: the address is made on the page, tried out, told of an act, and ended."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from standardwebhooks import Webhook as Checking

from tests.journeys.audit import here
from tests.journeys.visitor import Visitor, Visitors

Got = list[tuple[dict[str, str], bytes]]
ASSIGNED = "select id from matter where kind = 'finding' and status = 'assigned' order by id limit 1"
PATIENCE_S = 60


@pytest.fixture
def brain() -> Iterator[tuple[str, Got]]:
    """Its address, and what it got."""
    got: Got = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((dict(self.headers.items()), self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_told: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/muster", got
    server.shutdown()
    server.server_close()


def waited(got: Got, count: int) -> list[str]:
    """The types of what came, once there are so many."""
    end = time.monotonic() + PATIENCE_S
    while len(got) < count and time.monotonic() < end:
        time.sleep(0.2)
    return [json.loads(body)["type"] for _headers, body in got]


def pressed(visitor: Visitor, form: str) -> None:
    with visitor.page.expect_navigation():
        visitor.page.locator(f"form[action$='/{form}/'] button").click()


def test_a_city_brain_is_told(cast: Visitors, brain: tuple[str, Got]) -> None:
    duty, (address, got) = cast("demo.duty"), brain
    duty.go("/me")
    with duty.page.expect_navigation():
        duty.page.locator("a[href='/me/webhooks/']").click()
    assert not here(duty)
    assert duty.send(name="一网统管", address="http://127.0.0.2/").status == 422
    assert "127.0.0.2" in duty.page.locator("main form .errorlist").inner_text()
    duty.send(address=address)
    secret = duty.page.locator("#secret").input_value()
    assert not here(duty)
    with duty.page.expect_navigation():
        duty.page.locator("main .rows a", has_text="一网统管").click()
    pressed(duty, "trial")
    assert waited(got, 1) == ["trial"]
    matter = duty.city.sql(ASSIGNED)
    duty.step(matter, "note", text="城市大脑联调")
    assert waited(got, 2) == ["trial", "matter.note"]
    told = [Checking(secret).verify(body, headers) for headers, body in got]
    assert told[1]["data"]["matter"] == matter
    assert "联调" not in json.dumps(told, ensure_ascii=False)
    duty.go("/me/webhooks/")
    duty.page.locator("main .rows a", has_text="一网统管").click()
    assert duty.page.locator("main .rows li").count() == 2
    assert not here(duty)
    other = cast("demo.deputy")
    assert other.go(duty.page.url.removeprefix(duty.city.address)).status == 404
    pressed(duty, "end")
    duty.step(matter, "note", text="联调结束")
    time.sleep(3)
    assert len(got) == 2
