"""Photos and files, to who may see a matter they belong to."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest
from django.urls import path
from django.views.decorators.http import require_GET

from muster.evidence.file import File
from muster.loop.matter import Matter
from muster.loop.steps import Evidence
from muster.people.person import Person
from muster.people.role import Role
from muster.web.context import roles_of

#: Originals hold position and device; whoever answers for the work gets what pages show.
SEES_ORIGINALS = {Role.HEADQUARTERS, Role.DISPATCHER, Role.VERIFIER}
AS = ("thumbnail", "shown", "original")


@require_GET
def file(request: HttpRequest, pk: UUID, form: str) -> FileResponse:
    found = _seen(request, pk)
    if form not in AS or (form == "original" and found.is_photo and not roles_of(request) & SEES_ORIGINALS):
        raise Http404
    if form == "original":
        return _download(found)
    path_ = found.thumbnail if form == "thumbnail" else found.shown
    return _cached(FileResponse(_opened(path_), content_type="image/jpeg"))


def _seen(request: HttpRequest, pk: UUID) -> File:
    """A file is seen through its matter, or by who has just handed it in."""
    person: Person = request.user  # type: ignore[assignment]
    through = Evidence.objects.filter(file=pk, matter__in=Matter.objects.seen_by(person).values("pk"))
    found = File.objects.filter(pk=pk).first()
    if not found or not (found.by_id == person.pk or through.exists()):
        raise Http404
    return found


def _download(found: File) -> FileResponse:
    response = FileResponse(
        _opened(found.original), as_attachment=True, filename=found.name, content_type=found.media_type
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return _cached(response)


def _cached(response: FileResponse) -> FileResponse:
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def _opened(path_: Path) -> BinaryIO:
    try:
        return path_.open("rb")
    except FileNotFoundError as missing:
        raise Http404 from missing


urlpatterns = [path("files/<uuid:pk>/<slug:form>", file, name="file")]
