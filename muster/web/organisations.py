"""Organisations, in their tree: each with its people, teams and sites."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, F, Func, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from muster.people import directory
from muster.people.organisation import Organisation, OrganisationKind
from muster.people.person import Membership
from muster.people.role import Role
from muster.people.scope import Scope
from muster.web import teams
from muster.web.asking import Asking
from muster.web.atlas import written as area_written
from muster.web.formpage import choice, choose, form_page, line, posted, saved
from muster.web.guard import holding
from muster.web.leaf import leaf
from muster.web.naming import AreaField, OrganisationField, in_full
from muster.web.scope import scope_of

SHOWN = 10
KINDS = [("", gettext_lazy("Any kind")), *OrganisationKind.choices]


class OrganisationFilter(Asking, forms.Form):
    q = forms.CharField(required=False)
    kind = forms.ChoiceField(choices=KINDS, required=False)
    area = AreaField(required=False)
    under = OrganisationField(required=False)


class OrganisationForm(Asking, forms.ModelForm):  # type: ignore[type-arg]
    area = AreaField(label=gettext_lazy("Area"), help_text=gettext_lazy("Name, path or code."))

    class Meta:
        model = Organisation
        fields = ["name", "kind", "area"]
        widgets = {"name": line(maxlength=120), "kind": choice()}

    def __init__(self, scope: Scope, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        area = self.instance.area if self.instance.pk else None
        choose(self, "kind")
        self.asks(scope, area=(area_written(area), area) if area else None)

    def clean(self) -> dict[str, Any]:
        super().clean()
        there = Organisation.objects.filter(area=self.cleaned_data.get("area"), name=self.cleaned_data.get("name"))
        if there.exclude(pk=self.instance.pk).exists():
            self.add_error("name", _("An organisation of this name is in that area already."))
        return self.cleaned_data


class NewOrganisationForm(OrganisationForm):
    parent = OrganisationField(
        label=gettext_lazy("Part of"), required=False, help_text=gettext_lazy("The organisation that it answers to.")
    )

    def save(self, commit: bool = True) -> Organisation:
        made = Organisation.add(**{name: self.cleaned_data[name] for name in ("name", "kind", "area", "parent")})
        self.instance = made
        return made


@holding(Role.ADMINISTRATOR)
@require_GET
def organisations(request: HttpRequest) -> HttpResponse:
    """The roots of the tree within one's area; with a search or filter, whatever fits, wherever it stands."""
    form = OrganisationFilter(request.GET)
    form.asks(scope_of(request))
    found = filtered(scope_of(request), form)
    listed = _counted(found).select_related("area", "parent").defer("area__outline")
    context = {
        "section": "organisations", "form": form, "count": found.count(),
        "organisations": leaf(request, listed, "area__path", "name", "pk"),
    }  # fmt: skip
    return render(request, "organisations/organisations.html", context)


@holding(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new organisation in its place of the tree."""
    asked = {name: request.GET.get(name, "") for name in ("parent", "area")}
    form = NewOrganisationForm(scope_of(request), posted(request), initial=asked)
    if request.method == "POST" and saved(form):
        messages.success(request, _("%(name)s is here now.") % {"name": form.instance})
        return redirect("organisation", pk=form.instance.pk)
    back = reverse("organisations")
    return form_page(request, form, section="organisations", title=_("New organisation"), button=_("Add"), back=back)


@holding(Role.ADMINISTRATOR)
@require_GET
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    """One organisation: what stands above and below, its people, teams and sites."""
    known = known_organisation(request, pk)
    context = {"section": "organisations", "organisation": known, **_around(scope_of(request), known)}
    return render(request, "organisations/organisation.html", context)


@holding(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    known = known_organisation(request, pk)
    name = known.name
    form = OrganisationForm(scope_of(request), posted(request), instance=known)
    if request.method == "POST" and saved(form):
        messages.success(request, _("Saved."))
        return redirect("organisation", pk=pk)
    back = reverse("organisation", args=[pk])
    return form_page(
        request, form, section="organisations", title=_("Edit"), button=_("Save"), back=back, crumbs=[(back, name)]
    )


def known_organisation(request: HttpRequest, pk: int) -> Organisation:
    related = Organisation.objects.select_related("area", "parent").defer("area__outline")
    return get_object_or_404(related.filter(scope_of(request).within("area__path")), pk=pk)


def filtered(scope: Scope, form: OrganisationFilter) -> QuerySet[Organisation]:
    asked = form.narrowed
    return Organisation.objects.none() if asked is None else directory.organisations(scope, asked)


def some(found: QuerySet[Any]) -> tuple[list[Any], int]:
    """The first few, and how many there are."""
    rows = list(found[: SHOWN + 1])
    return rows[:SHOWN], len(rows) if len(rows) <= SHOWN else found.count()


def _around(scope: Scope, known: Organisation) -> dict[str, Any]:
    people = scope.people().filter(memberships__organisation=known, memberships__until=None)
    children = _counted(known.children.filter(scope.within("area__path"))).select_related("area").defer("area__outline")
    sites = known.sites.filter(scope.within("area__path"), closed_at=None).defer("outline")
    teams = known.teams.filter(until=None).select_related("area").defer("area__outline")
    return {
        "above": _above(scope, known),
        "full": in_full(known),
        "area_full": area_written(known.area),
        "people": some(people.order_by("name", "pk")),
        "children": some(children.order_by("name", "pk")),
        "sites": some(sites.order_by("name", "pk")),
        "teams": teams.annotate(count=Count("teammember", filter=Q(teammember__until=None))),
    }


def _counted(found: QuerySet[Organisation]) -> QuerySet[Organisation]:
    """With how many organisations and people each has. Counted one by one: two joins would multiply."""
    below = Organisation.objects.filter(parent=OuterRef("pk"))
    members = Membership.objects.filter(organisation=OuterRef("pk"), until=None)
    return found.annotate(below=_number(below), members=_number(members))


def _number(rows: QuerySet[Any]) -> Subquery:
    return Subquery(rows.order_by().annotate(number=Func(F("pk"), function="count")).values("number"))


def _above(scope: Scope, known: Organisation) -> list[tuple[Organisation, bool]]:
    """The organisations above, from the root, each with whether it may be opened."""
    ids = [int(one) for one in known.path.rstrip("/").split("/")[:-1]]
    rows = Organisation.objects.select_related("area").defer("area__outline").in_bulk(ids)
    return [(rows[pk], scope.holds(rows[pk].area)) for pk in ids]


urlpatterns = [
    path("organisations/", organisations, name="organisations"),
    path("organisations/new/", new, name="new-organisation"),
    path("organisations/<int:pk>/", organisation, name="organisation"),
    path("organisations/<int:pk>/edit/", edit, name="edit-organisation"),
    *teams.urlpatterns,
]
