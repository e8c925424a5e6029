"""Races need a database in which acts are really committed."""

from tests.loop.conftest import apart

__all__ = ["apart"]
