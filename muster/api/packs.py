"""Policy packs: the versions in force, their texts, and putting another in force."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status

from muster.api.asked import Form, Invalid, Key, Limit, Number, about, listed, must_hold, person
from muster.incidents.incident import PackInForce
from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.people.role import Role
from muster.policy.version import PackVersion
from muster.web.packdraft import Draft, fingerprint, may_adopt, put_in_force

router = Router(tags=["packs"])
READS = (Role.HEADQUARTERS, Role.ADMINISTRATOR)


class NotAsSeen(Refusal):
    code = "pack_not_as_seen"
    message = said(
        "Another version is in force by now, or this very text is. Check the text again, then put it in force."
    )


class PackIn(Form):
    """``text`` is TOML; ``instead_of`` the version that was in force when it was checked."""

    text: str
    instead_of: Number


class CheckIn(Form):
    text: str


class InForceOut(Schema):
    id: int
    version: int
    key: str
    sha256: str
    at: datetime
    by: str | None


class InForcesOut(Schema):
    items: list[InForceOut]
    after: int | None


class PackOut(Schema):
    id: int
    key: str
    from_at: datetime
    sha256: str
    adopted_at: datetime
    text: str


class PackFaultOut(Schema):
    line: int
    key: str
    what: str


class ChangeOut(Schema):
    kind: str
    text: str


class CheckOut(Schema):
    """``changes`` against the ``instead_of`` in force now: lines added, removed, unchanged around, and where a passage begins."""

    instead_of: int | None
    faults: list[PackFaultOut]
    changes: list[ChangeOut]


@router.get("", response=InForcesOut)
def packs(
    request: HttpRequest, incident: Key | None = None, after: Key | None = None, limit: Limit = 50
) -> dict[str, Any]:
    """Every time that a version was put in force, the latest first."""
    must_hold(request, *READS)
    with about(request, incident) as one:
        rows = PackInForce.objects.filter(incident=one).select_related("version", "by")
        return listed(request, rows, _in_force, limit, "-pk")


@router.get("/{int:pk}", response=PackOut)
def pack(request: HttpRequest, pk: Key) -> PackVersion:
    must_hold(request, *READS)
    return get_object_or_404(PackVersion, pk=pk)


@router.post("/check", response=CheckOut)
def check(request: HttpRequest, asked: CheckIn, incident: Key | None = None) -> dict[str, Any]:
    """What is wrong with a ``text``, and what it would change; nothing is done."""
    must_hold(request, Role.HEADQUARTERS)
    with about(request, incident) as one:
        present = PackInForce.objects.filter(incident=one).select_related("version").last()
        draft = Draft.read(asked.text, _("the text"), present.version.text if present else "")
    faults = [{"line": fault.line, "key": fault.key, "what": str(fault.what)} for fault, _line in draft.faults]
    changes = [{"kind": change.kind, "text": change.text} for change in draft.changes]
    return {"instead_of": present and present.version_id, "faults": faults, "changes": changes}


@router.post("", response={201: PackOut})
def adopt(request: HttpRequest, asked: PackIn, incident: Key | None = None) -> Status[Any]:
    """Put it in force, if what it takes the place of is still what was checked. By headquarters of the whole incident."""
    must_hold(request, Role.HEADQUARTERS)
    with about(request, incident) as one:
        if not may_adopt(request):
            raise Http404
        seen = get_object_or_404(PackVersion, pk=asked.instead_of)
        draft = Draft.read(asked.text, _("the text"), seen.text)
        if not draft.pack:
            raise Invalid(fields={"text": {"messages": [str(fault) for fault, _line in draft.faults]}})
        if put_in_force(one, draft, fingerprint(seen, asked.text), person(request)):
            raise NotAsSeen
        return Status(201, one.pack_version())


def _in_force(row: PackInForce) -> dict[str, Any]:
    version = row.version
    return {
        "id": row.pk, "version": version.pk, "key": version.key, "sha256": version.sha256, "at": row.at,
        "by": row.by.name if row.by else None,
    }  # fmt: skip
