"""The API: the same domain calls as the pages, with stable error codes. Its document is at /api/openapi.json."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja.errors import AuthenticationError, HttpError, ValidationError

from muster.api.areas import router as areas
from muster.api.asked import Invalid
from muster.api.auth import AUTH
from muster.api.bulletins import router as bulletins
from muster.api.conflicts import router as conflicts
from muster.api.document import ABOUT, Api
from muster.api.duty import router as duty
from muster.api.exports import router as exports
from muster.api.figures import router as figures
from muster.api.files import router as files
from muster.api.handovers import router as handovers
from muster.api.histories import router as histories
from muster.api.incidents import router as incidents
from muster.api.ledgers import router as ledgers
from muster.api.lists import router as lists
from muster.api.matters import router as matters
from muster.api.me import router as me
from muster.api.organisations import router as organisations
from muster.api.packs import router as packs
from muster.api.people import router as people
from muster.api.sites import router as sites
from muster.api.teams import router as teams
from muster.api.views import router as views
from muster.api.webhooks import router as webhooks
from muster.api.work import router as work
from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.loop.refusals import NotSeen

View = Callable[..., HttpResponseBase]


class Malformed(Refusal):
    """Before anything is tried: a field that is missing, unknown, or of another type."""

    code = "malformed"
    status = 422
    message = said("This isn’t what the API takes here: “fields” says where. Its document is at /api/openapi.json.")


class NoSuchMethod(Refusal):
    code = "method_not_allowed"
    status = 405
    message = said("This address doesn’t take that method. What it takes stands at /api/openapi.json.")


class Unauthenticated(Refusal):
    code = "unauthenticated"
    status = 401
    message = said("Nobody is signed in. Send an access token, or the cookie of a session.")


api = Api(
    title="Muster", version="1", auth=AUTH, urls_namespace="api", docs_url=None, description=ABOUT
)  # fmt: skip
NOUNS = {
    "/matters": matters, "/files": files, "/figures": figures, "/bulletins": bulletins, "/work": work, "/views": views,
    "/conflicts": conflicts, "/duty": duty, "/handovers": handovers, "/ledgers": ledgers, "/lists": lists,
    "/exports": exports, "/incidents": incidents, "/packs": packs, "/areas": areas, "/sites": sites,
    "/organisations": organisations, "/teams": teams, "/people": people, "/webhooks": webhooks, "/me": me,
    "": histories,
}  # fmt: skip
for _prefix, _router in NOUNS.items():
    api.add_router(_prefix, _router)


@api.exception_handler(Http404)
def missing(request: HttpRequest, fault: Http404) -> HttpResponse:
    return refused(request, NotSeen())


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Every refusal has a stable code and says what to do next."""
    told: dict[str, Any] = {"code": refusal.code, "message": str(refusal)}
    if isinstance(refusal, Invalid | Malformed):
        told["fields"] = refusal.details.get("fields", {})
    return api.create_response(request, told, status=refusal.status)


@api.exception_handler(ValidationError)
def malformed(request: HttpRequest, fault: ValidationError) -> HttpResponse:
    fields: dict[str, dict[str, list[str]]] = {}
    for one in fault.errors:
        where = ".".join(str(part) for part in one["loc"][1:] if part != "asked") or str(one["loc"][0])
        fields.setdefault(where, {"messages": []})["messages"].append(one["msg"])
    return refused(request, Malformed(fields=fields))


@api.exception_handler(DataError)
@api.exception_handler(UnicodeEncodeError)
def does_not_fit(request: HttpRequest, fault: Exception) -> HttpResponse:
    """What no column can hold."""
    return refused(request, Malformed(fields={"": {"messages": [_("A text holds a NUL, or half of a character.")]}}))


@api.exception_handler(AuthenticationError)
def unauthenticated(request: HttpRequest, fault: AuthenticationError) -> HttpResponse:
    return refused(request, Unauthenticated())


@api.exception_handler(HttpError)
def of_http(request: HttpRequest, fault: HttpError) -> HttpResponse:
    """What the framework itself refuses: a body that is no JSON, a POST that may be forged."""
    if fault.status_code == 400:
        return refused(request, Malformed(fields={"body": {"messages": [str(fault)]}}))
    code = "csrf" if fault.status_code == 403 else "refused"
    return api.create_response(request, {"code": code, "message": str(fault)}, status=fault.status_code)


@csrf_exempt
@login_not_required
def nowhere(request: HttpRequest, rest: str) -> HttpResponse:
    """An address that is none."""
    return refused(request, NotSeen())


def strictly(view: View) -> View:
    """What an endpoint doesn't know isn't passed over: a filter misspelt would answer more than was asked for."""

    @functools.wraps(view)
    def answered(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        unknown = sorted(set(request.GET) - _known(request))
        if unknown:
            said_of = {name: {"messages": [_("This endpoint knows no such parameter.")]} for name in unknown}
            return refused(request, Malformed(fields=said_of))
        answer = view(request, *args, **named)
        if answer.status_code != 405:
            return answer
        refusal = refused(request, NoSuchMethod())
        refusal["Allow"] = answer.headers.get("Allow", "")
        return refusal

    return answered


def _known(request: HttpRequest) -> set[str]:
    """The query parameters of the endpoint; whatever is asked of one that there isn't."""
    match = request.resolver_match
    path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", f"/{match.route}" if match else "")
    return _parameters().get((path, request.method or ""), set(request.GET))


@functools.cache
def _parameters() -> dict[tuple[str, str], set[str]]:
    return {
        (path, method.upper()): {one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"}
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method, operation in methods.items()
    }
