"""The wall: figures of an area on a screen for the room. By its own link without an account, or signed in with links."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from muster.briefings.asked import may_read, own_area
from muster.briefings.board import board
from muster.briefings.wall import Wall
from muster.lib.refusal import Refusal
from muster.people.role import AREA_ROLES
from muster.places.area import Area
from muster.web.boardpage import BoardPage
from muster.web.context import incident_here, incident_of
from muster.web.guard import holding
from muster.web.limits import limited
from muster.web.scope import person_of


@holding(*AREA_ROLES)
@require_GET
@never_cache
def wall(request: HttpRequest) -> HttpResponse:
    """The wall of one's own area, or of another that one may read; every figure opens its rows."""
    person, incident = person_of(request), incident_here(request)
    try:
        area = Area.named(request.GET["area"]) if request.GET.get("area") else own_area(person, incident)
    except Refusal as refusal:
        raise Http404 from refusal
    if not area or not may_read(person, area):
        raise Http404
    return _shown(request, BoardPage(board(incident, area), links=True))


# Compressed although it is made anew each time: it holds neither a secret nor anything that a visitor sends.
@login_not_required
@limited("wall", per_minute=600, per_day=400_000)
@require_GET
@never_cache
@gzip_page
def kiosk(request: HttpRequest, token: str) -> HttpResponse:
    """The same for whoever has the link, in its language, with no link to anything."""
    incident, known = incident_of(request), Wall.of(token)
    if not known or not incident:
        raise Http404
    known.note_seen()
    with translation.override(known.language):
        return _shown(request, BoardPage(board(incident, known.area), links=False), known)


def _shown(request: HttpRequest, page: BoardPage, known: Wall | None = None) -> HttpResponse:
    """The page, or what it fetches to stay up to date."""
    template = "walls/board.html" if request.GET.get("part") else "walls/wall.html"
    context = {"page": page, "kiosk": known, "language": translation.get_language()}
    return render(request, template, context)


urlpatterns = [
    path("wall/", wall, name="wall"),
    path("wall/<str:token>/", kiosk, name="kiosk"),
]
