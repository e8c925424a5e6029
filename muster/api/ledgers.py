"""Ledgers: any county's, whatever its layout."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import File, Router, Status
from ninja import Form as Fields
from ninja.files import UploadedFile

from muster.api.asked import Key, Limit, about, body_of, data_of, listed, must_be_valid, must_hold, person
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
from muster.exchange.records import REGISTER, LedgerImport
from muster.web.ledgerform import DefaultsForm, LedgerForm
from muster.web.ledgers import DISPATCHES, sent
from muster.web.ledgerwork import received, refused_workbook

router = Router(tags=["ledgers"])
LedgerIn = body_of(LedgerForm, "file", "rows", rows=(str, ""))
DefaultsIn = body_of(DefaultsForm, partly=True)


class LedgerAnswersIn(AnswersIn):
    """``defaults``: what holds for lines that don't say it themselves."""

    defaults: DefaultsIn | None = None  # type: ignore[valid-type]


@router.get("", response=ImportsOut)
def ledgers(
    request: HttpRequest, incident: Key | None = None, after: UUID | None = None, limit: Limit = 50
) -> dict[str, Any]:
    """Those that one sent, the newest first."""
    must_hold(request, *DISPATCHES)
    with about(request, incident):
        return listed(request, sent(request), told, limit, "-pk")


@router.post("", response={201: OneImportOut})
def send(
    request: HttpRequest,
    asked: Fields[LedgerIn],  # type: ignore[valid-type]
    file: Annotated[UploadedFile | None, File()] = None,
    incident: Key | None = None,
) -> Status[Any]:
    """A workbook or CSV as the field ``file``, or copied cells as ``rows``; ``sender`` is who it comes from. It is looked at, and
    nothing is done: the answer says what would be. A large one is looked at by the worker; ask for it again until it is."""
    must_hold(request, *DISPATCHES)
    form = LedgerForm(data_of(asked), uploaded(file))
    with about(request, incident) as one:
        sender = must_be_valid(form)["sender"]
        return Status(201, look(request, received(REGISTER, one, sender, person(request), *form.stream)))


@router.get("/{uuid:pk}", response=OneImportOut)
def ledger(request: HttpRequest, pk: UUID, incident: Key | None = None) -> dict[str, Any]:
    with about(request, incident):
        return one_told(_sent(request, pk))


@router.post("/{uuid:pk}/answers", response=OneImportOut)
def answers(request: HttpRequest, pk: UUID, asked: LedgerAnswersIn, incident: Key | None = None) -> dict[str, Any]:
    """``answers`` to what is asked, what ``columns`` mean, and ``defaults``: remembered for the sender; it is looked at anew."""
    with about(request, incident):
        came = _sent(request, pk)
        if asked.defaults is not None:
            said = must_be_valid(DefaultsForm(came.sender, {**_present(came), **data_of(asked.defaults)}))
            came.sender.defaults = {key: value for key, value in said.items() if value}
        return answer(request, came, asked)


@router.post("/{uuid:pk}/taking", response=OneImportOut)
def taking(request: HttpRequest, pk: UUID, asked: TakingIn, incident: Key | None = None) -> dict[str, Any]:
    """Take it in: the good lines, or with ``all_or_nothing`` nothing while one is refused."""
    with about(request, incident):
        return take(request, _sent(request, pk), asked)


@router.get("/{uuid:pk}/refused")
def refused(request: HttpRequest, pk: UUID, incident: Key | None = None) -> HttpResponse:
    """The refused lines as a workbook in the sender's own layout, with a column of reasons."""
    with about(request, incident):
        return refused_workbook(person(request), _sent(request, pk))


def _present(came: LedgerImport) -> dict[str, Any]:
    known = came.sender.defaults
    return {name: known.get(name, "") for name in DefaultsForm.base_fields}


def _sent(request: HttpRequest, pk: UUID) -> LedgerImport:
    must_hold(request, *DISPATCHES)
    return get_object_or_404(sent(request), pk=pk)
