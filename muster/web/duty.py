"""On duty: putting a person on a post, and ending it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from muster.duty.duty import ROLES, Duty, Post, candidates
from muster.lib import clock
from muster.lib.refusal import Refusal
from muster.people.person import Person
from muster.web.deskscope import DESK_ROLES, Desk, desk_of
from muster.web.formpage import choice, form_page, moment, posted
from muster.web.guard import holding

SHIFT = timedelta(hours=12)
OFFERED = 300


class DutyForm(forms.Form):
    post = forms.ChoiceField(label=gettext_lazy("Post"), choices=Post.choices, widget=choice())
    person = forms.ModelChoiceField(Person.objects.none(), label=gettext_lazy("Person"), widget=choice())
    until = forms.DateTimeField(label=gettext_lazy("On duty until"), widget=moment())

    def __init__(self, desk: Desk, data: Any, post: str = "") -> None:
        ends = (clock.now() + SHIFT).replace(minute=0, second=0, microsecond=0)
        initial = {"post": post if post in Post.values else Post.OFFICER, "person": desk.person, "until": ends}
        super().__init__(data, initial=initial)
        field: Any = self.fields["person"]
        offered = _offered(desk)
        field.queryset = Person.objects.filter(pk__in=offered)
        field.choices = list(offered.items())


@holding(*DESK_ROLES)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Oneself or somebody else, on a post of the area."""
    desk = desk_of(request)
    form = DutyForm(desk, posted(request), request.GET.get("post", ""))
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
        try:
            made = Duty.take(desk.incident, desk.area, asked["post"], asked["person"], asked["until"], desk.person)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            words = {"person": made.person.name, "post": Post(made.post).label}
            messages.success(request, _("%(person)s is on duty now: %(post)s.") % words)
            return redirect(reverse("desk") + desk.query)
    back = reverse("desk") + desk.query
    return form_page(
        request, form, title=_("Go on duty"), button=_("Go on duty"), back=back, section="desk",
        crumbs=[(back, _("Duty desk"))],
    )  # fmt: skip


@holding(*DESK_ROLES)
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    desk = desk_of(request)
    duty = get_object_or_404(Duty.objects.select_related("person"), pk=pk, incident=desk.incident, area=desk.area)
    duty.end(desk.person)
    messages.success(request, _("%(person)s is off duty.") % {"person": duty.person.name})
    return redirect(reverse("desk") + desk.query)


def _offered(desk: Desk) -> dict[int, str]:
    """Who could hold some post of the area, oneself first, each with the posts' roles that they hold."""
    roles: dict[int, list[str]] = {}
    names: dict[int, str] = {desk.person.pk: desk.person.name}
    needed = {role for held in ROLES.values() for role in held}
    for grant in candidates(desk.area, timezone.now())[: OFFERED * len(needed)]:
        names.setdefault(grant.person_id, grant.person.name)
        roles.setdefault(grant.person_id, []).append(grant.get_role_display())
    return {pk: f"{name} · {'、'.join(dict.fromkeys(roles.get(pk, [])))}" for pk, name in names.items()}


urlpatterns = [
    path("duty/new/", new, name="duty-new"),
    path("duty/<int:pk>/end/", end, name="duty-end"),
]
