"""Muster's own application, telling in a header how long the server worked on each answer."""

from __future__ import annotations

import time
from typing import Any

from bench.served import Start
from muster.config.wsgi import application

HEADER = "X-Server-S"


def muster(environ: dict[str, Any], start: Start) -> Any:
    began = time.perf_counter()

    def timed(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        return start(status, [*headers, (HEADER, f"{time.perf_counter() - began:.6f}")], *rest)

    return application(environ, timed)
