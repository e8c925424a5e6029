"""Teams of organisations, and who is in them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status

from muster.api.asked import (
    Flag,
    Form,
    Key,
    Limit,
    Number,
    administered,
    body_of,
    changed,
    data_of,
    listed,
    must_be_done,
    must_be_saved,
    must_be_valid,
)
from muster.people.team import Team
from muster.web.teams import MemberForm, TeamForm, change_member, known_team

router = Router(tags=["teams"])
TeamIn = body_of(TeamForm, "area", organisation=(Number, ...), area=(str | None, None))
TeamChangeIn = body_of(TeamForm, partly=True)
MemberIn = body_of(MemberForm)


class LeadingIn(Form):
    leads: Flag


class MemberOut(Schema):
    id: int
    person: int
    name: str
    leads: bool


class TeamOut(Schema):
    id: int
    name: str
    kind: str
    area: str
    organisation: int


class TeamWithMembersOut(TeamOut):
    members: list[MemberOut]


class TeamsOut(Schema):
    items: list[TeamOut]
    after: int | None


@router.get("", response=TeamsOut)
def teams(
    request: HttpRequest, organisation: Key | None = None, after: Key | None = None, limit: Limit = 50
) -> dict[str, Any]:
    """The teams of one's organisations that haven't ended, or of one of them."""
    found = administered(request).teams().filter(until=None)
    if organisation is not None:
        found = found.filter(organisation=organisation)
    return listed(request, found, team_told, limit, "name", "pk")


@router.get("/{int:pk}", response=TeamWithMembersOut)
def team(request: HttpRequest, pk: Key) -> dict[str, Any]:
    return _with_members(_known(request, pk))


@router.post("", response={201: TeamWithMembersOut})
def add(request: HttpRequest, asked: TeamIn) -> Status[Any]:  # type: ignore[valid-type]
    """A new team of an ``organisation`` (its number); it works in the organisation's area unless another is written."""
    scope, given = administered(request), data_of(asked)
    organisation = get_object_or_404(scope.organisations().select_related("area"), pk=given.pop("organisation"))
    made = Team(organisation=organisation, area=organisation.area)
    given["area"] = given.get("area") or organisation.area_id
    return Status(201, _with_members(must_be_saved(TeamForm(scope, given, instance=made))))


@router.patch("/{int:pk}", response=TeamWithMembersOut)
def change(request: HttpRequest, pk: Key, asked: TeamChangeIn) -> dict[str, Any]:  # type: ignore[valid-type]
    """What isn't sent stays as it is."""
    scope, known = administered(request), _known(request, pk)
    return _with_members(
        must_be_saved(TeamForm(scope, changed(TeamForm(scope, instance=known), asked), instance=known))
    )


@router.post("/{int:pk}/end", response=TeamOut)
def end(request: HttpRequest, pk: Key) -> dict[str, Any]:
    """The team's work is over; its members' time in it ends with it."""
    known = _known(request, pk)
    known.end()
    return team_told(known)


@router.post("/{int:pk}/members", response={201: TeamWithMembersOut})
def join(request: HttpRequest, pk: Key, asked: MemberIn) -> Status[Any]:  # type: ignore[valid-type]
    """``person`` by name or sign-in name."""
    known, form = _known(request, pk), MemberForm(data_of(asked))
    form.asks(administered(request))
    must_be_valid(form)
    must_be_done(form.join(known), form)
    return Status(201, _with_members(known))


@router.patch("/{int:pk}/members/{int:member}", response=TeamWithMembersOut)
def change_lead(request: HttpRequest, pk: Key, member: Key, asked: LeadingIn) -> dict[str, Any]:
    """Whether the member ``leads`` the team; several may."""
    known = _known(request, pk)
    change_member(known, member, "lead" if asked.leads else "follow")
    return _with_members(known)


@router.post("/{int:pk}/members/{int:member}/end", response=TeamWithMembersOut)
def leave(request: HttpRequest, pk: Key, member: Key) -> dict[str, Any]:
    """Out of the team; that they were in it stays known."""
    known = _known(request, pk)
    change_member(known, member, "end")
    return _with_members(known)


def team_told(one: Team) -> dict[str, Any]:
    return {"id": one.pk, "name": one.name, "kind": one.kind, "area": one.area_id, "organisation": one.organisation_id}


def _with_members(one: Team) -> dict[str, Any]:
    rows = one.teammember_set.filter(until=None).select_related("person").order_by("-leads", "person__name", "pk")
    members = [{"id": row.pk, "person": row.person_id, "name": row.person.name, "leads": row.leads} for row in rows]
    return {**team_told(one), "members": members}


def _known(request: HttpRequest, pk: int) -> Team:
    administered(request)
    return known_team(request, pk)
