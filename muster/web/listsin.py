"""Lists of the city's own taken in: areas, sites, organisations, persons and roles; looked at first, as ledgers are."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from muster.exchange.directory.intake import VOCABULARIES
from muster.exchange.lists.catalogue import LISTS
from muster.exchange.records import REGISTER, ImportState, LedgerImport
from muster.lib.refusal import Refusal
from muster.people.person import Person
from muster.people.role import Role
from muster.web.guard import holding
from muster.web.ledgerform import LedgerForm
from muster.web.ledgerwork import answered, begun, received, refused_workbook, small, taken
from muster.web.scope import person_of

SHOWN = 8


class Kind(NamedTuple):
    """A kind of list: its title, the section and page of what it holds, and what its file must say at least."""

    title: str
    section: str
    page: str
    needs: str


def kinds() -> dict[str, Kind]:
    said = {
        "areas": ("places", _("code, name, level and the code of what it is part of")),
        "sites": ("places", _("name, kind and area")),
        "organisations": ("organisations", _("name and area")),
        "people": ("people", _("name and organisation")),
        "grants": ("people", _("name or sign-in name, role and area")),
    }
    return {
        name: Kind(str(LISTS[name].title), section, LISTS[name].page, needs) for name, (section, needs) in said.items()
    }


class ListForm(LedgerForm):
    """The same without a sender: it is whoever sends it."""

    sender = None  # type: ignore[assignment]
    rows = forms.CharField(
        label=gettext_lazy("Or paste cells, or a sign-up chain"), required=False, strip=False,
        widget=forms.Textarea({"class": "input pasted-in", "rows": 6}),
        help_text=gettext_lazy("Cells with the row of headings; of a chain (接龙) the whole message."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@holding(Role.ADMINISTRATOR)
def new(request: HttpRequest, kind: str) -> HttpResponse:
    known = _kind(kind)
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("list-in", pk=_received(request, kind, form).pk)
        except Refusal as refusal:
            form.add_error("file" if form.cleaned_data["file"] else "rows", str(refusal))
    context = {"section": known.section, "kind": known, "name": kind, "form": form,
               "sent": sent_lists(request).filter(kind=kind)[:SHOWN]}  # fmt: skip
    return render(request, "listsin/new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@holding(Role.ADMINISTRATOR)
def list_in(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What would be made, changed and refused, and what is asked; or how far it is, or what became of it."""
    came = get_object_or_404(sent_lists(request), pk=pk)
    if request.method == "POST":
        if "take" in request.POST:
            taken(request, came)
        else:
            answered(request, came)
            begun(request, came, ImportState.LOOKING)
        return redirect("list-in", pk=pk)
    if came.state == ImportState.LOOKED_AT and came.report.get("language") != get_language() and small(came):
        begun(request, came, ImportState.LOOKING)
    known, words = _kind(came.kind), VOCABULARIES[came.kind]
    context = {"section": known.section, "kind": known, "name": came.kind, "came": came, "report": came.report,
               "columns": words.columns.values(), "main": words.label(words.main)}  # fmt: skip
    return render(request, "listsin/list.html", context)


@require_GET
@holding(Role.ADMINISTRATOR)
def refused(request: HttpRequest, pk: UUID) -> HttpResponse:
    return refused_workbook(person_of(request), get_object_or_404(sent_lists(request), pk=pk))


def sent_lists(request: HttpRequest) -> QuerySet[LedgerImport]:
    """Those that the person sent; another's don't exist."""
    return LedgerImport.objects.filter(by=person_of(request)).exclude(kind=REGISTER).select_related("sender")


def sender_of(kind: str, by: Person) -> str:
    """What is asked about a list is remembered for who sends it."""
    return f"{kind} {by.login}"


def _kind(name: str) -> Kind:
    known = kinds().get(name)
    if not known:
        raise Http404
    return known


def _received(request: HttpRequest, kind: str, form: ListForm) -> LedgerImport:
    by = person_of(request)
    came = received(kind, None, sender_of(kind, by), by, *form.stream)
    begun(request, came, ImportState.LOOKING)
    return came


urlpatterns = [
    path("lists/<slug:kind>/new/", new, name="new-list"),
    path("lists/<uuid:pk>/", list_in, name="list-in"),
    path("lists/<uuid:pk>/refused/", refused, name="refused-rows"),
]
