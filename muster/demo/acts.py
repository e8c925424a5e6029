"""What people of the demo do: the words of a story, each a step of the loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from muster.demo.album import Album
from muster.demo.city import City
from muster.demo.wording import Text
from muster.evidence.file import File
from muster.incidents.incident import Incident
from muster.loop.matter import Matter
from muster.people.organisation import Organisation
from muster.people.person import Person
from muster.places.area import Area
from muster.places.site import Site

SUPPORT_SHARE = 0.05
#: Bulletins of a district; elsewhere the city's own.
BULLETINS = {"371525": "冠疫督通〔2022〕{n}号", "": "聊疫督通〔2022〕{n}号"}


@dataclass
class Stage:
    """Where all matters are played."""

    city: City
    incident: Incident
    album: Album


class Acts:
    """The words, and who says them."""

    stage: Stage
    random: Random
    text: Text
    site: Site
    district: Area
    other: Any
    matter: Matter
    unit: Organisation
    at: datetime
    variant: int
    responses: int
    escalated: int
    issue: int

    def assign(self) -> None:
        self.escalated = 0
        helps = self.random.random() < SUPPORT_SHARE and self.matter.kind == "finding"
        supports = [self._office("民政局")] if helps else []
        self.matter.assign(by=self._dispatcher, at=self.at, lead=self.unit, supports=supports)

    def assign_another(self) -> None:
        others = self.stage.city.sites[(self.district.pk, "compound")]
        self.unit = next(site.organisation for site in others if site.organisation and site.organisation != self.unit)
        self.assign()

    def accept(self) -> None:
        self.matter.accept(by=self._liaison, at=self.at)

    def respond(self) -> None:
        again = self.responses and "second" in self.text
        self.responses += 1
        photos = self._photos(after=True, count=self.matter.rule.evidence_to_close)
        self.matter.respond(
            by=self._liaison, at=self.at, text=self.text["second" if again else "response"], photos=photos
        )

    respond_late = respond

    def request_closure(self) -> None:
        self.matter.request_closure(by=self._liaison, at=self.at)

    def passed(self) -> None:
        photos = self._photos(after=True, count=self.matter.rule.evidence)
        self.matter.verify(by=self._verifier, at=self.at, passed=True, remark=self.text["passed"], photos=photos)

    def failed(self) -> None:
        photos = self._photos(after=False, count=self.matter.rule.evidence)
        self.matter.verify(by=self._verifier, at=self.at, passed=False, remark=self.text["failed"], photos=photos)

    def fix_on_spot(self) -> None:
        photos = self._photos(after=True, count=1)
        self.matter.fix_on_spot(
            by=self.matter.reporter, at=self.at, doer=self.unit, after=photos, remark=self.text["passed"]
        )

    def confirmed(self) -> None:
        self.matter.confirm(by=self._operator, at=self.at, done=True, remark=self.text["confirmed"])

    def unconfirmed(self) -> None:
        self.matter.confirm(by=self._operator, at=self.at, done=False, remark=self.text["unconfirmed"])

    def rated(self) -> None:
        rating, remark = self.text["rating"], self.text["rating_remark"]
        self.matter.confirm(by=None, at=self.at, done=True, rating=rating, remark=remark)

    def silent(self) -> None:
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

    def refused(self) -> None:
        self.matter.rule_extension(
            by=self._dispatcher, at=self.at, granted=False, reason="不影响先行整改，按原时限办理。"
        )

    def reopened(self) -> None:
        self.matter.reopen(by=self._chief, at=self.at, reason="群众再次反映，重新办理。")

    def drafted(self) -> None:
        said = self.text["text"].rstrip("。")
        text = f"{self.site.name}：{said}。责任单位：{self.unit.name}，已责令限期整改。"
        self.matter.draft_publication(by=self._chief, at=self.at, reason=text)

    def issued(self) -> None:
        own = BULLETINS.get(self.district.pk)
        by = self._deputy if own else self.stage.city.people["demo.deputy"]
        self.matter.publish(by=by, at=self.at, number=(own or BULLETINS[""]).format(n=self.issue))

    def withdrawn(self) -> None:
        self.matter.withdraw(by=self._chief, at=self.at, reason="责任单位表述有误，更正后另发。")

    def asked_void(self) -> None:
        self.matter.ask_voiding(by=self._chief, at=self.at, reason="系演练时误登记，不属实，建议作废。")

    def voided(self) -> None:
        self.matter.void(by=self._deputy, at=self.at, reason="经核属误登记，同意作废。")

    def merged(self) -> None:
        self.matter.merge(
            by=self._dispatcher, at=self.at, target=self.other.matter, reason="同一问题重复登记，并入先登记的一件。"
        )

    def linked(self) -> None:
        """A request and the finding that it belongs to name each other."""
        for one, belongs in ((self.matter, self.other.matter), (self.other.matter, self.matter)):
            label = "关联群众诉求" if belongs.kind == "request" else "关联问题"
            one.note(by=self._dispatcher, at=self.at, text=f"{label}：{belongs.number}，一并办理。")

    def sweep(self) -> None:
        self.matter.sweep(by=self.stage.city.people["demo.duty"], at=self.at)

    def _revisit(self, *, passed: bool, remark: str) -> None:
        photos = self._photos(after=passed, count=self.matter.rule.evidence)
        verifier = self.stage.city.people["demo.second_verifier"]
        self.matter.revisit(by=verifier, at=self.at, passed=passed, remark=remark, photos=photos)

    def _photos(self, *, after: bool, count: int) -> Sequence[File]:
        scene = self.text.get("scene", "boxes")
        return self.stage.album.photos(scene, after, self.variant, count)

    def _office(self, name: str) -> Organisation:
        return self.stage.city.offices[(self.district.pk, name)]

    def _post(self, post: str) -> Person:
        return self.stage.city.people[f"{post}.{self.district.pk}"]

    @property
    def _chief(self) -> Person:
        return self._post("chief")

    @property
    def _deputy(self) -> Person:
        return self._post("deputy")

    @property
    def _dispatcher(self) -> Person:
        return self._post("dispatcher")

    @property
    def _operator(self) -> Person:
        return self._post("operator")

    @property
    def _verifier(self) -> Person:
        """The district's own, and for a part of them the city's."""
        return self.stage.city.people["demo.verifier"] if self.variant == 0 else self._post("verifier")

    @property
    def _liaison(self) -> Person:
        return self.stage.city.liaisons[self.unit.pk]
