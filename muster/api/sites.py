"""Sites: what is inspected, sampled at, guarded and supplied."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema, Status

from muster.api.asked import (
    Limit,
    administered,
    body_of,
    changed,
    clocked,
    data_of,
    listed,
    must_be_saved,
    narrowed,
    worked_in,
)
from muster.people import directory
from muster.places.site import Site
from muster.web.sites import SiteFilter, SiteForm, known_site

router = Router(tags=["sites"])
SiteIn = body_of(SiteForm)
SiteChangeIn = body_of(SiteForm, partly=True)
SiteFilterIn = body_of(SiteFilter, partly=True)


class SiteOut(Schema):
    id: UUID
    name: str
    kind: str
    area: str
    organisation: int | None
    latitude: float | None
    longitude: float | None
    closed_at: datetime | None


class SitesOut(Schema):
    items: list[SiteOut]
    after: UUID | None


@router.get("", response=SitesOut)
def sites(
    request: HttpRequest, asked: Query[SiteFilterIn], after: UUID | None = None, limit: Limit = 50  # type: ignore[valid-type]
) -> dict[str, Any]:  # fmt: skip
    """The sites where one has a role, by name, narrowed as on the page; without ``state`` the open ones."""
    scope = worked_in(request)
    return listed(request, directory.sites(scope, narrowed(scope, SiteFilter, asked)), site_told, limit, "name", "pk")


@router.get("/{uuid:pk}", response=SiteOut)
def site(request: HttpRequest, pk: UUID) -> dict[str, Any]:
    return site_told(get_object_or_404(worked_in(request).sites(), pk=pk))


@router.post("", response={201: SiteOut})
def add(request: HttpRequest, asked: SiteIn) -> Status[Any]:  # type: ignore[valid-type]
    """``area`` and ``organisation`` by name, path or code, as people write them; what isn't clear is asked back."""
    return Status(201, site_told(must_be_saved(SiteForm(administered(request), data_of(asked)))))


@router.patch("/{uuid:pk}", response=SiteOut)
def change(request: HttpRequest, pk: UUID, asked: SiteChangeIn) -> dict[str, Any]:  # type: ignore[valid-type]
    """What isn't sent stays as it is."""
    scope, known = administered(request), _known(request, pk)
    present = SiteForm(scope, instance=known)
    return site_told(must_be_saved(SiteForm(scope, changed(present, asked), instance=known)))


@router.post("/{uuid:pk}/closure", response=SiteOut)
def close(request: HttpRequest, pk: UUID) -> dict[str, Any]:
    """Nothing new is found there any more; what was found there goes on."""
    with clocked(request):
        _known(request, pk).close()
    return site_told(_known(request, pk))


@router.post("/{uuid:pk}/reopening", response=SiteOut)
def reopen(request: HttpRequest, pk: UUID) -> dict[str, Any]:
    _known(request, pk).open_again()
    return site_told(_known(request, pk))


def site_told(one: Site) -> dict[str, Any]:
    return {
        "id": one.pk, "name": one.name, "kind": one.kind, "area": one.area_id, "organisation": one.organisation_id,
        "latitude": one.latitude, "longitude": one.longitude, "closed_at": one.closed_at,
    }  # fmt: skip


def _known(request: HttpRequest, pk: UUID) -> Site:
    administered(request)
    return known_site(request, pk)
