"""Areas, sites, organisations and teams as people name them. What is unknown or fits several is asked, never guessed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

import muster.lib.under  # noqa: F401 - the lookup of paths
from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.people.organisation import Organisation
from muster.people.team import Team
from muster.places.area import Area, gazetteer
from muster.places.gazetteer import AmbiguousPlace, Gazetteer, Place, PlaceRefusal, UnknownPlace
from muster.places.placenames import normalise
from muster.places.site import Site
from muster.register.look import Look
from muster.register.search import typed_as

CANDIDATES = 8


class Candidate(NamedTuple):
    """What a text may mean: ``value`` is a text that means just this."""

    value: str
    shown: str


@dataclass(frozen=True)
class Meant:
    where: Q
    shown: str


class UnclearName(Refusal):
    """``candidates`` are what the text may mean."""

    code = "unclear_name"
    status = 422
    message = said("“{text}” fits several under “{filter}”. Choose one.")

    def __init__(self, candidates: list[Candidate], **details: Any) -> None:
        super().__init__(**details)
        self.candidates = candidates


class SimilarName(UnclearName):
    message = said("Nothing under “{filter}” is called just “{text}”. Is it one of these?")


class UnknownName(UnclearName):
    code = "unknown_name"
    message = said("Nothing under “{filter}” is called “{text}”. Write another part of its name, or take it out.")


def area_meant(look: Look, text: str) -> Meant:
    area = look.areas[text] = _area_named(text)
    return Meant(Q(area_path__under=area.path), area.place)


def _area_named(text: str) -> Area:
    """The one area of that name, code or pinyin. Raises the gazetteer's refusals."""
    known = gazetteer()
    try:
        place = known.resolve(text)
    except UnknownPlace as refusal:
        place = _typed(known, text, refusal)
    return Area.objects.defer("outline").get(pk=place.code)


def _typed(known: Gazetteer, text: str, refusal: PlaceRefusal) -> Place:
    """The only place whose name is typed so, by pinyin or initials."""
    said = normalise(text)
    found = [place for place in known.search(text, limit=20) if said in (place.pinyin, place.initials)]
    if len(found) > 1:
        raise AmbiguousPlace(text, found[:CANDIDATES], known)
    if not found:
        raise refusal
    return found[0]


def candidates_of(refusal: Refusal) -> list[Candidate]:
    """What a refused text may mean."""
    if isinstance(refusal, PlaceRefusal):
        known = gazetteer()
        return [Candidate(place.code, known.path(place)) for place in refusal.candidates]
    return refusal.candidates if isinstance(refusal, UnclearName) else []


def site_meant(look: Look, text: str) -> Meant:
    sites = Site.objects.filter(look.within("area__path")).select_related("area").defer("outline", "area__outline")
    site = _one(sites, text, _("Site"), UUID)
    return Meant(Q(site=site), site.name)


def lead_meant(look: Look, text: str) -> Meant:
    led = Organisation.objects.filter(Exists(look.seen.filter(lead=OuterRef("pk"))))
    lead = _one(_placed(led), text, _("Responsible"), int)
    return Meant(Q(lead=lead), lead.name)


def reporter_meant(look: Look, text: str) -> Meant:
    found = look.seen.filter(look.aside, reporter_organisation=OuterRef("pk"))
    reporter = _one(_placed(Organisation.objects.filter(Exists(found))), text, _("Found by"), int)
    return Meant(Q(reporter_organisation=reporter), reporter.name)


def team_meant(look: Look, text: str) -> Meant:
    found = look.seen.filter(look.aside, team=OuterRef("pk"))
    team = _one(_placed(Team.objects.filter(Exists(found))), text, _("Team"), int)
    return Meant(Q(team=team), team.name)


def _placed(found: QuerySet[Any]) -> QuerySet[Any]:
    return found.select_related("area").defer("area__outline")


def _one(found: QuerySet[Any], text: str, label: Any, key: Callable[[str], Any]) -> Any:
    """The one row with that key, or of exactly that name; of any other name its likes are asked about."""
    text = text.replace("\0", "").strip()
    exact = list(found.filter(Q(name=text) | _keyed(key, text)).order_by("name")[: CANDIDATES + 1])
    if len(exact) == 1:
        return exact[0]
    if exact:
        raise UnclearName(_candidates(exact), text=text, filter=label)
    alike = list(found.filter(Q(name__icontains=text) | Q(pk__in=_spoken(found, text))).order_by("name")[:CANDIDATES])
    raise (SimilarName if alike else UnknownName)(_candidates(alike), text=text, filter=label)


def _keyed(key: Callable[[str], Any], text: str) -> Q:
    try:
        return Q(pk=key(text)) if text.isascii() and len(text) < 40 else Q(pk__in=[])
    except ValueError:
        return Q(pk__in=[])


def _spoken(found: QuerySet[Any], text: str) -> list[Any]:
    """Whose name is typed so, in pinyin."""
    typed = normalise(text)
    if not typed.isascii() or len(typed) < 2:
        return []
    names = found.select_related(None).order_by().values_list("pk", "name")
    return [pk for pk, name in names if typed_as(name, typed)][:CANDIDATES]


def _candidates(found: list[Model]) -> list[Candidate]:
    return [Candidate(str(one.pk), f"{one}（{one.area.place}）") for one in found]  # type: ignore[attr-defined]
