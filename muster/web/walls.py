"""Links to walls, as headquarters make, list and end them."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from muster.briefings.wall import Wall
from muster.people.role import Role
from muster.people.scope import Scope
from muster.web.asking import Asking
from muster.web.atlas import written
from muster.web.formpage import choice, form_page, line, posted, saved
from muster.web.guard import holding
from muster.web.leaf import leaf
from muster.web.naming import AreaField
from muster.web.scope import person_of

WEEKS = 4
LONGEST = timedelta(days=366)


class WallForm(Asking, forms.ModelForm):  # type: ignore[type-arg]
    area = AreaField(label=gettext_lazy("Area"), help_text=gettext_lazy("Whose figures it shows: name, path or code."))
    last_day = forms.DateField(
        label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"class": "input num", "type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("After it the link opens nothing. At most a year from now."),
    )  # fmt: skip

    class Meta:
        model = Wall
        fields = ["name", "area", "language", "theme"]
        widgets = {"name": line(maxlength=80), "language": choice(), "theme": choice()}
        help_texts = {"name": gettext_lazy("Such as “Situation room, left screen”.")}

    def __init__(self, scope: Scope, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        area = scope.areas[0]
        self.asks(scope, area=(written(area), area) if len(scope.areas) == 1 else None)
        self.initial.setdefault("last_day", timezone.localdate() + timedelta(weeks=WEEKS))

    def clean_last_day(self) -> Any:
        day = self.cleaned_data["last_day"]
        if not timezone.localdate() <= day <= timezone.localdate() + LONGEST:
            raise forms.ValidationError(_("Choose a day from today on, at most a year from now."))
        return day

    def _post_clean(self) -> None:
        if day := self.cleaned_data.get("last_day"):
            self.instance.until = timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
        super()._post_clean()  # type: ignore[misc]


@holding(Role.HEADQUARTERS)
@require_GET
def walls(request: HttpRequest) -> HttpResponse:
    known = leaf(request, _of(request).select_related("area", "made_by").defer("area__outline"), "made_at", "pk")
    return render(request, "walls/walls.html", {"section": "walls", "walls": known, "now": timezone.now()})


@holding(Role.HEADQUARTERS)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a link; it is shown this once."""
    made = Wall(made_by=person_of(request))
    token = made.give_token()
    form = WallForm(_scope(request), posted(request), instance=made)
    if saved(form):
        address = request.build_absolute_uri(reverse("kiosk", args=[token]))
        return render(request, "walls/made.html", {"section": "walls", "wall": made, "address": address})
    crumbs = [(reverse("walls"), _("Walls"))]
    frame = {"title": _("New link to a wall"), "button": _("Make the link"), "back": reverse("walls"), "crumbs": crumbs}
    return form_page(request, form, section="walls", **frame)


@holding(Role.HEADQUARTERS)
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """The link opens nothing from now on."""
    known = get_object_or_404(_of(request), pk=pk)
    known.revoke(person_of(request))
    messages.success(request, _("The link of “%(name)s” opens nothing any more.") % {"name": known.name})
    return redirect("walls")


def _scope(request: HttpRequest) -> Scope:
    return Scope.of(person_of(request), Role.HEADQUARTERS)


def _of(request: HttpRequest) -> QuerySet[Wall]:
    return Wall.objects.filter(_scope(request).within("area__path"))


urlpatterns = [
    path("walls/", walls, name="walls"),
    path("walls/new/", new, name="new-wall"),
    path("walls/<int:pk>/revocation/", revoke, name="revoke-wall"),
]
