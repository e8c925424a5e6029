"""Areas: the tree that everything lies in, and the names that each is also known by."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status

from muster.api.asked import (
    Key,
    Limit,
    administered,
    body_of,
    changed,
    data_of,
    listed,
    must_be_saved,
    must_be_valid,
    person,
    worked_in,
)
from muster.people.administration import close_area, reopen_area
from muster.places.area import Area, AreaName
from muster.web.areaform import NewAreaForm, RenameForm
from muster.web.places import NameForm, searched

router = Router(tags=["areas"])
AreaIn = body_of(NewAreaForm, above=(str, ...))
RenamingIn = body_of(RenameForm, partly=True)
AreaNameIn = body_of(NameForm)


class NameOut(Schema):
    id: int
    text: str
    kind: str


class AreaOut(Schema):
    code: str
    level: str
    name_zh: str
    name_en: str
    above: str | None
    closed_at: datetime | None


class AreaWithNamesOut(AreaOut):
    names: list[NameOut]


class AreasOut(Schema):
    items: list[AreaOut]
    after: str | None


@router.get("", response=AreasOut)
def areas(request: HttpRequest, above: str = "", q: str = "", after: str = "", limit: Limit = 50) -> dict[str, Any]:
    """The areas right below ``above``, in their official order; with ``q`` the twenty that a name, pinyin or code fits best;
    with neither the largest that one has a role in. For whoever has one."""
    scope = worked_in(request)
    if q:
        return {"items": [area_told(one) for one, _path in searched(scope, q)], "after": None}
    if above:
        below = get_object_or_404(scope.all_areas(), pk=above).children.defer("outline")
        return listed(request, below, area_told, limit, "position", "pk")
    return {"items": [area_told(one) for one in scope.areas], "after": None}


@router.get("/{code}", response=AreaWithNamesOut)
def area(request: HttpRequest, code: str) -> dict[str, Any]:
    """One where one has a role, with the names that it is also known by."""
    return _with_names(get_object_or_404(worked_in(request).all_areas(), pk=code))


@router.post("", response={201: AreaWithNamesOut})
def add(request: HttpRequest, asked: AreaIn) -> Status[Any]:  # type: ignore[valid-type]
    """A new area below ``above`` (code), after those that are there. ``level`` and ``code`` can't be changed later."""
    given = data_of(asked)
    form = NewAreaForm(_known(request, given.pop("above")), given)
    must_be_valid(form)
    return Status(201, _with_names(form.add(person(request))))


@router.post("/{code}/renaming", response=AreaWithNamesOut)
def rename(request: HttpRequest, code: str, asked: RenamingIn) -> dict[str, Any]:  # type: ignore[valid-type]
    """The old name stays known as a former name."""
    known = _known(request, code)
    form = RenameForm(initial={"name": known.name_zh, "name_en": known.name_en})
    form = RenameForm(changed(form, asked))
    must_be_valid(form)
    form.rename(known, person(request))
    return _with_names(_known(request, code))


@router.post("/{code}/closure", response=AreaWithNamesOut)
def close(request: HttpRequest, code: str) -> dict[str, Any]:
    """With everything below: nothing new is registered there; what was registered goes on."""
    close_area(_known(request, code), person(request))
    return _with_names(_known(request, code))


@router.post("/{code}/reopening", response=AreaWithNamesOut)
def reopen(request: HttpRequest, code: str) -> dict[str, Any]:
    """This one alone; what it is part of has to be open."""
    reopen_area(_known(request, code), person(request))
    return _with_names(_known(request, code))


@router.post("/{code}/names", response={201: AreaWithNamesOut})
def add_name(request: HttpRequest, code: str, asked: AreaNameIn) -> Status[Any]:  # type: ignore[valid-type]
    """A name or code that the area is also known by (``alias``), or was (``former``)."""
    known = _known(request, code)
    must_be_saved(NameForm(data_of(asked), instance=AreaName(area=known)))
    return Status(201, _with_names(known))


@router.delete("/{code}/names/{int:pk}", response=AreaWithNamesOut)
def remove_name(request: HttpRequest, code: str, pk: Key) -> dict[str, Any]:
    """What was understood no longer is."""
    known = _known(request, code)
    get_object_or_404(AreaName.objects.filter(area=known), pk=pk).delete()
    return _with_names(known)


def area_told(one: Area) -> dict[str, Any]:
    return {
        "code": one.pk, "level": one.level, "name_zh": one.name_zh, "name_en": one.name_en, "above": one.parent_id,
        "closed_at": one.closed_at,
    }  # fmt: skip


def _with_names(one: Area) -> dict[str, Any]:
    names = one.names.order_by("kind", "text")
    return {**area_told(one), "names": [{"id": name.pk, "text": name.text, "kind": name.kind} for name in names]}


def _known(request: HttpRequest, code: str) -> Area:
    """Looked up through the administrator: outside their area there is none."""
    return get_object_or_404(administered(request).all_areas(), pk=code)
