"""What every page shows around its content."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from muster.briefings.asked import NoIncident
from muster.incidents.incident import Incident
from muster.people.role import AREA_ROLES, Role
from muster.web.navigation import navigation

#: Where the session keeps which incident its person has chosen.
CHOSEN = "incident"
#: Roles that see matters.
MATTER_ROLES = (*AREA_ROLES, Role.OPERATOR, Role.LIAISON)


def frame(request: HttpRequest) -> dict[str, Any]:
    """The incident, and the doors that this person can open."""
    return {
        "incident": SimpleLazyObject(lambda: incident_of(request)),
        "incidents": SimpleLazyObject(lambda: incidents_of(request)),
        "doors": SimpleLazyObject(lambda: doors(request)),
        "navigation": SimpleLazyObject(lambda: navigation(doors(request))),
        "theme": request.COOKIES.get("theme", ""),
    }


def incident_of(request: HttpRequest) -> Incident | None:
    """The incident that this request is about, looked up once.

    The open one that the person has chosen, else the current one of their areas, else the current one.
    """
    if not hasattr(request, "_incident"):
        own = incidents_of(request)
        chosen = request.session.get(CHOSEN) if len(own) > 1 else None
        found = next((one for one in own if one.pk == chosen), None) or next(iter(own or open_incidents(request)), None)
        request._incident = found  # type: ignore[attr-defined]
    return request._incident  # type: ignore[attr-defined, no-any-return]


def incident_here(request: HttpRequest) -> Incident:
    """The same, for a page that is nothing without one. Raises NoIncident."""
    found = incident_of(request)
    if not found:
        raise NoIncident
    return found


def incidents_of(request: HttpRequest) -> list[Incident]:
    """The open incidents that this person may choose among: whose area one of their grants lies in or holds."""
    found = open_incidents(request)
    if len(found) < 2 or not request.user.is_authenticated:
        return found
    areas = [grant.area for grant in request.user.grants_at()]
    return [one for one in found if any(area.holds(one.area.path) or one.area.holds(area.path) for area in areas)]


def open_incidents(request: HttpRequest) -> list[Incident]:
    """Looked up once."""
    if not hasattr(request, "_incidents"):
        request._incidents = Incident.open()  # type: ignore[attr-defined]
    return request._incidents  # type: ignore[attr-defined, no-any-return]


def roles_of(request: HttpRequest) -> set[str]:
    """The roles that the person of this request holds anywhere, looked up once."""
    if not hasattr(request, "_roles"):
        grants = request.user.grants_at() if request.user.is_authenticated else []
        request._roles = {grant.role for grant in grants}  # type: ignore[attr-defined]
    return request._roles  # type: ignore[attr-defined, no-any-return]


def doors(request: HttpRequest) -> dict[str, bool]:
    """Which parts of the navigation this person gets to see. Nobody sees a door that they can't open."""
    roles = roles_of(request)
    return {
        "work": bool(roles),
        "desk": bool(roles & {Role.HEADQUARTERS, Role.DISPATCHER}),
        "matters": bool(roles.intersection(MATTER_ROLES)),
        "figures": bool(roles.intersection(AREA_ROLES)),
        "walls": Role.HEADQUARTERS in roles,
        "finding": bool(roles & {Role.INSPECTOR, Role.DISPATCHER, Role.HEADQUARTERS}),
        "request": bool(roles & {Role.OPERATOR, Role.DISPATCHER, Role.HEADQUARTERS}),
        "bulletins": bool(roles & {*AREA_ROLES, Role.LIAISON}),
        "administration": Role.ADMINISTRATOR in roles,
        "incidents": bool(roles & {Role.ADMINISTRATOR, Role.HEADQUARTERS}),
        "packs": bool(roles & {Role.ADMINISTRATOR, Role.HEADQUARTERS}),
    }
