"""A sign-up chain (接龙) from a chat: numbered lines that people add one below the other, as a table.

    #接龙 12月6日采样志愿者
    格式：姓名+单位+电话
    1. 张三 市民政局 13800000001
    2. 李四，卫健局，13800000002

Which column is which says the line of the format; without one, a telephone and a body are known by their looks, and the first
text is the name.
"""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

ITEM = re.compile(r"\s*(\d{1,4})\s*[.、．。)）:：](?!\d)\s*(\S.*)")
FORMAT = re.compile(r"(?:格式|填写|例)[^:：]*[:：]\s*(.+)")
#: Between the parts of an item. What stands in brackets belongs to what is before, as 民政局（临清市）, unless no format says it.
BETWEEN = re.compile(r"[\s,，、;；+＋/／|｜]+|(?<=\D)[-—–](?=\D)")
BRACKETS = re.compile(r"[()（）【】]")
PHONE = re.compile(r"\+?\d[\d -]{6,18}")
FEWEST = 2
WORDS: dict[str, list[str]] = tomllib.loads(files("muster.exchange").joinpath("words.toml").read_text("utf-8"))["chain"]
NAME, BODY, NUMBER, MORE = WORDS["headings"]
BODIES = tuple(WORDS["bodies"])


def table_of(text: str) -> list[list[str]] | None:
    """Headings and rows of a chain; None for what is none. An item without a number of its own goes on with the one before."""
    lines = [line for line in text.split("\n") if line.strip()]
    items, before = _items(lines)
    if len(items) < FEWEST or "\t" in text:
        return None
    headings = next((parts for line in before if (parts := _format(line))), None)
    if headings:
        width = len(headings)
        parted = [_parts(item) for item in items]
        return [headings, *([*parts[: width - 1], " ".join(parts[width - 1 :])] for parts in parted)]
    rows = [_told(_parts(BRACKETS.sub(" ", item))) for item in items]
    heads = [head for head in (NAME, BODY, NUMBER, MORE) if any(row.get(head) for row in rows)]
    return [heads, *([row.get(head, "") for head in heads] for row in rows)]


def _items(lines: list[str]) -> tuple[list[str], list[str]]:
    """The items, counted up one by one, and the lines above the first."""
    items, before, count = list[str](), list[str](), 0
    for line in lines:
        found = ITEM.fullmatch(line)
        if found and int(found[1]) == (count + 1 if count else int(found[1])):
            count = int(found[1])
            items.append(found[2])
        elif not items:
            before.append(line)
        elif found:
            return [], lines  # Numbers that jump: no chain.
        else:
            items[-1] += f" {line.strip()}"
    return items, before


def _format(line: str) -> list[str] | None:
    found = FORMAT.search(line)
    parts = _parts(found[1]) if found else []
    return parts if len(parts) >= FEWEST and not any(any(c.isdigit() for c in part) for part in parts) else None


def _parts(item: str) -> list[str]:
    return [part for part in BETWEEN.split(item) if part]


def _told(parts: list[str]) -> dict[str, str]:
    told: dict[str, str] = {}
    for part in parts:
        if PHONE.fullmatch(part) and NUMBER not in told:
            told[NUMBER] = part
        elif part.endswith(BODIES) and BODY not in told:
            told[BODY] = part
        elif NAME not in told:
            told[NAME] = part
        else:
            told[MORE] = f"{told.get(MORE, '')} {part}".strip()
    return told
