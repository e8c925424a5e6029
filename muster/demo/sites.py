"""Invented sites of the demo city, the units that answer for them, and who speaks for those units."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, product
from random import Random

from muster.demo.city import CITY, OUTSIDER_SITE, UNIT_SITE, City, found
from muster.demo.liaocheng import point_in
from muster.demo.texts import texts
from muster.people.organisation import Organisation
from muster.places.area import Area
from muster.places.site import Site

LISTED_PER_KIND = 11
#: How many sites a district has beside its share of the listed ones, which every kind is among.
MORE = {
    "371502": 54, "371581": 50, "371525": 14, "371500-gx": 14, "371503": 8, "371521": 4, "371522": 6, "371524": 4,
    "371526": 4,
}  # fmt: skip
#: The kinds of these, in turn.
KINDS = (
    "compound", "sampling_site", "gate", "compound", "shop", "quarantine_site", "market", "compound", "school",
    "logistics_park", "compound", "pharmacy", "canteen", "compound", "gate", "compound", "shop", "sampling_site",
)  # fmt: skip
#: What a compound's name ends with; its committee goes by the rest.
ENDINGS = ("小区", "家园", "花园", "新居", "公寓", "北苑", "南苑", "东苑", "西苑")


def add_sites(city: City) -> None:
    """Sites spread over the communities of every district, each with its unit and that unit's liaison."""
    communities = {district.pk: _communities(city, district) for district in city.districts}
    listed = [
        (next(communities[district.pk]), kind, name) for district, kind, name in (*_listed(city), *_made_up(city))
    ]
    units = found(
        Organisation(name=_unit_name(kind, name), kind="community" if kind == "compound" else "firm", area=area)
        for area, kind, name in listed
    )
    sites = [_site(city, *one, unit) for one, unit in zip(listed, units, strict=True)]
    Site.objects.bulk_create(sites)


def _listed(city: City) -> Iterator[tuple[Area, str, str]]:
    """The sites that the texts name, in turn to each county; two stand where the role cards need them."""
    counties = cycle(area for area in city.districts if area.level == "county")
    fixed = {name: code for code, name in (UNIT_SITE, OUTSIDER_SITE)}
    for kind, names in texts()["sites"].items():
        for name in names[:LISTED_PER_KIND]:
            yield city.areas[fixed[name]] if name in fixed else next(counties), kind, name


def _made_up(city: City) -> Iterator[tuple[Area, str, str]]:
    names = {kind: _names_of(kind) for kind in dict.fromkeys(KINDS)}
    for code, more in MORE.items():
        for _n, kind in zip(range(more), cycle(KINDS), strict=False):
            yield city.areas[code], kind, next(names[kind])


def _names_of(kind: str) -> Iterator[str]:
    """Names of a kind from their parts, none twice."""
    parts = texts()["site_parts"]
    known = set(texts()["sites"][kind])
    names = [stem + suffix for suffix, stem in product(parts["suffixes"][kind], parts["stems"])]
    made = [name for name in names if name not in known]
    Random(kind).shuffle(made)
    return iter(made)


def _communities(city: City, district: Area) -> Iterator[Area]:
    """Communities of a district for one site after another, far apart in the official order."""
    below = [area for area in city.areas.values() if area.level == "community" and district.holds(area.path)]
    below = below or [district]
    return (below[position * 37 % len(below)] for position in range(1, 10_000))


def _site(city: City, area: Area, kind: str, name: str, unit: Organisation) -> Site:
    district = area.codes[2]
    longitude, latitude = point_in(district, name)
    card = {UNIT_SITE: "demo.unit", OUTSIDER_SITE: "demo.outsider"}.get((district, name), "")
    # Whoever a visitor may be can be sent anything of the city; others what is of their own district.
    city.add_liaison(unit, city.areas[CITY if card else district], card)
    site = Site(kind=kind, name=name, area=area, organisation=unit, longitude=longitude, latitude=latitude)
    city.sites.setdefault((district, kind), []).append(site)
    return site


def _unit_name(kind: str, name: str) -> str:
    if kind == "compound":
        stem = next((name.removesuffix(ending) for ending in ENDINGS if name.endswith(ending)), name)
        return f"{stem}社区居委会"
    return f"{name}{texts()['organisations']['units'][kind][-1]}"
