"""Whose desk it is: the incident, and the area that the person commands."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest

from muster.briefings.asked import COMMANDS, commanded
from muster.incidents.incident import Incident
from muster.people.person import Person
from muster.places.area import Area
from muster.web.context import incident_here
from muster.web.scope import person_of

DESK_ROLES = COMMANDS


@dataclass(frozen=True)
class Desk:
    incident: Incident
    area: Area
    person: Person
    areas: tuple[Area, ...]

    @property
    def query(self) -> str:
        """What addresses of this desk end with; nothing where there is only one."""
        return f"?area={self.area.pk}" if len(self.areas) > 1 else ""


def desk_of(request: HttpRequest) -> Desk:
    """The desk that the address names, else the largest; another's area doesn't exist."""
    incident, person = incident_here(request), person_of(request)
    areas = commanded(person, incident)
    code = request.GET.get("area") or request.POST.get("area")
    area = next((area for area in areas if code in (None, "", area.pk)), None)
    if not area:
        raise Http404
    return Desk(incident, area, person, areas)
