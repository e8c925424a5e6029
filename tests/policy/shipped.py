"""The text of the pack that ships."""

from __future__ import annotations

from importlib.resources import files

KEY = "cn-epidemic-2022-11"
TEXT = (files("muster.policy") / "packs" / f"{KEY}.toml").read_text(encoding="utf-8")
