"""The wall's first paint in a phone-class browser, and what goes over the wire for it.

A browser that knows nothing yet, 390 × 844 points, its processor slowed down to a quarter (Chromium's own throttle), against
a page of one line in the same browser. The register has 20,000 matters; the wall is opened by its link.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any

from bench.ground import Ground, filled
from bench.measure import ROUNDS, Line, at_most
from bench.served import MUSTER, served

MATTERS, SLOWER, KB_MAX = 20_000, 4, 200.0
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
NAMES = ("chromium", "chromium-browser", "google-chrome")
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


@dataclass(frozen=True)
class Shown:
    paint_ms: float
    kb: float


def measure(rounds: int = ROUNDS) -> Iterator[Line]:
    from playwright.sync_api import sync_playwright

    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if not found:
        raise RuntimeError("No Chromium: see tools/chromium.sh")
    with filled(MATTERS) as place:
        wall = link(place)
        with served(MUSTER) as port, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
            addresses = [f"http://127.0.0.1:{port}{path}" for path in (wall, "/health")]
            _warm, *rows = [[shown(browser, address) for address in addresses] for _round in range(rounds + 1)]
            browser.close()
    yield at_most("wall, over the wire", KB_MAX, [page.kb for page, _line in rows], unit=" kB")
    ratios = [page.paint_ms / line.paint_ms for page, line in rows]
    took = [median(row[i].paint_ms for row in rows) for i in (0, 1)]
    said = f"{min(ratios):.2f}–{max(ratios):.2f} in {rounds} rounds; {took[0]:.0f} ms ÷ {took[1]:.0f} ms"
    yield Line(
        f"wall, first paint, processor ÷ {SLOWER}: ÷ a page of one line", "–", f"{median(ratios):.2f}", None, said
    )


def link(place: Ground) -> str:
    from django.utils import timezone

    from muster.briefings.tally import keep
    from muster.briefings.wall import Wall
    from muster.people.person import Person

    keep(place.incident)
    by = Person.objects.get(login="demo.duty")
    wall = Wall(name="会商室", area=place.incident.area, made_by=by, until=timezone.now() + timedelta(days=1))
    token = wall.give_token()
    wall.save()
    return f"/wall/{token}/"


def shown(browser: Any, address: str) -> Shown:
    """Open an address in a browser of its own: nothing is kept from before."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, device_scale_factor=3)
    page = context.new_page()
    told = context.new_cdp_session(page)
    sent: list[float] = []
    told.on("Network.loadingFinished", lambda event: sent.append(event["encodedDataLength"]))
    told.send("Network.enable")
    told.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address, wait_until="networkidle")
    paint_ms = page.wait_for_function(PAINTED).json_value()
    context.close()
    return Shown(paint_ms, sum(sent) / 1000)
