"""Lists of the city's own taken in: areas, sites, organisations, people, grants."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import File, Router, Status
from ninja import Form as Fields
from ninja.files import UploadedFile

from muster.api.asked import Limit, administered, body_of, data_of, listed, must_be_valid, person
from muster.api.imports import (
    AnswersIn,
    ImportsOut,
    OneImportOut,
    TakingIn,
    answer,
    look,
    one_told,
    take,
    told,
    uploaded,
)
from muster.exchange.records import LedgerImport
from muster.web.ledgerwork import received, refused_workbook
from muster.web.listsin import ListForm, sender_of, sent_lists

router = Router(tags=["lists"])
Kind = Literal["areas", "sites", "organisations", "people", "grants"]
ListIn = body_of(ListForm, "file", "rows", kind=(Kind, ...), rows=(str, ""))


@router.get("", response=ImportsOut)
def lists(request: HttpRequest, after: UUID | None = None, limit: Limit = 50) -> dict[str, Any]:
    """Those that one sent, the newest first."""
    administered(request)
    return listed(request, sent_lists(request), told, limit, "-pk")


@router.post("", response={201: OneImportOut})
def send(
    request: HttpRequest,
    asked: Fields[ListIn],  # type: ignore[valid-type]
    file: Annotated[UploadedFile | None, File()] = None,
) -> Status[Any]:
    """A list of that ``kind``: a workbook or CSV as the field ``file``, or copied cells or a sign-up chain as ``rows``. It is
    looked at, and nothing is done: the answer says what would be."""
    administered(request)
    given, by = data_of(asked), person(request)
    kind, form = given["kind"], ListForm(given, uploaded(file))
    must_be_valid(form)
    return Status(201, look(request, received(kind, None, sender_of(kind, by), by, *form.stream)))


@router.get("/{uuid:pk}", response=OneImportOut)
def list_in(request: HttpRequest, pk: UUID) -> dict[str, Any]:
    return one_told(_sent(request, pk))


@router.post("/{uuid:pk}/answers", response=OneImportOut)
def answers(request: HttpRequest, pk: UUID, asked: AnswersIn) -> dict[str, Any]:
    """``answers`` to what is asked, and what ``columns`` mean: remembered; it is looked at anew."""
    return answer(request, _sent(request, pk), asked)


@router.post("/{uuid:pk}/taking", response=OneImportOut)
def taking(request: HttpRequest, pk: UUID, asked: TakingIn) -> dict[str, Any]:
    """Take it in: the good rows, or with ``all_or_nothing`` nothing while one is refused."""
    return take(request, _sent(request, pk), asked)


@router.get("/{uuid:pk}/refused")
def refused(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The refused rows as a workbook in one's own layout, with a column of reasons."""
    return refused_workbook(person(request), _sent(request, pk))


def _sent(request: HttpRequest, pk: UUID) -> LedgerImport:
    administered(request)
    return get_object_or_404(sent_lists(request), pk=pk)
