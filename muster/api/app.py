"""The API: the same domain calls as the pages, with stable error codes. Its document is at /api/openapi.json."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI

from muster.api.auth import AUTH
from muster.api.bulletins import router as bulletins
from muster.api.figures import router as figures
from muster.api.files import router as files
from muster.api.matters import router as matters
from muster.lib.refusal import Refusal
from muster.loop.refusals import NotSeen

api = NinjaAPI(
    title="Muster", version="1", auth=AUTH, urls_namespace="api", docs_url=None,
    description="A token or a session acts with its person's grants. What they can't see answers 404.",
)  # fmt: skip
api.add_router("/matters", matters)
api.add_router("/files", files)
api.add_router("/figures", figures)
api.add_router("/bulletins", bulletins)


@api.exception_handler(Http404)
def missing(request: HttpRequest, fault: Http404) -> HttpResponse:
    return refused(request, NotSeen())


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Every refusal has a stable code and says what to do next."""
    return api.create_response(request, {"code": refusal.code, "message": str(refusal)}, status=refusal.status)
