"""The door, and the settings of one's own browser."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from muster.web.middleware import LANGUAGE_COOKIE
from muster.web.rolecards import ROLE_CARD
from muster.web.tour import tour

YEAR_S = 365 * 24 * 3600


@login_not_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What a visitor can do without an account: hand in a proposal, follow one, sign in. In the demo: where to begin."""
    if request.user.is_authenticated and not request.session.get(ROLE_CARD):
        return redirect("work")
    return render(request, "home.html", tour(request))


@login_not_required
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


@login_not_required
@require_POST
def looks(request: HttpRequest) -> HttpResponse:
    """Language and theme, kept in this browser."""
    back = request.POST.get("back", "/")
    response = redirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "/")
    for name, cookie, known in (
        ("language", LANGUAGE_COOKIE, ("zh-hans", "en")),
        ("theme", "theme", ("light", "dark")),
    ):
        if request.POST.get(name) in known:
            response.set_cookie(cookie, request.POST[name], max_age=YEAR_S, samesite="Lax", httponly=True)
    return response


urlpatterns = [
    path("", home, name="home"),
    path("health", health, name="health"),
    path("looks", looks, name="looks"),
]
