"""Pages over 1,000,000 matters, 10,000,000 entries: queries, their SQL against SQL by hand, server time, requests a second.

Server time is the time inside the WSGI application while 8 people click about once a second; a page's requests a second
are held against those of the least view that renders as many rows of the same data (``plain.py``). What a page shows again
for a while is made anew where SQL is measured, and isn't where time is.
"""

from __future__ import annotations

import os
import pickle
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote

import psycopg

from bench.byhand import statements
from bench.clicks import CLIENTS, Clicks
from bench.client import Call
from bench.ground import Ground, cookies, filled
from bench.measure import ROUNDS, Line, at_least, at_most
from bench.plain import Statements
from bench.served import MUSTER, served
from bench.verb_sql import Watch

MATTERS = 1_000_000
QUERIES_MAX, SQL_MAX, RATE_MIN = 15, 3.0, 0.5
FOR_S, AT_ONCE_S = 10.0, 2.0
LOGIN, COUNTY, DEEP = "demo.duty", "371581", 4_950
#: As pages have it for their figures and lists.
OPTIONS = "-c jit=off -c random_page_cost=1.1 -c work_mem=64MB -c min_parallel_index_scan_size=32MB"
LINK = re.compile(rb'href="/matters/([0-9a-f-]{36})/"')
COUNTS = ("frame", "figures", "days", "changed")


@dataclass(frozen=True)
class Look:
    """An address, and what one would ask the database for it by hand; ``listed``: which of it lists matters, if any."""

    address: str
    by_hand: Statements
    listed: int | None = None


@dataclass(frozen=True)
class Page:
    name: str
    looks: list[Look]


def measure(rounds: int = ROUNDS, matters: int = MATTERS) -> Iterator[Line]:
    with filled(matters) as place:
        prepare(place)
        cookie = cookies(LOGIN, 1)[0]
        pages = Hand(place, cookie).pages()
        with psycopg.connect(place.dsn, autocommit=True, options=OPTIONS) as bare:
            for page in pages:
                yield from sql(page, cookie, bare, rounds)
        yield from server_time(pages, cookie, rounds)
        yield from throughput(pages, cookie, place.folder, rounds)


def prepare(place: Ground) -> None:
    """What the worker would have done by now, and a minute's acts since."""
    from bench.figures import go_on
    from muster.briefings.days import keep_days
    from muster.briefings.tally import keep

    keep_days(place.incident)
    keep(place.incident)
    go_on()


class Hand:
    """The SQL that one would write by hand for each page."""

    def __init__(self, place: Ground, cookie: str) -> None:
        from muster.briefings.tally import Tally
        from muster.people.person import Person

        self.sql = {**statements("byhand.sql"), **statements("scale.sql")}
        self.area = place.incident.area
        session = cookie.removeprefix("sessionid=").split(";")[0]
        self.person = Person.objects.get(login=LOGIN)
        self.values = {
            "session": session,
            "person": self.person.pk,
            "incident": place.incident.pk,
            "tallied": Tally.objects.latest("at").at,
        }

    def pages(self) -> list[Page]:
        return [
            Page("wall", [self.of_area("/wall/", self.area, *COUNTS, "late", "checks_late", "longest")]),
            Page("desk", [self.of_area("/desk/", self.area, "frame", "figures", "changed", "late", "soon", "urgent",
                                       "rulings", "unassigned", "duty", "handed_over")]),
            *self.register(),
            Page("matter", [self.matter(pk) for pk in self.some()]),
            *(Page(f"area page, {kind}", [self.of_area(f"/areas/{area.pk}/", area, *COUNTS, "late", "checks_late", "took")])
              for kind, area in (("city", self.area), ("county", self.county()))),
        ]  # fmt: skip

    def county(self) -> Any:
        from muster.places.area import Area

        return Area.objects.get(pk=COUNTY)

    def of_area(self, address: str, area: Any, *names: str) -> Look:
        values = {**self.values, "area": area.pk, "part": len(area.codes) + 1}
        return Look(address, [(self.filled(name, area.path), values) for name in names])

    def filled(self, name: str, path: str, **more: str) -> str:
        given = {"under": f"area_path like '{path}%%'", "many": "8", **more}
        return re.sub(r"\{(\w+)\}", lambda found: given[found[1]], self.sql[name])

    def register(self) -> Iterator[Page]:
        """The first and the 100th page, by no filter, by each of some, and by a search."""
        from muster.loop.matter import Matter

        lead = Matter.objects.exclude(lead=None).order_by("-pk").values_list("lead", flat=True)[0]
        filters = {
            "status=closed": "m.status = 'closed'",
            "category=testing": "m.category = 'testing'",
            "severity=critical": "m.severity = 'critical'",
            "kind=request": "m.kind = 'request'",
            f"area={COUNTY}": f"m.area_path like '{self.county().path}%%'",
            f"lead={lead}": f"m.lead_id = {lead}",
            "overdue=1": "m.status in ('assigned', 'accepted', 'in_progress') and m.due_at < now()",
            "waiting=1": "m.status = 'closure_requested'",
        }
        yield Page("register, first page", [self.list_of("", "true")])
        yield Page("register, 100th page", [self.list_of("", "true", deep=True)])
        yield Page(
            "register by one filter, first page", [self.list_of(query, where) for query, where in filters.items()]
        )
        deep = [self.list_of(query, where, deep=True) for query, where in filters.items() if query[:4] != "lead"]
        yield Page("register by one filter, 100th page", deep)
        words = [(text, f"s.grams @@ '''{text}''' and s.words like '%%{text}%%'") for text in ("漏采", "岳庄", "垃圾")]
        tables = "matter m join matter_search s on s.matter_id = m.id"
        yield Page(
            "register, two characters", [self.list_of(f"q={quote(text)}", where, tables) for text, where in words]
        )

    def list_of(self, query: str, where: str, tables: str = "matter m", *, deep: bool = False) -> Look:
        far = "1000" if query.startswith("q=") else "10001"
        counted = self.filled("counted", self.area.path, where=where, tables=tables, far=far)
        if deep:
            begins = self._begins(query)
            query, where = f"{query}&after={begins}".lstrip("&"), f"{where} and m.id < '{begins}'"
        listed = self.filled("listed", self.area.path, where=where, tables=tables)
        hand = [(self.sql["frame"], self.values), (listed, {}), (counted, {})]
        return Look(f"/matters/?{query}".rstrip("?"), hand, listed=1)

    def _begins(self, query: str) -> str:
        """The matter after which the 100th page begins."""
        from django.http import QueryDict

        from muster.incidents.incident import Incident
        from muster.register.look import Look as Looking
        from muster.register.selection import Selection

        chosen = Selection.of(Looking(self.person, Incident.current()), QueryDict(query)).matters
        return str(chosen.order_by("-pk").values_list("pk", flat=True)[DEEP - 1])

    def some(self) -> list[str]:
        """Matters of different states, newest and older."""
        from muster.loop.matter import Matter

        each = [
            Matter.objects.filter(status=status).order_by("-pk") for status in ("closed", "in_progress", "registered")
        ]
        return [str(pk) for found in each for pk in found.values_list("pk", flat=True)[:3000:1000]]

    def matter(self, pk: str) -> Look:
        from muster.web.matterrows import STEP_ROWS

        names = ("frame", "matter", "happened", "evidence")
        values = {**self.values, "matter": pk}
        return Look(f"/matters/{pk}/", [*((self.sql[name], values) for name in names), (STEP_ROWS, values)])


