"""The rule for place names: one that isn't known, or fits several places, is never guessed but asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import ClassVar, NamedTuple

from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.places.likeness import Entry, Key, Likeness, keys
from muster.places.placenames import english, normalise, romanise, spellings

__all__ = [
    "Alias",
    "AmbiguousPlace",
    "FormerName",
    "Gazetteer",
    "Place",
    "PlaceRefusal",
    "UnknownPlace",
    "UnlikeAnyPlace",
    "english",
    "romanise",
]

LEVELS = ("province", "city", "county", "zone", "town", "community")
BONUS = {"province": 0.2, "city": 0.2, "county": 0.2, "zone": 0.15, "town": 0.1, "community": 0.0}
"""What a level adds to the likeness of a name alone: the higher a place, the oftener it needs no path."""
CANDIDATES = 5
"""How many places an unknown name is answered with."""


@dataclass(frozen=True)
class Alias:
    """Another name or code of a place; ``kind`` is "alias" (in use), "former" or "former_code"."""

    text: str
    kind: str


@dataclass(frozen=True)
class Place:
    """A node of the administrative tree.

    ``level`` is province, city, county, zone, town or community; ``parent`` the code of the place
    above, None at the root. ``pinyin`` and ``initials`` are those of ``romanise(name)``,
    computed when left empty. A ``closed`` place was dissolved: its name still resolves, but nobody is offered it.
    """

    code: str
    parent: str | None
    level: str
    name: str
    names: tuple[Alias, ...] = ()
    pinyin: str = ""
    initials: str = ""
    closed: bool = False


class PlaceRefusal(Refusal):
    """A text that isn't resolved to a place; ``candidates`` are the places it may mean, best first."""

    status: ClassVar[int] = 422

    def __init__(self, text: str, candidates: Iterable[Place], gazetteer: Gazetteer) -> None:
        self.candidates = tuple(candidates)
        choices = "; ".join(f"{gazetteer.path(place)} ({place.code})" for place in self.candidates)
        super().__init__(text=text, choices=choices, codes=[place.code for place in self.candidates])


class UnknownPlace(PlaceRefusal):
    code = "unknown_place"
    message = _("No place is called “{text}” here. Is it {choices}? Write its full name or its code.")


class UnlikeAnyPlace(UnknownPlace):
    """Unknown, and not even similar to a known name: there are no candidates."""

    message = _("No place is called “{text}” here, and none is similar. Write a full name or a code.")


class AmbiguousPlace(PlaceRefusal):
    code = "ambiguous_place"
    message = _("“{text}” fits several places. Is it {choices}? Write its full name or its code.")


class FormerName(PlaceRefusal):
    code = "former_place_name"
    message = _("“{text}” is a former name or code. Is it {choices}? Write the present name or code.")


class _Hit(NamedTuple):
    """How a text names a place; the smaller, the more surely."""

    former: bool = False
    short: bool = False

    def along(self, step: _Hit) -> _Hit:
        return _Hit(self.former or step.former, self.short or step.short)


