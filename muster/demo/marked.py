"""The matters that the strip on the front page leads to, told to the minute."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from muster.demo.acts import Stage
from muster.demo.album import TWO_DOORS
from muster.demo.casting import Casting
from muster.demo.city import END, LINKED, THREE_DOORS, UNIT_SITE
from muster.demo.plan import Story
from muster.demo.player import Player
from muster.demo.texts import texts
from muster.demo.wording import Text

AGAIN = Story("assign accept", 1, ("major",))


def marked(casting: Casting, stage: Stage) -> Iterator[Player]:
    """Three doors twice: where the unit is at work, and where it says that it is done; the linked request; a recurrence."""
    site = next(one for one in stage.city.sites[(UNIT_SITE[0], "compound")] if one.name == UNIT_SITE[1])
    inspector, operator = stage.city.people["demo.inspector"], stage.city.people["demo.operator"]
    text = _text("finding", THREE_DOORS)

    def told(kind: str, text: Text, begin: str, *words: str, other: Player | None = None) -> Player:
        said = [word.split() for word in words]
        return Player(
            stage, Random(begin), kind, text, site, _today(begin), [word for _at, word in said],
            inspector if kind == "finding" else operator, "unannounced" if kind == "finding" else "call",
            times=[_today(at) for at, _word in said], other=other,
        )  # fmt: skip

    yield told(
        "finding", {**text, "text": f"{THREE_DOORS}（3号楼）"}, "19:40", "19:44 assign", "19:58 accept", "20:31 extend",
        "21:06 granted",
    )  # fmt: skip
    said_done = told(
        "finding", {**text, "text": f"{THREE_DOORS}（7号楼）", "scene": TWO_DOORS}, "18:52", "18:56 assign",
        "19:07 accept", "21:42 respond", "22:28 request_closure",
    )  # fmt: skip
    yield said_done
    yield told(
        "request", _text("request", LINKED), "18:21", "18:24 assign", "19:02 linked", "21:50 respond",
        "22:31 request_closure", other=said_done,
    )  # fmt: skip
    yield from _recurrence(casting, stage)


def _recurrence(casting: Casting, stage: Stage) -> Iterator[Player]:
    """Closed in November, there again on the last day, and proposed for the next bulletin."""
    first = casting.finding("371502", Story("assign respond request_closure passed", 1, ("major",), (230, 250)))
    yield first
    text = {**first.text, "text": f"整改后再次出现：{first.text['text']}"}
    inspector = stage.city.people["inspector.371502"]
    begin = _today("15:20")
    yield Player(
        stage, Random(15), "finding", text, first.site, begin, [*AGAIN.words.split(), "drafted"], inspector, "unannounced",
        times=[begin + timedelta(minutes=minutes) for minutes in (6, 48, 170)], other=first,
    )  # fmt: skip


def _text(kind: str, part: str) -> Text:
    found: Text = next(text for text in texts()[kind] if part in text["text"])
    return found


def _today(clock: str) -> datetime:
    """That time of the last day."""
    hour, minute = clock.split(":")
    return END.replace(hour=int(hour), minute=int(minute))
