"""Persons: who they are, where they belong, what they may do. How they sign in is set on the pages alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema, Status

from muster.api.asked import (
    Key,
    Limit,
    Moment,
    administered,
    body_of,
    changed,
    data_of,
    listed,
    must_be_done,
    must_be_saved,
    must_be_valid,
    narrowed,
    person,
)
from muster.people import directory
from muster.people.person import Grant, Membership, Person, Reveal
from muster.people.scope import not_ended
from muster.web.accounts import let_in, shut_out, sign_out
from muster.web.grants import GrantForm, end_grant
from muster.web.memberships import MembershipForm, finish
from muster.web.people import EditPersonForm, NewPersonForm, PeopleFilter
from muster.web.personpage import RevealForm, controlled_person, known_person

router = Router(tags=["people"])
PersonIn = body_of(NewPersonForm)
PersonChangeIn = body_of(EditPersonForm, partly=True)
PeopleFilterIn = body_of(PeopleFilter, partly=True)
MembershipIn = body_of(MembershipForm)
GrantIn = body_of(GrantForm, "until", until=(Moment | None, None))
RevealIn = body_of(RevealForm)


class MembershipOut(Schema):
    id: int
    organisation: int
    name: str


class GrantOut(Schema):
    id: int
    role: str
    area: str
    organisation: int
    from_at: datetime
    until: datetime | None


class PersonOut(Schema):
    id: int
    name: str
    login: str
    language: str
    phone_masked: str
    is_active: bool
    memberships: list[MembershipOut]
    grants: list[GrantOut]


class PeopleOut(Schema):
    items: list[PersonOut]
    after: int | None


class PhoneOut(Schema):
    phone: str


class EndedOut(Schema):
    ended: int


@router.get("", response=PeopleOut)
def people(
    request: HttpRequest, asked: Query[PeopleFilterIn], after: Key | None = None, limit: Limit = 50  # type: ignore[valid-type]
) -> dict[str, Any]:  # fmt: skip
    """Who belongs to organisations of one's area, by name, narrowed as on the page."""
    scope = administered(request)
    return listed(request, directory.people(scope, narrowed(scope, PeopleFilter, asked)), _told, limit, "name", "pk")


@router.get("/{int:pk}", response=PersonOut)
def one_person(request: HttpRequest, pk: Key) -> dict[str, Any]:
    _known(request, pk)
    return _person(request, pk)


@router.post("", response={201: PersonOut})
def add(request: HttpRequest, asked: PersonIn) -> Status[Any]:  # type: ignore[valid-type]
    """A new person of an ``organisation`` (by name). Next: a role; a password is given on the pages."""
    made = must_be_saved(NewPersonForm(administered(request), data_of(asked)))
    return Status(201, _person(request, made.pk))


@router.patch("/{int:pk}", response=PersonOut)
def change(request: HttpRequest, pk: Key, asked: PersonChangeIn) -> dict[str, Any]:  # type: ignore[valid-type]
    """What isn't sent stays as it is; ``forget`` removes the telephone number that is on file."""
    administered(request)
    known = controlled_person(request, pk)
    present = EditPersonForm(person(request), instance=known)
    must_be_saved(EditPersonForm(person(request), changed(present, asked), instance=known))
    return _person(request, pk)


@router.post("/{int:pk}/phone", response=PhoneOut)
def phone(request: HttpRequest, pk: Key, asked: RevealIn) -> dict[str, Any]:  # type: ignore[valid-type]
    """The telephone number in full, to who gives a ``reason``; both are kept."""
    known = _known(request, pk)
    if not known.phone:
        raise Http404
    reason = must_be_valid(RevealForm(data_of(asked)))["reason"]
    Reveal.objects.create(by=person(request), of_person=known, reason=reason)
    return {"phone": known.phone}


