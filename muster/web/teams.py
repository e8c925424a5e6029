"""Teams of organisations, and who is in them. Nobody is deleted from a team: their time in it ends."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from muster.people.person import Person
from muster.people.role import Role
from muster.people.scope import Scope
from muster.people.team import Team, TeamMember
from muster.web.asking import Asking
from muster.web.atlas import written
from muster.web.formpage import choice, choose, form_page, line, posted, saved
from muster.web.guard import holding
from muster.web.naming import AreaField, PersonField
from muster.web.scope import scope_of


class TeamForm(Asking, forms.ModelForm):  # type: ignore[type-arg]
    area = AreaField(label=gettext_lazy("Area"), help_text=gettext_lazy("Where the team works: name, path or code."))

    class Meta:
        model = Team
        fields = ["kind", "name", "area"]
        widgets = {"kind": choice(), "name": line(maxlength=120)}

    def __init__(self, scope: Scope, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        area = self.instance.area if self.instance.area_id else None
        choose(self, "kind")
        self.asks(scope, area=(written(area), area) if area else None)

    def clean(self) -> dict[str, Any]:
        super().clean()
        there = Team.objects.filter(area=self.cleaned_data.get("area"), name=self.cleaned_data.get("name"))
        if there.exclude(pk=self.instance.pk).exists():
            self.add_error("name", _("A team of this name is in that area already."))
        return self.cleaned_data


class MemberForm(Asking, forms.Form):
    person = PersonField(label=gettext_lazy("Person"), help_text=gettext_lazy("Name or sign-in name."))

    def join(self, team: Team) -> bool:
        """Whether the person is in the team now, and wasn't before."""
        person = self.cleaned_data["person"]
        joined = join(team, person)
        if not joined:
            self.add_error("person", _("%(name)s is in the team already.") % {"name": person})
        return joined


@holding(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """A new team of an organisation; it works in the organisation's area unless another is written."""
    organisation = get_object_or_404(scope_of(request).organisations().select_related("area"), pk=pk)
    team = Team(organisation=organisation, area=organisation.area)
    form = TeamForm(scope_of(request), posted(request), instance=team)
    if request.method == "POST" and saved(form):
        messages.success(request, _("%(name)s is here now. Next: who is in it.") % {"name": team})
        return redirect("team", pk=team.pk)
    back = reverse("organisation", args=[pk])
    return form_page(
        request, form, section="organisations", title=_("New team"), button=_("Add"), back=back,
        crumbs=[(back, organisation.name)],
    )  # fmt: skip


@holding(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """A team with its members; sending the form adds one."""
    known = known_team(request, pk)
    form = MemberForm(posted(request))
    form.asks(scope_of(request))
    if form.is_bound and form.is_valid() and form.join(known):
        messages.success(request, _("%(name)s is in the team now.") % {"name": form.cleaned_data["person"]})
        return redirect("team", pk=pk)
    members = known.teammember_set.filter(until=None).select_related("person").order_by("-leads", "person__name", "pk")
    context = {"section": "organisations", "team": known, "form": form, "members": members}
    return render(request, "organisations/team.html", context, status=422 if form.errors else 200)


@holding(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    known = known_team(request, pk)
    back, name = reverse("team", args=[pk]), known.name
    form = TeamForm(scope_of(request), posted(request), instance=known)
    if request.method == "POST" and saved(form):
        messages.success(request, _("Saved."))
        return redirect("team", pk=pk)
    return form_page(
        request, form, section="organisations", title=_("Edit"), button=_("Save"), back=back, crumbs=[(back, name)]
    )


@holding(Role.ADMINISTRATOR)
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """The team's work is over; its members' time in it ends with it."""
    known = known_team(request, pk)
    known.end()
    messages.success(request, _("%(name)s has ended.") % {"name": known})
    return redirect("organisation", pk=known.organisation_id)


@holding(Role.ADMINISTRATOR)
@require_POST
def member(request: HttpRequest, pk: int, member: int, verb: str) -> HttpResponse:
    """Take somebody out of a team, or let them lead it or no longer."""
    change_member(known_team(request, pk), member, verb)
    messages.success(request, _("Saved."))
    return redirect("team", pk=pk)


def change_member(team: Team, member: int, verb: str) -> None:
    """``end``, ``lead`` or ``follow``; who isn't in the team any more isn't found."""
    rows = TeamMember.objects.filter(team=team, until=None)
    row = get_object_or_404(rows, pk=member)
    change: dict[str, Any] = {"until": timezone.now()} if verb == "end" else {"leads": verb == "lead"}
    rows.filter(pk=row.pk).update(**change)


def join(team: Team, person: Person) -> bool:
    """Whether the person is now in the team, for the first time or again, and wasn't before."""
    row, made = TeamMember.objects.get_or_create(team=team, person=person)
    again = TeamMember.objects.filter(pk=row.pk).exclude(until=None)
    return made or bool(again.update(until=None, leads=False, from_at=timezone.now()))


def known_team(request: HttpRequest, pk: int) -> Team:
    related = ("area", "organisation__area")
    return get_object_or_404(scope_of(request).teams().filter(until=None).select_related(*related), pk=pk)


urlpatterns = [
    path("organisations/<int:pk>/teams/new/", new, name="new-team"),
    path("teams/<int:pk>/", team, name="team"),
    path("teams/<int:pk>/edit/", edit, name="edit-team"),
    path("teams/<int:pk>/end/", end, name="end-team"),
    *(
        path(f"teams/<int:pk>/members/<int:member>/{verb}/", member, {"verb": verb}, name=f"{verb}-member")
        for verb in ("end", "lead", "follow")
    ),
]
