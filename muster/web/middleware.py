"""What happens to every request before and after its view."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from muster.lib import clock
from muster.lib.refusal import Refusal
from muster.web.context import incident_of

Respond = Callable[[HttpRequest], HttpResponse]
LANGUAGE_COOKIE = "language"


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
    """Pages show the incident's zone of time, and in an exercise its clock."""

    def respond(request: HttpRequest) -> HttpResponse:
        incident = incident_of(request) if not request.path.startswith("/static/") else None
        if not incident:
            return get_response(request)
        with timezone.override(incident.tz), clock.behind(incident.behind):
            return get_response(request)

    return respond


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
