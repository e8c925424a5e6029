"""The lines of a ledger: what each tells of a matter, or what is wrong with it and in which column."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from django.utils.translation import override

from muster.exchange.columns import LEDGER, Vocabulary
from muster.exchange.names import Question, Unclear
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
#: Taken out before the rest is made half-width, which takes thirty times as long of a text that has any.
WIDE_MARKS = "，；：？！（）"


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


@dataclass(kw_only=True, slots=True)
class Heard:
    """What is unclear or wrong in what was said, by column."""

    faults: list[Fault] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    def hear(self, key: str, read: Callable[..., Any], *given: Any) -> Any:
        """What a column says; where that is unclear, it stands among the faults."""
        try:
            return read(*given)
        except Unclear as unclear:
            self.questions.append(unclear.question)
            self.faults.append(Fault(key, unclear.question.refusal))
        except Refusal as refusal:
            self.faults.append(Fault(key, refusal))
        return None

    def take(self, other: Heard) -> None:
        if other.faults:
            self.faults += other.faults
            self.questions += other.questions


@dataclass(slots=True)
class Told:
    """What a line tells of its matter. ``worked``: all of its past but what was done, in words; many lines may share it.
    ``at_day``: only the day is said on which it was found."""

    kind: str
    area: Area
    category: str
    severity: str
    text: str
    site: Site | None
    worked: Past
    done: str
    at_day: bool

    @property
    def past(self) -> Past:
        return replace(self.worked, done=self.done) if self.done else self.worked


@dataclass(slots=True)
class Line(Heard):
    """``problem`` is the same for the same problem in any later ledger; ``digest`` only while all words are.
    ``number_said``: the sender's own number, if it tells lines apart beyond this ledger.

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
    number_said: str = ""
    text: str = ""
    cells: Mapping[str, Cell] = field(default_factory=dict)
    told: Told | None = None

    def leave_out(self, known: Mapping[str, Collection[str]]) -> None:
        """Nothing is news that the register itself says in that column."""
        self.said = {
            key: text for key, text in self.said.items() if text not in EMPTY and text not in known.get(key, ())
        }

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
    begins = text[:2]
    if not (begins.isascii() and begins.isalpha()):
        return ""
    found = NUMBER.fullmatch(DASHES.sub("-", text))
    return found[0].upper() if found else ""


def sent_number(text: str) -> str:
    """A sender's number, unless it only counts the lines: 1, 2, 3 begin anew every day."""
    return "" if text in EMPTY or (text.isdigit() and len(text) < SERIAL) else text


def digest_of(said: dict[str, str]) -> str:
    return hashed(map("\x1f".join, said.items()))


def bare(text: str) -> str:
    """Its letters and digits alone, half-width."""
    if not text.isascii():
        for mark in WIDE_MARKS:
            text = text.replace(mark, " ")
        text = unicodedata.normalize("NFKC", text)
    return BESIDE_WORDS.sub("", text)


def hashed(parts: Iterable[str]) -> str:
    return hashlib.blake2b("\x1e".join(parts).encode(), digest_size=DIGEST_BYTES).hexdigest()
