"""Within which scope somebody administers, and who that is."""

from __future__ import annotations

from django.http import HttpRequest

from muster.people.person import Person
from muster.people.scope import Scope


def scope_of(request: HttpRequest) -> Scope:
    """The scope of the person of this request, looked up once."""
    if not hasattr(request, "_scope"):
        request._scope = Scope.of(person_of(request))  # type: ignore[attr-defined]
    return request._scope  # type: ignore[attr-defined, no-any-return]


def person_of(request: HttpRequest) -> Person:
    person: Person = request.user  # type: ignore[assignment]
    return person
