"""The computer that a browser is, if headquarters trusts it, and what a PIN opened in it.

A session that a PIN opened lives as long as all of this holds: the browser has the computer's cookie, the computer is
trusted, the PIN is there and under the present password, and the person isn't an administrator. It has passed the
second factor, because the computer stands for it; it may not trust computers or set PINs.
"""

from __future__ import annotations

import time
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from muster.duty.handover import How
from muster.people.computer import Pin, TrustedComputer, is_administrator
from muster.people.person import Person
from muster.people.role import Role
from muster.web import rolecards
from muster.web.context import roles_of

COOKIE = "trusted_computer"
PIN = "pin"
JUST_S = 300
SHOWN = 40


def computer_of(request: HttpRequest) -> TrustedComputer | None:
    """Looked up once a request. What a role card trusted counts only where role cards do."""
    if not hasattr(request, "_computer"):
        found = TrustedComputer.holding(request.COOKIES.get(COOKIE, ""))
        if found and found.by_card and not rolecards.allowed(request):
            found = None
        request._computer = found  # type: ignore[attr-defined]
    return request._computer  # type: ignore[attr-defined, no-any-return]


def remember(response: HttpResponse, computer: TrustedComputer, token: str) -> None:
    """The browser keeps the token: for no script, and sent to this server alone."""
    age_s = int((computer.until - timezone.now()).total_seconds())
    response.set_cookie(
        COOKIE, token, max_age=age_s, httponly=True, samesite="Lax", secure=bool(settings.SESSION_COOKIE_SECURE)
    )


def others(computer: TrustedComputer | None, person: Person) -> list[Pin]:
    """Who else has a PIN here that opens."""
    if not computer:
        return []
    found = computer.pins.exclude(person=person).select_related("person").order_by("person__name", "pk")
    return [pin for pin in found[:SHOWN] if pin.valid]


def own(computer: TrustedComputer | None, person: Person) -> Pin | None:
    return computer.pins.filter(person=person).select_related("person").first() if computer else None


def may_trust(request: HttpRequest) -> bool:
    return Role.HEADQUARTERS in roles_of(request) and not by_pin(request)


def may_set(request: HttpRequest, person: Person) -> bool:
    """Who came by a role card sets a PIN only where that ends with the role cards."""
    computer = computer_of(request)
    ends_with_cards = bool(computer and computer.by_card) or not request.session.get(rolecards.ROLE_CARD)
    return bool(computer) and ends_with_cards and not by_pin(request) and not is_administrator(person)


def just_passed(request: HttpRequest, method: str = "") -> bool:
    """Whether the person has proved to be who they are in the last minutes; by a role card there is nothing to prove."""
    if request.session.get(rolecards.ROLE_CARD):
        return True
    records = get_authentication_records(request, request.user)
    return any(method in ("", one["method"]) and time.time() - one["at"] < JUST_S for one in records)


def confirming(request: HttpRequest, method: str = "") -> HttpResponse | None:
    """Where who hasn't proved it lately is led first, and then back here; None for who has."""
    if just_passed(request, method):
        return None
    confirmation = reverse("mfa_reauthenticate" if method == "mfa" else "account_reauthenticate")
    return redirect(f"{confirmation}?{urlencode({'next': request.path})}")


def by_pin(request: HttpRequest) -> bool:
    return PIN in request.session


def how(request: HttpRequest) -> str:
    """How who acts here came in: what a signature says."""
    return How.PIN if by_pin(request) else How.SESSION


def still_open(request: HttpRequest) -> bool:
    """Whether the session of a PIN may go on; any other isn't asked."""
    if not by_pin(request):
        return True
    computer = computer_of(request)
    pins = Pin.objects.filter(pk=request.session[PIN], computer=computer, person=request.user.pk)
    pin = pins.select_related("person").first() if computer else None
    return bool(pin and pin.valid) and Role.ADMINISTRATOR not in roles_of(request)


def change(request: HttpRequest, pin: Pin) -> None:
    """The former person's session ends, and the person of the PIN begins one of their own."""
    card = bool(request.session.get(rolecards.ROLE_CARD))
    UserSession.objects.filter(session_key=request.session.session_key).delete()
    logout(request)
    login(request, pin.person, backend=rolecards.BACKEND)
    request.session[PIN] = pin.pk
    if card:
        request.session[rolecards.ROLE_CARD] = True
    UserSession.objects.create_from_request(request)
