"""Sites: what is inspected, sampled at, guarded and supplied, and who answers for it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from muster.people import directory
from muster.people.role import Role
from muster.people.scope import Scope
from muster.places.site import Site, SiteKind
from muster.web.asking import Asking
from muster.web.atlas import written as area_written
from muster.web.formpage import choice, choose, line, posted, saved
from muster.web.guard import holding
from muster.web.leaf import leaf
from muster.web.naming import AreaField, OrganisationField, written
from muster.web.scope import scope_of

KINDS = [("", gettext_lazy("Any kind")), *SiteKind.choices]
STATES = [
    ("", pgettext_lazy("site", "Open")),
    ("closed", pgettext_lazy("site", "Closed")),
    ("all", gettext_lazy("Open and closed")),
]


class SiteFilter(Asking, forms.Form):
    q = forms.CharField(required=False)
    kind = forms.ChoiceField(choices=KINDS, required=False)
    area = AreaField(required=False)
    organisation = OrganisationField(required=False)
    state = forms.ChoiceField(choices=STATES, required=False)


def _degrees(label: Any, most: int) -> forms.FloatField:
    return forms.FloatField(
        label=label, required=False, min_value=-most, max_value=most,
        widget=forms.NumberInput(attrs={"class": "input", "step": "any", "inputmode": "decimal"}),
        help_text=gettext_lazy("WGS 84, degrees, as in 36.456789."),
    )  # fmt: skip


class SiteForm(Asking, forms.ModelForm):  # type: ignore[type-arg]
    area = AreaField(label=gettext_lazy("Area"), help_text=gettext_lazy("Name, path or code, as near as possible."))
    organisation = OrganisationField(label=gettext_lazy("Responsible organisation"), required=False)
    latitude = _degrees(gettext_lazy("Latitude"), 90)
    longitude = _degrees(gettext_lazy("Longitude"), 180)

    class Meta:
        model = Site
        fields = ["name", "kind", "area", "organisation", "latitude", "longitude"]
        widgets = {"name": line(maxlength=120), "kind": choice()}

    def __init__(self, scope: Scope, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        area = self.instance.area if self.instance.area_id else None
        present = written(self.instance.organisation, scope)
        choose(self, "kind")
        self.asks(scope, area=(area_written(area), area) if area else None, organisation=present)

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        there = Site.objects.filter(area=given.get("area"), name=given.get("name"))
        if there.exclude(pk=self.instance.pk).exists():
            self.add_error("name", _("A site of this name is in that area already."))
        for one, other in (("latitude", "longitude"), ("longitude", "latitude")):
            if given.get(one) is None and given.get(other) is not None and one not in self.errors:
                self.add_error(one, _("A point needs both, or leave both empty."))
        return given


@holding(Role.ADMINISTRATOR)
@require_GET
def sites(request: HttpRequest) -> HttpResponse:
    """The sites of one's area or of a part of it, by name; every filter is in the address."""
    form = SiteFilter(request.GET)
    form.asks(scope_of(request))
    found = filtered(scope_of(request), form)
    listed = found.select_related("area", "organisation").defer("outline", "area__outline")
    context = {"section": "places", "form": form, "sites": leaf(request, listed, "name", "pk"), "count": found.count()}
    return render(request, "places/sites.html", context)


@holding(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "") for name in ("area", "organisation")}
    form = SiteForm(scope_of(request), posted(request), initial=asked)
    if request.method == "POST" and saved(form):
        messages.success(request, _("%(name)s is here now.") % {"name": form.instance})
        return redirect("site", pk=form.instance.pk)
    return _page(request, form, _("New site"))


@holding(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def site(request: HttpRequest, pk: UUID) -> HttpResponse:
    known = known_site(request, pk)
    name = known.name
    form = SiteForm(scope_of(request), posted(request), instance=known)
    if request.method == "POST" and saved(form):
        messages.success(request, _("Saved."))
        return redirect("site", pk=pk)
    return _page(request, form, name)


@holding(Role.ADMINISTRATOR)
@require_POST
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Nothing new is found there any more; what was found there goes on."""
    known = known_site(request, pk)
    known.close()
    messages.success(request, _("%(name)s is closed.") % {"name": known})
    return redirect("site", pk=pk)


@holding(Role.ADMINISTRATOR)
@require_POST
def reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    known = known_site(request, pk)
    known.open_again()
    messages.success(request, _("%(name)s is open again.") % {"name": known})
    return redirect("site", pk=pk)


def known_site(request: HttpRequest, pk: UUID) -> Site:
    related = scope_of(request).sites().select_related("area", "organisation__area")
    return get_object_or_404(related.defer("outline", "area__outline", "organisation__area__outline"), pk=pk)


def filtered(scope: Scope, form: SiteFilter) -> QuerySet[Site]:
    asked = form.narrowed
    return Site.objects.none() if asked is None else directory.sites(scope, asked)


def _page(request: HttpRequest, form: SiteForm, title: str) -> HttpResponse:
    adding = form.instance._state.adding
    context = {
        "section": "places", "form": form, "title": title, "site": form.instance, "adding": adding,
        "back": reverse("place-sites"),
    }  # fmt: skip
    return render(request, "places/site.html", context, status=422 if form.errors else 200)


urlpatterns = [
    path("places/sites/", sites, name="place-sites"),
    path("places/sites/new/", new, name="new-site"),
    path("places/sites/<uuid:pk>/", site, name="site"),
    path("places/sites/<uuid:pk>/close/", close, name="close-site"),
    path("places/sites/<uuid:pk>/reopen/", reopen, name="reopen-site"),
]
