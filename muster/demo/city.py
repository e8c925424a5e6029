"""The demo city: the real tree of Liaocheng, and below it invented sites, organisations, people and teams."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import cycle
from zoneinfo import ZoneInfo

from muster.demo.liaocheng import outlines, places, point_in
from muster.demo.texts import texts
from muster.people.organisation import Organisation
from muster.people.person import Grant, Membership, Person
from muster.people.role import Role
from muster.people.team import Team, TeamMember
from muster.places.area import Area, AreaName
from muster.places.site import Site

ZONE = ZoneInfo("Asia/Shanghai")
BEGAN = datetime(2022, 11, 20, 8, tzinfo=ZONE)
CITY = "371500"

#: Teams as the newspaper page counts them, by county.
TEAMS = {
    "371581": {"coordination_cell": 1, "field_team": 9, "telephone_squad": 9},
    "371525": {"inspection_team": 15, "embedded_team": 8},
    "371502": {"inspection_team": 10},
}
TEAM_NAMES = {
    "coordination_cell": "工作专班",
    "field_team": "督导{n}组",
    "telephone_squad": "电话调查{n}分队",
    "inspection_team": "疫情督导{n}组",
    "embedded_team": "驻点督查{n}组",
}
#: One-click role cards: sign-in name, department of the city, roles.
CARDS = (
    ("demo.duty", "疫情处置工作指挥部办公室", (Role.HEADQUARTERS, Role.DISPATCHER)),
    ("demo.deputy", "疫情处置工作指挥部办公室", (Role.HEADQUARTERS, Role.DISPATCHER)),
    ("demo.inspector", "督导检查专班", (Role.INSPECTOR,)),
    ("demo.verifier", "核验专班", (Role.VERIFIER,)),
    ("demo.second_verifier", "核验专班", (Role.VERIFIER,)),
    ("demo.operator", "大数据中心（12345热线）", (Role.OPERATOR,)),
    ("demo.administrator", "疫情处置工作指挥部办公室", (Role.ADMINISTRATOR,)),
)
NAMED = {"demo.duty": "孟昭宁", "demo.verifier": "薛明岚"}
#: The unit of the three doors, in Linqing; and somebody from elsewhere.
UNIT_SITE, OUTSIDER_SITE = ("371581", "澄湖苑小区"), ("371525", "云桥小区")


@dataclass
class City:
    """What the stories act with."""

    areas: dict[str, Area] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    sites: dict[str, list[Site]] = field(default_factory=dict)
    liaisons: dict[int, Person] = field(default_factory=dict)
    teams: dict[str, list[Team]] = field(default_factory=dict)

    @property
    def counties(self) -> list[Area]:
        return [area for area in self.areas.values() if area.level == "county"]


def build() -> City:
    """Make the city in an empty database."""
    city = City(areas=_areas())
    names = _names()
    _offices(city, names)
    _sites(city, names)
    _teams(city)
    return city


def _areas() -> dict[str, Area]:
    areas: dict[str, Area] = {}
    shapes = outlines()
    for position, place in enumerate(places()):
        area = Area.add(place, areas[place.parent] if place.parent else None, position)
        area.outline = shapes.get(place.code)
        areas[place.code] = area
    Area.objects.bulk_create(areas.values(), batch_size=500)
    AreaName.objects.bulk_create(
        AreaName(area_id=place.code, text=alias.text, kind=alias.kind) for place in places() for alias in place.names
    )
    return areas


def _names() -> Iterator[str]:
    taken = set(NAMED.values())
    return iter([name for name in texts()["people"]["names"] if name not in taken])


def _offices(city: City, names: Iterator[str]) -> None:
    """Departments of the city and of every county, and who works there."""
    departments = {name: _department(name, city.areas[CITY]) for name in dict.fromkeys(card[1] for card in CARDS)}
    for login, department, roles in CARDS:
        person = _person(city, login, NAMED.get(login) or next(names), departments[department])
        _grant(person, departments[department], city.areas[CITY], *roles)
    for name in texts()["organisations"]["city"]:
        if name not in departments:
            _department(name, city.areas[CITY])
    for county in city.counties:
        _county_offices(city, county, names)


def _county_offices(city: City, county: Area, names: Iterator[str]) -> None:
    posts = (
        ("dispatcher", "疫情处置工作指挥部办公室", Role.DISPATCHER),
        ("inspector", "督导检查专班", Role.INSPECTOR),
        ("operator", "大数据中心（12345热线）", Role.OPERATOR),
    )
    made = {name: _department(name, county) for name in texts()["organisations"]["county"]}
    for post, department, role in posts:
        person = _person(city, f"{post}.{county.pk}", next(names), made[department])
        _grant(person, made[department], county, role)
    # Proposals and requests go to departments, so somebody must read them there.
    for department in ("卫生健康局", "民政局"):
        person = _person(city, f"liaison.{made[department].pk}", next(names), made[department])
        _grant(person, made[department], county, Role.LIAISON)
        city.liaisons[made[department].pk] = person


def _sites(city: City, names: Iterator[str]) -> None:
    """Named sites, spread over the counties' communities, each with the unit that answers for it and its liaison."""
    counties = cycle(city.counties)
    fixed = {name: code for code, name in (UNIT_SITE, OUTSIDER_SITE)}
    taken: dict[str, int] = {}
    per_kind = 11
    for kind, listed in texts()["sites"].items():
        for name in listed[:per_kind]:
            county = city.areas[fixed[name]] if name in fixed else next(counties)
            taken[county.pk] = taken.get(county.pk, 0) + 1
            site = _site(city, kind, name, _community(city, county, taken[county.pk]), names)
            city.sites.setdefault(kind, []).append(site)


