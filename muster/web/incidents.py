"""Incidents: opened, given a pack, ended; and the one that a person has chosen to look at."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from muster.incidents.incident import Incident, PackInForce
from muster.loop.matter import Matter
from muster.loop.state import LIVE, Kind
from muster.people.administration import AdminEntry, end_incident, rename_incident
from muster.people.role import Role
from muster.people.scope import Scope
from muster.web.context import CHOSEN, incident_of, incidents_of
from muster.web.formpage import form_page, posted
from muster.web.guard import holding
from muster.web.incidentform import EndForm, IncidentForm, NamesForm, PackForm
from muster.web.scope import person_of

COMMAND = (Role.HEADQUARTERS, Role.ADMINISTRATOR)
SHOWN = 20
COUNTED = 10_000


@holding(*COMMAND)
@require_GET
def incidents(request: HttpRequest) -> HttpResponse:
    """The open ones, then those that have ended, of the areas that one commands."""
    rows = list(command_scope(request).incidents()[: 5 * SHOWN])
    context = {"section": "incidents", "open": [one for one in rows if not one.ended_at]}
    context["ended"] = [one for one in rows if one.ended_at]
    return render(request, "incidents/incidents.html", context)


@holding(*COMMAND)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Open an incident; it is there at once, and so is its pack."""
    form = IncidentForm(command_scope(request), posted(request))
    if form.is_bound and form.is_valid():
        made = form.save()
        request.session[CHOSEN] = made.pk
        messages.success(request, _("%(name)s is open.") % {"name": made.name})
        return redirect("incident", pk=made.pk)
    title, back = _("Open an incident"), reverse("incidents")
    return form_page(request, form, section="incidents", title=title, button=title, back=back)


@holding(*COMMAND)
@require_GET
def incident(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, known_incident(request, pk))


@holding(*COMMAND)
@require_http_methods(["GET", "POST"])
def names(request: HttpRequest, pk: int) -> HttpResponse:
    known = commanded(request, pk)
    form = NamesForm(posted(request), initial={"name_zh": known.name_zh, "name_en": known.name_en})
    if form.is_bound and form.is_valid():
        rename_incident(known, by=person_of(request), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("incident", pk=pk)
    back = reverse("incident", args=[pk])
    return form_page(
        request, form, section="incidents", title=_("Rename"), button=_("Save"), back=back, crumbs=[(back, known.name)]
    )


@holding(*COMMAND)
@require_POST
def pack(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a pack in force for it. Every such row is kept; matters that are there keep their rules."""
    known = commanded(request, pk)
    form = PackForm(request.POST)
    if not form.is_valid():
        return _page(request, known, pack_form=form)
    version = form.put_in_force(known, person_of(request).pk)
    messages.success(request, _("%(pack)s is in force.") % {"pack": version.pack.title.label})
    return redirect("incident", pk=pk)


@holding(*COMMAND)
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Nothing new belongs to it. Not by a slip: with live matters left one says that one knows of them."""
    known = commanded(request, pk)
    form = EndForm(live_in(known), request.POST)
    if not form.is_valid():
        return _page(request, known, end_form=form)
    end_incident(known, person_of(request))
    messages.success(request, _("%(name)s has ended.") % {"name": known.name})
    return redirect("incident", pk=pk)


@require_POST
def current(request: HttpRequest) -> HttpResponse:
    """Look at another of the open incidents, from now on in this session."""
    chosen = request.POST.get("incident", "")
    if chosen not in {str(one.pk) for one in incidents_of(request)}:
        raise Http404
    request.session[CHOSEN] = int(chosen)
    back = request.POST.get("back", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "work")


def command_scope(request: HttpRequest) -> Scope:
    """The areas that the person is headquarters or administrator of."""
    return Scope.of(person_of(request), *COMMAND)


def known_incident(request: HttpRequest, pk: int) -> Incident:
    return get_object_or_404(command_scope(request).incidents(), pk=pk)


def commanded(request: HttpRequest, pk: int) -> Incident:
    """One that is open and whose whole area the person commands; for anyone else it can't be changed."""
    known = known_incident(request, pk)
    if known.ended_at or not command_scope(request).holds(known.area):
        raise Http404
    return known


def live_in(known: Incident) -> int:
    """How many matters are live; counted up to a bound."""
    live = Matter.objects.filter(incident=known, kind__in=Kind.values, status__in=LIVE).order_by()
    return live[: COUNTED + 1].count()


def _page(
    request: HttpRequest, known: Incident, pack_form: PackForm | None = None, end_form: EndForm | None = None
) -> HttpResponse:
    may = not known.ended_at and command_scope(request).holds(known.area)
    packs = PackInForce.objects.filter(incident=known).select_related("version", "by").order_by("-pk")[:SHOWN]
    live = live_in(known)
    context: dict[str, Any] = {
        "section": "incidents", "one": known, "may": may, "packs": packs, "live": live, "many": live > COUNTED,
        "pack_form": pack_form or PackForm(), "end_form": end_form or EndForm(live),
        "entries": AdminEntry.objects.filter(incident=known).select_related("by")[:SHOWN],
        "chosen": known == incident_of(request),
    }  # fmt: skip
    return render(request, "incidents/incident.html", context, status=422 if pack_form or end_form else 200)


urlpatterns = [
    path("incidents/", incidents, name="incidents"),
    path("incidents/new/", new, name="new-incident"),
    path("incidents/current/", current, name="choose-incident"),
    path("incidents/<int:pk>/", incident, name="incident"),
    path("incidents/<int:pk>/names/", names, name="rename-incident"),
    path("incidents/<int:pk>/pack/", pack, name="incident-pack"),
    path("incidents/<int:pk>/end/", end, name="end-incident"),
]
