"""What happens to every request before and after its view."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from csp.middleware import CSPMiddleware
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from muster.lib.refusal import Refusal
from muster.web import rolecards, secondfactor, trusted
from muster.web.context import incident_of
from muster.web.scope import person_of

Respond = Callable[[HttpRequest], HttpResponse]
ON_THE_WAY = ("account_reauthenticate", "account_logout")
CHANGE_PASSWORD = "account_change_password"
LANGUAGE_COOKIE = "language"
API = "/api/"
#: An answer of the API is no page: it loads nothing, and stands in none.
API_POLICY = "default-src 'none'; frame-ancestors 'none'"


def on_pages(name: str) -> Callable[[Respond], Respond]:
    """The middleware of that name for pages alone: what it does means nothing to the API, where time counts."""

    def middleware(get_response: Respond) -> Respond:
        apart = import_string(name)(get_response)

        def respond(request: HttpRequest) -> HttpResponse:
            return get_response(request) if request.path.startswith(API) else apart(request)

        return respond

    return middleware


whitenoise = on_pages("whitenoise.middleware.WhiteNoiseMiddleware")
messages = on_pages("django.contrib.messages.middleware.MessageMiddleware")


def policy(get_response: Respond) -> Respond:
    """What an answer may load, and where it may stand."""
    of_page: Any = CSPMiddleware(get_response)

    def respond(request: HttpRequest) -> HttpResponse:
        api = request.path.startswith(API)
        response: HttpResponse = (get_response if api else of_page)(request)
        if api:
            response.headers["Content-Security-Policy"] = API_POLICY
        return response

    return respond


def locale(get_response: Respond) -> Respond:
    """The language that was chosen, else what the browser asks for, else Chinese."""

    def respond(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
        known = translation.check_for_language(chosen) if chosen else False
        asked = request.headers.get("Accept-Language", "")
        language = chosen if known else "en" if asked.lower().startswith("en") else "zh-hans"
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    return respond


def incident_zone(get_response: Respond) -> Respond:
    """Pages show the incident's zone of time, and in an exercise its clock; an act, its matter's."""

    def respond(request: HttpRequest) -> HttpResponse:
        incident = None if request.path.startswith(("/static/", API)) else incident_of(request)
        with incident.clock() if incident else contextlib.nullcontext():
            return get_response(request)

    return respond


class second_factor:
    """Who must pass a second factor, or choose a password of their own, gets to no other page before; pages lead there,
    the API says so.

    What a role card opened needs none, and ends where cards aren't allowed; what a PIN opened has none to pass, and ends
    where that PIN opens nothing any more. The session of somebody who may no longer sign in ends too, so that it doesn't
    come back to life with the account.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if SESSION_KEY in request.session and not request.user.is_authenticated:
            request.session.flush()
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        api = request.path.startswith(API)
        public = not getattr(view, "login_required", True) and not api
        # Whoever sends a token acts with it: it is looked at there, whatever cookie comes along.
        by_token = api and request.headers.get("Authorization", "").split(" ")[0].lower() == "bearer"
        if public or by_token or not request.user.is_authenticated:
            return None
        if not trusted.still_open(request):
            return _sign_out(request)
        if request.session.get(rolecards.ROLE_CARD):
            return None if rolecards.allowed(request) else _sign_out(request)
        if trusted.by_pin(request):
            return None
        step = secondfactor.missing_step(request) or _own_password(request)
        on_the_way = request.resolver_match and request.resolver_match.url_name in (step, *ON_THE_WAY)
        if not step or on_the_way:
            return None
        return _forbidden(step) if api else _towards(step, request)


def _sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("account_login")


def _own_password(request: HttpRequest) -> str | None:
    """A one-time password opens nothing but the page where another is chosen: somebody else knows it, too."""
    return CHANGE_PASSWORD if person_of(request).password_until else None


def _forbidden(step: str) -> HttpResponse:
    if step == CHANGE_PASSWORD:
        said = _("You signed in with a one-time password. Choose your own on the pages, and come back.")
        return JsonResponse({"code": "one_time_password", "message": said}, status=403)
    said = _("Your role needs a second factor. Sign in on the pages, where you are led to it, and come back.")
    return JsonResponse({"code": "second_factor", "message": said}, status=403)


def _towards(step: str, request: HttpRequest) -> HttpResponse:
    back = request.get_full_path() if request.method == "GET" else reverse("work")
    return redirect(f"{reverse(step)}?{urlencode({'next': back})}")


class refusals:
    """A refusal that no view turned into a form's error becomes a page that says what to do next."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        if not isinstance(fault, Refusal):
            return None
        return render(request, "refused.html", {"refusal": fault}, status=fault.status)
