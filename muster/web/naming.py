"""Fields that name an area, an organisation or a person within a scope."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from muster.people.organisation import Organisation
from muster.people.person import Membership, Person
from muster.people.scope import Scope
from muster.places.area import Area, gazetteer
from muster.web.asking import AskingField, Candidate, Unclear
from muster.web.atlas import area_named

CANDIDATES = 8
ALIKE = 55
"""Out of 100: below this, a name isn't worth asking about."""


class AreaField(AskingField):
    def find(self, scope: Scope, text: str) -> Area:
        return area_named(scope, text)


class OrganisationField(AskingField):
    def find(self, scope: Scope, text: str) -> Organisation:
        return organisation_named(scope, text)


class PersonField(AskingField):
    def find(self, scope: Scope, text: str) -> Person:
        return person_named(scope, text)


def organisation_named(scope: Scope, text: str) -> Organisation:
    """The one organisation in the scope of exactly this name, or of this name and area: name（area). Raises Unclear."""
    known = scope.organisations().select_related("area").defer("area__outline")
    found = list(known.filter(name=text))
    found = found or [one for one in known.filter(name=text.rpartition("（")[0]) if in_full(one) == text]
    if len(found) == 1:
        return found[0]
    if found:
        raise Unclear(
            _("Several organisations are called “%(text)s”. Choose one.") % {"text": text}, _candidates(found)
        )
    raise _unknown_organisation(scope, text)


def person_named(scope: Scope, text: str) -> Person:
    """The one person in the scope of this name or sign-in name. Raises Unclear."""
    named = Q(name=text) | Q(login=text) | Q(login=text.rpartition("（")[2].rstrip("）"))
    found = scope.people().filter(named)
    if found.count() > 1:
        raise Unclear(_("Several persons are called “%(text)s”. Choose one.") % {"text": text}, _persons(found))
    if only := found.first():
        return only
    alike = _persons(scope.people().filter(Q(name__icontains=text) | Q(login__icontains=text)))
    words = {"scope": scope.names, "text": text}
    if alike:
        raise Unclear(_("Nobody of %(scope)s is called just “%(text)s”. Is it one of these?") % words, alike)
    raise Unclear(_("Nobody of %(scope)s is called “%(text)s”. Add the person under People first.") % words, [])


def written(organisation: Organisation | None, scope: Scope) -> tuple[str, Organisation] | None:
    """An organisation as a form shows it: its name, with its area where that alone isn't enough."""
    if not organisation:
        return None
    alone = scope.organisations().filter(name=organisation.name).count() < 2
    return (organisation.name if alone else in_full(organisation)), organisation


def in_full(organisation: Organisation) -> str:
    known = gazetteer()
    place = known.get(organisation.area_id)
    return f"{organisation.name}（{known.path(place) if place else organisation.area_id}）"


def _unknown_organisation(scope: Scope, text: str) -> Unclear:
    names = dict(scope.organisations().values_list("pk", "name"))
    alike = process.extract(text, names, scorer=fuzz.WRatio, limit=CANDIDATES, score_cutoff=ALIKE)
    known = (
        Organisation.objects.select_related("area").defer("area__outline").in_bulk([pk for _name, _score, pk in alike])
    )
    found = [known[pk] for _name, _score, pk in alike]
    words = {"text": text, "scope": scope.names}
    if found:
        return Unclear(
            _("No organisation of %(scope)s is called “%(text)s”. Is it one of these?") % words, _candidates(found)
        )
    return Unclear(
        _("No organisation of %(scope)s is called “%(text)s”. Add it under Organisations first.") % words, []
    )


def _candidates(found: Iterable[Organisation]) -> list[Candidate]:
    return [Candidate(in_full(one), one.name, f"{one.get_kind_display()} · {one.area.place}") for one in found]


def _persons(found: QuerySet[Person]) -> list[Candidate]:
    """With where they belong, which tells namesakes apart."""
    belongs = Prefetch("memberships", Membership.objects.filter(until=None).select_related("organisation"))
    return [
        Candidate(f"{one.name}（{one.login}）", one.name, " · ".join((one.login, *_belongs(one))))
        for one in found.prefetch_related(belongs)[:CANDIDATES]
    ]


def _belongs(person: Person) -> list[str]:
    return [row.organisation.name for row in person.memberships.all()]
