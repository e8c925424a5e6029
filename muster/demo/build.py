"""Building the demo city in an empty database: areas, offices and who works there, teams."""

from __future__ import annotations

from collections.abc import Iterator

from muster.demo.city import BEGAN, CITY, City, found
from muster.demo.liaocheng import outlines, places
from muster.demo.sites import add_sites
from muster.demo.texts import texts
from muster.people.organisation import Organisation
from muster.people.role import Role
from muster.people.team import Team, TeamKind, TeamMember
from muster.places.area import Area, AreaName

#: Teams as the newspaper page counts them; the districts that it doesn't count have teams, too.
TEAMS = {
    "371581": {"coordination_cell": 1, "field_team": 9, "telephone_squad": 9},
    "371525": {"inspection_team": 15, "embedded_team": 8},
    "371502": {"inspection_team": 10},
}
OTHER_TEAMS = {"inspection_team": 4, "telephone_squad": 1}
TEAM_NAMES = {
    "coordination_cell": "工作专班",
    "field_team": "督导{n}组",
    "telephone_squad": "电话调查{n}分队",
    "inspection_team": "疫情督导{n}组",
    "embedded_team": "驻点督查{n}组",
}
OFFICE = "疫情处置工作指挥部办公室"
#: One-click role cards: sign-in name, department of the city, roles.
CARDS = (
    ("demo.duty", OFFICE, (Role.HEADQUARTERS, Role.DISPATCHER)),
    ("demo.deputy", OFFICE, (Role.HEADQUARTERS, Role.DISPATCHER)),
    ("demo.inspector", "督导检查专班", (Role.INSPECTOR,)),
    ("demo.verifier", "核验专班", (Role.VERIFIER,)),
    ("demo.second_verifier", "核验专班", (Role.VERIFIER,)),
    ("demo.operator", "大数据中心（12345热线）", (Role.OPERATOR,)),
    ("demo.administrator", OFFICE, (Role.ADMINISTRATOR,)),
)
NAMED = {"demo.duty": "孟昭宁", "demo.verifier": "薛明岚"}
#: Who works in every district: sign-in name before the district's code, department, role.
POSTS = (
    ("chief", OFFICE, Role.HEADQUARTERS),
    ("deputy", OFFICE, Role.HEADQUARTERS),
    ("dispatcher", OFFICE, Role.DISPATCHER),
    ("inspector", "督导检查专班", Role.INSPECTOR),
    ("verifier", "督导检查专班", Role.VERIFIER),
    ("operator", "大数据中心（12345热线）", Role.OPERATOR),
)
#: Departments that requests and proposals go to, so somebody must read them there.
ANSWERING = ("卫生健康局", "民政局", "商务局", "交通运输局", "核酸检测专班", "隔离转运专班", "综合行政执法局")


def build() -> City:
    """Make the city in an empty database."""
    city = City(_names(), _areas())
    _add_city_offices(city)
    _add_offices(city)
    add_sites(city)
    teams = [team for district in city.districts for team in _teams(city, district)]
    city.begin_work()
    for team in Team.objects.bulk_create(teams):
        city.teams.setdefault(team.area_id, []).append(team)
    _lead_teams(city)
    return city


def _names() -> Iterator[str]:
    """The names that the texts list, then others made of their parts; none twice."""
    listed: list[str] = texts()["people"]["names"]
    surnames = list(dict.fromkeys(name[0] for name in listed))
    givens = list(dict.fromkeys(name[1:] for name in listed))
    made = [surnames[n % len(surnames)] + given for n, given in enumerate(givens * 7, start=3)]
    taken = set(NAMED.values())
    return (name for name in dict.fromkeys([*listed, *made]) if name not in taken)


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


def _add_city_offices(city: City) -> None:
    area = city.areas[CITY]
    names = dict.fromkeys([*(card[1] for card in CARDS), *texts()["organisations"]["city"]])
    departments = {one.name: one for one in found(_department(name, area) for name in names)}
    for login, department, roles in CARDS:
        city.employ(login, departments[department], area, *roles, name=NAMED.get(login, ""))


def _add_offices(city: City) -> None:
    """The departments of every district, and who works there."""
    names = texts()["organisations"]["county"]
    for office in found(_department(name, district) for district in city.districts for name in names):
        city.offices[(office.area_id, office.name)] = office
    for district in city.districts:
        for post, department, role in POSTS:
            city.employ(f"{post}.{district.pk}", city.offices[(district.pk, department)], district, role)
        for department in ANSWERING:
            city.add_liaison(city.offices[(district.pk, department)], district)


def _department(name: str, area: Area) -> Organisation:
    return Organisation(name=name, kind="headquarters" if "指挥部" in name else "department", area=area)


def _teams(city: City, district: Area) -> Iterator[Team]:
    """The teams of a district; their leaders inspect, or call and take down what residents ask for."""
    office = city.offices[(district.pk, "督导检查专班")]
    for kind, count in TEAMS.get(district.pk, OTHER_TEAMS).items():
        roles = (Role.INSPECTOR, Role.OPERATOR) if kind == TeamKind.TELEPHONE_SQUAD else (Role.INSPECTOR,)
        for n in range(1, count + 1):
            name = TEAM_NAMES[kind].format(n=n)
            city.employ(f"{name}.{district.pk}", office, district, *roles)
            yield Team(kind=kind, name=name, area=district, organisation=office, from_at=BEGAN)


def _lead_teams(city: City) -> None:
    teams = [team for of_district in city.teams.values() for team in of_district]
    for team in teams:
        city.leaders[team.pk] = city.people[f"{team.name}.{team.area_id}"]
    TeamMember.objects.bulk_create(
        TeamMember(team=team, person=city.leaders[team.pk], leads=True, from_at=BEGAN) for team in teams
    )
