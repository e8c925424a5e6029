"""The demo's matters: each plays a story through the loop's own verbs, in the days before the visitor comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle
from random import Random
from secrets import token_urlsafe

from muster.demo.album import Album
from muster.demo.city import City
from muster.demo.player import END, Player
from muster.demo.texts import texts
from muster.incidents.incident import Incident
from muster.loop.contact import PublicLink
from muster.loop.freeze import recorded_as
from muster.loop.matter import Matter
from muster.loop.state import Status

#: Story, how many, and how many hours before the end it begins. A word is a method of Player.
FINDINGS = (
    ("assign accept respond request_closure passed", 24, 300),
    ("assign respond request_closure failed respond request_closure passed", 8, 280),
    ("assign accept late respond request_closure passed", 4, 260),
    ("fix_on_spot", 7, 200),
    ("fix_on_spot revisit_passed", 1, 180),
    ("assign accept respond request_closure passed revisit_passed", 2, 240),
    ("assign accept respond request_closure passed revisit_failed", 2, 60),
    ("assign return_ upheld assign_another accept respond request_closure passed", 3, 250),
    ("assign return_ overruled accept respond request_closure passed", 2, 250),
    ("assign accept extend granted respond request_closure passed", 3, 250),
    ("assign respond request_closure passed reopened", 1, 60),
    ("assign respond request_closure passed published", 4, 260),
    ("assign respond request_closure passed published withdrawn", 1, 260),
    ("assign accept escalated", 3, 40),
    ("asked_void voided", 2, 150),
    ("", 5, 3),
    ("assign", 7, 3),
    ("assign accept", 5, 3),
    ("assign accept respond", 6, 4),
    ("assign respond request_closure failed", 3, 5),
    ("assign respond request_closure", 8, 5),
    ("assign return_", 2, 3),
    ("assign accept extend", 2, 3),
    ("assign accept sweep", 1, 4),
)
REQUESTS = (
    ("assign respond request_closure confirmed", 7, 200),
    ("assign respond request_closure unconfirmed respond request_closure confirmed", 2, 200),
    ("assign accept respond request_closure", 3, 6),
    ("assign respond request_closure silent", 1, 110),
    ("assign accept", 2, 3),
    ("", 2, 2),
)
PROPOSALS = (
    ("assign respond request_closure rated", 3, 200),
    ("assign respond request_closure", 2, 60),
    ("assign accept", 2, 30),
    ("", 1, 5),
)


@dataclass(frozen=True)
class Played:
    """What was played, and the links of proposals that wait for their rating."""

    matters: int
    links: tuple[str, ...]


def play(city: City, incident: Incident, album: Album, progress: Callable[[int], None] | None = None) -> Played:
    """Play every story, and merge a pair of findings at the end."""
    links: list[str] = []
    told = 0
    for player, story in _cast(city, incident, album):
        player.play(story)
        told += 1
        if player.matter.kind == "proposal" and player.matter.status == "closure_requested":
            links.append(PublicLink.to(player.matter.pk, token_urlsafe()))
        if progress:
            progress(1)
    _merge_a_pair(city)
    return Played(told, tuple(links))


def _merge_a_pair(city: City) -> None:
    """Two findings of one county that turn out to be the same."""
    live = Matter.objects.filter(kind="finding", status__in=(Status.ASSIGNED, Status.ACCEPTED)).order_by("id")
    by_county = {code: [one for one in live if code in one.area.codes] for code in (area.pk for area in city.counties)}
    code, (first, same, *_more) = next(item for item in by_county.items() if len(item[1]) > 1)
    by = city.people[f"dispatcher.{code}"]
    with recorded_as(END):
        same.merge(by=by, at=END, target=first, reason="同一问题重复登记，并入先登记的一件。")


def count() -> int:
    return sum(number for stories in (FINDINGS, REQUESTS, PROPOSALS) for _story, number, _hours in stories)


def _cast(city: City, incident: Incident, album: Album) -> Iterator[tuple[Player, str]]:
    random = Random(20221205)
    for kind, stories, written in (
        ("finding", FINDINGS, texts()["finding"]),
        ("request", REQUESTS, texts()["request"]),
        ("proposal", PROPOSALS, texts()["proposal"]),
    ):
        text = cycle(written)
        for story, number, hours in stories:
            for _n in range(number):
                begin = END - timedelta(hours=hours * random.uniform(0.7, 1))
                yield Player(city, incident, album, Random(random.random()), kind, next(text), begin), story
