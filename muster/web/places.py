"""Areas: the tree as administrators walk it, and the names that areas are also known by."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from muster.people.administration import AdminEntry, close_area, reopen_area
from muster.people.role import Role
from muster.people.scope import Scope
from muster.places.area import Area, AreaName, gazetteer
from muster.places.gazetteer import Place, PlaceRefusal
from muster.web import sites
from muster.web.areaform import NewAreaForm, RenameForm
from muster.web.atlas import written
from muster.web.formpage import choice, form_page, line, posted, saved
from muster.web.guard import holding
from muster.web.leaf import leaf
from muster.web.scope import person_of, scope_of

FOUND = 20
ENTRIES = 20


class NameForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = AreaName
        fields = ["text", "kind"]
        labels = {"text": gettext_lazy("Name or code"), "kind": gettext_lazy("Kind")}
        widgets = {"text": line(maxlength=80), "kind": choice()}
        help_texts = {
            "kind": gettext_lazy(
                "An alias is understood; a former name or code is asked about and leads to the present one."
            ),
        }

    def clean(self) -> dict[str, Any]:
        super().clean()
        text, area = self.cleaned_data.get("text"), self.instance.area
        if text and (text in (area.name_zh, area.code) or area.names.filter(text=text).exists()):
            self.add_error("text", _("The area is known by this already."))
        return self.cleaned_data


@holding(Role.ADMINISTRATOR)
@require_GET
def places(request: HttpRequest) -> HttpResponse:
    """Search the area by name, pinyin or code; without a search, the top of the tree."""
    scope, asked = scope_of(request), request.GET.get("q", "").strip()
    if not asked and len(scope.areas) == 1:
        return redirect("place", code=scope.areas[0].code)
    found = searched(scope, asked) if asked else [(area, "") for area in scope.areas]
    return render(request, "places/places.html", {"section": "places", "found": found, "asked": asked})


@holding(Role.ADMINISTRATOR)
@require_GET
def place(request: HttpRequest, code: str) -> HttpResponse:
    return _page(request, known_area(request, code), NameForm())


@holding(Role.ADMINISTRATOR)
@require_http_methods(["POST"])
def names(request: HttpRequest, code: str) -> HttpResponse:
    """Add a name that the area is also known by, or was."""
    area = known_area(request, code)
    form = NameForm(posted(request), instance=AreaName(area=area))
    if not saved(form):
        return _page(request, area, form)
    others = others_named(form.instance.text, area)
    if others:
        words = {"text": form.instance.text, "others": "、".join(others)}
        messages.success(request, _("Added. “%(text)s” also fits %(others)s: whoever writes it will be asked.") % words)
    else:
        messages.success(request, _("Added. From now on “%(text)s” is understood.") % {"text": form.instance.text})
    return redirect("place", code=code)


@holding(Role.ADMINISTRATOR)
@require_POST
def remove_name(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    name = get_object_or_404(AreaName.objects.filter(area=known_area(request, code)), pk=pk)
    name.delete()
    messages.success(request, _("“%(text)s” is no longer understood.") % {"text": name.text})
    return redirect("place", code=code)


@holding(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, code: str) -> HttpResponse:
    """A new area below this one, after those that are there."""
    above = known_area(request, code)
    form = NewAreaForm(above, posted(request))
    if form.is_bound and form.is_valid():
        made = form.add(person_of(request))
        messages.success(request, _("%(name)s is here now.") % {"name": made.name})
        return redirect("place", code=made.code)
    return _form(request, above, form, _("New area"), _("Add"))


@holding(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def rename(request: HttpRequest, code: str) -> HttpResponse:
    """The old name stays known as a former name."""
    area = known_area(request, code)
    form = RenameForm(posted(request), initial={"name": area.name_zh, "name_en": area.name_en})
    if form.is_bound and form.is_valid():
        form.rename(area, person_of(request))
        messages.success(request, _("Saved."))
        return redirect("place", code=code)
    return _form(request, area, form, _("Rename"), _("Save"))


@holding(Role.ADMINISTRATOR)
@require_POST
def close(request: HttpRequest, code: str) -> HttpResponse:
    """With everything below: nothing new is registered there; what was registered goes on."""
    area = known_area(request, code)
    count = close_area(area, person_of(request))
    said = ngettext("%(count)s area is closed.", "%(count)s areas are closed.", count) % {"count": count}
    messages.success(request, said)
    return redirect("place", code=code)


@holding(Role.ADMINISTRATOR)
@require_POST
def reopen(request: HttpRequest, code: str) -> HttpResponse:
    area = known_area(request, code)
    reopen_area(area, person_of(request))
    messages.success(request, _("%(name)s is open again.") % {"name": area})
    return redirect("place", code=code)


def _form(request: HttpRequest, area: Area, form: forms.Form, title: str, button: str) -> HttpResponse:
    back = reverse("place", args=[area.code])
    crumbs = [(back, area.name)]
    return form_page(request, form, section="places", title=title, button=button, back=back, crumbs=crumbs)


def searched(scope: Scope, text: str) -> list[tuple[Area, str]]:
    """Areas of the scope for a text, best first, each with the full path."""
    known = gazetteer()
    found = [place for area in scope.areas for place in known.search(text, area.code, FOUND)]
    areas = Area.objects.defer("outline").in_bulk([place.code for place in found])
    return [(areas[place.code], known.path(place)) for place in found[:FOUND]]


def others_named(text: str, area: Area) -> list[str]:
    """The other places that a text fits."""
    known = gazetteer()
    try:
        fits: tuple[Place, ...] = (known.resolve(text),)
    except PlaceRefusal as refusal:
        fits = refusal.candidates if refusal.code == "ambiguous_place" else ()
    return [known.path(place) for place in fits if place.code != area.code]


def known_area(request: HttpRequest, code: str) -> Area:
    return get_object_or_404(scope_of(request).all_areas(), pk=code)


def _page(request: HttpRequest, area: Area, form: NameForm) -> HttpResponse:
    scope = scope_of(request)
    children = area.children.defer("outline").annotate(below=Count("children"))
    names = area.names.order_by("kind", "text")
    context = {
        "section": "places", "area": area, "form": form, "above": _above(scope, area), "full": written(area),
        "children": leaf(request, children, "position", "pk"), "count": area.children.count(), "names": names,
        "sites": scope.sites().filter(Q(area__path__startswith=area.path), closed_at=None).count(),
        "organisations": scope.organisations().filter(area__path__startswith=area.path).count(),
        "entries": AdminEntry.objects.filter(area=area).select_related("by")[:ENTRIES],
        "open_below": Area.objects.filter(path__startswith=area.path, closed_at=None).exclude(pk=area.pk).count(),
    }  # fmt: skip
    return render(request, "places/place.html", context, status=422 if form.errors else 200)


def _above(scope: Scope, area: Area) -> list[tuple[Area, bool]]:
    """The areas above, from the root, each with whether it may be opened."""
    rows = Area.objects.defer("outline").in_bulk(area.codes[:-1])
    return [(rows[code], scope.holds(rows[code])) for code in area.codes[:-1] if code in rows]


urlpatterns = [
    path("places/", places, name="places"),
    *sites.urlpatterns,
    path("places/<slug:code>/", place, name="place"),
    path("places/<slug:code>/new/", new, name="new-place"),
    path("places/<slug:code>/name/", rename, name="rename-place"),
    path("places/<slug:code>/close/", close, name="close-place"),
    path("places/<slug:code>/reopen/", reopen, name="reopen-place"),
    path("places/<slug:code>/names/", names, name="place-names"),
    path("places/<slug:code>/names/<int:pk>/remove/", remove_name, name="remove-place-name"),
]
