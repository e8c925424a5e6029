"""The pack that ships, read as it is used."""

from __future__ import annotations

import pytest

from muster.policy.pack import Pack, parse
from tests.policy.shipped import KEY, TEXT


@pytest.fixture(scope="session")
def pack() -> Pack:
    return parse(TEXT, f"{KEY}.toml")
