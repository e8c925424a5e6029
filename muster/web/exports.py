"""Lists taken out: which, narrowed by what, and what for; fetched as a file; and the log of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods
from procrastinate.contrib.django import app

from muster.evidence.kind import XLSX
from muster.exchange.lists.catalogue import LISTS
from muster.exchange.lists.listing import Asked, Kind, Listing
from muster.exchange.lists.making import NoSuchList, kind_called, make
from muster.exchange.lists.records import Form, ListExport
from muster.lib import clock
from muster.lib.ids import uuid7
from muster.lib.refusal import Refusal
from muster.loop.refusals import ConflictingContent
from muster.people.organisation import Organisation
from muster.people.role import Role
from muster.people.scope import Scope
from muster.places.area import Area
from muster.web.asking import Asking
from muster.web.atlas import written
from muster.web.context import incident_of
from muster.web.formpage import choice, line, posted
from muster.web.guard import holding
from muster.web.leaf import leaf
from muster.web.naming import in_full
from muster.web.organisations import OrganisationFilter
from muster.web.people import PeopleFilter
from muster.web.scope import person_of, scope_of
from muster.web.sites import SiteFilter

AT_ONCE = 1_000
"""More rows are written by the worker; the page shows how far it is."""
COUNTED = 10_000
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
#: Pages whose filters take names as people write them: in an address of ours they stand by their keys.
NARROWED: dict[str, type[Asking]] = {
    "sites": SiteFilter, "organisations": OrganisationFilter, "people": PeopleFilter, "grants": PeopleFilter,
}  # fmt: skip
#: Where in a list a page begins, and what is shown only there.
OF_PAGE = ("after", "before", "csrfmiddlewaretoken")


class ExportForm(forms.Form):
    """``id`` is made with the form, so that a second click takes nothing out twice."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("What for?"), max_length=200, widget=line(list="reasons"),
        help_text=gettext_lazy("It stands in the file and in the log, with your name and the time."),
        error_messages={"required": gettext_lazy("Say what the list is needed for.")},
    )  # fmt: skip
    whole = forms.ChoiceField(
        label=gettext_lazy("Columns"), widget=choice(),
        choices=[("all", gettext_lazy("All that a ledger has; it can be taken in again")),
                 ("shown", gettext_lazy("As the page shows them"))],
    )  # fmt: skip
    form = forms.ChoiceField(label=gettext_lazy("Format"), choices=Form.choices, widget=choice())
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES, widget=choice())
    tags = forms.ChoiceField(
        label=gettext_lazy("HXL tags"), widget=choice(),
        choices=[("without", gettext_lazy("without")), ("with", gettext_lazy("as a second row of headings, for other systems"))],
    )  # fmt: skip

    def __init__(self, kind: Kind, data: QueryDict | None) -> None:
        usual = {"id": uuid7(), "form": Form.WORKBOOK, "language": get_language()}
        super().__init__(data, initial=usual)
        if not kind.wholes:
            del self.fields["whole"]


@require_GET
@holding(*Role)
def exports(request: HttpRequest) -> HttpResponse:
    """What one took out, the newest first; headquarters sees what others took out of its incident."""
    found = leaf(request, exports_seen(request), "-id", "pk")
    return render(request, "exports/exports.html", {"section": "me", "exports": found, "lists": LISTS})


@require_http_methods(["GET", "POST"])
@holding(*Role)
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """What would be taken out; what for, and how."""
    known = list_called(request, kind)
    query, problem = narrowed(scope_of(request), known, _own(request))
    form = ExportForm(known, posted(request))
    listing = None
    if not problem:
        try:
            listing = known.reads(Asked(person_of(request), incident_of(request), query))
        except Refusal as refusal:
            problem = str(refusal)
    if request.method == "POST" and form.is_valid() and listing:
        made = asked_for(request, known, query, form, listing)
        return redirect("export", pk=made.pk)
    count = listing.tally(COUNTED + 1) if listing else 0
    context = {
        "section": "me", "kind": known, "form": form, "listing": listing, "problem": problem, "count": count,
        "more": count > COUNTED, "most": COUNTED, "back": _page_of(known, _own(request)), "query": _own(request).urlencode(),
    }  # fmt: skip
    return render(request, "exports/new.html", context, status=422 if problem or form.errors else 200)


