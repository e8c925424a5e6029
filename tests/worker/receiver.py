"""A real receiver of webhooks on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.conf import LazySettings

from muster.exchange.webhooks import Webhook
from tests.cast import Cast


@dataclass
class Receiver:
    """``answers``: the statuses to come, then 204."""

    address: str = ""
    answers: list[int] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    before: Callable[[str], Any] = lambda _id: None

    @property
    def types(self) -> list[str]:
        return [json.loads(body)["type"] for _headers, body in self.got]


@pytest.fixture
def receiver(settings: LazySettings) -> Iterator[Receiver]:
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            kept.before(self.headers["webhook-id"])
            kept.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            status = kept.answers.pop(0) if kept.answers else 204
            self.send_response(status)
            if status == 302:
                self.send_header("location", kept.address + "elsewhere")
            self.end_headers()

        def log_message(self, *_told: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    kept.address = f"http://127.0.0.1:{server.server_port}/"
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    yield kept
    server.shutdown()
    server.server_close()


def hook(cast: Cast, receiver: Receiver, who: str = "reader", *actions: str) -> Webhook:
    return Webhook.make(cast.people[who], "城市大脑", receiver.address, list(actions))[0]
