"""The demo's matters: all stories played together, act by act, in the order in which they happened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from random import Random

from muster.demo.acts import Stage
from muster.demo.casting import Casting
from muster.demo.links import link_to_rate
from muster.demo.marked import marked
from muster.demo.plan import PLAN
from muster.demo.player import Player
from muster.loop.state import Kind, Status

SEED = 20221205


@dataclass(frozen=True)
class Played:
    """What was played, and the links of proposals that wait for their rating."""

    matters: int
    links: tuple[str, ...]


def play(stage: Stage, progress: Callable[[int], None] | None = None) -> Played:
    """Play every story to its end."""
    casting = Casting(stage, Random(SEED))
    players = [*casting.players(), *marked(casting, stage)]
    _together(players, progress)
    played = [player.matter for player in players if player.kind == Kind.PROPOSAL]
    waiting = [matter for matter in played if matter.status == Status.CLOSURE_REQUESTED]
    return Played(len(players), tuple(link_to_rate(matter) for matter in waiting))


def count() -> int:
    """About how many matters there will be."""
    return sum(sum(district) + district.twins - district.published - district.withdrawn for district in PLAN.values())


def _together(players: Sequence[Player], progress: Callable[[int], None] | None) -> None:
    """Whoever acts next acts next: so numbers and entries follow each other as they would have."""
    turns = [player.turns() for player in players]
    waiting = [(next(turn), position) for position, turn in enumerate(turns)]
    heapify(waiting)
    while waiting:
        _at, position = heappop(waiting)
        following = next(turns[position], None)
        if following:
            heappush(waiting, (following, position))
        elif progress:
            progress(1)
