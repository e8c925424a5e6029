"""The demo's places: complete, in order, and with points where they belong."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.demo.liaocheng import CITY, PROVINCE, ZONE, ZONE_HOST, NoOutline, outlines, places, point_in

PLACES = places()
OUTLINES = {code: shapely.geometry.shape(geometry) for code, geometry in outlines().items()}
IN_COUNTIES = [place.code for place in PLACES if place.code not in (PROVINCE, CITY)]


def test_the_tree_is_complete_and_parents_come_first() -> None:
    levels = Counter(place.level for place in PLACES)
    assert levels == {"province": 1, "city": 1, "county": 8, "zone": 1, "town": 136, "community": 2408}
    position = {place.code: n for n, place in enumerate(PLACES)}
    assert len(position) == len(PLACES)
    assert all(position[place.parent] < n for n, place in enumerate(PLACES) if place.parent)


def test_counties_are_in_official_order() -> None:
    counties = [place.code for place in PLACES if place.level == "county"]
    assert all(first < second for first, second in pairwise(counties))
    assert set(counties) == set(OUTLINES)


def test_neighbours_share_their_borders() -> None:
    assert all(outline.is_valid for outline in OUTLINES.values())
    assert shapely.coverage_is_valid(list(OUTLINES.values()))


@settings(deadline=None)
@given(st.sampled_from(IN_COUNTIES), st.integers())
def test_a_point_lies_in_its_county_and_stays_there(code: str, seed: int) -> None:
    point = point_in(code, seed)
    county = ZONE_HOST if code == ZONE else code[:6]
    assert OUTLINES[county].contains(shapely.Point(point))
    assert point_in(code, seed) == point


@pytest.mark.parametrize(("code", "spread_deg"), [("371581001", 0.08), ("371502100270", 0.014), (ZONE, 0.08)])
def test_points_of_one_town_lie_near_each_other(code: str, spread_deg: float) -> None:
    points = shapely.MultiPoint([point_in(code, seed) for seed in range(50)])
    west, south, east, north = points.bounds
    assert max(east - west, north - south) < spread_deg
    assert len({(point.x, point.y) for point in points.geoms}) == 50


@pytest.mark.parametrize("code", [CITY, PROVINCE, "110105", "371523", ""])
def test_a_code_outside_the_counties_has_no_point(code: str) -> None:
    with pytest.raises(NoOutline):
        point_in(code, 1)
