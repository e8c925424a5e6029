"""The second factor: who must pass one, and what stands between a person and the pages until then."""

from __future__ import annotations

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from muster.lib.compiled import Compiled, Given
from muster.people.role import SECOND_FACTOR_ROLES
from muster.web.context import roles_of
from muster.web.navigation import Navigation

#: Looked up with every request of headquarters.
FACTOR: Compiled[Any] = Compiled(
    lambda: Authenticator.objects.filter(user=Given("person"), type=Authenticator.Type.TOTP).order_by("pk")[:1]
)
MADE_HERE = "second_factor_made_here"

#: On the way there is nothing else to go to: whoever is led here gets through no other door yet.
ALONE: dict[str, Any] = {"doors": {}, "navigation": Navigation([], [])}


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc, unused-ignore]
    """Error messages that say what to do next."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is wrong, used or out of date. Type the one that the app shows now."),
    }


class SetUp(ActivateTOTPView):  # type: ignore[misc, unused-ignore]
    """Whoever sets the factor up has just proved to hold it."""

    extra_context = ALONE

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        self.request.session[MADE_HERE] = _factor_of(self.request)
        return response


def missing_step(request: HttpRequest) -> str | None:
    """The name of the page where this person sets up or passes the second factor; None when nothing is missing.

    A session that was opened before the factor was set up hasn't passed it: with the password alone, a stranger could
    have opened it.
    """
    if not roles_of(request).intersection(SECOND_FACTOR_ROLES):
        return None
    factor = _factor_of(request)
    if not factor:
        return "mfa_activate_totp"
    return None if _passed(request, factor) else "mfa_reauthenticate"


def _passed(request: HttpRequest, factor: int) -> bool:
    records = get_authentication_records(request, request.user)
    return request.session.get(MADE_HERE) == factor or any(one["method"] == "mfa" for one in records)


def _factor_of(request: HttpRequest) -> int | None:
    found = FACTOR(person=request.user.pk)
    return found[0].pk if found else None
