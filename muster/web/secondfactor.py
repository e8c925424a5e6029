"""The second factor: who must pass one, and what stands between a person and the pages until then."""

from __future__ import annotations

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from muster.people.role import SECOND_FACTOR_ROLES
from muster.web.context import roles_of

MADE_HERE = "second_factor_made_here"


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc, unused-ignore]
    """Error messages that say what to do next."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is wrong, used or out of date. Type the one that the app shows now."),
    }


def missing_step(request: HttpRequest) -> str | None:
    """The name of the page where this person sets up or passes the second factor; None when nothing is missing.

    A session that was opened before the factor was set up hasn't passed it: with the password alone, a stranger could
    have opened it.
    """
    if not roles_of(request).intersection(SECOND_FACTOR_ROLES):
        return None
    made = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).values_list("pk", flat=True)
    if not made:
        return "mfa_activate_totp"
    return None if _passed(request, made[0]) else "mfa_reauthenticate"


def _passed(request: HttpRequest, authenticator: int) -> bool:
    records = get_authentication_records(request, request.user)
    return request.session.get(MADE_HERE) == authenticator or any(one["method"] == "mfa" for one in records)


@receiver(authenticator_added)
def _made(request: HttpRequest, authenticator: Authenticator, **rest: Any) -> None:
    """Whoever sets the factor up has just proved to hold it."""
    if authenticator.type == Authenticator.Type.TOTP:
        request.session[MADE_HERE] = authenticator.pk
