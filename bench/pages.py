"""The matter page and My work over 100,000 matters: queries, their summed time against SQL by hand, and the server's time.

Server time is the time inside the WSGI application, told by the server itself, while 8 people click about once a second.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from statistics import median
from typing import Any

import psycopg

from bench.byhand import ROLES, ByHand
from bench.clicks import CLIENTS, Clicks
from bench.client import Call
from bench.ground import cookies, ground
from bench.measure import ROUNDS, Line, at_most
from bench.served import MUSTER, served
from bench.verb_sql import Watch

MATTERS = 100_000
QUERIES_MAX, SQL_MAX = 15, 3.0
VIEWS, TRIES = 12, 3
FOR_S = 15.0
LINK = re.compile(rb'href="/matters/([0-9a-f-]{36})/"')


def measure(rounds: int = ROUNDS, matters: int = MATTERS) -> Iterator[Line]:
    with ground(durable=True) as place:
        from bench.generate import generate

        generate(place.dsn, place.incident, matters)
        with psycopg.connect(place.dsn, autocommit=True) as bare:
            viewers = [Viewer(role, bare) for role in ROLES]
            for viewer in viewers:
                yield from viewer.measure(rounds)
        yield from _server_time(viewers, rounds)


class Viewer:
    """Somebody of a role, who looks at My work and at some of the matters that concern them."""

    def __init__(self, role: str, bare: psycopg.Connection[Any]) -> None:
        from django.test import Client

        from muster.people.person import Person

        self.role = role
        self.person = Person.objects.get(login=_busy_liaison() if role == "liaison" else role)
        self.cookie = cookies(self.person.login, 1)[0]
        self.client = Client(headers={"cookie": self.cookie, "host": "127.0.0.1", "accept-language": "zh-CN"})
        values = {"person": self.person.pk, "unit": self.person.memberships_now()[0].organisation_id}
        session = self.cookie.removeprefix("sessionid=").split(";")[0]
        self.by_hand = ByHand(bare, role, {**values, "session": session})
        self.matters = self._matters()

    def measure(self, rounds: int) -> Iterator[Line]:
        for name, look in (("My work", self.work), ("matter page", self.matter)):
            _warm, *found = [[look(n) for n in range(VIEWS)] for _round in range(rounds + 1)]
            ratios = [median(page / hand for page, hand, _count in views) for views in found]
            page_ms, hand_ms = (median(view[i] for views in found for view in views) * 1000 for i in (0, 1))
            most = max(count for views in found for _page, _hand, count in views)
            yield Line(
                f"{name}, {self.role}: queries",
                f"≤ {QUERIES_MAX}",
                str(most),
                most <= QUERIES_MAX,
                "the most of any view",
            )
            yield at_most(
                f"{name}, {self.role}: summed SQL ÷ by hand", SQL_MAX, ratios, f"; {page_ms:.1f} ms ÷ {hand_ms:.1f} ms"
            )

    def work(self, n: int) -> tuple[float, float, int]:
        """Seconds of SQL of the page and by hand, and the number of the page's queries."""
        # A deadline may pass between the two.
        for _try in range(TRIES):
            watch, content = self._get("/work/")
            hand_s, listed = self.by_hand.work(_midnight())
            if set(LINK.findall(content)) == {pk.encode() for pk in listed}:
                return watch.total_s, hand_s, watch.count
        raise RuntimeError(f"{self.role}: the page and the SQL by hand list different matters")

    def matter(self, n: int) -> tuple[float, float, int]:
        pk = self.matters[n % len(self.matters)]
        watch, _content = self._get(f"/matters/{pk}/")
        return watch.total_s, self.by_hand.matter(pk), watch.count

    def _get(self, address: str) -> tuple[Watch, bytes]:
        from django.db import connection

        watch = Watch()
        with connection.execute_wrapper(watch):
            answer = self.client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{self.role} {address}: {answer.status_code}")
        return watch, answer.content

    def _matters(self) -> list[str]:
        """Some of each status, as far as this person sees them."""
        from muster.loop.matter import Matter

        seen = Matter.objects.seen_by(self.person)
        statuses = ("closed", "in_progress", "closure_requested")
        some = [seen.filter(status=status).order_by("-id").values_list("pk", flat=True)[:3] for status in statuses]
        return [str(pk) for matters in some for pk in matters]


def _server_time(viewers: list[Viewer], rounds: int) -> Iterator[Line]:
    for name in ("My work", "matter page"):
        with served(MUSTER) as port:
            clicks = Clicks(port, _calls(name, viewers), [""] * CLIENTS)
            yield clicks.server_time(f"{name}, {CLIENTS} clients of {len(viewers)} roles", FOR_S, rounds)


def _calls(name: str, viewers: list[Viewer]) -> list[Call]:
    if name == "My work":
        return [Call("GET", "/work/", viewer.cookie) for viewer in viewers]
    return [
        Call("GET", f"/matters/{pk}/", viewer.cookie)
        for n in range(6)
        for viewer in viewers
        for pk in viewer.matters[n : n + 1]
    ]


def _busy_liaison() -> str:
    """The liaison of the unit that has most to do."""
    from django.db.models import Count

    from muster.loop.matter import Matter
    from muster.loop.state import WORKED_ON
    from muster.people.person import Person

    live = Matter.objects.filter(status__in=WORKED_ON).values("lead")
    busiest = live.annotate(n=Count("pk")).order_by("-n")[0]["lead"]
    return Person.objects.filter(grants__organisation=busiest, grants__role="liaison")[0].login


def _midnight() -> Any:
    from django.utils import timezone

    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
