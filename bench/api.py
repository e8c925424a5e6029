"""The API's list of 100 matters among 100,000, asked by somebody who is signed in, against the least Django view that returns
the same JSON from one query and asks nobody who is there."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from statistics import median
from typing import Any

from bench.clicks import CLIENTS, Clicks
from bench.client import Call
from bench.ground import cookies, filled
from bench.leastlist import MOST
from bench.measure import ROUNDS, Line, at_least
from bench.served import MUSTER, served

MATTERS, RATE_MIN, FOR_S = 100_000, 0.6, 8.0
ADDRESS = f"/api/matters?limit={MOST}"
WHO = "demo.duty"


def measure(rounds: int = ROUNDS, matters: int = MATTERS) -> Iterator[Line]:
    with filled(matters):
        cookie = cookies(WHO, 1)[0]
        with served(MUSTER) as muster, served("bench.leastlist:application") as least:
            if listed(muster, cookie) != listed(least, cookie):
                raise RuntimeError("the two don't answer the same")
            both = [Clicks(port, [Call("GET", ADDRESS)], [cookie] * CLIENTS) for port in (muster, least)]
            _warm, *found = [[clicks.done(FOR_S).per_s for clicks in both] for _round in range(rounds + 1)]
        rates = [median(pair[i] for pair in found) for i in (0, 1)]
        said = f"; {rates[0]:.0f}/s ÷ {rates[1]:.0f}/s, {CLIENTS} clients at once, {matters:,} matters"
        yield at_least(
            f"API list of {MOST} matters: requests/s ÷ the least view", RATE_MIN, [a / b for a, b in found], said
        )


def listed(port: int, cookie: str) -> list[dict[str, Any]]:
    """The matters, but for how times are written."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{ADDRESS}", headers={"Cookie": cookie})
    with urllib.request.urlopen(request) as answer:
        items: list[dict[str, Any]] = json.load(answer)["items"]
    return [{key: value for key, value in one.items() if not key.endswith("_at")} for one in items]
