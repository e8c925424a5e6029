"""Files: handed in first, then named by the step that they prove."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest
from ninja import File as Upload
from ninja import Router, Schema, Status
from ninja.files import UploadedFile

from muster.evidence.file import File
from muster.incidents.incident import Incident, NoPackInForce
from muster.people.person import Person
from muster.web.evidence import file_shown

router = Router(tags=["files"])


class FileOut(Schema):
    id: UUID
    sha256: str
    media_type: str
    size: int


@router.post("", response={201: FileOut})
def receive(request: HttpRequest, file: Annotated[UploadedFile, Upload()]) -> Status[Any]:
    """Hand in one photo or file. It belongs to nobody's matter until a step names it."""
    incident = Incident.current()
    if not incident:
        raise NoPackInForce(incident="–")
    by: Person = request.user  # type: ignore[assignment]
    if not by.grants_at():
        raise Http404
    kept = File.receive(file.file, file.name or "", incident.pack_version().pack.evidence, by)  # type: ignore[arg-type]
    return Status(201, kept)


@router.get("/{uuid:pk}/{form}")
def file(request: HttpRequest, pk: UUID, form: Literal["thumbnail", "shown", "original"]) -> FileResponse:
    """A photo, or a file as its ``original``: one's own, or of a matter that one sees. Who does the work gets no originals of
    photos: they hold where and with what each was taken."""
    return file_shown(request, pk, form)
