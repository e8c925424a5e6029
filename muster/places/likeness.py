"""How alike a text is to the names of places: by its characters, its pinyin and its initials."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from rapidfuzz import fuzz, process

from muster.places.placenames import normalise, stem, syllables

_SHORTLIST = 150
"""How many of the names nearest in characters, and nearest in sound, are compared in full."""
_CUTOFF = 0.4
"""Below this similarity a name isn't worth asking about,"""
_RELATIVE_CUTOFF = 0.75
"""nor below this part of the best score."""
_LONGEST = 100
"""How many characters of a text are compared: no path is longer."""
_WEIGHTS = (0.5, 0.3, 0.2)
"""Of characters, pinyin and initials."""
_ABSENT = 4
"""The rank of a name that doesn't contain the text."""


class Key(NamedTuple):
    """One text that a place is known by: normalised characters, toneless pinyin, initials."""

    written: str
    spoken: str
    initials: str

    def before(self, below: Key) -> Key:
        """This name followed by that of a place below."""
        return Key(*(mine + theirs for mine, theirs in zip(self, below, strict=True)))


@dataclass(frozen=True)
class Entry:
    """A place to find: ``names`` of its own, ``paths`` that lead to it, ``bonus`` added to a name's score."""

    code: str
    bonus: float
    names: tuple[Key, ...]
    paths: tuple[Key, ...]


class Likeness:
    """Entries to search, in the order that they have among equals."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = list(entries)
        self._keys = [(n, key) for n, entry in enumerate(self._entries) for key in (*entry.names, *entry.paths)]
        self._written = [key.written for _, key in self._keys]
        self._spoken = [key.spoken for _, key in self._keys]

    def containing(self, said: str, scope: Set[str]) -> list[str]:
        """Codes of the entries with a name that is, begins with or contains a normalised text, best first.

        Where there are none, those with such a path. ``scope`` is the codes to choose from.
        """
        entries = [entry for entry in self._entries if entry.code in scope]
        named = _ranked(said, ((entry.code, entry.names) for entry in entries))
        return named or _ranked(said, ((entry.code, entry.paths) for entry in entries))

    def closest(self, said: str, scope: Set[str], limit: int = 10) -> list[str]:
        """Codes of the entries most similar to a normalised text, best first; none unlike it."""
        asked = _heard(said[:_LONGEST])
        scores = {n: _score(asked, self._entries[n]) for n in self._shortlist(asked, scope)}
        least = _RELATIVE_CUTOFF * max(scores.values(), default=0)
        best = sorted((-score, n) for n, score in scores.items() if score and score >= least)
        return [self._entries[n].code for _, n in best[:limit]]

    def _shortlist(self, asked: Key, scope: Set[str]) -> set[int]:
        chosen = [n for n, (entry, _) in enumerate(self._keys) if self._entries[entry].code in scope]
        found: set[int] = set()
        for text, texts in ((asked.written, self._written), (asked.spoken, self._spoken)):
            near = process.extract(text, {n: texts[n] for n in chosen}, scorer=fuzz.ratio, limit=_SHORTLIST)
            found.update(self._keys[n][0] for _, _, n in near)
        return found


def keys(name: str, pinyin: str, initials: str) -> tuple[Key, Key]:
    """The name with its suffix and without; ``pinyin`` and ``initials`` are those of ``romanise(name)``."""
    short = stem(name)
    return (
        Key(normalise(name), pinyin + _suffix_pinyin(name[len(short) :]), initials),
        Key(normalise(short), pinyin, initials[: len(short)]),
    )


@cache
def _suffix_pinyin(suffix: str) -> str:
    return "".join(syllables(suffix))


def _heard(said: str) -> Key:
    """A normalised text as the key to compare with."""
    spoken = syllables(said)
    return Key(said, "".join(spoken), "".join(syllable[0] for syllable in spoken))


def _ranked(said: str, places: Iterable[tuple[str, tuple[Key, ...]]]) -> list[str]:
    ranks = {code: min((_rank(said, key) for key in keys), default=_ABSENT) for code, keys in places}
    return sorted((code for code, rank in ranks.items() if rank < _ABSENT), key=ranks.__getitem__)


def _rank(said: str, key: Key) -> int:
    if said in key:
        return 0
    if key.written.startswith(said) or key.spoken.startswith(said):
        return 1
    if key.initials.startswith(said):
        return 2
    return 3 if said in key.written else _ABSENT


def _score(asked: Key, entry: Entry) -> float:
    """From 0 to 1, and for a name standing alone the entry's bonus; 0 for an entry unlike it."""
    name = max(_similarity(asked, key) for key in entry.names)
    path = max((_similarity(asked, key) for key in entry.paths), default=0.0)
    return max(name + entry.bonus, path) if max(name, path) >= _CUTOFF else 0


def _similarity(asked: Key, key: Key) -> float:
    if asked.written.isascii():  # typed pinyin has no characters to compare
        return max(_ratio(asked.written, key.spoken), _ratio(asked.written, key.initials))
    return sum(w * _ratio(a, k) for w, a, k in zip(_WEIGHTS, asked, key, strict=True))


def _ratio(one: str, other: str) -> float:
    return fuzz.ratio(one, other) / 100
