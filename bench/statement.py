"""A recorded statement. Apart from its recorder, so that the bare endpoint loads no framework."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

BEGIN, COMMIT = "begin", "commit"


@dataclass(frozen=True)
class Named:
    """A value that differs from request to request."""

    name: str


@dataclass
class Statement:
    """A statement with its parameters; BEGIN and COMMIT stand for themselves."""

    sql: str
    values: Any = None
