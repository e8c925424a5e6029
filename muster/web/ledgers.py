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
from muster.exchange.ledger import sender_called
from muster.exchange.records import ImportState, LedgerImport, Sender, keep
from muster.incidents.incident import Incident
from muster.lib import clock
from muster.lib.refusal import Refusal
from muster.people.role import Role
from muster.web.context import incident_here
from muster.web.guard import holding
from muster.web.leaf import leaf
from muster.web.ledgerform import DefaultsForm, LedgerForm
from muster.web.ledgerwork import begin, refused_workbook, remember, small, taken
from muster.web.scope import person_of

DISPATCHES = (Role.HEADQUARTERS, Role.DISPATCHER)


@holding(*DISPATCHES)
@require_GET
def ledgers_(request: HttpRequest) -> HttpResponse:
    """Those that one sent, the newest first."""
    found = leaf(request, _of(request), "-id", "pk")
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
    came = get_object_or_404(_of(request), pk=pk)
    form = DefaultsForm(came.sender, request.POST if "look" in request.POST else None)
    if request.method == "POST":
        answer = _taken(request, came) if "take" in request.POST else _answered(request, came, form)
        if answer:
            return answer
    elif came.state == ImportState.LOOKED_AT and came.report.get("language") != get_language() and small(came):
        begin(request, came, ImportState.LOOKING)
    context = {"section": "matters", "came": came, "report": came.report, "form": form, "columns": COLUMNS.values()}
    return render(request, "ledgers/ledger.html", context, status=422 if form.errors else 200)


@holding(*DISPATCHES)
@require_GET
def refused(request: HttpRequest, pk: UUID) -> HttpResponse:
    return refused_workbook(request, get_object_or_404(_of(request), pk=pk))


def _of(request: HttpRequest) -> QuerySet[LedgerImport]:
    """Those that the person sent, of the incident; another's don't exist."""
    sent = LedgerImport.objects.filter(by=person_of(request), sender__incident=incident_here(request))
    return sent.select_related("sender__incident__area").defer("sender__incident__area__outline")


def _received(request: HttpRequest, incident: Incident, form: LedgerForm) -> LedgerImport:
    """Kept and looked at; what can't be read is refused, and nothing of it stays."""
    stream, name = form.stream
    sha256 = keep(stream, name)
    sender = sender_called(incident, form.cleaned_data["sender"])
    kept = {"file": name[-120:], "sha256": sha256, "at": clock.now()}
    came = LedgerImport.objects.create(sender=sender, by=person_of(request), **kept)
    begin(request, came, ImportState.LOOKING)
    return came


def _taken(request: HttpRequest, came: LedgerImport) -> HttpResponse:
    taken(request, came)
    return redirect("ledger", pk=came.pk)


def _answered(request: HttpRequest, came: LedgerImport, form: DefaultsForm) -> HttpResponse | None:
    """What was answered is remembered for the sender, and the ledger looked at anew."""
    if not form.is_valid():
        return None
    came.sender.defaults = {key: value for key, value in form.cleaned_data.items() if value}
    remember(request, came)
    begin(request, came, ImportState.LOOKING)
    return redirect("ledger", pk=came.pk)


urlpatterns = [
    path("ledgers/", ledgers_, name="ledgers"),
    path("ledgers/new/", new, name="new-ledger"),
    path("ledgers/<uuid:pk>/", ledger, name="ledger"),
    path("ledgers/<uuid:pk>/refused/", refused, name="refused-lines"),
]
