"""The demo city: the real tree of Liaocheng, and below it invented sites, organisations, people and teams."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from muster.people.organisation import Organisation
from muster.people.person import Grant, Membership, Person
from muster.people.role import Role
from muster.people.team import Team
from muster.places.area import Area
from muster.places.site import Site

ZONE = ZoneInfo("Asia/Shanghai")
BEGAN = datetime(2022, 11, 20, 8, tzinfo=ZONE)
#: The last moment of the records. A visitor acts on the morning after.
END = datetime(2022, 12, 5, 23, 59, tzinfo=ZONE)
CITY = "371500"

#: The unit of the three doors, in Linqing; and somebody from elsewhere.
UNIT_SITE, OUTSIDER_SITE = ("371581", "澄湖苑小区"), ("371525", "云桥小区")
#: What was found there, and what a resident says of it.
THREE_DOORS = "上门采样漏采3户"
LINKED = "昨天上门采样没到我家，同单元还有两户也没采"


@dataclass
class City:
    """What the stories act with. Sites stand by district and kind, liaisons by their organisation."""

    names: Iterator[str]
    areas: dict[str, Area]
    people: dict[str, Person] = field(default_factory=dict)
    sites: dict[tuple[str, str], list[Site]] = field(default_factory=dict)
    offices: dict[tuple[str, str], Organisation] = field(default_factory=dict)
    liaisons: dict[int, Person] = field(default_factory=dict)
    teams: dict[str, list[Team]] = field(default_factory=dict)
    leaders: dict[int, Person] = field(default_factory=dict)
    _memberships: list[Membership] = field(default_factory=list)
    _grants: list[Grant] = field(default_factory=list)

    @property
    def districts(self) -> list[Area]:
        """What stands directly below the city: its counties, and the zone."""
        return [area for area in self.areas.values() if area.parent_id == CITY]

    def employ(self, login: str, organisation: Organisation, area: Area, *roles: Role, name: str = "") -> Person:
        """A person of the organisation with these roles in the area, who begins with all others at ``begin_work``."""
        # Invented numbers: 10000000000 to 10000009999 can't be called.
        person = Person(login=login, name=name or next(self.names), phone=f"1000000{len(self.people):04d}")
        person.set_unusable_password()
        self._memberships.append(Membership(person=person, organisation=organisation, from_at=BEGAN))
        self._grants += [
            Grant(person=person, role=role, area=area, organisation=organisation, from_at=BEGAN) for role in roles
        ]
        self.people[login] = person
        return person

    def add_liaison(self, organisation: Organisation, area: Area, login: str = "") -> None:
        """Somebody who reads and answers there; without one, nothing can be assigned to an organisation."""
        person = self.employ(login or f"liaison.{organisation.pk}", organisation, area, Role.LIAISON)
        self.liaisons[organisation.pk] = person

    def begin_work(self) -> None:
        """Enter all persons at once. What they may do is read once: nobody's grants change while the past is played."""
        Person.objects.bulk_create(self.people.values())
        Membership.objects.bulk_create(self._memberships)
        Grant.objects.bulk_create(self._grants)
        for person in self.people.values():
            person.keeps_grants = True


def found(organisations: Iterable[Organisation]) -> list[Organisation]:
    """Enter organisations that stand at the root of the tree, many at once."""
    made = list(organisations)
    for number, organisation in enumerate(made):
        organisation.path = f"new {number}/"
    Organisation.objects.bulk_create(made)
    for organisation in made:
        organisation.path = f"{organisation.pk}/"
    Organisation.objects.bulk_update(made, ["path"], batch_size=500)
    return made
