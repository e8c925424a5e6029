from __future__ import annotations

import pytest
from django.test import Client

from tests.cast import Cast
from tests.web.signed_in import signed_in


@pytest.fixture
def admin(cast: Cast) -> Client:
    """The browser of the administrator of the whole city."""
    return signed_in(cast.administrator)
