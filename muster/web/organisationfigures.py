"""The figures of an organisation: what was given to it and to those below it. For its liaisons, and who reads the area."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET

from muster.briefings.asked import may_read, own_area
from muster.incidents.incident import Incident
from muster.loop.matter import Matter
from muster.people.organisation import Organisation
from muster.people.person import Person
from muster.people.role import AREA_ROLES, Role
from muster.places.area import Area
from muster.web.areas import shown
from muster.web.context import incident_here
from muster.web.guard import holding
from muster.web.scope import person_of


@holding(*AREA_ROLES, Role.LIAISON)
@require_GET
def figures(request: HttpRequest, pk: int) -> HttpResponse:
    """Wherever the reader sees its matters: in the whole of their own area."""
    known = get_object_or_404(Organisation.objects.select_related("area").defer("area__outline"), pk=pk)
    person = person_of(request)
    area = area_of(person, known, incident_here(request))
    if not area:
        raise Http404
    by_role = may_read(person, area)
    return shown(request, "organisations/figures.html", area, str(pk), organisation=known, by_role=by_role)


def area_of(person: Person, organisation: Organisation, incident: Incident) -> Area | None:
    """The largest area in which this person may read the figures of an organisation."""
    own = own_area(person, incident)
    if own and (own.holds(organisation.area.path) or works_in(organisation, own)):
        return own
    granted = sorted(
        (one.area for one in person.grants_at() if one.role == Role.LIAISON), key=lambda area: len(area.codes)
    )
    return next((area for area in granted if may_read(person, area, organisation)), None)


def works_in(organisation: Organisation, area: Area) -> bool:
    """Whether it is responsible for anything there, wherever it stands itself."""
    return Matter.objects.filter(area_path__under=area.path, lead__path__under=organisation.path).exists()


urlpatterns = [path("organisations/<int:pk>/figures/", figures, name="organisation-figures")]
