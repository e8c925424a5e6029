"""One actor for every role, and an outsider; a small city for them to act in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any
from uuid import UUID

from django.utils import timezone
from PIL import Image

from muster.evidence.file import File
from muster.incidents.incident import Incident
from muster.lib.ids import uuid7
from muster.loop.matter import Matter
from muster.people.organisation import Organisation
from muster.people.person import Grant, Membership, Person
from muster.people.role import Role
from muster.places.area import Area, forget_counties
from muster.places.gazetteer import Place
from muster.places.site import Site
from muster.policy.version import PackVersion

PACK = files("muster.policy").joinpath("packs/cn-epidemic-2022-11.toml").read_text()


@dataclass
class Cast:
    """Actors by what they do. ``fixer`` is liaison of ``unit``, ``helper`` of ``support``; ``junior`` works below it."""

    incident: Incident
    city: Area
    county: Area
    town: Area
    elsewhere: Area
    organisations: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        for store in (self.people, self.organisations):
            if name in store:
                return store[name]
        raise AttributeError(name)

    def organisation(self, key: str, area: Area, parent: str | None = None, kind: str = "department") -> None:
        self.organisations[key] = Organisation.add(key, kind, area, self.organisations[parent] if parent else None)

    def person(self, key: str, organisation: str, *roles: Role, area: Area | None = None) -> Person:
        made = Person.objects.create_user(login=key, name=key.title(), phone="13800000042")
        self.people[key] = made
        self.join(key, organisation)
        for role in roles:
            self.grant(key, role, organisation, area)
        return made

    def join(self, key: str, organisation: str) -> None:
        Membership.objects.create(person=self.people[key], organisation=self.organisations[organisation])

    def grant(self, key: str, role: Role, organisation: str, area: Area | None = None, **more: Any) -> Grant:
        return Grant.objects.create(
            person=self.people[key],
            role=role,
            area=area or self.city,
            organisation=self.organisations[organisation],
            from_at=datetime(2022, 1, 1, tzinfo=UTC),
            **more,
        )

    def photo(self, by: str = "finder") -> File:
        """A stored photo, by its row alone: what verbs look at."""
        return File.objects.create(
            sha256=uuid7().hex * 2, name="photo.jpg", media_type="image/jpeg", size=1, width=1, height=1,
            by=self.people[by],
        )  # fmt: skip

    def finding(self, **changes: Any) -> Matter:
        fields = {
            "by": self.finder, "incident": self.incident, "kind": "finding", "area": self.town, "category": "testing",
            "severity": "critical", "text": "上门采样漏采 3 户", "site": self.site,
        }  # fmt: skip
        return self.registered(**{**fields, **changes})

    def request(self, **changes: Any) -> Matter:
        fields = {
            "by": self.operator, "incident": self.incident, "kind": "request", "area": self.town,
            "category": "medical", "severity": "major", "text": "独居老人降压药只剩两天", "way": "call",
        }  # fmt: skip
        return self.registered(**{**fields, **changes})

    def proposal(self, **changes: Any) -> Matter:
        fields = {
            "by": None, "incident": self.incident, "kind": "proposal", "area": self.county, "category": "testing",
            "severity": "minor", "text": "建议学生错峰采样，减少聚集。", "way": "public",
        }  # fmt: skip
        return self.registered(**{**fields, **changes})

    def registered(self, **fields: Any) -> Matter:
        return Matter.objects.get(pk=Matter.register(**fields).matter_id)

    @property
    def site(self) -> Site:
        return Site.objects.get(name="澄湖苑小区")

    def at_closure(self, matter: Matter | None = None) -> Matter:
        """A matter that waits to be checked."""
        matter = matter or self.finding()
        by = self.dispatcher
        if matter.status == "registered":
            matter.assign(by=by, lead=self.unit)
        matter.respond(by=self.fixer, text="已补采", photos=[self.photo("fixer"), self.photo("fixer")])
        matter.request_closure(by=self.fixer)
        return matter

    def closed(self, matter: Matter | None = None) -> Matter:
        matter = self.at_closure(matter)
        matter.verify(by=self.verifier, passed=True, photos=[self.photo("verifier")])
        return matter


def area(code: str, level: str, name: str, parent: Area | None) -> Area:
    made = Area.add(Place(code=code, parent=parent.pk if parent else None, level=level, name=name), parent)
    made.save()
    return made


def gather() -> Cast:
    """The city, its people and an exercise-free incident with the shipped pack."""
    forget_counties()
    province = area("370000", "province", "山东省", None)
    city = area("371500", "city", "聊城市", province)
    county = area("371581", "county", "临清市", city)
    town = area("371581001", "town", "青年路街道", county)
    elsewhere = area("371525", "county", "冠县", city)
    incident = Incident.objects.create(
        name_zh="聊城市·2022 年 11 月疫情",
        name_en="Liaocheng, November 2022",
        area=city,
        started_at=timezone.now(),
    )
    incident.put_in_force(PackVersion.adopt(PACK, "cn-epidemic-2022-11.toml"))
    cast = Cast(incident, city, county, town, elsewhere)
    _organisations(cast)
    _people(cast)
    Site.objects.create(kind="compound", name="澄湖苑小区", area=town, organisation=cast.unit)
    return cast


def _organisations(cast: Cast) -> None:
    cast.organisation("headquarters", cast.city, kind="headquarters")
    cast.organisation("inspection", cast.city)
    cast.organisation("checkers", cast.city)
    cast.organisation("hotline", cast.city)
    cast.organisation("bureau", cast.county)
    cast.organisation("unit", cast.town, "bureau", "community")
    cast.organisation("crew", cast.town, "unit", "community")
    cast.organisation("support", cast.town, kind="firm")
    cast.organisation("other", cast.elsewhere)


def _people(cast: Cast) -> None:
    cast.person("chief", "headquarters", Role.HEADQUARTERS)
    cast.person("deputy", "headquarters", Role.HEADQUARTERS)
    cast.person("dispatcher", "headquarters", Role.DISPATCHER)
    cast.person("finder", "inspection", Role.INSPECTOR)
    cast.person("verifier", "checkers", Role.VERIFIER)
    cast.person("second_verifier", "checkers", Role.VERIFIER)
    cast.person("operator", "hotline", Role.OPERATOR)
    cast.person("fixer", "unit", Role.LIAISON)
    cast.person("helper", "support", Role.LIAISON)
    cast.person("junior", "crew", Role.VERIFIER)
    cast.person("reader", "headquarters", Role.READER)
    cast.person("administrator", "headquarters", Role.ADMINISTRATOR)
    cast.person("stranger", "other", Role.LIAISON, area=cast.elsewhere)
    cast.person("outsider", "other")


def later(**much: float) -> datetime:
    return timezone.now() + timedelta(**much)


def act_id() -> UUID:
    return uuid7()


def picture(shade: int = 140) -> Image.Image:
    return Image.new("RGB", (640, 480), (120, 130, shade))
