"""Trusted computers: making this browser one, and ending it; one's own, and for administrators all of their area."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from muster.people.computer import ComputerEvent, Pin, TrustedComputer, live
from muster.people.role import Role
from muster.web import trusted
from muster.web.context import roles_of
from muster.web.formpage import choice, form_page, line, posted
from muster.web.me import browser
from muster.web.rolecards import ROLE_CARD
from muster.web.scope import person_of, scope_of

SHOWN = 50
HOURS = (
    (12, gettext_lazy("12 hours: one shift")),
    (72, gettext_lazy("3 days")),
    (336, gettext_lazy("14 days")),
)  # fmt: skip


class TrustForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("What this computer is called"), max_length=60, widget=line(),
        help_text=gettext_lazy("As those who sit at it know it, such as “Duty room, left”."),
    )  # fmt: skip
    hours = forms.TypedChoiceField(label=gettext_lazy("Trust it for"), coerce=int, choices=HOURS, widget=choice())


@require_GET
def computers(request: HttpRequest) -> HttpResponse:
    """Computers that one trusted or has a PIN at; for an administrator, all that people of their area trusted."""
    person, computer = person_of(request), trusted.computer_of(request)
    mine = Exists(_mine(request).filter(pk=OuterRef("pk")))
    found = _known(request).annotate(may_end=mine).select_related("by").order_by("-at")[:SHOWN]
    context: dict[str, Any] = {
        "section": "me", "computer": computer, "computers": found, "own": trusted.own(computer, person),
        "may_trust": trusted.may_trust(request), "may_set": trusted.may_set(request, person),
        "pins": Pin.objects.filter(person=person, computer__in=live()).select_related("computer"),
        "by_pin": trusted.by_pin(request),
        "events": ComputerEvent.objects.filter(computer__in=_known(request)).select_related("computer", "by")[:SHOWN],
    }  # fmt: skip
    return render(request, "computers/computers.html", context)


@require_http_methods(["GET", "POST"])
def trust(request: HttpRequest) -> HttpResponse:
    """By headquarters, with the second factor just passed. A new trust ends the one that this browser had."""
    if not trusted.may_trust(request):
        raise Http404
    if confirmation := trusted.confirming(request, "mfa"):
        return confirmation
    form = TrustForm(posted(request), initial={"name": browser(request.headers.get("User-Agent", ""))})
    if form.is_bound and form.is_valid():
        return _trusted(request, form.cleaned_data["name"], form.cleaned_data["hours"])
    return form_page(
        request, form, title=_("Trust this computer"), button=_("Trust it"), back=reverse("computers"), section="me"
    )


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """By who trusted it, and by administrators."""
    computer = get_object_or_404(_mine(request), pk=pk)
    computer.revoke(person_of(request))
    messages.success(request, _("{name} is trusted no more.").format(name=computer.name))
    return redirect("computers")


def _trusted(request: HttpRequest, name: str, hours: int) -> HttpResponse:
    person, before = person_of(request), trusted.computer_of(request)
    if before:
        before.revoke(person)
    by_card = bool(request.session.get(ROLE_CARD))
    computer, token = TrustedComputer.trust(person, name, hours, by_card)
    messages.success(request, _("Trusted. Who works here may set a PIN now, each after signing in in full."))
    response = redirect("computers")
    trusted.remember(response, computer, token)
    return response


def _mine(request: HttpRequest) -> QuerySet[TrustedComputer]:
    """Those that this person may end."""
    governed = Q(by=request.user.pk)
    if Role.ADMINISTRATOR in roles_of(request):
        governed |= Q(by__in=scope_of(request).people())
    return live().filter(governed)


def _known(request: HttpRequest) -> QuerySet[TrustedComputer]:
    pins = Pin.objects.filter(computer=OuterRef("pk"), person=request.user.pk)
    return live().filter(Q(pk__in=_mine(request).values("pk")) | Q(Exists(pins)))


urlpatterns = [
    path("computers/", computers, name="computers"),
    path("computers/new/", trust, name="computer-new"),
    path("computers/<int:pk>/revoke/", revoke, name="computer-revoke"),
]
