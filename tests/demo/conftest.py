"""The demo city, loaded once for all tests that look at it; what a test does there is undone after it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from muster.demo.load import load


@pytest.fixture(scope="package")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[str, ...]]:
    """The whole demo; the tokens of the proposals that wait for their rating."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load()
        transaction.set_rollback(True)
