"""What differs between two texts of a pack, line by line."""

from __future__ import annotations

from difflib import unified_diff
from typing import NamedTuple

AROUND = 2
KINDS = {"+": "added", "-": "removed", "@": "at"}


class Change(NamedTuple):
    """A line of a unified diff: ``kind`` is added, removed, at (where a passage begins) or empty for what stays."""

    kind: str
    sign: str
    text: str


def changes(before: str, after: str) -> list[Change]:
    """Empty where the texts are the same."""
    lines = unified_diff(before.splitlines(), after.splitlines(), n=AROUND, lineterm="")
    return [Change(KINDS.get(line[:1], ""), line[:1].strip(" @"), _told(line)) for line in list(lines)[2:]]


def _told(line: str) -> str:
    return line if line.startswith("@") else line[1:]
