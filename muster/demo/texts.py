"""The demo's texts and invented names."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any


@lru_cache(maxsize=1)
def texts() -> dict[str, Any]:
    return tomllib.loads(files("muster.demo").joinpath("texts.toml").read_text(encoding="utf-8"))
