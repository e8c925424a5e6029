"""The first people of a new installation, by the command line."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.people.administration import AdminAction, AdminEntry
from muster.people.organisation import Organisation, OrganisationKind
from muster.people.person import Grant, Membership, Person
from muster.people.role import Role
from muster.people.token import AccessToken, Scope
from muster.places.area import Area


class WeakPassword(Refusal):
    code = "weak_password"
    status = 422
    message = _("Choose another password: {faults}")


class OrganisationNeeded(Refusal):
    code = "organisation_needed"
    status = 422
    message = _("An administrator belongs to an organisation. Name it with --organisation.")


class NobodyOfThatName(Refusal):
    code = "nobody_of_that_name"
    status = 404
    message = _("Nobody signs in as “{login}”. Add the person first, on the pages or with `muster user`.")


class UnknownScope(Refusal):
    code = "unknown_scope"
    status = 422
    message = _("“{text}” is nothing that a token can be for. Choose among {known}.")


@transaction.atomic
def set_up(login: str, password: str, name: str | None, administrator: str | None, organisation: str | None) -> str:
    """Make or find the person, set the password, grant administration of an area. Says what was done."""
    person = Person.objects.filter(login=login).first()
    made = person is None
    person = person or Person(login=login, name=name or login)
    _set_password(person, password)
    if administrator:
        _administer(person, Area.named(administrator), organisation)
    return f"{'Made' if made else 'Password set for'} {person.name} ({login})"


def _set_password(person: Person, password: str) -> None:
    try:
        validate_password(password, person)
    except ValidationError as fault:
        raise WeakPassword(faults=" ".join(fault.messages)) from fault
    person.set_own_password(password)
    person.save()
    AdminEntry.objects.create(action=AdminAction.PASSWORD_SET, person=person)


def _administer(person: Person, area: Area, organisation: str | None) -> None:
    if not organisation:
        raise OrganisationNeeded
    body = Organisation.objects.filter(name=organisation, area=area).first()
    body = body or Organisation.add(organisation, OrganisationKind.HEADQUARTERS, area)
    if Membership.begin(person, body):
        AdminEntry.objects.create(action=AdminAction.MEMBERSHIP_BEGUN, person=person, organisation=body)
    grant, given = Grant.objects.get_or_create(
        person=person, organisation=body, area=area, role=Role.ADMINISTRATOR, until=None
    )
    if given:
        AdminEntry.objects.create(action=AdminAction.GRANT_GIVEN, person=person, grant=grant)


def token_for(login: str, name: str, scopes: list[str], days: int) -> str:
    """A new access token of that person. Raises NobodyOfThatName, UnknownScope."""
    person = Person.objects.filter(login=login, is_active=True).first()
    if not person:
        raise NobodyOfThatName(login=login)
    unknown = set(scopes) - set(Scope.values)
    if unknown:
        raise UnknownScope(text=", ".join(sorted(unknown)), known=", ".join(Scope.values))
    return AccessToken.make(person, name, scopes, timezone.now() + timedelta(days=days), second_factor=True)[1]
