"""What the names in a ledger mean here. A name that is unknown or fits several is asked about, never guessed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from rapidfuzz import fuzz, process

from muster.incidents.incident import Incident
from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.people.organisation import Organisation
from muster.people.person import Grant, Person
from muster.people.role import Role
from muster.places.area import Area, gazetteer
from muster.places.gazetteer import PlaceRefusal
from muster.places.placenames import normalise, spellings
from muster.places.site import Site
from muster.policy.pack import Pack
from muster.register.names import Candidate

CANDIDATES = 6
LIKE = 45
"""From this likeness on, of 100, a name is offered as what may be meant."""
Row = TypeVar("Row")


class UnknownUnit(Refusal):
    code = "unknown_organisation"
    status = 422
    message = _("No organisation here is called “{text}”. Say which one is meant, or add it first.")


class UnclearUnit(Refusal):
    code = "unclear_organisation"
    status = 422
    message = _("“{text}” may be several organisations. Say which one is meant.")


class UnclearSite(Refusal):
    code = "unclear_site"
    status = 422
    message = _("There are several sites called “{text}”. Say which one is meant, or name its area.")


class UnknownWord(Refusal):
    code = "unknown_word"
    status = 422
    message = _("“{text}” is none of the policy pack's words here. Say which one is meant.")


@dataclass(frozen=True)
class Question:
    """What is asked of the sender once, and known from then on: ``about`` is the column."""

    about: str
    text: str
    refusal: Refusal
    choices: tuple[Candidate, ...] = ()


class Unclear(Exception):
    def __init__(self, question: Question) -> None:
        super().__init__(question.text)
        self.question = question


Answers = Mapping[str, Mapping[str, str]]
"""By column, and by the text as it was compared."""


class Memo(dict[Any, Row], Generic[Row]):
    """What was made of a key once; made anew where it raised."""

    def __init__(self, make: Callable[[Any], Row]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: Any) -> Row:
        made = self[key] = self._make(key)
        return made


class Names:
    """Everything that a ledger of an incident may name, read once. ``answers`` is what the sender said before."""

    def __init__(self, incident: Incident, answers: Answers) -> None:
        self.incident, self.answers = incident, answers
        self.pack: Pack = incident.pack_version().pack
        self.gazetteer = gazetteer()
        self.areas: dict[str, Area] = (
            Area.objects.filter(path__startswith=incident.area.path).defer("outline").in_bulk()
        )

    def area(self, text: str) -> Area:
        """Raises Unclear."""
        code = self._answered("area", text)
        if code in self.areas:
            return self.areas[code]
        try:
            return self.area_called(text)
        except PlaceRefusal as refusal:
            choices = tuple(
                Candidate(one.code, self.gazetteer.path(one)) for one in refusal.candidates if one.code in self.areas
            )
            raise Unclear(Question("area", text, refusal, choices)) from refusal

    def area_called(self, text: str) -> Area:
        """Raises the gazetteer's refusals."""
        return self.areas[self.gazetteer.resolve(text, within=self.incident.area_id).code]

    def site(self, text: str, area: Area | None) -> Site | None:
        """The site of that name, in the area where one is said; none where there is no such site. Raises Unclear."""
        found = self._sites_called[text]
        if not found:
            return None
        answer = self._answered("site", text)
        if answer:
            return next((one for one in found if str(one.pk) == answer), None)
        here = [one for one in found if not area or area.holds(self.areas[one.area_id].path)]
        if len(here) > 1:
            choices = tuple(
                Candidate(str(one.pk), f"{one.name}（{self.areas[one.area_id].place}）") for one in here[:CANDIDATES]
            )
            raise Unclear(Question("site", text, UnclearSite(text=text), choices))
        return here[0] if here else None

    def unit(self, text: str, area: Area) -> Organisation:
        """The organisation of that name that is nearest above the area, or in it. Raises Unclear."""
        answer = self._answered("lead", text)
        if answer and answer.isdigit() and int(answer) in self.units:
            return self.units[int(answer)]
        found = [one for one in self._units.get(normalise(text), []) if self._near(one, area)]
        nearest = [one for one in found if self._depth(one) == max(map(self._depth, found))]
        if len(nearest) == 1:
            return nearest[0]
        candidates = nearest or self._like(text, area)
        refusal = (UnclearUnit if nearest else UnknownUnit)(text=text)
        choices = tuple(Candidate(str(one.pk), f"{one.name}（{self.areas[one.area_id].place}）") for one in candidates)
        raise Unclear(Question("lead", text, refusal, choices))

    def reviewer(self, text: str) -> Person | None:
        """The verifier of that name, if there is just one."""
        found = self._verifiers.get(normalise(text), [])
        return found[0] if len(found) == 1 else None

    def word(self, about: str, text: str, known: Mapping[str, Iterable[str]]) -> str:
        """The key of a word of the pack, in either language. Raises Unclear."""
        said = normalise(text)
        answer = self._answered(about, text)
        if answer in known:
            return answer
        for key, words in known.items():
            if said in {normalise(word) for word in (key, *words)}:
                return key
        choices = tuple(Candidate(key, " / ".join(words)) for key, words in likest(text, known))
        raise Unclear(Question(about, text, UnknownWord(text=text), choices))

    @cached_property
    def severities(self) -> dict[str, list[str]]:
        return {key: [one.zh, one.en] for key, one in self.pack.severities.items()}

    def categories(self, kind: str) -> dict[str, list[str]]:
        return self._categories[kind]

    @cached_property
    def _categories(self) -> Memo[dict[str, list[str]]]:
        return Memo(self._categories_of)

    def _categories_of(self, kind: str) -> dict[str, list[str]]:
        meant = self.pack.categories_for(kind)
        return {key: list(dict.fromkeys((one.zh, one.en, self.pack.categories[key].zh))) for key, one in meant.items()}

    def _answered(self, about: str, text: str) -> str:
        return self.answers.get(about, {}).get(asked_as(text), "")

    @cached_property
    def _sites_called(self) -> Memo[list[Site]]:
        return Memo(lambda text: self._sites.get(normalise(text), []))

    @cached_property
    def _sites(self) -> dict[str, list[Site]]:
        found = Site.objects.filter(area__path__startswith=self.incident.area.path, closed_at=None)
        return _by_name(found.defer("outline"))

    @cached_property
    def units(self) -> dict[int, Organisation]:
        return {one.pk: one for one in Organisation.objects.all() if one.area_id in self.areas}

    @cached_property
    def _units(self) -> dict[str, list[Organisation]]:
        """By every way to write them: with the name of their area before it, in full and short."""
        found: dict[str, list[Organisation]] = defaultdict(list)
        for one in self.units.values():
            area = self.areas[one.area_id]
            full, short = spellings(area.name_zh, area.level)
            bare = next(
                (rest for name in (*full, *short) if (rest := one.name.removeprefix(name)) not in ("", one.name)),
                one.name,
            )
            for text in {normalise(said) for said in (one.name, bare, *(name + bare for name in (*full, *short)))}:
                found[text].append(one)
        return found

    @cached_property
    def _verifiers(self) -> dict[str, list[Person]]:
        held = Grant.objects.filter(role=Role.VERIFIER, until=None).values("person")
        return _by_name(Person.objects.filter(pk__in=held, is_active=True))

    def _near(self, one: Organisation, area: Area) -> bool:
        own = self.areas[one.area_id]
        return own.holds(area.path) or area.holds(own.path)

    def _depth(self, one: Organisation) -> int:
        return len(self.areas[one.area_id].path)

    def _like(self, text: str, area: Area) -> list[Organisation]:
        """Who may be meant: names that the text shortens, then those that are written alike."""
        near = [one for one in self.units.values() if self._near(one, area)]
        said = normalise(text)
        short = [one for one in near if shortens(said, normalise(one.name))]
        alike = process.extract(
            text, {one.pk: one.name for one in near}, scorer=fuzz.WRatio, limit=CANDIDATES, score_cutoff=LIKE
        )
        found = dict.fromkeys((*sorted(short, key=lambda one: (-self._depth(one), len(one.name))),
                               *(self.units[pk] for _name, _score, pk in alike)))  # fmt: skip
        return list(found)[:CANDIDATES]


def asked_as(text: str) -> str:
    """A text as answers know it: ★ and ★★★ have no letters to tell them apart by."""
    return normalise(text) or text.strip()


def shortens(short: str, name: str) -> bool:
    """Whether a text is a name with characters left out, as 卫健局 is of 卫生健康局."""
    letters = iter(name)
    return len(short) >= 2 and name[-1:] == short[-1:] and all(letter in letters for letter in short)


def likest(text: str, known: Mapping[str, Iterable[str]]) -> list[tuple[str, Iterable[str]]]:
    """Every word that may be meant, the likest first."""
    likeness = {key: max(fuzz.WRatio(text, word) for word in words) for key, words in known.items()}
    return sorted(known.items(), key=lambda item: -likeness[item[0]])


def _by_name(found: Iterable[Any]) -> dict[str, list[Any]]:
    named: dict[str, list[Any]] = defaultdict(list)
    for one in found:
        named[normalise(one.name)].append(one)
    return named
