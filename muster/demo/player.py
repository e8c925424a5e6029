"""Plays one matter of the demo through the loop's own verbs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from muster.demo.album import Album
from muster.demo.city import UNIT_SITE, ZONE, City
from muster.incidents.incident import Incident
from muster.lib.ids import uuid7
from muster.loop.freeze import recorded_as
from muster.loop.intake import Caller
from muster.loop.matter import Matter
from muster.people.organisation import Organisation
from muster.people.person import Person
from muster.places.area import Area
from muster.places.site import Site

#: The last moment of the records. A visitor acts on the morning after.
END = datetime(2022, 12, 5, 23, 59, tzinfo=ZONE)


class Player:
    """Plays one matter: whoever has the turn acts at ``at``, which moves on from step to step."""

    def __init__(
        self,
        city: City,
        incident: Incident,
        album: Album,
        random: Random,
        kind: str,
        text: dict[str, Any],
        begin: datetime,
    ) -> None:
        self.city, self.incident, self.album, self.random, self.text, self.at = (
            city,
            incident,
            album,
            random,
            text,
            begin,
        )
        self.site = self._site(text["site_kind"]) if kind == "finding" else self._site("compound")
        self.county = city.areas[self.site.area.codes[2]]
        self.unit = next(self._units_of(self.site))
        self.times = 0
        self.matter = self._registered(kind)

    def play(self, story: str) -> None:
        for word in story.split():
            self._pass_time(word)
            with recorded_as(self.at):
                getattr(self, word)()

    def assign(self) -> None:
        self.matter.assign(by=self._dispatcher, at=self.at, lead=self.unit)

    def assign_another(self) -> None:
        self.unit = next(unit for unit in self._units_around() if unit != self.unit)
        self.assign()

    def accept(self) -> None:
        self.matter.accept(by=self._liaison, at=self.at)

    def late(self) -> None:
        self.at += timedelta(hours=self.matter.rule.due_h + 2)

    def respond(self) -> None:
        text = self.text["second" if self.times and "second" in self.text else "response"]
        self.times += 1
        photos = self._photos(after=True, count=self.matter.rule.evidence_to_close)
        self.matter.respond(by=self._liaison, at=self.at, text=text, photos=photos)

    def request_closure(self) -> None:
        self.matter.request_closure(by=self._liaison, at=self.at)

    def passed(self) -> None:
        self._verify(passed=True, remark=self.text["passed"])

    def failed(self) -> None:
        self._verify(passed=False, remark=self.text["failed"])

    def confirmed(self) -> None:
        self.matter.confirm(by=self._operator, at=self.at, done=True, remark=self.text["confirmed"])

    def unconfirmed(self) -> None:
        self.matter.confirm(by=self._operator, at=self.at, done=False, remark=self.text["unconfirmed"])

    def rated(self) -> None:
        self.matter.confirm(
            by=None, at=self.at, done=True, rating=self.text["rating"], remark=self.text["rating_remark"]
        )

    def silent(self) -> None:
        self.at += timedelta(days=self.matter.rule.silence_days or 0)
        with recorded_as(self.at):
            self.matter.fall_silent(by=None, at=self.at)

    def revisit_passed(self) -> None:
        self._revisit(passed=True, remark="")

    def revisit_failed(self) -> None:
        self._revisit(passed=False, remark=self.text["failed"])

    def return_(self) -> None:
        self.matter.return_(by=self._liaison, at=self.at, reason=self.text["returned"])

    def upheld(self) -> None:
        self.matter.rule_return(by=self._dispatcher, at=self.at, upheld=True, reason=self.text["ruling_up"])

    def overruled(self) -> None:
        self.matter.rule_return(by=self._dispatcher, at=self.at, upheld=False, reason=self.text["ruling_over"])

    def extend(self) -> None:
        until = self.matter.due_at + timedelta(hours=24) if self.matter.due_at else None
        self.matter.ask_extension(by=self._liaison, at=self.at, until=until, reason=self.text["extension"])

    def granted(self) -> None:
        self.matter.rule_extension(by=self._dispatcher, at=self.at, granted=True, reason="同意，按期完成。")

    def reopened(self) -> None:
        self.matter.reopen(by=self._duty, at=self.at, reason="群众再次反映，重新办理。")

    def published(self) -> None:
        self.matter.draft_publication(by=self._duty, at=self.at, reason="典型问题，拟通报曝光。")
        self.at += timedelta(hours=2)
        with recorded_as(self.at):
            self.matter.publish(by=self._deputy, at=self.at, number="通报〔2022〕3号")

    def withdrawn(self) -> None:
        self.matter.withdraw(by=self._duty, at=self.at, reason="责任单位表述有误，更正后另发。")

    def escalated(self) -> None:
        for hours, _level in self.matter.rule.ladder[:2]:
            self.at = max(self.at, (self.matter.due_at or self.at) + timedelta(hours=hours, minutes=5))
            if self.at < END:
                with recorded_as(self.at):
                    self.matter.escalate(by=None, at=self.at)

    def asked_void(self) -> None:
        self.matter.ask_voiding(by=self._duty, at=self.at, reason="重复登记的演练记录，建议作废。")

    def voided(self) -> None:
        self.matter.void(by=self._deputy, at=self.at)

    def sweep(self) -> None:
        self.matter.sweep(by=self._duty, at=self.at)

    @property
    def _duty(self) -> Person:
        return self.city.people["demo.duty"]

    @property
    def _deputy(self) -> Person:
        return self.city.people["demo.deputy"]

    @property
    def _dispatcher(self) -> Person:
        return self.city.people[f"dispatcher.{self.county.pk}"]

    @property
    def _operator(self) -> Person:
        return self.city.people[f"operator.{self.county.pk}"]

    @property
    def _liaison(self) -> Person:
        return self.city.liaisons[self.unit.pk]

    def _registered(self, kind: str) -> Matter:
        fields = getattr(self, f"_{kind}")()
        with recorded_as(self.at):
            receipt = Matter.register(
                incident=self.incident, kind=kind, category=self.text["category"], text=self.text["text"], at=self.at,
                id=uuid7(self.at),
                **fields,
            )  # fmt: skip
        return Matter.objects.get(pk=receipt.matter_id)

    def _finding(self) -> dict[str, Any]:
        teams = self.city.teams.get(self.county.pk, [None])
        inspectors = [self.city.people[f"inspector.{self.county.pk}"], self.city.people["demo.inspector"]]
        return {
            "by": self.random.choice(inspectors), "area": self.site.area, "site": self.site,
            "severity": self.text["severity"], "team": self.random.choice(teams),
            "way": self.random.choice(["announced", "unannounced", "unannounced", "cctv"]),
            "photos": self._photos(after=False, count=1),
        }  # fmt: skip

    def _request(self) -> dict[str, Any]:
        caller = Caller(f"{self.random.choice('王李张刘陈杨赵')}女士", f"1000001{self.random.randrange(10_000):04d}")
        return {
            "by": self._operator, "area": self.site.area, "site": self.site, "severity": self.text["severity"],
            "caller": caller, "way": "call", "source_number": f"12345-{self.random.randrange(10**6):06d}",
        }  # fmt: skip

    def _proposal(self) -> dict[str, Any]:
        area: Area = self.county
        self.unit = Organisation.objects.get(area=area, name="卫生健康局")
        return {"by": None, "area": area, "severity": "minor", "way": "public"}

    def fix_on_spot(self) -> None:
        by = self.matter.reporter
        photos = self._photos(after=True, count=1)
        self.matter.fix_on_spot(by=by, at=self.at, doer=self.unit, after=photos, remark=self.text["passed"])

    def _verify(self, *, passed: bool, remark: str) -> None:
        photos = self._photos(after=passed, count=self.matter.rule.evidence)
        verifier = self.city.people["demo.verifier"]
        self.matter.verify(by=verifier, at=self.at, passed=passed, remark=remark, photos=photos)

    def _revisit(self, *, passed: bool, remark: str) -> None:
        photos = self._photos(after=passed, count=self.matter.rule.evidence)
        verifier = self.city.people["demo.second_verifier"]
        self.matter.revisit(by=verifier, at=self.at, passed=passed, remark=remark, photos=photos)

    def _pass_time(self, word: str) -> None:
        """Somebody takes a while; nobody acts after the end of the records."""
        left_min = (END - self.at).total_seconds() / 60
        slow = {"passed": 240, "respond": 200, "revisit_passed": 1500, "revisit_failed": 1500}.get(word, 60)
        self.at += timedelta(minutes=min(slow * self.random.uniform(0.4, 1), left_min * 0.4))

    def _photos(self, *, after: bool, count: int) -> list[Any]:
        return self.album.photos(self.text.get("scene", "boxes"), after, self.random, count)

    def _site(self, kind: str) -> Site:
        """Any site of the kind; a fair share of the compounds' matters go to the unit that a visitor may be."""
        _county, name = UNIT_SITE
        if kind == "compound" and self.random.random() < 0.4:
            return next(site for site in self.city.sites[kind] if site.name == name)
        return self.random.choice(self.city.sites[kind])

    def _units_around(self) -> Iterator[Organisation]:
        """Units that answer for sites of the same county."""
        for sites in self.city.sites.values():
            for site in sites:
                if site.area.codes[2] == self.county.pk:
                    yield from self._units_of(site)

    def _units_of(self, site: Site) -> Iterator[Organisation]:
        if site.organisation:
            yield site.organisation
