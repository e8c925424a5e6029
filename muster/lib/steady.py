"""Reading as of one moment, however long it takes and whoever writes meanwhile."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from django.db import connection, transaction


@contextlib.contextmanager
def steady() -> Iterator[None]:
    """What is read within is of one moment, and nothing is written. Within a transaction that has begun, of its moments."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read, read only")
        yield
