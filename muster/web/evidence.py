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
from muster.people.person import Person
from muster.people.role import Role
from muster.web.matterpage import MatterPage

#: Originals hold position and device; whoever answers for the work gets what pages show.
SEES_ORIGINALS = {Role.HEADQUARTERS, Role.DISPATCHER, Role.VERIFIER}
AS = ("thumbnail", "shown", "original")


@require_GET
def file(request: HttpRequest, pk: UUID, form: str) -> FileResponse:
    return file_shown(request, pk, form)


def file_shown(request: HttpRequest, pk: UUID, form: str) -> FileResponse:
    found = File.objects.filter(pk=pk).first()
    person: Person = request.user  # type: ignore[assignment]
    if not found or form not in AS or not _may_see(found, person, form):
        raise Http404
    if form == "original":
        return _download(found)
    path_ = found.thumbnail if form == "thumbnail" else found.shown
    return _cached(FileResponse(_opened(path_), content_type="image/jpeg"))


def _may_see(found: File, person: Person, form: str) -> bool:
    """One's own, or through a matter that one sees, in the roles under which one sees it."""
    if found.by_id == person.pk:
        return True
    seen = Matter.objects.seen_by(person).filter(evidences__file=found)
    return any(_shown(found, MatterPage(matter, person), form) for matter in seen[:5])


def _shown(found: File, page: MatterPage, form: str) -> bool:
    if not any(one.file_id == found.pk for one in page.evidence):
        return False
    return form != "original" or not found.is_photo or bool(page.situation.may_check and page.roles & SEES_ORIGINALS)


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
