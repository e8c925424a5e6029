"""Races need a database in which acts are really committed; webhooks need somebody who is told."""

from tests.loop.conftest import apart
from tests.worker.receiver import receiver

__all__ = ["apart", "receiver"]
