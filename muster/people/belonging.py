"""Persons as administrators keep them: added, put into organisations, given roles; each act stands in the log."""

from __future__ import annotations

from django.db import transaction

from muster.people.administration import AdminAction, AdminEntry
from muster.people.organisation import Organisation
from muster.people.person import Grant, Membership, Person


@transaction.atomic
def add_person(person: Person, organisation: Organisation, by: Person) -> Person:
    """A new person, who signs in once somebody has set a password, of an organisation."""
    person.set_unusable_password()
    person.save()
    AdminEntry.objects.create(action=AdminAction.PERSON_ADDED, by=by, person=person)
    begin_membership(person, organisation, by)
    return person


@transaction.atomic
def begin_membership(person: Person, organisation: Organisation, by: Person) -> bool:
    """Whether the person has now begun to belong, for the first time or again."""
    begun = Membership.begin(person, organisation)
    if begun:
        AdminEntry.objects.create(action=AdminAction.MEMBERSHIP_BEGUN, by=by, person=person, organisation=organisation)
    return begun


@transaction.atomic
def give(grant: Grant) -> Grant:
    """A role that ``given_by`` gives."""
    grant.save()
    AdminEntry.objects.create(action=AdminAction.GRANT_GIVEN, by=grant.given_by, person=grant.person, grant=grant)
    return grant
