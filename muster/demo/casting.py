"""Who plays what: a player for every matter of the plan, each with a text, a site, a finder and a beginning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from muster.demo.acts import Stage
from muster.demo.city import END, UNIT_SITE
from muster.demo.curve import ASKED, CALLS, CAMERAS, VISITS, moment, within
from muster.demo.plan import (
    CLOSED,
    OPEN,
    PLAN,
    PROPOSALS,
    PUBLISHED,
    REQUESTS_OPEN,
    REQUESTS_RESOLVED,
    TO_CHECK,
    TWINS,
    UNASSIGNED,
    VOID,
    WITHDRAWN,
    District,
    Story,
)
from muster.demo.player import Player
from muster.demo.wording import Text, Wording
from muster.people.person import Person
from muster.people.team import Team, TeamKind
from muster.places.site import Site

#: The share of findings that telephone squads bring in, where the page counts nine of them, and elsewhere.
CALL_SHARE = {"371581": 0.17, "": 0.05}
#: The share of findings of inspectors whom the city sends.
CITY_SHARE = 0.1
WAYS = {"unannounced": 6, "announced": 3, "cctv": 1.5}
HOURS = {"call": CALLS, "cctv": CAMERAS}
#: How long before the end a matter begins that comes to its end, in hours, by severity; longer stories begin earlier.
LEAD_H = {"critical": 11, "major": 34, "minor": 76}
ISSUE_LEAD_H = 130
#: A fair share of what is found in Linqing's compounds is found where the visitor may be the unit responsible.
UNIT_SITE_SHARE = 0.05


class Casting:
    """Makes the players of a district after each other, from one seed."""

    def __init__(self, stage: Stage, random: Random) -> None:
        self._stage, self._random, self._wording = stage, random, Wording(random)

    def players(self) -> Iterator[Player]:
        for code, district in PLAN.items():
            yield from self._findings(code, district)
            yield from self._requests(code, district)
            for story in self._told(PROPOSALS, district.proposals):
                yield self._proposal(code, story)

    def finding(self, code: str, story: Story, category: str = "", **more: Any) -> Player:
        # Nobody mends anything on the spot by telephone, and nobody sees a post left by telephone.
        way = "unannounced" if category or "fix_on_spot" in story.words else self._way(code)
        text = self._wording.finding(code, lambda text: _fits(text, story, category, way == "call"))
        team, by = self._finder(code, way)
        begin = self._begin(story, text["severity"], HOURS.get(way, VISITS))
        site = self._site(code, text["site_kind"])
        return self._player("finding", text, site, story, begin, by, way, team, **more)

    def _findings(self, code: str, district: District) -> Iterator[Player]:
        ordinary = district.closed - district.published - district.withdrawn
        for stories, number, category in (
            (CLOSED, ordinary, ""),
            (PUBLISHED, district.published, "responsibility"),
            ((WITHDRAWN,), district.withdrawn, "responsibility"),
            (TO_CHECK, district.to_check, ""),
            (OPEN, district.open, ""),
            (UNASSIGNED, district.unassigned, ""),
            ((VOID,), district.void, ""),
        ):
            for story in self._told(stories, number):
                yield self.finding(code, story, category)
        for _n in range(district.twins):
            yield from self._twins(code)

    def _requests(self, code: str, district: District) -> Iterator[Player]:
        for stories, number in (
            (REQUESTS_RESOLVED, district.requests_resolved),
            (REQUESTS_OPEN, district.requests_open),
        ):
            for story in self._told(stories, number):
                yield self._request(code, story)

    def _request(self, code: str, story: Story) -> Player:
        text = self._wording.request(code, lambda text: text["severity"] in story.severities)
        begin = self._begin(story, text["severity"], ASKED)
        return self._player("request", text, self._site(code, "compound"), story, begin, self._operator(code), "call")

    def _proposal(self, code: str, story: Story) -> Player:
        begin = self._begin(story, "minor", ASKED)
        site = self._site(code, "compound")
        return self._player("proposal", self._wording.proposal(), site, story, begin, None, "public")

    def _twins(self, code: str) -> Iterator[Player]:
        """A finding, and the same again half an hour later by somebody else."""
        first = self.finding(code, TWINS[0])
        begin = first.begin + timedelta(minutes=self._random.uniform(20, 45))
        by = self._stage.city.people["demo.inspector"]
        yield first
        yield self._player("finding", first.text, first.site, TWINS[1], begin, by, "unannounced", other=first)

    def _player(
        self, kind: str, text: Text, site: Site, story: Story, begin: datetime, by: Person | None, way: str,
        team: Team | None = None, **more: Any,
    ) -> Player:  # fmt: skip
        seeded = Random(self._random.random())
        return Player(self._stage, seeded, kind, text, site, begin, story.words.split(), by, way, team, **more)

    def _told(self, stories: Sequence[Story], number: int) -> Iterable[Story]:
        """So many stories by their weights: each in its turn where there are few, so that none is missed."""
        weighted = [story for story in stories for _n in range(story.weight)]
        spread = sorted(range(len(weighted)), key=lambda position: (position * 0.618) % 1)
        return [weighted[spread[n % len(weighted)]] for n in range(number)]

    def _begin(self, story: Story, severity: str, hours: dict[int, int]) -> datetime:
        if story.hours:
            return within(self._random, hours, *story.hours)
        words = story.words.split()
        lead_h = LEAD_H[severity] * (1 + 0.5 * max(0, len(words) - 5)) * (1.6 if "respond_late" in words else 1)
        if "issued" in words:
            lead_h = max(lead_h, ISSUE_LEAD_H)
        return moment(self._random, hours, END - timedelta(hours=min(lead_h, 300)))

    def _way(self, code: str) -> str:
        if self._random.random() < CALL_SHARE.get(code, CALL_SHARE[""]):
            return "call"
        return self._random.choices(list(WAYS), list(WAYS.values()))[0]

    def _finder(self, code: str, way: str) -> tuple[Team | None, Person]:
        """A team with its leader, or an inspector of the city."""
        city = self._stage.city
        if way != "call" and self._random.random() < CITY_SHARE:
            return None, city.people["demo.inspector"]
        on_telephone = way == "call"
        teams = [team for team in city.teams[code] if (team.kind == TeamKind.TELEPHONE_SQUAD) == on_telephone]
        if not teams:
            return None, city.people[f"inspector.{code}"]
        team = self._random.choice(teams)
        return team, city.leaders[team.pk]

    def _operator(self, code: str) -> Person:
        operators = [self._stage.city.people[f"operator.{code}"], self._stage.city.people["demo.operator"]]
        return self._random.choices(operators, [4, 1])[0]

    def _site(self, code: str, kind: str) -> Site:
        sites = self._stage.city.sites[(code, kind)]
        if (code, kind) == (UNIT_SITE[0], "compound") and self._random.random() < UNIT_SITE_SHARE:
            return next(site for site in sites if site.name == UNIT_SITE[1])
        return self._random.choice(sites)


def _fits(text: Text, story: Story, category: str, on_telephone: bool) -> bool:
    heard = text.get("way") == "call"
    return (
        heard == on_telephone
        and text["severity"] in story.severities
        and text["category"] in (category or text["category"])
    )
