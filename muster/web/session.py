"""Who is signed in: the session and its person, read with every request and therefore by compiled queries."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from muster.lib.compiled import Compiled, Given
from muster.people.person import Person

SESSION = Compiled(lambda: Session.objects.filter(session_key=Given("key"), expire_date__gt=Given("now")))
PERSON = Compiled(lambda: Person.objects.filter(pk=Given("pk")))


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Session | None:
        found = SESSION(key=self.session_key, now=timezone.now())
        if not found:
            self._session_key: str | None = None
        return found[0] if found else None


class Backend(AuthenticationBackend):  # type: ignore[misc, unused-ignore]
    def get_user(self, user_id: Any) -> Person | None:
        person = next(iter(PERSON(pk=user_id)), None)
        if not person or not self.user_can_authenticate(person):
            return None
        person.keeps_grants = True
        return person
