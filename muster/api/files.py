"""Files: handed in first, then named by the step that they prove."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import File as Upload
from ninja import Router, Schema
from ninja.files import UploadedFile

from muster.evidence.file import File
from muster.incidents.incident import Incident, NoPackInForce
from muster.people.person import Person

router = Router(tags=["files"])


class FileOut(Schema):
    id: UUID
    sha256: str
    media_type: str
    size: int


@router.post("", response={201: FileOut})
def receive(request: HttpRequest, file: Annotated[UploadedFile, Upload()]) -> tuple[int, Any]:
    """Hand in one photo or file. It belongs to nobody's matter until a step names it."""
    incident = Incident.current()
    if not incident:
        raise NoPackInForce(incident="–")
    by: Person = request.user  # type: ignore[assignment]
    if not by.grants_at():
        raise Http404
    return 201, File.receive(file.file, file.name or "", incident.pack_version().pack.evidence, by)  # type: ignore[arg-type]
