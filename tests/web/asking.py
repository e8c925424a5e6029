"""How often a page asks the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

MOST = 15


@contextmanager
def few_questions(most: int = MOST) -> Iterator[None]:
    with CaptureQueriesContext(connection) as asked:
        yield
    # A transaction within the test's own is a savepoint, which a page served has none of.
    sent = [query["sql"][:90] for query in asked.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert len(sent) <= most, sent
