"""Intake: a finding on a phone in under a minute, a request by telephone."""

from __future__ import annotations

from math import cos, hypot, radians
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from muster.evidence.file import File
from muster.incidents.incident import Incident
from muster.lib.ids import uuid7
from muster.lib.refusal import Refusal
from muster.loop.act import Receipt
from muster.loop.arrival import Caller
from muster.loop.matter import Matter
from muster.loop.state import Kind, Status, Way
from muster.people.person import Person
from muster.people.role import Role
from muster.people.team import Team
from muster.places.area import Area
from muster.places.site import Site
from muster.policy.pack import Pack
from muster.web.context import incident_of
from muster.web.guard import holding
from muster.web.stepform import kept_before, received_files, with_new_id

EARTH_M_PER_DEGREE = 111_195
OFFERED = 8


class IntakeForm(forms.Form):
    """What is registered. The area follows from the site; without a site it is asked for by name."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    site = forms.UUIDField(required=False, widget=forms.HiddenInput)
    area = forms.CharField(label=gettext_lazy("Area"), required=False)
    category = forms.CharField(label=gettext_lazy("Category"))
    severity = forms.CharField(label=gettext_lazy("Severity"))
    text = forms.CharField(label=gettext_lazy("In one sentence"), max_length=2000)
    way = forms.ChoiceField(label=gettext_lazy("Way"), choices=Way.choices, required=False)
    team = forms.IntegerField(required=False)
    name = forms.CharField(label=pgettext_lazy("of a person", "Name"), required=False, max_length=60)
    phone = forms.CharField(label=gettext_lazy("Telephone"), required=False, max_length=20)
    recurrence_of = forms.UUIDField(required=False, widget=forms.HiddenInput)
    source_number = forms.CharField(label=gettext_lazy("Number at the source (12345 …)"), required=False, max_length=60)

    kind: Kind = Kind.FINDING

    def __init__(self, request: HttpRequest, incident: Incident, kind: Kind) -> None:
        self.request, self.incident, self.kind = request, incident, kind
        self.person: Person | None = request.user if request.user.is_authenticated else None
        data = request.POST if request.method == "POST" else None
        super().__init__(data, initial={"id": uuid7(), **self._as_before()})
        self.kept: list[File] = []
        self.bad_files: list[str] = []

    @cached_property
    def pack(self) -> Pack:
        return self.incident.pack_version().pack

    def keep_photos(self) -> None:
        """Take in what was uploaded, before anything can be refused."""
        rules = self.pack.evidence
        self.kept = kept_before(self.request, "photos", self.person)
        received, self.bad_files = received_files(self.request.FILES.getlist("photos"), rules, self.person)
        self.kept += received

    def clean(self) -> dict[str, Any]:
        cleaned = dict(self.cleaned_data)
        for fault in self.bad_files:
            self.add_error(None, fault)
        site = (
            Site.objects.filter(pk__in=[cleaned["site"]] if cleaned.get("site") else [], closed_at=None)
            .select_related("area")
            .first()
        )
        cleaned["site_found"], cleaned["area_found"] = site, site.area if site else self._area(cleaned.get("area", ""))
        return cleaned

    def register(self) -> Receipt:
        given = self.cleaned_data
        caller = Caller(given["name"], given["phone"]) if given["name"] or given["phone"] else None
        return Matter.register(
            by=self.person, incident=self.incident, kind=self.kind, area=given["area_found"], category=given["category"],
            severity=given["severity"], text=given["text"], id=given["id"], site=given["site_found"], caller=caller,
            photos=self.kept, way=given["way"] or DEFAULT_WAY[self.kind], team=self._team(given["team"]),
            source_number=given["source_number"], recurrence_of=self.recurs(),
        )  # fmt: skip

    @property
    def categories(self) -> list[dict[str, Any]]:
        """Category chips with their common phrases in the reader's language."""
        known = self.pack.categories_for(self.kind)
        return [{"key": key, "label": one.label, "phrases": phrases(one)} for key, one in known.items()]

    @property
    def photos(self) -> SafeString:
        """The field for photos: taken in by ``keep_photos``, whatever becomes of the form."""
        return format_html('<input class="vh" id="photos" name="photos" type="file" accept="image/*,.pdf" multiple>')

    @property
    def severities(self) -> list[dict[str, Any]]:
        return [{"key": key, "label": one.label, "due_h": one.due_h} for key, one in self.pack.severities.items()]

    @property
    def chosen_site(self) -> Site | None:
        pk = self["site"].value()
        try:
            return Site.objects.filter(pk=str(pk)).select_related("area", "organisation").first() if pk else None
        except (ValueError, TypeError, forms.ValidationError):
            return None

    @property
    def teams(self) -> list[Team]:
        return list(self.person.teams.filter(until=None)) if self.person else []

    def recurs(self) -> Matter | None:
        """The closed matter that this is a recurrence of, as far as the person may see it."""
        pk = self.request.POST.get("recurrence_of") or self.request.GET.get("recurrence_of")
        if not pk or not self.person:
            return None
        return get_object_or_404(
            Matter.objects.seen_by(self.person), pk=_uuid(pk), kind=self.kind, status=Status.CLOSED
        )

    def _as_before(self) -> dict[str, Any]:
        """A recurrence begins with what was found the first time, a link with what it says."""
        if self.request.method != "GET":
            return {}
        said = ("category", "severity", "text")
        before = self.recurs()
        if before:
            return {
                "recurrence_of": before.pk,
                "site": before.site_id,
                **{name: getattr(before, name) for name in said},
            }
        return {name: self.request.GET[name] for name in ("site", *said) if name in self.request.GET}

    def _team(self, pk: int | None) -> Team | None:
        return next((team for team in self.teams if team.pk == pk), None)

    def _area(self, text: str) -> Area | None:
        if not text.strip():
            self.add_error("area", _("Choose a site, or name the area."))
            return None
        try:
            return Area.named(text)
        except Refusal as refusal:
            self.add_error("area", str(refusal))
            return None


