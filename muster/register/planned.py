"""Queries of the register, planned for the values asked: a common word is found by walking, a rare one by its index."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from django.db import connection, transaction

from muster.briefings.counting import SETTINGS


@contextlib.contextmanager
def planned() -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        yield
