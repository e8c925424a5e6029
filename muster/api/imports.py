"""What ledgers and lists of the city's own have in common: sent, looked at, asked about, taken in."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja import Schema
from ninja.files import UploadedFile
from pydantic import Field

from muster.api.asked import Flag, Form, person
from muster.exchange.records import ImportState, LedgerImport
from muster.web.ledgerwork import begin, remember


class ImportOut(Schema):
    """``counts``: lines made, changed, same, refused; ``state``: looking, looked_at, applying, applied or failed; ``done``:
    lines taken in so far; ``fault``: what it failed with."""

    id: UUID
    kind: str
    sender: str
    file: str
    sha256: str
    at: datetime
    state: str
    counts: dict[str, int]
    done: int
    fault: str
    applied_at: datetime | None


class OneImportOut(ImportOut):
    """``report``: the columns that were found, what is asked, which lines are refused, changed and made, and why."""

    report: dict[str, Any]


class ImportsOut(Schema):
    items: list[ImportOut]
    after: UUID | None


class AnswerIn(Form):
    """The answer to one of ``report.questions``: ``value`` is that of one of its choices."""

    about: str
    text: str
    value: str


class AnswersIn(Form):
    """``columns``: by the signature of a table of the report, what its headings stand for; "" for nothing."""

    answers: list[AnswerIn] = Field([], max_length=2000)
    columns: dict[str, dict[str, str]] = {}


class TakingIn(Form):
    """``all_or_nothing``: nothing is taken in while a line is refused."""

    all_or_nothing: Flag = False


def uploaded(file: UploadedFile | None) -> MultiValueDict[str, Any]:
    """As a form takes it."""
    return MultiValueDict({"file": [file]} if file else {})


def look(request: HttpRequest, came: LedgerImport) -> dict[str, Any]:
    begin(came, person(request), ImportState.LOOKING)
    return one_told(came)


def answer(request: HttpRequest, came: LedgerImport, asked: AnswersIn) -> dict[str, Any]:
    """What is answered is remembered for the sender, and all is looked at anew."""
    remember(came, [(one.about, one.text, one.value) for one in asked.answers], asked.columns)
    return look(request, came)


def take(request: HttpRequest, came: LedgerImport, asked: TakingIn) -> dict[str, Any]:
    begin(came, person(request), ImportState.APPLYING, all_or_nothing=asked.all_or_nothing)
    return one_told(came)


def told(came: LedgerImport) -> dict[str, Any]:
    return {
        "id": came.pk, "kind": came.kind, "sender": came.sender.name, "file": came.file, "sha256": came.sha256,
        "at": came.at, "state": came.state, "counts": came.counts, "done": came.done, "fault": came.fault,
        "applied_at": came.applied_at,
    }  # fmt: skip


def one_told(came: LedgerImport) -> dict[str, Any]:
    return {**told(came), "report": came.report}
