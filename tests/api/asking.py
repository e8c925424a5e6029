"""Asking the API as somebody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from muster.people.person import Person
from tests.web.signed_in import signed_in

Api = Callable[..., Any]


def api(person: Person) -> Api:
    """Ask as the person: method, address and body; the status and the answer."""
    client = signed_in(person)

    def ask(method: str, address: str, body: Any = None, **form: Any) -> tuple[int, Any]:
        more: dict[str, Any] = {} if form else {"content_type": "application/json"}
        if method == "get":
            more = {}
        answer = getattr(client, method)(f"/api{address}", form or body or {}, HTTP_ACCEPT_LANGUAGE="en", **more)
        kind = answer.headers.get("Content-Type", "")
        return answer.status_code, answer.json() if kind.startswith("application/json") and answer.content else answer

    return ask