class Gazetteer:
    """All places that are known; ``resolve`` for what was written, ``search`` while it is being typed."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._places = {place.code: _romanised(place) for place in places}
        self._above = {code: self._chain(place) for code, place in self._places.items()}
        self._labels = {code: self._labels_of(place) for code, place in self._places.items()}
        self._labelled = self._index()
        self._longest = max(map(len, self._labelled), default=0)
        self._whole = self._whole_paths()

    def resolve(self, text: str, within: str | None = None) -> Place:
        """The one place that the text names: by name, by code, or by a path of them (临清市/青年路街道).

        ``within`` is the code of the place that it must lie in (or be). An official full path always
        resolves. A name in full goes before one that leaves its suffix out (临清 for 临清市); either has to
        be the only one in scope.

        Raises AmbiguousPlace, FormerName (茌平县, 371523) or UnknownPlace, each with candidates.
        """
        said = normalise(text)
        whole = self._whole.get(said)
        if whole and self.lies_within(whole, within):
            return whole
        hits = {place: hit for place, hit in self._hits(said).items() if self.lies_within(place, within)}
        return self._only(text, hits) if hits else self._unknown(text, within)

    def resolve_in_one(self, text: str, parts: Iterable[str]) -> Place:
        """The one place that the text names in any of these parts, by their codes. Raises PlaceRefusal."""
        found: dict[str, Place] = {}
        refused: list[PlaceRefusal] = []
        for part in parts:
            try:
                found |= {(place := self.resolve(text, within=part)).code: place}
            except PlaceRefusal as refusal:
                refused.append(refusal)
        # A text that fits several places of one part is no clearer for fitting only one of another.
        unclear = [refusal for refusal in refused if not isinstance(refusal, UnknownPlace)]
        if len(found) == 1 and not unclear:
            return next(iter(found.values()))
        telling = [refusal for refusal in unclear or refused if refusal.candidates]
        meant = found | {place.code: place for refusal in telling for place in refusal.candidates}
        kind = AmbiguousPlace if found else next(map(type, telling), UnlikeAnyPlace)
        raise kind(text, meant.values(), self)

    def search(self, text: str, within: str | None = None, limit: int = 10) -> list[Place]:
        """Places for type-ahead, best first: by part of a name, code, pinyin ("linqing") or initials ("lqs").

        Where nothing begins with or contains the text, the most similar places. Never a resolution.
        """
        said = normalise(text)
        if not said:
            return []
        scope = {code for code, place in self._places.items() if not place.closed and self.lies_within(place, within)}
        found = self._likeness.containing(said, scope) or self._likeness.closest(said, scope, limit)
        return [self._places[code] for code in found[:limit]]

    def get(self, code: str) -> Place | None:
        """The place with exactly this present code."""
        return self._places.get(code)

    def path(self, place: Place) -> str:
        """The full path as written officially: 山东省聊城市临清市青年路街道."""
        return "".join(step.name for step in (*reversed(self._above[place.code]), place))

    def lies_within(self, place: Place, within: str | None) -> bool:
        """Whether a place is the one with that code, or lies below it; anything lies within None."""
        return within is None or any(step.code == within for step in (place, *self._above[place.code]))

    def _only(self, text: str, hits: dict[Place, _Hit]) -> Place:
        """The only place named in full, else the only one at all, unless by a name no longer in use."""
        ranked = sorted(hits, key=lambda place: (hits[place].short, hits[place].former, _order(place)))
        best = [place for place in ranked if hits[place].short == hits[ranked[0]].short]
        if all(hits[place].former for place in best):
            raise FormerName(text, ranked, self)
        if len(best) > 1:
            raise AmbiguousPlace(text, ranked, self)
        return best[0]

    def _unknown(self, text: str, within: str | None) -> Place:
        """Places of that name outside the scope come first: the scope may be what is wrong."""
        elsewhere = sorted(self._hits(normalise(text)), key=_order)
        found = (elsewhere + self.search(text, within, CANDIDATES))[:CANDIDATES]
        raise (UnknownPlace if found else UnlikeAnyPlace)(text, found, self)

    def _hits(self, said: str) -> dict[Place, _Hit]:
        """Every place whose label ends the text, where what stands before it names places above it."""
        hits: dict[Place, _Hit] = {}
        for start in range(max(0, len(said) - self._longest), len(said)):
            for place, label in self._labelled.get(said[start:], ()):
                lead = self._lead(said[:start], place)
                if lead is not None:
                    hits[place] = min(label.along(lead), hits.get(place, _Hit(True, True)))
        return hits

    def _lead(self, said: str, place: Place) -> _Hit | None:
        """How surely a text names places above, in order, some left out; None if it doesn't."""
        if not said:
            return _Hit()
        leads = (
            label.along(lead)
            for above in self._above[place.code]
            for text, label in self._labels[above.code].items()
            if said.endswith(text) and (lead := self._lead(said[: -len(text)], above)) is not None
        )
        return min(leads, default=None)

    def _chain(self, place: Place) -> tuple[Place, ...]:
        """The places above, nearest first, as far as they are known."""
        chain: list[Place] = []
        while (above := self._places.get(place.parent or "")) and above not in chain:
            chain.append(above)
            place = above
        return tuple(chain)

    def _index(self) -> dict[str, list[tuple[Place, _Hit]]]:
        index: dict[str, list[tuple[Place, _Hit]]] = {}
        for code, labels in self._labels.items():
            for text, hit in labels.items():
                index.setdefault(text, []).append((self._places[code], hit))
        return index

    def _labels_of(self, place: Place) -> dict[str, _Hit]:
        """Everything that the place may be called by itself, each with how surely."""
        labels: dict[str, _Hit] = {}
        for text, hit in self._said(place):
            key = normalise(text)
            labels[key] = min(hit, labels.get(key, hit))
        labels.pop("", None)
        return labels

    def _said(self, place: Place) -> Iterator[tuple[str, _Hit]]:
        yield from ((code, _Hit()) for code in _padded(place.code))
        yield from _spelled(place.name, place.level, former=False)
        for alias in place.names:
            if alias.kind != "former_code":
                yield from _spelled(alias.text, place.level, former=alias.kind == "former")
        for former in self._former_codes(place):
            yield from ((code, _Hit(former=True)) for code in _padded(former))

    def _former_codes(self, place: Place) -> Iterator[str]:
        """Its own former codes, and those it had under the former codes of the places above it."""
        for step in (place, *self._above[place.code]):
            if place.code.startswith(step.code):
                rest = place.code[len(step.code) :]
                yield from (alias.text + rest for alias in step.names if alias.kind == "former_code")

    def _whole_paths(self) -> dict[str, Place | None]:
        """Official full paths, alone and followed by the code; None where two places share one."""
        paths: dict[str, Place | None] = {}
        for place in filter(lambda place: self._above[place.code], self._places.values()):
            path = self.path(place)
            for text in (normalise(path), normalise(path + place.code)):
                paths[text] = None if text in paths else place
        return paths

    @cached_property
    def _likeness(self) -> Likeness:
        """Made on first need: resolving names that are known doesn't."""
        return Likeness(self._entry(place) for place in sorted(self._places.values(), key=_order))

    def _entry(self, place: Place) -> Entry:
        own = keys(place.name, place.pinyin, place.initials)
        others = [key for alias in place.names for key in keys(alias.text, *romanise(alias.text))]
        chain = (place, *self._above[place.code])
        steps = (keys(step.name, step.pinyin, step.initials)[0] for step in chain)
        paths = tuple(accumulate(steps, lambda below, step: step.before(below)))[1:]
        code = normalise(place.code)
        return Entry(place.code, BONUS[place.level], (Key(code, code, ""), *own, *others), paths)


def _order(place: Place) -> tuple[int, int, str]:
    """The order among places that fit equally well."""
    return LEVELS.index(place.level), len(place.name), place.code


def _romanised(place: Place) -> Place:
    if place.pinyin:
        return place
    pinyin, initials = romanise(place.name)
    return replace(place, pinyin=pinyin, initials=initials)


def _padded(code: str) -> set[str]:
    """A statistical code as it is written: of 6, 9 or 12 digits, filled up with zeros."""
    return {code, code.ljust(12, "0")} if code.isdigit() and len(code) in (6, 9) else {code}


def _spelled(name: str, level: str, *, former: bool) -> Iterator[tuple[str, _Hit]]:
    full, short = spellings(name, level)
    yield from ((text, _Hit(former)) for text in full)
    yield from ((text, _Hit(former, short=True)) for text in short)
