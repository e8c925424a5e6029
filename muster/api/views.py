"""One's own views of the register."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, QueryDict
from ninja import Router, Schema, Status

from muster.api.asked import Key, body_of, data_of, must_be_saved, must_hold, person
from muster.register.kept import KeptView
from muster.register.selection import query_of
from muster.web.context import MATTER_ROLES
from muster.web.views import ViewForm, own_view

router = Router(tags=["views"])
ViewIn = body_of(ViewForm, query=(str, ""))
ViewChangeIn = body_of(ViewForm, called="ViewChangeIn")


class ViewOut(Schema):
    id: int
    name: str
    query: str


@router.get("", response=list[ViewOut])
def views(request: HttpRequest) -> Any:
    must_hold(request, *MATTER_ROLES)
    return person(request).kept_views.all()


@router.post("", response={201: ViewOut})
def keep(request: HttpRequest, asked: ViewIn) -> Status[Any]:  # type: ignore[valid-type]
    """Keep a ``query`` of the register, as ``GET /api/matters`` takes it, under a ``name``."""
    must_hold(request, *MATTER_ROLES)
    given = data_of(asked)
    made = KeptView(person=person(request), query=query_of(QueryDict(given.pop("query", ""))))
    return Status(201, must_be_saved(ViewForm(given, instance=made)))


@router.patch("/{int:pk}", response=ViewOut)
def rename(request: HttpRequest, pk: Key, asked: ViewChangeIn) -> Any:  # type: ignore[valid-type]
    """Another ``name``."""
    must_hold(request, *MATTER_ROLES)
    return must_be_saved(ViewForm(data_of(asked), instance=own_view(request, pk)))


@router.delete("/{int:pk}", response={204: None})
def remove(request: HttpRequest, pk: Key) -> Status[None]:
    """Its matters stay."""
    must_hold(request, *MATTER_ROLES)
    own_view(request, pk).delete()
    return Status(204, None)