@router.post("/{int:pk}/memberships", response={201: PersonOut})
def begin(request: HttpRequest, pk: Key, asked: MembershipIn) -> Status[Any]:  # type: ignore[valid-type]
    """Somebody may belong to several organisations (dual registration)."""
    known, form = _known(request, pk), MembershipForm(data_of(asked))
    form.asks(administered(request))
    must_be_valid(form)
    must_be_done(form.begin(known, person(request)), form)
    return Status(201, _person(request, pk))


@router.post("/{int:pk}/memberships/{int:membership}/end", response=PersonOut)
def leave(request: HttpRequest, pk: Key, membership: Key) -> dict[str, Any]:
    """With it end the roles for that organisation, and the time in its teams."""
    known = _known(request, pk)
    here = known.memberships.filter(administered(request).within("organisation__area__path"), until=None)
    finish(get_object_or_404(here.select_related("organisation"), pk=membership), person(request))
    return _person(request, pk)


@router.post("/{int:pk}/grants", response={201: PersonOut})
def give(request: HttpRequest, pk: Key, asked: GrantIn) -> Status[Any]:  # type: ignore[valid-type]
    """A ``role`` in an ``area`` (by name) for an ``organisation`` (its number) that the person belongs to."""
    known = _known(request, pk)
    must_be_saved(
        GrantForm(administered(request), data_of(asked), instance=Grant(person=known, given_by=person(request)))
    )
    return Status(201, _person(request, pk))


@router.post("/{int:pk}/grants/{int:grant}/end", response=PersonOut)
def end(request: HttpRequest, pk: Key, grant: Key) -> dict[str, Any]:
    """Nobody takes their own administration away."""
    known = _known(request, pk)
    here = known.grants.filter(administered(request).within("area__path"), not_ended())
    end_grant(get_object_or_404(here.select_related("area"), pk=grant), person(request))
    return _person(request, pk)


@router.post("/{int:pk}/deactivation", response=PersonOut)
def deactivate(request: HttpRequest, pk: Key) -> dict[str, Any]:
    """Can't sign in any more; sessions and access tokens end, roles rest."""
    administered(request)
    shut_out(controlled_person(request, pk), person(request))
    return _person(request, pk)


@router.post("/{int:pk}/activation", response=PersonOut)
def activate(request: HttpRequest, pk: Key) -> dict[str, Any]:
    administered(request)
    let_in(controlled_person(request, pk), person(request))
    return _person(request, pk)


@router.delete("/{int:pk}/sessions", response=EndedOut)
def sessions(request: HttpRequest, pk: Key) -> dict[str, Any]:
    """Ends all but the one that asks, with the person's access tokens unless they are one's own; answers how many sessions
    ``ended``."""
    administered(request)
    own = request.session.session_key
    return {"ended": sign_out(controlled_person(request, pk), person(request), but=own)}


def _person(request: HttpRequest, pk: int) -> dict[str, Any]:
    """As it is now, and also where it has just left one's area."""
    return _told(directory.with_what_they_have(Person.objects.filter(pk=pk)).get())


def _told(one: Any) -> dict[str, Any]:
    """``one`` with what it belongs to now, and what it may do."""
    return {
        "id": one.pk, "name": one.name, "login": one.login, "language": one.language, "phone_masked": one.phone_masked,
        "is_active": one.is_active, "memberships": [_membership(row) for row in one.now_in],
        "grants": [_grant(row) for row in one.now_may],
    }  # fmt: skip


def _membership(row: Membership) -> dict[str, Any]:
    return {"id": row.pk, "organisation": row.organisation_id, "name": row.organisation.name}


def _grant(row: Grant) -> dict[str, Any]:
    return {
        "id": row.pk, "role": row.role, "area": row.area_id, "organisation": row.organisation_id, "from_at": row.from_at,
        "until": row.until,
    }  # fmt: skip


def _known(request: HttpRequest, pk: int) -> Person:
    administered(request)
    return known_person(request, pk)
