"""Lists taken out, and the log of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from pydantic import Field

from muster.api.asked import Flag, Form, Invalid, Key, Limit, clocked, listed, must_be_valid, must_hold, person
from muster.api.matters import FiltersIn
from muster.exchange.lists.catalogue import LISTS
from muster.exchange.lists.listing import Asked, Kind
from muster.exchange.lists.records import ListExport
from muster.lib.ids import uuid7
from muster.people.role import Role
from muster.web.exports import NARROWED, ExportForm, asked_for, exports_seen, list_called, narrowed, saved_as
from muster.web.scope import scope_of

router = Router(tags=["exports"])
SCOPE = {"area", "organisation", "as_of", "from", "to"}
#: What lists are narrowed by, where their page has no form for it; others by nothing.
FILTERS: dict[str, set[str]] = {
    "matters": {field.alias or name for name, field in FiltersIn.model_fields.items()},
    "areas": {"area"}, "figures": SCOPE, "areas-below": SCOPE, "teams": {*SCOPE, "figure"}, "handovers": {"area"},
    "duties": {"area"}, "conflicts": {"state"}, "administration": {"person", "place"},
}  # fmt: skip


class ExportIn(Form):
    """``list`` is its name in docs/lists.md; ``query`` that of the page's address. ``whole``: with every column there is.
    ``tags``: with HXL tags below the headings. ``id``: made by you, so that asking again takes nothing out twice."""

    list: Literal[tuple(LISTS)]  # type: ignore[valid-type]
    query: str = Field("", max_length=8000)
    reason: str = Field(max_length=200)
    form: Literal["xlsx", "csv"] = "xlsx"
    language: Literal["zh-hans", "en"] = "zh-hans"
    whole: Flag = True
    tags: Flag = False
    id: UUID | None = None


class ExportOut(Schema):
    """``state``: making, made or failed; ``there``: whether its file can still be fetched."""

    id: UUID
    list: str
    query: str
    title: str
    reason: str
    form: str
    by: str
    at: datetime
    state: str
    count: int
    done: int
    sha256: str
    fault: str
    there: bool


class ExportsOut(Schema):
    items: list[ExportOut]
    after: UUID | None


@router.get("", response=ExportsOut)
def exports(request: HttpRequest, after: UUID | None = None, limit: Limit = 50) -> dict[str, Any]:
    """What one took out, the newest first; headquarters sees what others took out of its incident."""
    must_hold(request, *Role)
    return listed(request, exports_seen(request), _told, limit, "-pk")


@router.post("", response={201: ExportOut})
def take_out(request: HttpRequest, asked: ExportIn, incident: Key | None = None) -> Status[Any]:
    """A ``list``, narrowed by the ``query`` of its page, with the ``reason``. Over 1,000 rows are written by the worker; ask for
    the export again until it is made."""
    must_hold(request, *Role)
    with clocked(request, incident) as one:
        kind = list_called(request, asked.list)
        query, problem = narrowed(scope_of(request), kind, _asked(kind, asked.query))
        if problem:
            raise Invalid(fields={"query": {"messages": [problem]}})
        form = ExportForm(kind, _filled(asked))
        must_be_valid(form)
        listing = kind.reads(Asked(person(request), one, query))
        return Status(201, _told(asked_for(request, kind, query, form, listing, anew=False)))


@router.get("/{uuid:pk}", response=ExportOut)
def export(request: HttpRequest, pk: UUID) -> dict[str, Any]:
    must_hold(request, *Role)
    return _told(get_object_or_404(exports_seen(request), pk=pk))


@router.get("/{uuid:pk}/file")
def file(request: HttpRequest, pk: UUID) -> FileResponse:
    """Only for who took it out: what others may see of it is the log. Files go after some days."""
    must_hold(request, *Role)
    found = get_object_or_404(exports_seen(request).filter(by=person(request)), pk=pk)
    list_called(request, found.kind)
    if not found.there:
        raise Http404
    return saved_as(found)


def _asked(kind: Kind, text: str) -> QueryDict:
    """What it is narrowed by. A filter misspelt would take out more than was asked for. Raises Invalid."""
    query = QueryDict(text.removeprefix("?"))
    form: Any = NARROWED.get(kind.name)
    known = set(form.base_fields) if form else FILTERS.get(kind.name, set())
    unknown = sorted(set(query) - known)
    if unknown:
        raise Invalid(fields={"query": {"messages": [f"{_('This list has no such filter:')} {', '.join(unknown)}"]}})
    return query


def _filled(asked: ExportIn) -> QueryDict:
    filled = QueryDict(mutable=True)
    filled.update(
        {
            "id": str(asked.id or uuid7()), "reason": asked.reason, "form": asked.form, "language": asked.language,
            "whole": "all" if asked.whole else "shown", "tags": "with" if asked.tags else "without",
        }
    )  # fmt: skip
    return filled


def _told(one: ListExport) -> dict[str, Any]:
    plain = ("query", "title", "reason", "form", "at", "state", "count", "done", "sha256", "fault", "there")
    return {"id": one.pk, "list": one.kind, "by": one.by.name, **{name: getattr(one, name) for name in plain}}
