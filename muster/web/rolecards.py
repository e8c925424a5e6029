"""Role cards: in an exercise, on the machine itself, one click signs in as one of its invented persons."""

from __future__ import annotations

import functools
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from muster.people.computer import Pin
from muster.people.person import Person
from muster.web.context import open_incidents

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PREFIX = "demo."
ROLE_CARD = "role_card"
BACKEND = "muster.web.session.Backend"

#: What a proxy adds. Behind one, everybody seems to sit at the machine itself.
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via")

#: Who the cards are for, in their order.
LABELS: dict[str, StrOrPromise] = {
    "demo.duty": _("Duty officer"),
    "demo.inspector": _("Inspector"),
    "demo.unit": _("Unit responsible"),
    "demo.verifier": _("Verifier"),
    "demo.operator": _("Telephone surveyor"),
    "demo.outsider": _("Outsider"),
    "demo.administrator": _("Administrator"),
    "demo.deputy": _("Second duty officer"),
    "demo.second_verifier": _("Second verifier"),
}


class Card(NamedTuple):
    login: str
    label: StrOrPromise
    name: str
    organisation: str


@login_not_required
def enter(request: HttpRequest) -> HttpResponse:
    """Signs in as the person of the card, and goes on to ``next``; where cards aren't shown, there is no such page."""
    if request.method != "POST" or not allowed(request):
        raise Http404
    person = get_object_or_404(_persons(), login=request.POST.get("login"))
    login(request, person, backend=BACKEND)
    request.session[ROLE_CARD] = True
    Pin.unlock(person)
    onward = request.POST.get("next", "")
    return redirect(onward if url_has_allowed_host_and_scheme(onward, allowed_hosts=None) else "work")


def allowed(request: HttpRequest) -> bool:
    """Only where nothing real is open, whichever incident is looked at, and only for a browser on this very machine."""
    current = next(iter(open_incidents(request)), None)
    return bool(current and current.exercise) and _here(request)


def cards(request: HttpRequest) -> list[Card]:
    if not allowed(request):
        return []
    order = list(LABELS)
    made = [_card(person) for person in _persons().prefetch_related("memberships__organisation", "grants")]
    return sorted(made, key=lambda card: (order.index(card.login) if card.login in order else len(order), card.login))


def _card(person: Person) -> Card:
    organisations = [one.organisation.name for one in person.memberships.all() if not one.until]
    roles = [grant.get_role_display() for grant in person.grants.all()]
    label = LABELS.get(person.login) or " · ".join(dict.fromkeys(roles)) or _("Outsider")
    return Card(person.login, label, person.name, organisations[0] if organisations else "")


def _persons() -> models.QuerySet[Person]:
    return Person.objects.filter(login__startswith=PREFIX, is_active=True)


def _here(request: HttpRequest) -> bool:
    host = split_domain_port(request.get_host())[0].strip("[]")
    forwarded = any(name in request.headers for name in FORWARDED)
    return not forwarded and _loopback(request.META["REMOTE_ADDR"]) and (host == "localhost" or _loopback(host))


@functools.lru_cache(1000)
def _loopback(text: str) -> bool:
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


urlpatterns = [path("demo/enter", enter, name="role_card")]
