"""Which line each key of a TOML text stands on, so that a fault can name it; tomllib itself doesn't tell."""

from __future__ import annotations

import json
import re
import tomllib

Path = tuple[str | int, ...]
"""A key's way from the root: names of keys, and positions from 0 in lists."""

BARE = re.compile(r"[A-Za-z0-9_-]+")
SPACE = re.compile(r"[ \t]*")
BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
SCALAR = re.compile(r"[^,\]}#\n]+")
STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:\\.|[^"\\])*"' r"|'[^']*'",
    re.DOTALL,
)


class Lines:
    """The line, from 1, of every table, key and list item of a text that tomllib accepts."""

    def __init__(self, text: str) -> None:
        self._at = _Scanner(text).document()

    def __contains__(self, path: Path) -> bool:
        return path in self._at

    def of(self, path: Path) -> int:
        """The line of the key, or of the nearest table around it where the key itself isn't there."""
        return next(self._at[path[:n]] for n in range(len(path), -1, -1) if path[:n] in self._at)


def dotted(path: Path) -> str:
    """The path as people write it: ``categories.testing.phrases[0]``, positions from 0."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{quoted(step)}" for step in path)
    return "".join(steps).removeprefix(".")


def quoted(key: str) -> str:
    return key if BARE.fullmatch(key) else json.dumps(key, ensure_ascii=False)


class _Scanner:
    """Reads a text known to be valid, so it looks only for what moves it on."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Path, int] = {(): 1}
        self.last: dict[Path, int] = {}  # of every [[array of tables]], the position of its latest table

    def document(self) -> dict[Path, int]:
        table: Path = ()
        self.skip(BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
            self.skip(BLANK)
        return self.lines

    def header(self) -> Path:
        line, many = self.line(), self.text.startswith("[[", self.at)
        brackets = 2 if many else 1
        self.at += brackets
        path = self.table(self.key(), many)
        self.at += brackets
        self.mark(path[:-1], line)
        self.lines[path] = line
        return path

    def table(self, keys: Path, many: bool) -> Path:
        path: Path = ()
        for n, key in enumerate(keys, 1):
            path += (key,)
            if many and n == len(keys):
                self.last[path] = self.last.get(path, -1) + 1
            if path in self.last:
                path += (self.last[path],)
        return path

    def pair(self, table: Path) -> None:
        line = self.line()
        path = table + self.key()
        self.mark(path, line)
        self.take("=")
        self.skip(SPACE)
        self.value(path)

    def key(self) -> Path:
        """A dotted key with the spaces around it."""
        parts: list[str] = []
        while not parts or self.take("."):
            self.skip(SPACE)
            parts.append(self.part())
            self.skip(SPACE)
        return tuple(parts)

    def part(self) -> str:
        if self.text[self.at] not in "\"'":
            return self.skip(BARE)
        return str(tomllib.loads(f"key = {self.skip(STRING)}")["key"])

    def value(self, path: Path) -> None:
        if self.take("["):
            self.array(path)
        elif self.take("{"):
            self.inline(path)
        else:
            self.skip(STRING if self.text[self.at] in "\"'" else SCALAR)

    def array(self, path: Path) -> None:
        position = 0
        self.skip(BLANK)
        while not self.take("]"):
            self.mark((*path, position), self.line())
            self.value((*path, position))
            self.separator()
            position += 1

    def inline(self, path: Path) -> None:
        self.skip(BLANK)
        while not self.take("}"):
            self.pair(path)
            self.separator()

    def separator(self) -> None:
        self.skip(BLANK)
        self.take(",")
        self.skip(BLANK)

    def mark(self, path: Path, line: int) -> None:
        """Puts the path, and whatever around it isn't placed yet, on this line."""
        for n in range(1, len(path) + 1):
            self.lines.setdefault(path[:n], line)

    def line(self) -> int:
        return self.text.count("\n", 0, self.at) + 1

    def take(self, char: str) -> bool:
        found = self.text.startswith(char, self.at)
        self.at += len(char) * found
        return found

    def skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        assert match is not None, f"TOML at offset {self.at} is not what tomllib accepted"
        self.at = match.end()
        return match.group()
