from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from tests.cast import Cast, gather

settings.register_profile(
    "ci", derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)
settings.load_profile("ci")


@pytest.fixture
def cast(db: None) -> Cast:
    return gather()
