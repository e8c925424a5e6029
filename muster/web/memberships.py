"""Where a person belongs. A membership is ended, never deleted, and what hung on it ends with it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from muster.people.administration import AdminAction, AdminEntry
from muster.people.belonging import begin_membership
from muster.people.person import Membership, Person
from muster.people.role import Role
from muster.people.team import TeamMember
from muster.web.asking import Asking
from muster.web.formpage import form_page, posted
from muster.web.grants import end_grants
from muster.web.guard import holding
from muster.web.naming import OrganisationField
from muster.web.personpage import OwnAdministration, is_administration, known_person
from muster.web.scope import person_of, scope_of


class MembershipForm(Asking, forms.Form):
    organisation = OrganisationField(
        label=gettext_lazy("Organisation"), help_text=gettext_lazy("Its name, in full or in part.")
    )

    def begin(self, person: Person, by: Person) -> bool:
        """Whether the person belongs there now, and didn't before."""
        begun = begin_membership(person, self.cleaned_data["organisation"], by)
        if not begun:
            self.add_error("organisation", _("%(name)s belongs there already.") % {"name": person})
        return begun


@holding(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def memberships(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a person to an organisation; somebody may belong to several (dual registration)."""
    person = known_person(request, pk)
    form = MembershipForm(posted(request))
    form.asks(scope_of(request))
    if form.is_bound and form.is_valid() and form.begin(person, person_of(request)):
        words = {"name": person, "organisation": form.cleaned_data["organisation"]}
        messages.success(request, _("%(name)s belongs to %(organisation)s now.") % words)
        return redirect("person", pk=pk)
    back = reverse("person", args=[pk])
    title = _("Add to an organisation")
    return form_page(
        request, form, section="people", title=title, button=_("Add"), back=back, crumbs=[(back, person.name)]
    )


@holding(Role.ADMINISTRATOR)
@require_POST
def end(request: HttpRequest, pk: int, membership: int) -> HttpResponse:
    person = known_person(request, pk)
    here = scope_of(request).within("organisation__area__path")
    row = get_object_or_404(person.memberships.filter(here, until=None).select_related("organisation"), pk=membership)
    finish(row, person_of(request))
    words = {"name": person, "organisation": row.organisation}
    messages.success(request, _("%(name)s no longer belongs to %(organisation)s; the roles there have ended.") % words)
    return redirect("person", pk=pk)


@transaction.atomic
def finish(row: Membership, by: Person) -> None:
    """End a membership, and with it the person's roles for and teams of the organisation. Raises OwnAdministration."""
    held = row.person.grants.filter(organisation=row.organisation)
    if row.person_id == by.pk and any(is_administration(grant) for grant in held):
        raise OwnAdministration
    now = timezone.now()
    if Membership.objects.filter(pk=row.pk, until=None).update(until=now):
        AdminEntry.objects.create(
            action=AdminAction.MEMBERSHIP_ENDED, by=by, person=row.person, organisation=row.organisation
        )
    end_grants(held, by)
    TeamMember.objects.filter(person=row.person, team__organisation=row.organisation, until=None).update(until=now)


urlpatterns = [
    path("people/<int:pk>/memberships/", memberships, name="memberships"),
    path("people/<int:pk>/memberships/<int:membership>/end/", end, name="end-membership"),
]
