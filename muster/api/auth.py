"""Who asks: by an access token, or by the session of the pages."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer, SessionAuth

from muster.incidents.incident import Incident
from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.people.person import Person
from muster.people.token import AccessToken

READING = ("GET", "HEAD", "OPTIONS")
#: Nouns that no scope is called by: what they belong to.
PART_OF = {
    "areas": "places", "conflicts": "matters", "handovers": "duty", "organisations": "people", "packs": "incidents",
    "sites": "places", "sweeps": "matters", "teams": "people", "views": "matters", "work": "matters",
}  # fmt: skip


class ScopeMissing(Refusal):
    code = "scope_missing"
    status = 403
    message = said("This token isn’t for “{scope}”. Make one that is, under Me, Access tokens.")


class Unauthorized(Refusal):
    code = "unauthorized"
    status = 401
    message = said("This token isn’t known, has ended, or its person may not sign in any more. Make another one.")


class FactorMissing(Refusal):
    code = "token_without_second_factor"
    status = 403
    message = said("Its person has a role by now that needs a second factor. Make a new token, with that passed.")


class TokenAuth(HttpBearer):
    """``Authorization: Bearer muster_…``. A token that is wrong isn't tried as anything else."""

    def authenticate(self, request: HttpRequest, token: str) -> Person:
        found = AccessToken.known(token)
        if not found or (found.by_card and not Incident.only_exercises()):
            raise Unauthorized
        wanted = scope_for(request.path, request.method or "")
        if wanted and wanted not in found.scopes:
            raise ScopeMissing(scope=wanted)
        found.person.keeps_grants = True
        if not found.second_factor and found.person.needs_second_factor():
            raise FactorMissing
        # What was looked up for a cookie's person is forgotten.
        for name in ("_roles", "_scope", "_incident", "_incidents"):
            request.__dict__.pop(name, None)
        request.user = found.person
        request.token = found  # type: ignore[attr-defined]
        return found.person


def scope_for(path: str, method: str) -> str:
    """What the address is of, to read or to write; the matters behind a figure are matters. Empty for any token."""
    noun = "matters" if path.endswith("/matters") else path.removeprefix("/api/").partition("/")[0]
    return "" if noun == "me" else f"{PART_OF.get(noun, noun)}:{'read' if method in READING else 'write'}"


#: The token first: who sends both means the token.
AUTH = [TokenAuth(), SessionAuth()]
