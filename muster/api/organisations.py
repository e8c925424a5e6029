"""Organisations in their tree."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status

from muster.api.asked import (
    Key,
    Limit,
    administered,
    body_of,
    changed,
    data_of,
    listed,
    must_be_saved,
    narrowed,
)
from muster.people import directory
from muster.people.organisation import Organisation
from muster.web.organisations import NewOrganisationForm, OrganisationFilter, OrganisationForm, known_organisation

router = Router(tags=["organisations"])
OrganisationIn = body_of(NewOrganisationForm)
OrganisationChangeIn = body_of(OrganisationForm, partly=True)
OrganisationFilterIn = body_of(OrganisationFilter, partly=True)


class OrganisationOut(Schema):
    id: int
    name: str
    kind: str
    area: str
    parent: int | None


class OrganisationsOut(Schema):
    items: list[OrganisationOut]
    after: int | None


@router.get("", response=OrganisationsOut)
def organisations(
    request: HttpRequest, asked: Query[OrganisationFilterIn], after: Key | None = None, limit: Limit = 50  # type: ignore[valid-type]
) -> dict[str, Any]:  # fmt: skip
    """The roots of the tree within one's area; narrowed, whatever fits, wherever it stands."""
    scope = administered(request)
    found = directory.organisations(scope, narrowed(scope, OrganisationFilter, asked))
    return listed(request, found, organisation_told, limit, "area__path", "name", "pk")


@router.get("/{int:pk}", response=OrganisationOut)
def organisation(request: HttpRequest, pk: Key) -> dict[str, Any]:
    return organisation_told(_known(request, pk))


@router.post("", response={201: OrganisationOut})
def add(request: HttpRequest, asked: OrganisationIn) -> Status[Any]:  # type: ignore[valid-type]
    """``area`` and ``parent`` by name, as people write them. The parent can't be changed later."""
    return Status(201, organisation_told(must_be_saved(NewOrganisationForm(administered(request), data_of(asked)))))


@router.patch("/{int:pk}", response=OrganisationOut)
def change(request: HttpRequest, pk: Key, asked: OrganisationChangeIn) -> dict[str, Any]:  # type: ignore[valid-type]
    """What isn't sent stays as it is."""
    scope, known = administered(request), _known(request, pk)
    present = OrganisationForm(scope, instance=known)
    return organisation_told(must_be_saved(OrganisationForm(scope, changed(present, asked), instance=known)))


def organisation_told(one: Organisation) -> dict[str, Any]:
    return {"id": one.pk, "name": one.name, "kind": one.kind, "area": one.area_id, "parent": one.parent_id}


def _known(request: HttpRequest, pk: int) -> Organisation:
    administered(request)
    return known_organisation(request, pk)
