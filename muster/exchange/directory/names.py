"""What names mean within an administrator's scope. One that is unknown or fits several is asked about, never guessed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from functools import cached_property

from rapidfuzz import fuzz, process

from muster.exchange.names import (
    CANDIDATES,
    LIKE,
    Answers,
    Memo,
    Question,
    Unclear,
    UnclearUnit,
    UnknownUnit,
    asked_as,
    likest,
)
from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.people.organisation import Organisation
from muster.people.scope import Scope
from muster.places.area import Area, gazetteer
from muster.places.gazetteer import PlaceRefusal
from muster.places.placenames import normalise
from muster.register.names import Candidate


class UnknownKind(Refusal):
    code = "unknown_word"
    status = 422
    message = _("“{text}” is none of the words known here. Say which one is meant.")


class ScopeNames:
    """Everything of a scope that a list may name, read once. ``answers`` is what was said before, by column and text."""

    def __init__(self, scope: Scope, answers: Answers) -> None:
        self.scope, self.answers = scope, answers
        self.gazetteer = gazetteer()
        self.areas: dict[str, Area] = scope.all_areas().in_bulk()

    def area(self, said: Mapping[str, str]) -> Area | None:
        """By its code where there is one; none where the line doesn't say it. Raises Unclear."""
        text = said.get("area_code") or said.get("area")
        if not text:
            return None
        code = self._answered("area", text)
        return self.areas[code] if code in self.areas else self.area_called(text)

    def area_called(self, text: str) -> Area:
        """Raises Unclear."""
        try:
            return self.areas[self.gazetteer.resolve_in_one(text, (top.pk for top in self.scope.areas)).code]
        except PlaceRefusal as refusal:
            meant = [one for one in refusal.candidates if one.code in self.areas]
            choices = tuple(Candidate(one.code, self.gazetteer.path(one)) for one in meant)
            raise Unclear(Question("area", text, refusal, choices)) from refusal

    def organisation(
        self, text: str, area: Area | None, about: str = "organisation", among: Container[int] = ()
    ) -> Organisation:
        """Of that name, or name（area）, in the scope; of several, the one ``among`` those that are likely, or the nearest above
        the area or in it. Raises Unclear."""
        answer = self._answered(about, text)
        if answer.isdigit() and int(answer) in self._by_key:
            return self._by_key[int(answer)]
        found, near = self._by_name.get(normalise(text), []), self.near(text, area)
        nearest = [one for one in near if self._depth(one) == max(map(self._depth, near))]
        for some in (found, [one for one in found if one.pk in among], nearest):
            if len(some) == 1:
                return some[0]
        raise Unclear(self._asked(text, found, about))

    def word(self, about: str, text: str, known: Mapping[str, Iterable[str]]) -> str:
        """The key of a word. Raises Unclear."""
        answer, said = self._answered(about, text), normalise(text)
        if answer in known:
            return answer
        for key, several in known.items():
            if said in {normalise(one) for one in several}:
                return key
        choices = tuple(Candidate(key, " / ".join(list(several)[:2])) for key, several in likest(text, known))
        raise Unclear(Question(about, text, UnknownKind(text=text), choices))

    def near(self, text: str, area: Area | None) -> list[Organisation]:
        """Those written so that are above an area, or in it."""
        found = self._by_name.get(normalise(text), [])
        return [one for one in found if area and self.areas[one.area_id].holds(area.path)]

    def knows(self, text: str) -> bool:
        """Whether anything here is written so."""
        return normalise(text) in self._by_name

    def answered(self, about: str, text: str) -> str:
        return self._answered(about, text)

    def _answered(self, about: str, text: str) -> str:
        return self.answers.get(about, {}).get(asked_as(text), "")

    def _asked(self, text: str, found: list[Organisation], about: str) -> Question:
        meant = found[:CANDIDATES] or self._alike[text]
        refusal = UnclearUnit(text=text) if found else UnknownUnit(text=text)
        choices = tuple(Candidate(str(one.pk), f"{one.name}（{self.areas[one.area_id].place}）") for one in meant)
        return Question(about, text, refusal, choices)

    def _depth(self, one: Organisation) -> int:
        return len(self.areas[one.area_id].path)

    @cached_property
    def _by_key(self) -> dict[int, Organisation]:
        return self.scope.organisations().in_bulk()

    @cached_property
    def _by_name(self) -> dict[str, list[Organisation]]:
        found: dict[str, list[Organisation]] = defaultdict(list)
        for one in self._by_key.values():
            for text in {normalise(way) for way in spellings_of(one.name, self.areas[one.area_id])}:
                found[text].append(one)
        return found

    @cached_property
    def _alike(self) -> Memo[list[Organisation]]:
        """The likest of each text; looked for once, as one name may stand in thousands of lines."""
        names = {one.pk: one.name for one in self._by_key.values()}

        def likest_of(text: str) -> list[Organisation]:
            found = process.extract(text, names, scorer=fuzz.WRatio, limit=CANDIDATES, score_cutoff=LIKE)
            return [self._by_key[pk] for _name, _score, pk in found]

        return Memo(likest_of)


def spellings_of(name: str, area: Area) -> list[str]:
    """How a body may be written: its name, that with its area behind, as our own lists have it, or before."""
    return [name, f"{name}（{area.name_zh}）", f"{name}（{area.place}）", area.name_zh + name]


def spelled(organisation: Organisation) -> list[str]:
    """The same of one that is there, with its area loaded."""
    return spellings_of(organisation.name, organisation.area)
