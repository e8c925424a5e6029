"""The lines of a ledger: what each tells of a matter, or what is wrong with it and in which column."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.utils.translation import override

from muster.exchange.columns import LEDGER, Vocabulary
from muster.exchange.names import Question
from muster.exchange.sheet import Cell
from muster.exchange.values import EMPTY
from muster.lib.refusal import Refusal
from muster.loop.past import Past
from muster.loop.state import Kind, Status
from muster.places.area import Area
from muster.places.site import Site
from muster.register.pasting import DASHES, NUMBER

DIGEST_BYTES = 16
SERIAL = 6
"""So many digits has a number that is more than a count of lines."""
#: Says nothing of the matter: where the line stands, and why it was sent back.
ASIDE = ("order", "refused")
BESIDE_WORDS = re.compile(r"[\W_]+")
Named = tuple[str, int, Callable[[Any], str]]
"""A column: its key, its place, and what makes a cell of it into words."""


@dataclass(frozen=True)
class Defaults:
    """What holds for every line that doesn't say it itself."""

    kind: str = Kind.FINDING
    area: str = ""
    category: str = ""
    severity: str = ""


@dataclass(frozen=True)
class Fault:
    """What is wrong in one column, by its key."""

    key: str
    refusal: Refusal

    @property
    def code(self) -> str:
        return self.refusal.code


@dataclass
class Told:
    """What a line tells of its matter. ``at_day``: only the day is said on which it was found."""

    kind: str
    area: Area
    category: str
    severity: str
    text: str
    site: Site | None
    past: Past
    at_day: bool


@dataclass
class Line:
    """``problem`` is the same for the same problem in any later ledger; ``digest`` only while all words are.

    With a number of ours, ``own``, it is told what it says when it is known what its matter says: ``cells`` are for that.
    """

    sheet: str
    number: int
    said: dict[str, str]
    headings: Mapping[str, str]
    words: Vocabulary = LEDGER
    problem: str = ""
    digest: str = ""
    own: str = ""
    text: str = ""
    cells: Mapping[str, Cell] = field(default_factory=dict)
    told: Told | None = None
    faults: list[Fault] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    def leave_out(self, known: Mapping[str, Collection[str]]) -> None:
        """Nothing is news that the register itself says in that column."""
        self.said = {
            key: text for key, text in self.said.items() if text not in EMPTY and text not in known.get(key, ())
        }

    @property
    def number_said(self) -> str:
        """The sender's own number, if it tells lines apart beyond this ledger: 1, 2, 3 begin anew every day."""
        text = self.said.get("number", "")
        return "" if self.own or text in EMPTY or (text.isdigit() and len(text) < SERIAL) else text

    @property
    def identity(self) -> str:
        """What is found twice in one place on one day is two problems, if the sender numbers it as two."""
        return hashed([self.problem, self.number_said]) if self.number_said else self.problem


def state_called(text: str) -> str:
    """Our own word for a state, in either language; empty for any other."""
    return _states().get(text, "")


@cache
def _states() -> dict[str, str]:
    known = {key: key for key in Status.values}
    for language in ("zh-hans", "en"):
        with override(language):
            known |= {str(label): key for key, label in Status.choices}
    return known


def own_number(text: str) -> str:
    """A number of ours, as the register's own export has it."""
    found = NUMBER.fullmatch(DASHES.sub("-", text))
    return found[0].upper() if found else ""


def digest_of(said: dict[str, str]) -> str:
    return hashed([f"{key}\x1f{text}" for key, text in said.items()])


def bare(text: str) -> str:
    """Its letters and digits alone, half-width."""
    return BESIDE_WORDS.sub("", text if text.isascii() else unicodedata.normalize("NFKC", text))


def hashed(parts: list[str]) -> str:
    return hashlib.blake2b("\x1e".join(parts).encode(), digest_size=DIGEST_BYTES).hexdigest()
