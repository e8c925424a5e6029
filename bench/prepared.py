"""Muster's settings, with statements bound and prepared by the server: what that would bring.

``DJANGO_SETTINGS_MODULE=bench.prepared python -m bench`` measures with them.
"""

from __future__ import annotations

from muster.config.settings import *  # noqa: F403
from muster.config.settings import DATABASES

DATABASES["default"]["OPTIONS"] |= {"server_side_binding": True, "prepare_threshold": 5}
