"""The lists of an administrator: organisations, persons and sites within a scope, as far as somebody narrowed them.

``asked`` is the query of an address: texts, keys of areas and organisations. What isn't there narrows nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from muster.people.organisation import Organisation
from muster.people.person import Grant, Membership, Person
from muster.people.scope import Scope, not_ended
from muster.places.area import Area
from muster.places.site import Site

Narrowed = Mapping[str, str]
Row = TypeVar("Row", Site, Organisation)


def sites(scope: Scope, asked: Narrowed) -> QuerySet[Site]:
    """Open ones, unless others are asked for."""
    found = _named(scope.sites(), asked)
    if asked.get("organisation"):
        found = found.filter(organisation__pk=_number(asked["organisation"]))
    state = asked.get("state", "")
    return found if state == "all" else found.filter(closed_at__isnull=state != "closed")


def organisations(scope: Scope, asked: Narrowed) -> QuerySet[Organisation]:
    """The roots of the tree within the scope; narrowed, whatever fits, wherever it stands."""
    found = _named(scope.organisations(), asked)
    if asked.get("under"):
        above = Organisation.objects.filter(pk=_number(asked["under"])).values_list("path", flat=True).first() or "-"
        return found.filter(path__startswith=above).exclude(path=above)
    if any(asked.get(name) for name in ("q", "kind", "area", "all")):
        return found
    # Its parent may stand outside the scope; then it is a root here.
    return found.exclude(scope.within("parent__area__path"))


def people(scope: Scope, asked: Narrowed) -> QuerySet[Person]:
    found = with_what_they_have(scope.people())
    if text := asked.get("q"):
        found = found.filter(Q(name__icontains=text) | Q(login__icontains=text))
    if asked.get("organisation"):
        found = found.filter(memberships__organisation__pk=_number(asked["organisation"]), memberships__until=None)
    if asked.get("state"):
        found = found.filter(is_active=asked["state"] == "active")
    return _with_role(found, asked.get("role", ""))


def with_what_they_have(found: QuerySet[Person]) -> QuerySet[Person]:
    """What each belongs to now as ``now_in``, what each may do as ``now_may``."""
    return found.prefetch_related(*_beside())


def _named(found: QuerySet[Row], asked: Narrowed) -> QuerySet[Row]:
    """By a part of its name, its kind, and an area with all below."""
    if asked.get("q"):
        found = found.filter(name__icontains=asked["q"])
    if asked.get("kind"):
        found = found.filter(kind=asked["kind"])
    if asked.get("area"):
        path = Area.objects.filter(pk=asked["area"]).values_list("path", flat=True).first()
        found = found.filter(area__path__startswith=path or "-")
    return found


def _number(key: str) -> int:
    """The key of an organisation; of anything else, one that none has."""
    return int(key) if key.isascii() and key.isdigit() and len(key) < 19 else -1


def _with_role(found: QuerySet[Person], role: str) -> QuerySet[Person]:
    held = Grant.objects.filter(not_ended(), person=OuterRef("pk"))
    if role == "none":
        return found.filter(~Exists(held))
    return found.filter(Exists(held.filter(role=role))) if role else found


def _beside() -> tuple[Prefetch[str], ...]:
    belongs = Membership.objects.filter(until=None).select_related("organisation__area").order_by("organisation__name")
    belongs = belongs.defer("organisation__area__outline")
    held = Grant.objects.filter(not_ended()).select_related("area", "organisation").defer("area__outline")
    return Prefetch("memberships", belongs, to_attr="now_in"), Prefetch("grants", held, to_attr="now_may")
