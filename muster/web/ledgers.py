"""Ledgers: sent, looked at before anything is done, asked about, taken in."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from muster.exchange.columns import COLUMNS
from muster.exchange.records import REGISTER, ImportState, LedgerImport, Sender
from muster.incidents.incident import Incident
from muster.lib.refusal import Refusal
from muster.people.role import Role
from muster.web.context import incident_here
from muster.web.guard import holding
from muster.web.leaf import leaf
from muster.web.ledgerform import DefaultsForm, LedgerForm
from muster.web.ledgerwork import answered, begun, received, refused_workbook, small, taken
from muster.web.scope import person_of

DISPATCHES = (Role.HEADQUARTERS, Role.DISPATCHER)


@holding(*DISPATCHES)
@require_GET
def ledgers_(request: HttpRequest) -> HttpResponse:
    """Those that one sent, the newest first."""
    found = leaf(request, sent(request), "-id", "pk")
    return render(request, "ledgers/ledgers.html", {"section": "matters", "ledgers": found})


@holding(*DISPATCHES)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    incident = incident_here(request)
    form = LedgerForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            came = _received(request, incident, form)
            return redirect("ledger", pk=came.pk)
        except Refusal as refusal:
            form.add_error("file" if form.cleaned_data["file"] else "rows", str(refusal))
    context = {"section": "matters", "form": form, "senders": Sender.objects.filter(incident=incident)}
    return render(request, "ledgers/new.html", context, status=422 if form.errors else 200)


@holding(*DISPATCHES)
@require_http_methods(["GET", "POST"])
def ledger(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What would be made, changed and refused, and what is asked; or how far it is, or what became of it."""
    came = get_object_or_404(sent(request), pk=pk)
    form = DefaultsForm(came.sender, request.POST if "look" in request.POST else None)
    if request.method == "POST":
        answer = _taken(request, came) if "take" in request.POST else _answered(request, came, form)
        if answer:
            return answer
    elif came.state == ImportState.LOOKED_AT and came.report.get("language") != get_language() and small(came):
        begun(request, came, ImportState.LOOKING)
    context = {"section": "matters", "came": came, "report": came.report, "form": form, "columns": COLUMNS.values()}
    return render(request, "ledgers/ledger.html", context, status=422 if form.errors else 200)


@holding(*DISPATCHES)
@require_GET
def refused(request: HttpRequest, pk: UUID) -> HttpResponse:
    return refused_workbook(person_of(request), get_object_or_404(sent(request), pk=pk))


def sent(request: HttpRequest) -> QuerySet[LedgerImport]:
    """Those that the person sent, of the incident; another's don't exist."""
    own = LedgerImport.objects.filter(by=person_of(request), sender__incident=incident_here(request))
    return own.select_related("sender__incident__area").defer("sender__incident__area__outline")


def _received(request: HttpRequest, incident: Incident, form: LedgerForm) -> LedgerImport:
    came = received(REGISTER, incident, form.cleaned_data["sender"], person_of(request), *form.stream)
    begun(request, came, ImportState.LOOKING)
    return came


def _taken(request: HttpRequest, came: LedgerImport) -> HttpResponse:
    taken(request, came)
    return redirect("ledger", pk=came.pk)


def _answered(request: HttpRequest, came: LedgerImport, form: DefaultsForm) -> HttpResponse | None:
    """What was answered is remembered for the sender, and the ledger looked at anew."""
    if not form.is_valid():
        return None
    came.sender.defaults = {key: value for key, value in form.cleaned_data.items() if value}
    answered(request, came)
    begun(request, came, ImportState.LOOKING)
    return redirect("ledger", pk=came.pk)


urlpatterns = [
    path("ledgers/", ledgers_, name="ledgers"),
    path("ledgers/new/", new, name="new-ledger"),
    path("ledgers/<uuid:pk>/", ledger, name="ledger"),
    path("ledgers/<uuid:pk>/refused/", refused, name="refused-lines"),
]
