"""A plan on paper (PDF): an overview, then a page for each team-day with its map and its stops to be ticked off.

Typst sets it (``printed.typ``). There is no ground under the map: nothing is asked from the internet; dots are what others visit.
"""

from __future__ import annotations

import gettext
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typst

import muster
from muster.lib.said import said as _
from muster.planning.refused import PlanRefused
from muster.planning.routes.problem import DAY_S, Problem
from muster.planning.routes.result import WHY, Result, Route

HERE = Path(__file__).parent
LOCALE = Path(muster.__file__).parent / "locale"
FONTS = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "HarmonyOS Sans SC", "MiSans", "Microsoft YaHei",
    "WenQuanYi Zen Hei", "Noto Serif CJK SC", "SimSun",
)  # fmt: skip
WIDE_MM, HIGH_MM, EDGE_MM = 180.0, 96.0, 8.0
NARROWEST_KM = 0.2
MOST_OTHERS = 400
SCALES_KM = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
Place = tuple[float, float]
Words = Callable[[str], str]


class NoChineseFont(PlanRefused):
    code = "no_chinese_font"
    message = _("No font with Chinese characters is found, so nothing can be printed. Install one, as fonts-noto-cjk.")


@dataclass(frozen=True)
class Paper:
    """``zero_s``: the time of day, in seconds, that 0 stands for. ``language``: zh-hans or en."""

    title: str
    language: str = "zh-hans"
    zero_s: int = 0

    def words(self) -> Words:
        if self.language == "en":
            return str
        return gettext.translation("django", LOCALE, ["zh_Hans"]).gettext


def write_pages(path: Path, problem: Problem, result: Result, paper: Paper) -> None:
    """Raises NoChineseFont."""
    said = said_on(problem, result, paper) | {"fonts": must_have_fonts()}
    text = json.dumps(said, ensure_ascii=False)
    typst.compile(HERE / "printed.typ", output=path, format="pdf", sys_inputs={"plan": text})


def must_have_fonts() -> list[str]:
    """Those with Chinese characters that this machine has, the best first. Raises NoChineseFont."""
    there = set(typst.Fonts().families())
    if not (found := [name for name in FONTS if name in there]):
        raise NoChineseFont
    return found


def said_on(problem: Problem, result: Result, paper: Paper) -> dict[str, Any]:
    """What the pages say, as ``printed.typ`` sets it."""
    words = paper.words()
    told = words(_("{team_days} team-days, {visits} visits, {hours} h on the way, {left_out} left out")).format(
        team_days=result.team_days, visits=sum(len(route.visits) for route in result.routes),
        hours=f"{result.travel_s / 3600:.1f}", left_out=len(result.left_out),
    )  # fmt: skip
    places = {one.id: (one.x, one.y) for one in problem.stops}
    return {
        "title": paper.title, "told": told, "words": {name: words(word) for name, word in WORDS.items()},
        "lang": paper.language[:2], "region": "CN" if paper.language[:2] == "zh" else "GB",
        "overview": [[words(heading) for heading in OVERVIEW], *(_line(route, paper) for route in result.routes)],
        "left_out": [[one.stop, words(WHY[one.why])] for one in result.left_out],
        "routes": [_route(problem, route, places, paper, words) for route in result.routes],
    }  # fmt: skip


WORDS = {
    "nr": _("No."), "stop": _("Stop"), "arrives": _("Arrives"), "begins": _("Begins"), "leaves": _("Leaves"), "done": _("Done"),
    "notes": _("Notes"), "north": _("North"), "left_out": _("Left out"), "why": _("Why"),
}  # fmt: skip
OVERVIEW = (_("Route"), _("Team"), _("Day no."), _("Stops"), _("Leaves"), _("Back"), _("On the way, min"))


def _line(route: Route, paper: Paper) -> list[str]:
    times = (_clock(route.leaves_s, route.day, paper), _clock(route.returns_s, route.day, paper))
    return [str(route.nr), route.team, str(route.day), str(len(route.visits)), *times, str(route.travel_s // 60)]


def _route(problem: Problem, route: Route, places: dict[str, Place], paper: Paper, words: Words) -> dict[str, Any]:
    leaves, back = _clock(route.leaves_s, route.day, paper), _clock(route.returns_s, route.day, paper)
    told = words(_("Day {day}; leaves {leaves}, back {back}; {stops} stops, {minutes} min on the way")).format(
        day=route.day, leaves=leaves, back=back, stops=len(route.visits), minutes=route.travel_s // 60
    )
    return {
        "title": words(_("Route {nr}: {team}")).format(nr=route.nr, team=route.team),
        "told": told,
        "map": _map(problem, route, places),
        "visits": [
            [
                str(nr),
                visit.stop,
                *(_clock(at, route.day, paper) for at in (visit.arrives_s, visit.begins_s, visit.leaves_s)),
            ]
            for nr, visit in enumerate(route.visits, 1)
        ],
    }


def _clock(at_s: int, day: int, paper: Paper) -> str:
    minutes = (at_s - (day - 1) * DAY_S + paper.zero_s) // 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _map(problem: Problem, route: Route, places: dict[str, Place]) -> dict[str, Any]:
    """In millimetres from the upper left corner, north above."""
    team = next(one for one in problem.teams if (one.id, one.day) == (route.team, route.day))
    stops = [places[visit.stop] for visit in route.visits]
    way = [team.start, *stops, team.home]
    east, west = max(x for x, _y in way), min(x for x, _y in way)
    north, south = max(y for _x, y in way), min(y for _x, y in way)
    middle = ((east + west) / 2, (north + south) / 2)
    wide, high = max(east - west, NARROWEST_KM), max(north - south, NARROWEST_KM)
    mm_per_km = min((WIDE_MM - 2 * EDGE_MM) / wide, (HIGH_MM - 2 * EDGE_MM) / high)

    def on_paper(place: Place) -> Place:
        x, y = (place[0] - middle[0]) * mm_per_km, (place[1] - middle[1]) * mm_per_km
        return round(WIDE_MM / 2 + x, 2), round(HIGH_MM / 2 - y, 2)

    others = [at for at in map(on_paper, places.values()) if 0 <= at[0] <= WIDE_MM and 0 <= at[1] <= HIGH_MM]
    scale = max((km for km in SCALES_KM if km * mm_per_km <= WIDE_MM / 4), default=SCALES_KM[0])
    return {
        "height": HIGH_MM, "way": [on_paper(at) for at in way], "stops": [on_paper(at) for at in stops],
        "bases": [on_paper(team.start), on_paper(team.home)], "others": others[:: math.ceil(len(others) / MOST_OTHERS) or 1],
        "scale": f"{scale:g} km" if scale >= 1 else f"{scale * 1000:g} m", "scale_mm": scale * mm_per_km,
    }  # fmt: skip