def _site(city: City, kind: str, name: str, area: Area, names: Iterator[str]) -> Site:
    longitude, latitude = point_in(area.codes[2], name)
    unit = Organisation.add(_unit_name(kind, name), "community" if kind == "compound" else "firm", area)
    site = Site.objects.create(
        kind=kind, name=name, area=area, organisation=unit, longitude=round(longitude, 6), latitude=round(latitude, 6)
    )
    login = _card_of(area.codes[2], name) or f"liaison.{unit.pk}"
    person = _person(city, login, next(names), unit)
    _grant(person, unit, city.areas[CITY], Role.LIAISON)
    city.liaisons[unit.pk] = person
    return site


def _card_of(county: str, name: str) -> str:
    cards = {UNIT_SITE: "demo.unit", OUTSIDER_SITE: "demo.outsider"}
    return cards.get((county, name), "")


def _unit_name(kind: str, name: str) -> str:
    if kind == "compound":
        return f"{name.removesuffix('小区')}社区居委会"
    suffixes = texts()["organisations"]["units"][kind]
    return f"{name}{suffixes[-1]}"


def _community(city: City, county: Area, position: int) -> Area:
    """A community of the county; the next one for each next site, far apart in the official order."""
    below = [area for area in city.areas.values() if area.level == "community" and county.holds(area.path)]
    return below[position * 37 % len(below)]


def _teams(city: City) -> None:
    for code, kinds in TEAMS.items():
        county = city.areas[code]
        cell = Organisation.objects.get(area=county, name="督导检查专班")
        leader = city.people[f"inspector.{code}"]
        for kind, count in kinds.items():
            for n in range(1, count + 1):
                team = Team.objects.create(
                    kind=kind, name=TEAM_NAMES[kind].format(n=n), area=county, organisation=cell, from_at=BEGAN
                )
                TeamMember.objects.create(team=team, person=leader, from_at=BEGAN)
                city.teams.setdefault(code, []).append(team)


def _department(name: str, area: Area) -> Organisation:
    kind = "headquarters" if "指挥部" in name else "department"
    return Organisation.add(name, kind, area)


def _person(city: City, login: str, name: str, organisation: Organisation) -> Person:
    # Invented numbers: 10000000000 to 10000009999 can't be called.
    person = Person.objects.create_user(login=login, name=name, phone=f"1000000{len(city.people):04d}")
    Membership.objects.create(person=person, organisation=organisation, from_at=BEGAN)
    city.people[login] = person
    return person


def _grant(person: Person, organisation: Organisation, area: Area, *roles: Role) -> None:
    for role in roles:
        Grant.objects.create(person=person, role=role, area=area, organisation=organisation, from_at=BEGAN)
