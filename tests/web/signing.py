"""Signing in as a browser does it, and an authenticator app (RFC 6238) of our own."""

from __future__ import annotations

import base64
import hmac
import struct
import time
from typing import Any

from django.http import HttpResponse
from django.test import Client

from muster.people.person import Person

PASSWORD = "a-long-river-7"


def with_password(person: Person) -> Person:
    person.set_password(PASSWORD)
    person.save()
    return person


def sign_in(client: Client, login: str, password: str = PASSWORD, **more: Any) -> HttpResponse:
    return client.post("/sign-in", {"login": login, "password": password}, **more)  # type: ignore[return-value]


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session and client.get("/me").status_code != 302


def code(secret: str, step: int = 0) -> str:
    """What an app shows now, or ``step`` times thirty seconds later."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30 + step), "sha1")
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def set_up(client: Client) -> str:
    """Sets up the second factor of who has signed in; the key that the app then holds."""
    client.get("/me/second-factor/set-up")
    secret: str = client.session["mfa.totp.secret"]
    done = client.post("/me/second-factor/set-up", {"code": code(secret)})
    assert done.headers["Location"] == "/me/recovery-codes"
    return secret
