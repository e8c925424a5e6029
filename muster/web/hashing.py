"""Password hashing within bounds: argon2 takes 100 MB for each check."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher

from muster.lib.refusal import Refusal
from muster.lib.said import said as _

AT_ONCE = 2
"""Hashes that one process works on at the same time; more wait for their turn."""
WAIT_S = 10.0
_turns = BoundedSemaphore(AT_ONCE)


class SignInBusy(Refusal):
    code = "sign_in_busy"
    status = 503
    message = _("Too many people are signing in at this moment. Nothing was checked; try again in a minute.")


class BoundedArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2 as Django has it, a few at a time. Raises SignInBusy when its turn doesn't come."""

    def encode(self, password: str, salt: str) -> str:
        with _turn():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with _turn():
            return super().verify(password, encoded)


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=WAIT_S):
        raise SignInBusy
    try:
        yield
    finally:
        _turns.release()
