"""What every page shows around its content."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from muster.incidents.incident import Incident
from muster.people.role import AREA_ROLES, Role


def frame(request: HttpRequest) -> dict[str, Any]:
    """The incident, and the doors that this person can open."""
    return {
        "incident": SimpleLazyObject(lambda: incident_of(request)),
        "doors": SimpleLazyObject(lambda: doors(request)),
        "theme": request.COOKIES.get("theme", ""),
    }


def incident_of(request: HttpRequest) -> Incident | None:
    """The incident of this request, looked up once."""
    if not hasattr(request, "_incident"):
        request._incident = Incident.current()  # type: ignore[attr-defined]
    return request._incident  # type: ignore[attr-defined, no-any-return]


def roles_of(request: HttpRequest) -> set[str]:
    """The roles that the person of this request holds anywhere, looked up once."""
    if not hasattr(request, "_roles"):
        grants = request.user.grants_at() if request.user.is_authenticated else []
        request._roles = {grant.role for grant in grants}  # type: ignore[attr-defined]
    return request._roles  # type: ignore[attr-defined, no-any-return]


def doors(request: HttpRequest) -> dict[str, bool]:
    """Which parts of the navigation this person gets to see. Nobody sees a door that they can't open."""
    roles = roles_of(request)
    matters = {*AREA_ROLES, Role.OPERATOR, Role.LIAISON}
    return {
        "work": bool(roles),
        "matters": bool(roles & matters),
        "figures": bool(roles.intersection(AREA_ROLES)),
        "finding": bool(roles & {Role.INSPECTOR, Role.DISPATCHER, Role.HEADQUARTERS}),
        "request": bool(roles & {Role.OPERATOR, Role.DISPATCHER, Role.HEADQUARTERS}),
        "bulletins": bool(roles & {*AREA_ROLES, Role.LIAISON}),
        "administration": Role.ADMINISTRATOR in roles,
        "packs": bool(roles & {Role.ADMINISTRATOR, Role.HEADQUARTERS}),
    }
