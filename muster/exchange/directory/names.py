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
from muster.places.gazetteer import Place, PlaceRefusal, UnlikeAnyPlace
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
        found: dict[str, Area] = {}
        candidates: dict[str, Place] = {}
        refused: PlaceRefusal | None = None
        for top in self.scope.areas:
            try:
                place = self.gazetteer.resolve(text, within=top.pk)
                found[place.code] = self.areas[place.code]
            except PlaceRefusal as refusal:
                refused = refusal
                candidates |= {one.code: one for one in refusal.candidates if one.code in self.areas}
        if len(found) == 1:
            return next(iter(found.values()))
        refused = refused or UnlikeAnyPlace(text, [], self.gazetteer)
        choices = tuple(Candidate(code, self.gazetteer.path(place)) for code, place in candidates.items())
        raise Unclear(Question("area", text, refused, choices))

    def organisation(
        self, text: str, area: Area | None, about: str = "organisation", among: Container[int] = ()
    ) -> Organisation:
        """Of that name, or name（area）, in the scope; of several, the one ``among`` those that are likely, or the nearest above
        the area or in it. Raises Unclear."""
        answer = self._answered(about, text)
        if answer.isdigit() and int(answer) in self._by_key:
            return self._by_key[int(answer)]
        found = self._by_name.get(normalise(text), [])
        near = [one for one in found if area and self.areas[one.area_id].holds(area.path)]
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

    def answered(self, about: str, text: str) -> str:
        return self._answered(about, text)

    def _answered(self, about: str, text: str) -> str:
        return self.answers.get(about, {}).get(asked_as(text), "")

    def _asked(self, text: str, found: list[Organisation], about: str) -> Question:
        names = {one.pk: one.name for one in self._by_key.values()}
        alike = process.extract(text, names, scorer=fuzz.WRatio, limit=CANDIDATES, score_cutoff=LIKE)
        meant = found[:CANDIDATES] or [self._by_key[pk] for _name, _score, pk in alike]
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
            area = self.areas[one.area_id]
            for text in {
                one.name,
                f"{one.name}（{area.name_zh}）",
                f"{one.name}（{area.place}）",
                area.name_zh + one.name,
            }:
                found[normalise(text)].append(one)
        return found
