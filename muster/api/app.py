"""The API: the same domain calls as the pages, with stable error codes. Its document is at /api/openapi.json."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from pydantic import BaseModel

from muster.api.areas import router as areas
from muster.api.asked import Invalid, RefusedOut
from muster.api.auth import AUTH
from muster.api.bulletins import router as bulletins
from muster.api.conflicts import router as conflicts
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
from muster.api.organisations import router as organisations
from muster.api.packs import router as packs
from muster.api.people import router as people
from muster.api.sites import router as sites
from muster.api.teams import router as teams
from muster.api.views import router as views
from muster.api.webhooks import SENT, MessageOut
from muster.api.webhooks import router as webhooks
from muster.api.work import router as work
from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.loop.refusals import NotSeen

ABOUT = """
The API does what the pages do, by the same calls. A token or a session acts with its person's grants; what they can't see
answers 404. A refusal changes nothing, and has a stable `code` and a `message` that says what to do next.
""".strip()


class Malformed(Refusal):
    """Before anything is tried: a field that is missing, unknown, or of another type."""

    code = "malformed"
    status = 422
    message = said("This isn’t what the API takes here: “fields” says where. Its document is at /api/openapi.json.")


class Unauthenticated(Refusal):
    code = "unauthenticated"
    status = 401
    message = said("Nobody is signed in. Send an access token, or the cookie of a session.")


class Api(NinjaAPI):
    def get_openapi_schema(self, *args: Any, **options: Any) -> OpenAPISchema:
        """With what a refusal looks like, for every endpoint alike, and what webhooks are sent."""
        schema = super().get_openapi_schema(*args, **options)
        schema["components"]["schemas"] |= _schemas(RefusedOut) | _schemas(MessageOut)
        schema["webhooks"] = {"act": {"post": _message()}}
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/RefusedOut"}}}
        for methods in schema["paths"].values():
            for operation in methods.values():
                operation["responses"]["4XX"] = {"description": "Refused; nothing was changed", "content": content}
        return schema


def _schemas(model: type[BaseModel]) -> dict[str, Any]:
    """By their names, as the document keeps them."""
    found = model.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**found.pop("$defs", {}), model.__name__: found}


def _message() -> dict[str, Any]:
    headers = ("webhook-id", "webhook-timestamp", "webhook-signature")
    return {
        "summary": "A message to a webhook", "description": SENT,
        "parameters": [{"name": one, "in": "header", "required": True, "schema": {"type": "string"}} for one in headers],
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/MessageOut"}}}},
        "responses": {"2XX": {"description": "It has arrived"}},
    }  # fmt: skip


api = Api(
    title="Muster", version="1", auth=AUTH, urls_namespace="api", docs_url=None, description=ABOUT
)  # fmt: skip
NOUNS = {
    "/matters": matters, "/files": files, "/figures": figures, "/bulletins": bulletins, "/work": work, "/views": views,
    "/conflicts": conflicts, "/duty": duty, "/handovers": handovers, "/ledgers": ledgers, "/lists": lists,
    "/exports": exports, "/incidents": incidents, "/packs": packs, "/areas": areas, "/sites": sites,
    "/organisations": organisations, "/teams": teams, "/people": people, "/webhooks": webhooks,
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
        where = ".".join(str(part) for part in one["loc"])
        fields.setdefault(where, {"messages": []})["messages"].append(one["msg"])
    return refused(request, Malformed(fields=fields))


@api.exception_handler(DataError)
def does_not_fit(request: HttpRequest, fault: DataError) -> HttpResponse:
    """What no column can hold, as a text with a NUL."""
    return refused(request, Malformed(fields={"": {"messages": [str(fault).strip()]}}))


@api.exception_handler(AuthenticationError)
def unauthenticated(request: HttpRequest, fault: AuthenticationError) -> HttpResponse:
    return refused(request, Unauthenticated())


@api.exception_handler(HttpError)
def of_http(request: HttpRequest, fault: HttpError) -> HttpResponse:
    """What the framework itself refuses: a body that is no JSON, a POST that may be forged."""
    code = "csrf" if fault.status_code == 403 else Malformed.code
    return api.create_response(request, {"code": code, "message": str(fault)}, status=fault.status_code)


@csrf_exempt
@login_not_required
def nowhere(request: HttpRequest, rest: str) -> HttpResponse:
    """An address that is none."""
    return refused(request, NotSeen())