def sql(page: Page, cookie: str, bare: psycopg.Connection[Any], rounds: int) -> Iterator[Line]:
    """Queries and their summed time against those by hand, in turn; of several addresses the one that is worst."""
    from django.test import Client

    client = Client(headers={"cookie": cookie, "host": "127.0.0.1", "accept-language": "zh-CN"})
    worst, most = None, 0
    for look in page.looks:
        _warm, *found = [asked(client, look, bare) for _round in range(rounds + 1)]
        most = max(most, *(count for _page, _hand, count in found))
        times = [(page_s, hand_s) for page_s, hand_s, _count in found]
        worst = max(worst or (0.0, look, times), (median(a / b for a, b in times), look, times), key=lambda one: one[0])
    yield Line(f"{page.name}: queries", f"≤ {QUERIES_MAX}", str(most), most <= QUERIES_MAX, "the most of any address")
    assert worst
    _ratio, look, times = worst
    page_ms, hand_ms = (median(pair[i] for pair in times) * 1000 for i in (0, 1))
    said = f"; {page_ms:.1f} ms ÷ {hand_ms:.1f} ms" + (
        f"; the worst of {len(page.looks)}: {look.address[:60]}" if page.looks[1:] else ""
    )
    yield at_most(f"{page.name}: summed SQL ÷ by hand", SQL_MAX, [a / b for a, b in times], said)


def asked(client: Any, look: Look, bare: psycopg.Connection[Any]) -> tuple[float, float, int]:
    """Seconds of SQL of the page and by hand, and the number of the page's queries."""
    from django.db import connection

    from muster.briefings import board, overview
    from muster.register import views
    from muster.web import deskpage

    board.forget()
    overview.forget()
    views.forget()
    deskpage.forget()
    watch = Watch()
    with connection.execute_wrapper(watch):
        answer = client.get(look.address)
    if answer.status_code != 200:
        raise RuntimeError(f"{look.address}: {answer.status_code}")
    began = time.perf_counter()
    rows = [bare.execute(statement.encode(), values).fetchall() for statement, values in look.by_hand]
    hand_s = time.perf_counter() - began
    if look.listed is not None:
        links, listed = set(LINK.findall(answer.content)), {str(row[0]).encode() for row in rows[look.listed][:50]}
        if links != listed:
            raise RuntimeError(f"{look.address}: the page and the SQL by hand list different matters")
    return watch.total_s, hand_s, watch.count


def server_time(pages: list[Page], cookie: str, rounds: int) -> Iterator[Line]:
    with served(MUSTER) as port:
        for page in pages:
            clicks = Clicks(port, calls(page), [cookie] * CLIENTS)
            yield clicks.server_time(f"{page.name}, {CLIENTS} clients", FOR_S, rounds)


def throughput(pages: list[Page], cookie: str, folder: Path, rounds: int) -> Iterator[Line]:
    kept = folder / "pages.pickle"
    kept.write_bytes(pickle.dumps({look.address: look.by_hand for page in pages for look in page.looks}))
    environment = {"BENCH_PAGES": str(kept), "PGOPTIONS": f"{os.environ.get('PGOPTIONS', '')} {OPTIONS}"}
    with served(MUSTER) as muster, served("bench.plain:application", **environment) as plain:
        for page in pages:
            both = [Clicks(port, calls(page), [cookie] * CLIENTS) for port in (muster, plain)]
            _warm, *found = [[clicks.done(AT_ONCE_S).per_s for clicks in both] for _round in range(rounds + 1)]
            rates = [median(pair[i] for pair in found) for i in (0, 1)]
            yield at_least(f"{page.name}, {CLIENTS} clients at once: requests/s ÷ the least view of as many rows", RATE_MIN,
                           [a / b for a, b in found], f"; {rates[0]:.0f}/s ÷ {rates[1]:.0f}/s")  # fmt: skip


def calls(page: Page) -> list[Call]:
    return [Call("GET", look.address) for look in page.looks]
