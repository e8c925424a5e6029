"""What a person may do: roles, each in an area and for an organisation that they belong to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Greatest, Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from muster.people.administration import AdminAction, AdminEntry
from muster.people.belonging import give
from muster.people.organisation import Organisation
from muster.people.person import Grant, Person
from muster.people.role import Role
from muster.people.scope import Scope, not_ended
from muster.web.asking import Asking
from muster.web.atlas import written
from muster.web.formpage import choice, choose, form_page, moment, posted, saved
from muster.web.guard import holding
from muster.web.naming import AreaField
from muster.web.personpage import OwnAdministration, is_administration, known_person
from muster.web.scope import person_of, scope_of


class GrantForm(Asking, forms.ModelForm):  # type: ignore[type-arg]
    """A role for a person; the area has to lie within the giver's own."""

    area = AreaField(
        label=gettext_lazy("Area"),
        help_text=gettext_lazy("Name, path or code. The role covers everything below it, too."),
    )

    class Meta:
        model = Grant
        fields = ["role", "organisation", "area", "until"]
        widgets = {"role": choice(), "organisation": choice(), "until": moment()}
        help_texts = {
            "role": gettext_lazy("Headquarters and administrators sign in with a second factor."),
            "until": gettext_lazy("Empty: until somebody ends it."),
        }

    def __init__(self, scope: Scope, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.asks(scope)
        organisations = _organisations(scope, self.instance.person)
        field = self.fields["organisation"]
        field.queryset = organisations  # type: ignore[attr-defined]
        if len(organisations) == 1:
            self.initial.update(organisation=organisations[0].pk, area=written(organisations[0].area))
        choose(self, "role", "organisation")

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        if until and until <= timezone.now():
            raise forms.ValidationError(_("This moment is past. Write a later one, or none."))
        return until

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = {name: self.cleaned_data.get(name) for name in ("role", "area", "organisation")}
        if all(given.values()) and self.instance.person.grants.filter(not_ended(), **given).exists():
            self.add_error(None, _("This person has this role there already. End it first to change until when."))
        return self.cleaned_data

    def save(self, commit: bool = True) -> Grant:
        return give(super().save(commit=False))


@holding(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def grants(request: HttpRequest, pk: int) -> HttpResponse:
    person = known_person(request, pk)
    scope = scope_of(request)
    if not _organisations(scope, person):
        messages.error(request, _("A role is held for an organisation: add %(name)s to one first.") % {"name": person})
        return redirect("memberships", pk=pk)
    form = GrantForm(scope, posted(request), instance=Grant(person=person, given_by=person_of(request)))
    if request.method == "POST" and saved(form):
        words = {"name": person, "role": form.instance.get_role_display(), "area": form.instance.area}
        messages.success(request, _("%(name)s is %(role)s in %(area)s now.") % words)
        return redirect("person", pk=pk)
    back = reverse("person", args=[pk])
    title = _("Give a role")
    return form_page(
        request, form, section="people", title=title, button=title, back=back, crumbs=[(back, person.name)]
    )


@holding(Role.ADMINISTRATOR)
@require_POST
def end(request: HttpRequest, pk: int, grant: int) -> HttpResponse:
    person = known_person(request, pk)
    here = scope_of(request).within("area__path")
    row = get_object_or_404(person.grants.filter(here, not_ended()).select_related("area"), pk=grant)
    end_grant(row, person_of(request))
    words = {"name": person, "role": row.get_role_display(), "area": row.area}
    messages.success(request, _("%(name)s is no longer %(role)s in %(area)s.") % words)
    return redirect("person", pk=pk)


def end_grant(row: Grant, by: Person) -> None:
    """Raises OwnAdministration."""
    if row.person_id == by.pk and is_administration(row):
        raise OwnAdministration
    end_grants(Grant.objects.filter(pk=row.pk), by)


@transaction.atomic
def end_grants(held: QuerySet[Grant], by: Person) -> None:
    """End those that haven't ended; one that hasn't begun ends as it begins."""
    ending = list(held.filter(not_ended()).select_for_update())
    held.filter(pk__in=[grant.pk for grant in ending]).update(until=Greatest(Now(), "from_at"))
    AdminEntry.objects.bulk_create(
        AdminEntry(action=AdminAction.GRANT_ENDED, by=by, person_id=grant.person_id, grant=grant) for grant in ending
    )


def _organisations(scope: Scope, person: Person) -> QuerySet[Organisation]:
    """What the person belongs to within the scope."""
    belongs = {"memberships__person": person, "memberships__until": None}
    return scope.organisations().filter(**belongs).select_related("area").defer("area__outline")


urlpatterns = [
    path("people/<int:pk>/grants/", grants, name="grants"),
    path("people/<int:pk>/grants/<int:grant>/end/", end, name="end-grant"),
]