DEFAULT_WAY = {Kind.FINDING: Way.UNANNOUNCED, Kind.REQUEST: Way.CALL, Kind.PROPOSAL: Way.PUBLIC}


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as wrong:
        raise Http404 from wrong


def phrases(category: Any) -> list[str]:
    """The phrases of a category in the reader's language."""
    english = (get_language() or "").startswith("en") and category.phrases_en
    return list(category.phrases_en if english else category.phrases)


@holding(Role.INSPECTOR, Role.DISPATCHER, Role.HEADQUARTERS)
@require_http_methods(["GET", "POST"])
def finding(request: HttpRequest) -> HttpResponse:
    return _intake(request, Kind.FINDING, "intake/finding.html")


@holding(Role.OPERATOR, Role.DISPATCHER, Role.HEADQUARTERS)
@require_http_methods(["GET", "POST"])
def request_(request: HttpRequest) -> HttpResponse:
    return _intake(request, Kind.REQUEST, "intake/request.html")


@require_GET
@holding(Role.INSPECTOR, Role.OPERATOR, Role.DISPATCHER, Role.HEADQUARTERS)
def sites(request: HttpRequest) -> HttpResponse:
    """Sites to pick from, as a fragment: those that match what was typed, else the nearest, else the recent ones."""
    words = request.GET.get("q", "").replace("\0", "").strip()
    found = _matching(request, words) if words else _nearest(request) or _recent(request)
    return render(request, "intake/sites.html", {"sites": found})


def _intake(request: HttpRequest, kind: Kind, template: str) -> HttpResponse:
    incident = incident_of(request)
    if not incident:
        return render(request, "refused.html", {"refusal": _("No incident is open.")}, status=409)
    form = IntakeForm(request, incident, kind)
    status = 200
    if request.method == "POST":
        try:
            form.keep_photos()
            if form.is_valid():
                return _registered(request, form.register(), kind)
            status = 422
        except Refusal as refusal:
            with_new_id(form, refusal)
            form.add_error(None, str(refusal))
            status = refusal.status
    sites_ = [] if form.chosen_site else _recent(request)
    return render(request, template, {"section": "intake", "form": form, "sites": sites_}, status=status)


def _registered(request: HttpRequest, receipt: Receipt, kind: Kind) -> HttpResponse:
    number = Matter.objects.values_list("number", flat=True).get(pk=receipt.matter_id)
    said = _("Registered as %(number)s. It is kept.") % {"number": number}
    messages.success(request, said, extra_tags="recorded")
    if "again" in request.POST:
        return redirect("finding" if kind == Kind.FINDING else "request")
    return redirect("matter", pk=receipt.matter_id)


def _here(request: HttpRequest) -> Any:
    """Open sites in the areas that this person works in."""
    areas = Q(pk__in=[])
    for grant in request.user.grants_at():  # type: ignore[union-attr]
        areas |= Q(area__path__startswith=grant.area.path)
    return Site.objects.filter(areas, closed_at=None).select_related("area", "organisation")


def _matching(request: HttpRequest, words: str) -> list[Site]:
    return list(_here(request).filter(name__icontains=words).order_by("name")[:OFFERED])


def _recent(request: HttpRequest) -> list[Site]:
    """Sites of one's own last matters."""
    mine = Matter.objects.filter(reporter=request.user, site__isnull=False).order_by("-id")[:40]  # type: ignore[misc]
    ids = list(dict.fromkeys(mine.values_list("site_id", flat=True)))[:4]
    found = {site.pk: site for site in _here(request).filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found]


def _nearest(request: HttpRequest) -> list[Site]:
    """Sites within about a kilometre of the given position, nearest first, with ``distance_m``."""
    try:
        latitude, longitude = float(request.GET["latitude"]), float(request.GET["longitude"])
    except (KeyError, ValueError):
        return []
    near = _here(request).filter(
        latitude__range=(latitude - 0.02, latitude + 0.02), longitude__range=(longitude - 0.025, longitude + 0.025)
    )
    found = []
    for site in near[:500]:
        east = (site.longitude - longitude) * cos(radians(latitude))
        site.distance_m = round(hypot(east, site.latitude - latitude) * EARTH_M_PER_DEGREE, -1)
        found.append(site)
    return sorted(found, key=lambda site: site.distance_m)[:OFFERED]


urlpatterns = [
    path("findings/new/", finding, name="finding"),
    path("requests/new/", request_, name="request"),
    path("sites/", sites, name="sites"),
]
