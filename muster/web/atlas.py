"""Areas as administrators write them: named within the scope, asked about when unclear."""

from __future__ import annotations

from django.utils.translation import gettext as _

from muster.people.scope import Scope
from muster.places.area import Area, gazetteer
from muster.places.gazetteer import FormerName, Gazetteer, PlaceRefusal, UnknownPlace
from muster.web.asking import Candidate, Unclear


def area_named(scope: Scope, text: str) -> Area:
    """The one area in the scope that a text names. Raises Unclear with what it may mean, never guesses."""
    known = gazetteer()
    try:
        place = known.resolve_in_one(text, (area.code for area in scope.areas))
    except PlaceRefusal as refusal:
        raise _unclear(known, scope, text, refusal) from refusal
    return Area.objects.defer("outline").get(pk=place.code)


def written(area: Area) -> str:
    """An area as a form shows it: the full path and the code, which together always resolve to it."""
    return _written(gazetteer(), area)


def _written(known: Gazetteer, area: Area) -> str:
    place = known.get(area.code)
    return f"{known.path(place)} {area.code}" if place and place.parent else area.code


def _unclear(known: Gazetteer, scope: Scope, text: str, refusal: PlaceRefusal) -> Unclear:
    codes = [place.code for place in refusal.candidates]
    areas = Area.objects.defer("outline").in_bulk(codes)
    here = [areas[code] for code in dict.fromkeys(codes) if code in areas and scope.holds(areas[code])]
    candidates = [Candidate(_written(known, area), area.name, _written(known, area)) for area in here]
    return Unclear(_said(known, scope, text, refusal, bool(candidates)), candidates)


def _said(known: Gazetteer, scope: Scope, text: str, refusal: PlaceRefusal, choices: bool) -> str:
    if isinstance(refusal, FormerName):
        return _("“%(text)s” is a former name or code. Choose the present one.") % {"text": text}
    if not isinstance(refusal, UnknownPlace):
        return _("“%(text)s” fits several areas. Choose one, or write its code.") % {"text": text}
    words = {"text": text, "scope": scope.names}
    if choices:
        return _("No area of %(scope)s is called “%(text)s”. Choose one of these, or write a name or a code.") % words
    return _("No area of %(scope)s is called “%(text)s”. Write a full name or a code.") % words
