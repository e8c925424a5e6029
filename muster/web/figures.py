"""All figures of an area, each with its definition and its rows; and the teams that a figure of teams counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from muster.briefings.asked import may_read, own_area, scope_asked
from muster.briefings.chain import chain
from muster.briefings.figure import FIGURES, Figure, Number, Scope
from muster.briefings.listing import shown
from muster.lib.refusal import Refusal
from muster.people.role import AREA_ROLES, Role
from muster.web.context import incident_here
from muster.web.figurefilter import described, moment_of, place_of, window_of
from muster.web.guard import holding
from muster.web.scope import person_of


@dataclass(frozen=True)
class Line:
    """A figure as the page shows it."""

    figure: Figure
    value: Number
    address: str

    @property
    def shown(self) -> str:
        return shown(self.figure.key, self.value)

    @property
    def unit(self) -> str:
        """A share is shown in per cent, which is its unit already."""
        return "" if self.figure.key == "closure_rate" else str(self.figure.unit)


@holding(*AREA_ROLES, Role.LIAISON)
@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """What is counted in an area: now, or as of a moment, or of what occurred in a window."""
    scope, problem = scope_of(request)
    lines = lines_of(scope) if scope else []
    context = {"section": "figures", "scope": scope, "lines": lines, "problem": problem}
    if scope:
        context |= {"as_of": moment_of(scope), "window": window_of(scope) if scope.windowed else ""}
        context |= {"text": text_of(request, scope, lines)}
    return render(request, "figures/figures.html", context, status=422 if problem else 200)


@holding(*AREA_ROLES)
@require_GET
def teams(request: HttpRequest) -> HttpResponse:
    """The teams that a figure counts."""
    figure = FIGURES.get(request.GET.get("figure", ""))
    scope, problem = scope_of(request)
    if not figure or figure.opens != "teams":
        raise Http404
    found = list(figure.rows(scope).select_related("area", "organisation").defer("area__outline")) if scope else []
    said = described(figure, scope, str(len(found))) if scope else ""
    context = {"section": "figures", "figure": figure, "teams": found, "said": said, "problem": problem}
    return render(request, "figures/teams.html", context, status=422 if problem else 200)


def scope_of(request: HttpRequest) -> tuple[Scope | None, str]:
    """What the address asks for, and what is wrong with it; another's area doesn't exist."""
    incident, person = incident_here(request), person_of(request)
    own = own_area(person, incident)
    if not own and not request.GET.get("organisation"):
        raise Http404
    try:
        scope = scope_asked(incident, request.GET, own)
    except Refusal as refusal:
        return None, str(refusal)
    if not may_read(person, scope.area, scope.organisation):
        raise Http404
    return scope, ""


def lines_of(scope: Scope) -> list[Line]:
    values = chain(scope, list(FIGURES))
    return [Line(figure, values[key], figure.address(scope)) for key, figure in FIGURES.items()]


def text_of(request: HttpRequest, scope: Scope, lines: list[Line]) -> str:
    """The same as plain text, with the address that shows it again as of this moment."""
    head = _("%(area)s, as of %(at)s") % {"area": place_of(scope), "at": moment_of(scope)}
    if scope.windowed:
        head += ", " + window_of(scope)
    told = [f"{line.figure.name}: {line.shown} {line.unit}".rstrip() for line in lines]
    return "\n".join([head, *told, request.build_absolute_uri(address_of(scope))])


def address_of(scope: Scope) -> str:
    """The page as of the moment that it shows now."""
    times: dict[str, Any] = {"as_of": scope.moment, "from": scope.from_at, "to": scope.to_at}
    asked = {name: at.isoformat() for name, at in times.items() if at}
    if scope.organisation:
        asked["organisation"] = str(scope.organisation.pk)
    return "?" + urlencode({"area": scope.area.code, **asked})


urlpatterns = [
    path("figures/", figures, name="figures"),
    path("figures/teams/", teams, name="figure-teams"),
]
