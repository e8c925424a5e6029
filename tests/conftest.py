from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from tests.cast import Cast, gather

settings.register_profile(
    "ci", derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)
settings.load_profile("ci")

#: Folders whose tests share one load of the demo, so each folder stays on one worker.
SHARING = ("demo", "journeys")
#: Where two load at once on a busy machine, the first test waits for its city longer than others may take.
LOAD_S = 600


# First, because pytest-xdist reads the groups in the same hook.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        folder = item.path.parent.name
        if folder in SHARING:
            item.add_marker(pytest.mark.xdist_group(folder))
            item.add_marker(pytest.mark.timeout(LOAD_S))


@pytest.fixture(autouse=True)
def told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes a slow machine long to make would be shown again where a test has just changed it."""
    monkeypatch.setattr("muster.lib.fresh.TIMES", 0)


@pytest.fixture
def cast(db: None) -> Cast:
    return gather()
