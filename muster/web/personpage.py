"""What the page of a person shows, and the forms that stand on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from allauth.usersessions.models import UserSession
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.people.administration import AdminEntry
from muster.people.person import Grant, Membership, Person, Reveal
from muster.people.scope import Scope, not_ended
from muster.people.team import TeamMember
from muster.web.formpage import line
from muster.web.me import browser
from muster.web.scope import person_of, scope_of

SHOWN = 20


class PersonElsewhereToo(Refusal):
    code = "person_elsewhere_too"
    message = said(
        "{person} also belongs somewhere or has a role outside {scope}. Only an administrator whose area covers all of it "
        "can change the account."
    )


class OwnAdministration(Refusal):
    code = "own_administration"
    message = said("Nobody takes their own administration away. Ask another administrator to do it.")


class RevealForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you need the number?"), widget=line(), max_length=500,
        error_messages={"required": _("Give a reason; it is kept with your name.")},
    )  # fmt: skip


def known_person(request: HttpRequest, pk: int) -> Person:
    """Looked up through the administrator: outside their area there is no such person."""
    return get_object_or_404(scope_of(request).people(), pk=pk)


def controlled_person(request: HttpRequest, pk: int) -> Person:
    """One whose account this administrator may change. Raises PersonElsewhereToo."""
    person = known_person(request, pk)
    scope = scope_of(request)
    if not scope.controls(person):
        raise PersonElsewhereToo(person=person.name, scope=scope.names)
    return person


def person_page(request: HttpRequest, person: Person, reveal: RevealForm | None = None) -> HttpResponse:
    page = PersonPage(person, scope_of(request), person_of(request))
    context = {"section": "people", "person": person, "page": page, "reveal": reveal or RevealForm()}
    return render(request, "people/person.html", context, status=422 if reveal else 200)


@dataclass
class PersonPage:
    """``viewer`` is the administrator who looks, within ``scope``."""

    person: Person
    scope: Scope
    viewer: Person

    @cached_property
    def controlled(self) -> bool:
        return self.scope.controls(self.person)

    @cached_property
    def tokens(self) -> int:
        """Access tokens in force; one's own end on a page of one's own."""
        return 0 if self.is_own else self.person.tokens.filter(ended_at=None, until__gt=timezone.now()).count()

    @property
    def is_own(self) -> bool:
        return self.person.pk == self.viewer.pk

    @cached_property
    def memberships(self) -> list[tuple[Membership, bool]]:
        """Where the person belongs now, and whether this administrator may end it."""
        rows = self._memberships().filter(until=None)
        return [(row, self.scope.holds(row.organisation.area)) for row in rows]

    @cached_property
    def former(self) -> list[Membership]:
        return list(self._memberships().exclude(until=None))

    @cached_property
    def grants(self) -> list[tuple[Grant, bool]]:
        """Grants that haven't ended, and whether this administrator may end each."""
        return [(row, self.scope.may_end(row) and not self._keeps(row)) for row in self._grants().filter(not_ended())]

    @cached_property
    def past_grants(self) -> list[Grant]:
        return list(self._grants().exclude(not_ended()).order_by("-until", "-pk")[:SHOWN])

    @cached_property
    def teams(self) -> list[TeamMember]:
        rows = TeamMember.objects.filter(person=self.person, until=None, team__until=None)
        return list(rows.select_related("team__organisation__area", "team__area").order_by("team__name"))

    @cached_property
    def sessions(self) -> list[tuple[UserSession, str]]:
        """Each with the name of its browser."""
        rows = UserSession.objects.filter(user=self.person).order_by("-last_seen_at")[:SHOWN]
        return [(row, browser(row.user_agent)) for row in rows]

    @cached_property
    def reveals(self) -> list[Reveal]:
        return list(self.person.reveals.select_related("by").order_by("-at")[:SHOWN])

    @cached_property
    def entries(self) -> list[AdminEntry]:
        """What was done with the person, newest first."""
        rows = self.person.admin_entries.select_related("by", "grant__area", "grant__organisation", "organisation")
        return list(rows.defer("grant__area__outline")[:SHOWN])

    @property
    def second_factor_due(self) -> bool:
        return self.person.needs_second_factor()

    def _keeps(self, grant: Grant) -> bool:
        return self.is_own and is_administration(grant)

    def _memberships(self) -> QuerySet[Membership]:
        rows = self.person.memberships.select_related("organisation__area").defer("organisation__area__outline")
        return rows.order_by("organisation__name", "pk")

    def _grants(self) -> QuerySet[Grant]:
        return self.person.grants.select_related("area", "organisation", "given_by").defer("area__outline")


def is_administration(grant: Grant) -> bool:
    """Whether the grant is in force and makes its holder an administrator."""
    now = timezone.now()
    return grant.role == "administrator" and grant.from_at <= now and (grant.until is None or grant.until > now)
