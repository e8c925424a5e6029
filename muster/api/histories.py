"""Around a matter: its history, its files, who asked, what is like it, and handing it on."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest
from ninja import Router, Schema
from pydantic import Field

from muster.api.asked import Form, body_of, data_of, must_be_valid, must_hold, person
from muster.api.files import FileOut
from muster.api.matters import MatterOut
from muster.api.organisations import OrganisationOut, organisation_told
from muster.loop.contact import Contact
from muster.loop.steps import Sweep
from muster.people.person import Reveal
from muster.people.role import Role
from muster.web.matterpage import Told
from muster.web.referrals import ReferralForm, package_of, refers
from muster.web.seen import seen
from muster.web.stepform import candidates_for
from muster.web.sweeps import FEW, SweepPage, similar_matters, sweep_seen

router = Router(tags=["matters"])
ReferralIn = body_of(ReferralForm)


class ToldOut(Schema):
    """One entry. ``at`` is when it occurred; ``by`` and ``organisation`` stay empty where who asks mustn't know."""

    seq: int
    action: str
    name: str
    at: datetime
    recorded_at: datetime
    organisation: str
    by: str
    texts: list[str]
    files: list[FileOut]
    hash: str


class CallingIn(Form):
    reason: str = Field(min_length=1, max_length=500, pattern=r"\S")


class ContactOut(Schema):
    name: str
    phone: str


class ToVisitOut(Schema):
    """``found``: what of the category was found there since, if anything was."""

    site: UUID
    name: str
    area: str
    found: UUID | None


class SweepOut(Schema):
    id: UUID
    matter: UUID
    recorded_at: datetime
    similar: list[MatterOut]
    to_visit: list[ToVisitOut]


@router.get("/matters/{uuid:pk}/history", response=list[ToldOut])
def history(request: HttpRequest, pk: UUID) -> list[dict[str, Any]]:
    """Every entry, the first first; for who does the work, without what others noted among themselves."""
    page = seen(request, pk)
    return [_told(one) for one in reversed(page.timeline)]


@router.get("/matters/{uuid:pk}/organisations", response=list[OrganisationOut])
def candidates(request: HttpRequest, pk: UUID) -> list[dict[str, Any]]:
    """To whom it can be assigned: organisations with a liaison who could see it, the one that answers for its site first. For
    who dispatches."""
    must_hold(request, Role.HEADQUARTERS, Role.DISPATCHER)
    page = seen(request, pk)
    if page.is_doer_only:
        raise Http404
    return [organisation_told(one) for one in candidates_for(page.matter)]


@router.post("/matters/{uuid:pk}/contact", response=ContactOut)
def contact(request: HttpRequest, pk: UUID, asked: CallingIn) -> dict[str, Any]:
    """Name and telephone of who asked, for who calls back and gives a ``reason``; both are kept."""
    page = seen(request, pk)
    shown: Contact | None = page.contact
    if not shown:
        raise Http404
    Reveal.objects.create(by=person(request), of_matter=pk, reason=asked.reason.strip())
    return {"name": shown.name, "phone": shown.phone}


@router.get("/matters/{uuid:pk}/similar", response=list[MatterOut])
def similar(request: HttpRequest, pk: UUID) -> list[Any]:
    """The few matters most alike, in the areas that one sees."""
    return similar_matters(request, pk, FEW)[1]


@router.post("/matters/{uuid:pk}/referral")
def refer(request: HttpRequest, pk: UUID, asked: ReferralIn) -> FileResponse:  # type: ignore[valid-type]
    """The sealed package (docs/referrals.md), to be sent ``to`` another authority, with the ``reason``; ``id`` is made by you."""
    must_hold(request, Role.HEADQUARTERS)
    page = seen(request, pk)
    grant = refers(page)
    if not grant:
        raise Http404
    given = must_be_valid(ReferralForm(data_of(asked)))
    with page.matter.incident.clock():
        return package_of(page, given, grant, anew=False)


@router.get("/sweeps/{uuid:pk}", response=SweepOut)
def sweep(request: HttpRequest, pk: UUID) -> dict[str, Any]:
    """What a sweep found alike, and the sites to visit as far as one's own grants reach; its id is that of the act."""
    row: Sweep = sweep_seen(request, pk)
    page = SweepPage(row, person(request))
    visits = [
        {"site": one.site.pk, "name": one.site.name, "area": one.site.area_id, "found": one.since and one.since.pk}
        for one in page.to_visit
    ]
    return {
        "id": row.pk, "matter": row.matter_id, "recorded_at": row.recorded_at, "similar": page.similar,
        "to_visit": visits,
    }  # fmt: skip


def _told(one: Told) -> dict[str, Any]:
    entry = one.entry
    return {
        "seq": entry.seq, "action": entry.action, "name": str(one.words.name), "at": entry.occurred_at,
        "recorded_at": entry.recorded_at, "organisation": one.organisation, "by": one.person,
        "texts": one.texts, "files": one.files, "hash": entry.hash,
    }  # fmt: skip
