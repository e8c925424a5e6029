"""What the API's own document says is tried out with whatever it allows, and with what it doesn't: nothing breaks, and every
answer is one that the document says.

A capped run; ``make soak`` tries much more.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.conf import LazySettings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings

from muster.people.role import Role
from muster.people.token import AccessToken, Scope
from tests.api.calls import things
from tests.cast import Cast

SOAK = os.environ.get("MUSTER_SOAK") == "1"
EXAMPLES = 300 if SOAK else 5


@pytest.fixture
def api_schema(cast: Cast, settings: LazySettings, tmp_path: Path) -> Iterator[Any]:
    # As Django's own client for tests does: a request would end the connection that the test is in.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    settings.FILES_DIR = tmp_path
    settings.WEBHOOK_HOSTS = ["city-brain.example"]
    for role in (Role.ADMINISTRATOR, Role.DISPATCHER, Role.INSPECTOR, Role.VERIFIER, Role.OPERATOR):
        cast.grant("deputy", role, "headquarters")
    things(cast)
    until = timezone.now() + timedelta(days=1)
    _made, token = AccessToken.make(cast.deputy, "schemathesis", list(Scope.values), until, second_factor=True)
    found = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
    found.config.update(headers={"Authorization": f"Bearer {token}"})
    # What a form or a verb refuses no schema can say: a deadline in the past, a name that nobody has.
    found.config.checks.positive_data_acceptance.expected_statuses += ["415", "422"]
    yield found
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


schema = schemathesis.pytest.from_fixture("api_schema")


@pytest.mark.soak
@schema.parametrize()
@settings(max_examples=EXAMPLES, derandomize=not SOAK, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_that_the_document_says(case: Any) -> None:
    with transaction.atomic():
        answer = case.call()
        transaction.set_rollback(True)
    case.validate_response(answer)
