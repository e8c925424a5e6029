"""The demo's city: the real places of Liaocheng, and made-up points within their counties' real outlines."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.places.gazetteer import Alias, Place, romanise

PROVINCE = "370000"
CITY = "371500"
ZONE = "371500-gx"
ZONE_HOST = "371502"
"""The High-tech Zone has no outline here: its points lie in 东昌府区."""

_DATA = files("muster.demo") / "places"
_COUNTIES = {
    "371502": "东昌府区",
    "371503": "茌平区",
    "371521": "阳谷县",
    "371522": "莘县",
    "371524": "东阿县",
    "371525": "冠县",
    "371526": "高唐县",
    "371581": "临清市",
}
_NAMES = {
    "371503": (Alias("茌平县", "former"), Alias("371523", "former_code")),
    ZONE: (Alias("聊城高新区", "alias"), Alias("高新技术产业开发区", "alias")),
}
_TOWN_RADIUS_DEG = 0.03
_COMMUNITY_RADIUS_DEG = 0.005
_TRIES = 1000


class NoOutline(Refusal):
    code = "demo_no_outline"
    message = _("{code} isn't a place within a county of Liaocheng: there is no outline to put a point in.")


def places() -> list[Place]:
    """Province, city, counties in official order, zone, towns, communities: parents before children."""
    return list(_places())


def outlines() -> dict[str, dict[str, Any]]:
    """County code to its outline: a GeoJSON geometry, longitude and latitude in degrees."""
    features = json.loads((_DATA / "counties.geojson").read_text("utf-8"))["features"]
    return {feature["properties"]["code"]: feature["geometry"] for feature in features}


def point_in(code: str, seed: int | str) -> tuple[float, float]:
    """A made-up (longitude, latitude) in degrees for something in a county, zone, town or community.

    The same code and seed give the same point, inside the county's outline. Points of a town lie within
    about 3 km of a centre of its own, those of a community within about 500 m of one.

    Raises NoOutline for a code that isn't within a county of the city.
    """
    county = ZONE_HOST if code == ZONE else code[:6]
    if county not in _COUNTIES:
        raise NoOutline(code=code)
    if code == county:
        return _anywhere(county, Random(f"{code}/{seed}"))
    radius_deg = _COMMUNITY_RADIUS_DEG if len(code) == 12 else _TOWN_RADIUS_DEG
    return _near(county, _centre(county, code), radius_deg, Random(f"{code}/{seed}"))


@cache
def _places() -> tuple[Place, ...]:
    return tuple(_tree())


def _tree() -> Iterator[Place]:
    yield _place(PROVINCE, None, "province", "山东省")
    yield _place(CITY, PROVINCE, "city", "聊城市")
    for code, name in _COUNTIES.items():
        yield _place(code, CITY, "county", name)
    yield _place(ZONE, CITY, "zone", "高新区")
    for code, name in _rows("towns.csv"):
        yield _place(code, code[:6], "town", name)
    for code, name in _rows("communities.csv"):
        yield _place(code, code[:9], "community", name)


def _place(code: str, parent: str | None, level: str, name: str) -> Place:
    pinyin, initials = romanise(name)
    return Place(code, parent, level, name, _NAMES.get(code, ()), pinyin, initials)


def _rows(name: str) -> Iterator[tuple[str, str]]:
    for row in csv.DictReader((_DATA / name).read_text("utf-8").splitlines()):
        yield row["code"], row["name"]


@cache
def _outline(county: str) -> BaseGeometry:
    outline = shape(outlines()[county])
    shapely.prepare(outline)
    return outline


@cache
def _centre(county: str, code: str) -> tuple[float, float]:
    """Where the points of a town, zone or community gather."""
    if len(code) == 12:
        return _near(county, _centre(county, code[:9]), _TOWN_RADIUS_DEG, Random(code))
    return _anywhere(county, Random(code))


def _anywhere(county: str, random: Random) -> tuple[float, float]:
    west, south, east, north = _outline(county).bounds
    draws = ((random.uniform(west, east), random.uniform(south, north)) for _try in range(_TRIES))
    inside = _outline(county).representative_point()
    return _first_inside(county, draws, (inside.x, inside.y))


def _near(county: str, centre: tuple[float, float], radius_deg: float, random: Random) -> tuple[float, float]:
    """A point within a distance of the centre, in degrees of latitude, evenly spread."""
    return _first_inside(county, (_draw(centre, radius_deg, random) for _try in range(_TRIES)), centre)


def _draw(centre: tuple[float, float], radius_deg: float, random: Random) -> tuple[float, float]:
    distance = radius_deg * math.sqrt(random.random())
    angle = random.uniform(0, math.tau)
    east = distance * math.cos(angle) / math.cos(math.radians(centre[1]))
    return centre[0] + east, centre[1] + distance * math.sin(angle)


def _first_inside(
    county: str, draws: Iterator[tuple[float, float]], otherwise: tuple[float, float]
) -> tuple[float, float]:
    """The first draw within the outline, rounded to about 10 cm; ``otherwise`` if none is."""
    rounded = ((round(lon, 6), round(lat, 6)) for lon, lat in draws)
    return next((point for point in rounded if shapely.contains_xy(_outline(county), *point)), otherwise)
