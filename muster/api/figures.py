"""Figures: the named queries, and the matters that each counts."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from muster.api.asked import Key, Limit, must_hold, person
from muster.api.matters import MattersOut, listed, shown
from muster.briefings.asked import incident_asked, may_read, own_area, scope_asked
from muster.briefings.figure import FIGURES, Scope
from muster.briefings.listing import listed as figures_listed
from muster.people.role import AREA_ROLES
from muster.register.order import ORDERS, Place

router = Router(tags=["figures"])


class ScopeIn(Schema):
    """Area by name or code, organisation by its number; times as dates or ISO 8601 with a zone."""

    area: str = ""
    organisation: str = ""
    as_of: str = ""
    from_: str = Field("", alias="from")
    to: str = ""
    incident: Key | None = None


class CountedTeamOut(Schema):
    id: int
    name: str
    area: str
    organisation: str


class WindowOut(Schema):
    from_: str | None = Field(alias="from")
    to: str | None


class FigureOut(Schema):
    key: str
    name_zh: str
    name_en: str
    value: int | float | None
    unit: str
    area: str
    window: WindowOut | None
    as_of: str
    rows: str


@router.get("", response=list[FigureOut], by_alias=True)
def figures(request: HttpRequest, asked: Query[ScopeIn]) -> list[dict[str, Any]]:
    """Every figure of an area, as of a moment and of what occurred in a window. For who sees all of that area."""
    return figures_listed(scope_of(request, asked))


@router.get("/{key}/matters", response=MattersOut)
def figure_matters(
    request: HttpRequest, key: str, asked: Query[ScopeIn], after: str = "", before: str = "", limit: Limit = 50
) -> HttpResponse:
    """The matters that a figure counts, newest first, as they are now; ``after`` of an answer is the cursor of the next page."""
    scope, figure = scope_of(request, asked), FIGURES.get(key)
    if not figure or figure.opens != "matters":
        raise Http404
    found = figure.rows(scope).seen_by(person(request))  # type: ignore[attr-defined]
    return listed(ORDERS["newest"].page(found, Place(before or after, bool(before)), limit, shown))


@router.get("/{key}/teams", response=list[CountedTeamOut])
def figure_teams(request: HttpRequest, key: str, asked: Query[ScopeIn]) -> list[dict[str, Any]]:
    """The teams that a figure counts."""
    must_hold(request, *AREA_ROLES)
    scope, figure = scope_of(request, asked), FIGURES.get(key)
    if not figure or figure.opens != "teams" or not may_read(person(request), scope.area):
        raise Http404
    found: Any = figure.rows(scope)
    return [
        {"id": one.pk, "name": one.name, "area": one.area_id, "organisation": one.organisation.name}
        for one in found.select_related("organisation")
    ]


def scope_of(request: HttpRequest, asked: ScopeIn) -> Scope:
    """What is asked, looked up through the person: to an outsider there are no figures."""
    incident = incident_asked(asked.incident)
    own = own_area(person(request), incident)
    if not own and not asked.organisation:
        raise Http404
    scope = scope_asked(incident, asked.dict(by_alias=True, exclude={"incident"}), own)
    if not may_read(person(request), scope.area, scope.organisation):
        raise Http404
    return scope
