"""Every key of every form of TOML is found on its line."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from muster.policy.lines import Lines, Path, dotted
from tests.policy.shipped import TEXT

FORMS = '''\
# a comment with [brackets] = "and quotes
plain = 1 # = 2
"quoted key" = "a # and \\" and [x]"
'literal.key' = 'C:\\'
dotted . 'and' . "qu\\u006Fted" = true
when = 2022-11-11 00:00:00+08:00
long = """
key = 1
[table] \\""" ""\\
"""""
raw = \'\'\'
a = 'b'
\'\'\'
list = [ # a comment, with a comma
  1, [2,
  3],
  # another ]
  { x = "}", y = [
    4 ] },
]
[ table . "sub.table" ]
a = { b.c = 1, b.d = [ ] }
[table]
z = 0
[[rows]]
n = 1
[rows.inner]
m = 1
[[rows.cells]]
o = 1
[[rows]]
n = 2
[[rows.cells]]
o = 2
[[rows.cells]]
o = 3
'''

WHERE: list[tuple[Path, int]] = [
    (("plain",), 2),
    (("quoted key",), 3),
    (("literal.key",), 4),
    (("dotted", "and", "quoted"), 5),
    (("when",), 6),
    (("long",), 7),
    (("raw",), 11),
    (("list",), 14),
    (("list", 0), 15),
    (("list", 1, 0), 15),
    (("list", 1, 1), 16),
    (("list", 2, "x"), 18),
    (("list", 2, "y", 0), 19),
    (("table", "sub.table"), 21),
    (("table", "sub.table", "a", "b", "d"), 22),
    (("table",), 23),
    (("table", "z"), 24),
    (("rows", 0), 25),
    (("rows", 0, "inner", "m"), 28),
    (("rows", 0, "cells", 0, "o"), 30),
    (("rows", 1), 31),
    (("rows", 1, "cells", 0, "o"), 34),
    (("rows", 1, "cells", 1, "o"), 36),
]


@pytest.mark.parametrize(("path", "line"), WHERE)
def test_each_form_stands_on_its_line(path: Path, line: int) -> None:
    assert Lines(FORMS).of(path) == line


def test_what_is_not_there_has_the_line_of_the_table_around_it() -> None:
    lines = Lines(FORMS)
    assert lines.of(("table", "missing", "deep")) == 23
    assert lines.of(("missing",)) == 1


def walk(value: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of everything that tomllib found."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield (*path, step)
        yield from walk(inner, (*path, step))


@pytest.mark.parametrize("text", [FORMS, FORMS.replace("\n", "\r\n")], ids=["unix", "windows"])
def test_nothing_that_tomllib_finds_is_lost(text: str) -> None:
    lines = Lines(text)
    assert list(walk(tomllib.loads(text)))
    assert all(path in lines for path in walk(tomllib.loads(text)))


def test_in_the_shipped_pack_every_key_is_written_on_its_line() -> None:
    rows, lines = TEXT.split("\n"), Lines(TEXT)
    for path in walk(tomllib.loads(TEXT)):
        name = next(step for step in reversed(path) if isinstance(step, str))
        assert path in lines
        assert isinstance(path[-1], int) or name in rows[lines.of(path) - 1]


def test_paths_read_as_people_write_them() -> None:
    assert dotted(("categories", "a b", "phrases", 0)) == 'categories."a b".phrases[0]'
