"""Who asks: oneself, and what one may do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from muster.api.asked import person
from muster.people.person import Grant

router = Router(tags=["me"])


class OwnOrganisationOut(Schema):
    id: int
    name: str
    area: str


class OwnGrantOut(Schema):
    role: str
    area: str
    organisation: int


class MeOut(Schema):
    """``scopes``: what the token is for; null by a session."""

    id: int
    name: str
    login: str
    language: str
    organisations: list[OwnOrganisationOut]
    grants: list[OwnGrantOut]
    scopes: list[str] | None


@router.get("", response=MeOut)
def me(request: HttpRequest) -> dict[str, Any]:
    """Where one belongs and what one may do now. With any token."""
    own, token = person(request), getattr(request, "token", None)
    organisations = [{"id": one.pk, "name": one.name, "area": one.area_id} for one in own.organisations_now()]
    return {
        "id": own.pk, "name": own.name, "login": own.login, "language": own.language, "organisations": organisations,
        "grants": [_grant(one) for one in own.grants_at()], "scopes": token.scopes if token else None,
    }  # fmt: skip


def _grant(one: Grant) -> dict[str, Any]:
    return {"role": one.role, "area": one.area_id, "organisation": one.organisation_id}
