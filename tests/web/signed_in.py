"""A browser in which somebody has signed in, and passed a second factor where their roles ask for one."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client

from muster.people.person import Person
from muster.web.secondfactor import MADE_HERE

BACKEND = "muster.web.session.Backend"


def signed_in(person: Person, client: Client | None = None) -> Client:
    client = client or Client()
    client.force_login(person, backend=BACKEND)
    # As the page for signing in does.
    UserSession.objects.create(
        user=person, session_key=client.session.session_key, ip="127.0.0.1", user_agent="Chrome/120"
    )
    if person.needs_second_factor():
        factor, _made = Authenticator.objects.get_or_create(
            user=person, type=Authenticator.Type.TOTP, defaults={"data": {}}
        )
        session = client.session
        session[MADE_HERE] = factor.pk
        session.save()
    return client
