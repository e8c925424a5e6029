"""Ledgers: sent, looked at before anything is done, asked about, taken in."""

from __future__ import annotations

import tempfile
from pathlib import Path
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from procrastinate.contrib.django import app

from muster.evidence.kind import XLSX
from muster.exchange import refused as refused_lines
from muster.exchange.columns import COLUMNS
from muster.exchange.ledger import look, read, sender_called, take
from muster.exchange.names import asked_as
from muster.exchange.records import ImportState, LedgerImport, Sender, keep
from muster.incidents.incident import Incident
from muster.lib import clock
from muster.lib.refusal import Refusal
from muster.people.role import Role
from muster.web.context import incident_here
from muster.web.guard import holding
from muster.web.leaf import leaf
from muster.web.ledgerform import DefaultsForm, LedgerForm
from muster.web.scope import person_of

DISPATCHES = (Role.HEADQUARTERS, Role.DISPATCHER)
AT_ONCE_BYTES = 300_000
"""A larger file is looked at by the worker; the page shows how far it is."""


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
    elif came.state == ImportState.LOOKED_AT and came.report.get("language") != get_language() and _small(came):
        _begin(request, came, ImportState.LOOKING)
    context = {"section": "matters", "came": came, "report": came.report, "form": form, "columns": COLUMNS.values()}
    return render(request, "ledgers/ledger.html", context, status=422 if form.errors else 200)


@holding(*DISPATCHES)
@require_GET
def refused(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The refused lines as a workbook in the sender's own layout."""
    came = get_object_or_404(_of(request), pk=pk)
    found = read(came.path, came.file, came.sender)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "refused.xlsx"
        refused_lines.write(target, found, found.run_dry(came.sender, person_of(request)))
        answer = HttpResponse(target.read_bytes(), content_type=XLSX.media_type)
    name = _("%(name)s, refused lines.xlsx") % {"name": Path(came.file).stem}
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer


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
    _begin(request, came, ImportState.LOOKING)
    return came


def _begin(request: HttpRequest, came: LedgerImport, state: ImportState, *, all_or_nothing: bool = False) -> None:
    """Now, or by the worker where it takes long. Whoever presses the button twice begins it once."""
    at_once = _small(came)
    with transaction.atomic():
        if not came.claim(state):
            return
        came.all_or_nothing = all_or_nothing
        came.save(update_fields=["all_or_nothing"])
        if not at_once:
            name = "look_at_ledger" if state == ImportState.LOOKING else "take_ledger"
            app.configure_task(name).defer(pk=str(came.pk))
            return
    try:
        (look if state == ImportState.LOOKING else take)(came, person_of(request))
    except Refusal as refusal:
        messages.error(request, str(refusal))


def _small(came: LedgerImport) -> bool:
    return came.path.stat().st_size <= AT_ONCE_BYTES


def _taken(request: HttpRequest, came: LedgerImport) -> HttpResponse:
    _begin(request, came, ImportState.APPLYING, all_or_nothing="all" in request.POST)
    if came.state == ImportState.APPLIED:
        count = came.to_do
        said = ngettext("%(count)s line was taken in.", "%(count)s lines were taken in.", count)
        messages.success(request, said % {"count": count}, extra_tags="recorded")
    return redirect("ledger", pk=came.pk)


def _answered(request: HttpRequest, came: LedgerImport, form: DefaultsForm) -> HttpResponse | None:
    """What was answered is remembered for the sender, and the ledger looked at anew."""
    if not form.is_valid():
        return None
    sender = came.sender
    sender.defaults = {key: value for key, value in form.cleaned_data.items() if value}
    for nr, question in enumerate(came.report.get("questions", ())):
        value = request.POST.get(f"answer-{nr}", "")
        if value and request.POST.get(f"asked-{nr}") == question["text"]:
            sender.answers.setdefault(question["about"], {})[asked_as(question["text"])] = value
    for nr, table in enumerate(came.report.get("tables", ())):
        named = {
            one["heading"]: request.POST.get(f"column-{nr}-{at}", one["key"]) for at, one in enumerate(table["fields"])
        }
        if named != {one["heading"]: one["key"] for one in table["fields"]}:
            sender.columns[table["signature"]] = named
    sender.save()
    _begin(request, came, ImportState.LOOKING)
    return redirect("ledger", pk=came.pk)


urlpatterns = [
    path("ledgers/", ledgers_, name="ledgers"),
    path("ledgers/new/", new, name="new-ledger"),
    path("ledgers/<uuid:pk>/", ledger, name="ledger"),
    path("ledgers/<uuid:pk>/refused/", refused, name="refused-lines"),
]
