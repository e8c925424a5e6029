"""Texts to copy into a chat: what is known by number and title, without anything that leads to a person."""

from __future__ import annotations

import re

DIGITS = re.compile(r"(?<![\d-])(\d{3})\d{4,}[\dXx]?(?![\d-])")


def unnamed(text: str) -> str:
    """A text without telephone and identity numbers: whoever typed one didn't mean it for a chat."""
    return DIGITS.sub(r"\1****", text)
