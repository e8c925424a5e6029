"""The figures of an area: the loop, what is late, thirty days, and the areas below."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.views.decorators.http import require_GET

from muster.briefings.asked import may_read, scope_asked
from muster.briefings.figure import Scope
from muster.lib.refusal import Refusal
from muster.people.person import Person
from muster.people.role import AREA_ROLES
from muster.places.area import Area
from muster.web.context import incident_here
from muster.web.figurefilter import moment_of, window_of
from muster.web.figurepage import FigurePage
from muster.web.figures import address_of
from muster.web.guard import holding
from muster.web.scope import person_of


@holding(*AREA_ROLES)
@require_GET
def area(request: HttpRequest, code: str) -> HttpResponse:
    """Another's area doesn't exist. What is wrong with the times asked for stands beside them."""
    known, person = get_object_or_404(Area.objects.defer("outline"), pk=code), person_of(request)
    if not may_read(person, known):
        raise Http404
    return shown(request, "areas/area.html", known, above=above(person, known))


def shown(request: HttpRequest, template: str, of: Area, number: str = "", **context: object) -> HttpResponse:
    """A page of figures, of the organisation of that number if any, as of the moment and window that the address says."""
    problem, incident = "", incident_here(request)
    asked = {"area": "", "organisation": number}
    try:
        scope = scope_asked(incident, {**request.GET.dict(), **asked}, of)
    except Refusal as refusal:
        problem, scope = str(refusal), scope_asked(incident, asked, of)
    page = FigurePage(scope)
    context |= {"section": "figures", "page": page, "scope": scope, "problem": problem, **times(scope, page.scope)}
    return render(request, template, context, status=422 if problem else 200)


def times(scope: Scope, told: Scope) -> dict[str, str]:
    """``told``: the scope as of the moment that the figures are told for."""
    return {
        "as_of": moment_of(told), "window": window_of(scope) if scope.windowed else "",
        "figures_address": reverse("figures") + address_of(scope),
    }  # fmt: skip


def above(person: Person, known: Area) -> list[tuple[Area, bool]]:
    """The areas above, from the root, each with whether its page may be opened."""
    rows = Area.objects.defer("outline").in_bulk(known.codes[:-1])
    return [(rows[code], may_read(person, rows[code])) for code in known.codes[:-1] if code in rows]


urlpatterns = [path("areas/<slug:code>/", area, name="area")]
