"""Every refusal that the code defines."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache

import muster
from muster.lib.refusal import Refusal


@cache
def refusals() -> tuple[type[Refusal], ...]:
    """All refusals of all modules."""
    for module in pkgutil.walk_packages(muster.__path__, "muster."):
        if not module.name.startswith("muster.migrations"):
            importlib.import_module(module.name)
    return tuple(_below(Refusal))


def codes() -> set[str]:
    return {one.code for one in refusals()}


def _below(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for one in kind.__subclasses__():
        if one.__module__.startswith("muster."):
            yield one
            yield from _below(one)
