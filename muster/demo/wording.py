"""What is written into the demo's matters: a text of the deck, varied until its district hasn't read it yet."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from muster.demo.texts import texts

Text = dict[str, Any]

PLAIN_SHARE = 0.3
TRIES = 40
ASKING = "居民来电"
#: What is asked for by others, too, and where in the compound doesn't matter or must not be known.
PLACELESS = ("complaint", "passage")


class Wording:
    """The decks of every district: each text comes once before any comes again."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._decks: dict[tuple[str, str], list[Text]] = {}
        self._written: set[tuple[str, str]] = set()

    def finding(self, district: str, fits: Callable[[Text], bool]) -> Text:
        return self._unread(district, self._drawn(district, "finding", fits), self._placed)

    def request(self, district: str, fits: Callable[[Text], bool]) -> Text:
        return self._unread(district, self._drawn(district, "request", fits), self._asked)

    def proposal(self) -> Text:
        return self._drawn("", "proposal")

    def _drawn(self, district: str, kind: str, fits: Callable[[Text], bool] = lambda text: True) -> Text:
        deck = self._decks.setdefault((district, kind), self._shuffled(kind))
        at = next(position for position, text in enumerate(deck) if fits(text))
        deck.append(deck.pop(at))
        return deck[-1]

    def _shuffled(self, kind: str) -> list[Text]:
        written: list[Text] = texts()[kind]
        return self._random.sample(written, len(written))

    def _unread(self, district: str, text: Text, varied: Callable[[Text], str]) -> Text:
        said = [text["text"]] if self._random.random() < PLAIN_SHARE else []
        said += [varied(text) for _try in range(TRIES)]
        new = next((one for one in said if (district, one) not in self._written), said[-1])
        self._written.add((district, new))
        return {**text, "text": new}

    def _placed(self, text: Text) -> str:
        spots = texts()["spots"][text["site_kind"]]
        if text["site_kind"] == "compound":
            spots = spots[text["scene"]]
        return f"{text['text']}（{self._numbered(self._random.choice(spots), text['site_kind'])}）"

    def _asked(self, text: Text) -> str:
        said: str = text["text"].replace(ASKING, self._random.choice(texts()["spots"]["asking"]), 1)
        if text["category"] in PLACELESS:
            return said
        return f"{said}（{self._random.randrange(1, 29)}号楼）"

    def _numbered(self, spot: str, site_kind: str) -> str:
        n = self._random.randrange(1, 25 if site_kind == "compound" else 9)
        return spot.format(n=n, m=n + self._random.randrange(1, 5))
