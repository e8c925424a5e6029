"""Incidents: opened, given a pack, ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from muster.api.asked import Flag, Form, Key, Limit, body_of, changed, data_of, listed, must_be_valid, must_hold, person
from muster.incidents.incident import Incident, PackInForce
from muster.people.administration import end_incident, rename_incident
from muster.people.role import Role
from muster.policy.sections import Text
from muster.web.context import incidents_of
from muster.web.incidentform import EndForm, IncidentForm, NamesForm, PackForm
from muster.web.incidents import COMMAND, command_scope, commanded, known_incident, live_in

router = Router(tags=["incidents"])
IncidentIn = body_of(IncidentForm, "exercise", exercise=(Flag, False))
IncidentChangeIn = body_of(NamesForm, partly=True)
PackInForceIn = body_of(PackForm, called="PackInForceIn")


class EndIn(Form):
    """``sure``: it can't be opened again, also where matters are still live."""

    sure: Flag


class IncidentOut(Schema):
    id: int
    name_zh: str
    name_en: str
    area: str
    zone: str
    exercise: bool
    started_at: datetime
    ended_at: datetime | None


class IncidentsOut(Schema):
    items: list[IncidentOut]
    after: int | None


class OneIncidentOut(IncidentOut):
    """``pack`` is the version in force, ``live`` how many matters are, counted up to 10,001."""

    pack: int | None
    live: int


class WordOut(Schema):
    key: str
    zh: str
    en: str


class CategoryOut(WordOut):
    """``kinds``: those of matters that it is for."""

    kinds: list[str]


class OpenIncidentOut(IncidentOut):
    kinds: list[WordOut]
    categories: list[CategoryOut]
    severities: list[WordOut]


@router.get("", response=IncidentsOut)
def incidents(request: HttpRequest, after: Key | None = None, limit: Limit = 50) -> dict[str, Any]:
    """Those of the areas that one commands or administers, and of larger ones around; the latest first."""
    must_hold(request, *COMMAND)
    return listed(request, command_scope(request).incidents(), _told, limit, "-started_at", "-pk")


@router.get("/open", response=list[OpenIncidentOut])
def open_ones(request: HttpRequest) -> list[dict[str, Any]]:
    """The open ones that one may work in, one's current first: with the kinds, categories and severities that a matter
    registered now may have. For whoever has a role."""
    must_hold(request, *Role)
    return [_open(one) for one in incidents_of(request)]


@router.get("/{int:pk}", response=OneIncidentOut)
def incident(request: HttpRequest, pk: Key) -> dict[str, Any]:
    must_hold(request, *COMMAND)
    return _one(known_incident(request, pk))


@router.post("", response={201: OneIncidentOut})
def begin(request: HttpRequest, asked: IncidentIn) -> Status[Any]:  # type: ignore[valid-type]
    """Open one. ``area`` by name; ``pack`` is the number of a version, or ``shipped:`` and the file of one that comes with
    Muster; ``zone`` as in the time zone database."""
    must_hold(request, *COMMAND)
    given = data_of(asked)
    form = IncidentForm(command_scope(request), {**given, "zone": given.get("zone", "Asia/Shanghai"),
                        "exercise": "yes" if given.get("exercise") else "no"})  # fmt: skip
    must_be_valid(form)
    return Status(201, _one(form.save()))


@router.patch("/{int:pk}", response=OneIncidentOut)
def rename(request: HttpRequest, pk: Key, asked: IncidentChangeIn) -> dict[str, Any]:  # type: ignore[valid-type]
    """Its names; what isn't sent stays as it is."""
    must_hold(request, *COMMAND)
    known = commanded(request, pk)
    present = NamesForm(initial={"name_zh": known.name_zh, "name_en": known.name_en})
    rename_incident(known, by=person(request), **must_be_valid(NamesForm(changed(present, asked))))
    return _one(known_incident(request, pk))


@router.post("/{int:pk}/pack", response=OneIncidentOut)
def put_pack_in_force(request: HttpRequest, pk: Key, asked: PackInForceIn) -> dict[str, Any]:  # type: ignore[valid-type]
    """From now on matters are registered under that ``pack``; earlier ones keep theirs."""
    must_hold(request, *COMMAND)
    known, form = commanded(request, pk), PackForm(data_of(asked))
    must_be_valid(form)
    form.put_in_force(known, person(request).pk)
    return _one(known)


@router.post("/{int:pk}/end", response=OneIncidentOut)
def end(request: HttpRequest, pk: Key, asked: EndIn) -> dict[str, Any]:
    """Nothing new belongs to it then."""
    must_hold(request, *COMMAND)
    known = commanded(request, pk)
    must_be_valid(EndForm(live_in(known), data_of(asked)))
    end_incident(known, person(request))
    return _one(known_incident(request, pk))


def _told(one: Incident) -> dict[str, Any]:
    return {
        "id": one.pk, "name_zh": one.name_zh, "name_en": one.name_en, "area": one.area_id, "zone": one.zone,
        "exercise": one.exercise, "started_at": one.started_at, "ended_at": one.ended_at,
    }  # fmt: skip


def _open(one: Incident) -> dict[str, Any]:
    pack = one.pack_version().pack
    categories = [{**_word(key, category), "kinds": [*category.kinds]} for key, category in pack.categories.items()]
    return {
        **_told(one), "categories": categories, "kinds": [_word(*item) for item in pack.kinds.items()],
        "severities": [_word(*item) for item in pack.severities.items()],
    }  # fmt: skip


def _word(key: str, text: Text) -> dict[str, Any]:
    return {"key": key, "zh": text.zh, "en": text.en}


def _one(one: Incident) -> dict[str, Any]:
    present = PackInForce.objects.filter(incident=one).last()
    return {**_told(one), "pack": present and present.version_id, "live": live_in(one)}