@require_GET
@holding(*Role)
def export(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How far it is, or the file; and what the log says of it."""
    found = get_object_or_404(exports_seen(request), pk=pk)
    known = LISTS.get(found.kind)
    back = _page_of(known, _as_written(known, QueryDict(found.query))) if known else reverse("exports")
    again = f"{reverse('new-export', args=[found.kind])}?{_as_written(known, QueryDict(found.query)).urlencode()}"
    context = {"section": "me", "export": found, "kind": known, "back": back, "again": again,
               "own": found.by_id == person_of(request).pk}  # fmt: skip
    return render(request, "exports/export.html", context)


@require_GET
@holding(*Role)
def file(request: HttpRequest, pk: UUID) -> FileResponse:
    """Only for who took it out: what others may see of it is the log."""
    found = get_object_or_404(exports_seen(request).filter(by=person_of(request)), pk=pk)
    list_called(request, found.kind)
    if not found.there:
        raise Http404
    return saved_as(found)


def saved_as(found: ListExport) -> FileResponse:
    kind = XLSX.media_type if found.form == Form.WORKBOOK else "text/csv; charset=utf-8"
    title = found.title.replace("/", "／")
    name = f"{title} {timezone.localtime(found.at):%Y%m%d} {found.short}.{found.form}"
    return FileResponse(found.path.open("rb"), as_attachment=True, filename=name, content_type=kind)


def exports_seen(request: HttpRequest) -> QuerySet[ListExport]:
    seen: QuerySet[ListExport] = ListExport.objects.seen_by(person_of(request))
    return seen.select_related("by", "incident__area").defer("incident__area__outline")


def list_called(request: HttpRequest, name: str) -> Kind:
    try:
        return kind_called(name, person_of(request))
    except NoSuchList as refusal:
        raise Http404 from refusal


def narrowed(scope: Scope, kind: Kind, asked: QueryDict) -> tuple[QueryDict, str]:
    """A page's query with things by their keys; and what is wrong with it."""
    if kind.name not in NARROWED:
        return asked, ""
    form: Any = NARROWED[kind.name](asked)
    form.asks(scope)
    if form.narrowed is None:
        return asked, " ".join(str(error) for errors in form.errors.values() for error in errors)
    by_key = QueryDict(mutable=True)
    by_key.update(form.narrowed)
    return by_key, ""


def _own(request: HttpRequest) -> QueryDict:
    """The address's query without the page's place."""
    asked = request.GET.copy()
    for name in OF_PAGE:
        asked.pop(name, None)
    return asked


def _as_written(kind: Kind | None, query: QueryDict) -> QueryDict:
    """A query of ours as the page's own fields read and show it: areas and organisations by their names."""
    told = query.copy()
    if kind and kind.name in NARROWED:
        for name in ("organisation", "under"):
            key = str(told.get(name, ""))
            known = Organisation.by_key(int(key)) if key.isdigit() else None
            if known:
                told[name] = in_full(known)
        area = Area.objects.defer("outline").filter(pk=told.get("area", "")).first()
        if area:
            told["area"] = written(area)
    return told


def asked_for(
    request: HttpRequest, kind: Kind, query: QueryDict, form: ExportForm, listing: Listing, *, anew: bool = True
) -> ListExport:
    """Written into the log, and made: now, or by the worker where it takes long.

    Who came back with the browser and asks for something else under the same id asks ``anew``; else ConflictingContent is raised.
    """
    at_once = listing.tally(AT_ONCE + 1) <= AT_ONCE
    given, person = form.cleaned_data, person_of(request)
    said = {
        "kind": kind.name, "query": query.urlencode(), "reason": given["reason"].strip(), "language": given["language"],
        "form": given["form"], "whole": given.get("whole") == "all", "tags": given["tags"] == "with",
    }  # fmt: skip
    there = ListExport.objects.filter(pk=given["id"]).first()
    if there and there.by_id == person.pk and all(getattr(there, name) == value for name, value in said.items()):
        return there
    if there and not anew:
        raise ConflictingContent(id=there.pk)
    pk = uuid7() if there else given["id"]
    asked = ListExport(
        id=pk, by=person, incident=incident_of(request), at=clock.now(), claimed_at=timezone.now(), **said
    )
    try:
        with transaction.atomic():
            asked.save(force_insert=True)
            if not at_once:
                app.configure_task("make_export").defer(pk=str(asked.pk))
    except IntegrityError:
        # A click that was quicker.
        return get_object_or_404(ListExport, pk=pk, by=person)
    if at_once:
        _made(asked)
    return asked


def _made(asked: ListExport) -> None:
    """What goes wrong is kept with it, and its page says it."""
    try:
        make(asked)
    except Refusal:
        return


def _page_of(kind: Kind, query: QueryDict) -> str:
    address = reverse(kind.page)
    return f"{address}?{query.urlencode()}" if query else address


urlpatterns = [
    path("exports/", exports, name="exports"),
    path("exports/new/<slug:kind>/", new, name="new-export"),
    path("exports/<uuid:pk>/", export, name="export"),
    path("exports/<uuid:pk>/file/", file, name="export-file"),
]
