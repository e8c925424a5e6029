"""Who runs Muster finds every variable, command and timer in the document, and none that isn't there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import click

import muster
from muster.cli import main
from muster.worker.timers import TIMERS
from tests.docs.markdown import code_of, coded, table, text_of
from tests.docs.refusals import codes

SOURCE = Path(muster.__path__[0])
TEXT = text_of("operate.md")
READERS = ("get", "setdefault", "pop", "getenv")


def test_the_variables_of_the_table_are_those_that_are_read() -> None:
    named = {code_of(row["variable"]) for row in table("operate.md", "variable", "read by", "meaning")}
    assert named == {name for path in SOURCE.rglob("*.py") for name in read_in(path)}


def test_the_commands_are_those_that_there_are() -> None:
    titles = {line.removeprefix("### muster ") for line in TEXT.splitlines() if line.startswith("### muster ")}
    assert titles == set(main.commands)


def test_no_option_is_named_that_no_command_has() -> None:
    for line in TEXT.splitlines():
        name, _space, rest = line.partition("muster ")[2].partition(" ")
        if line.startswith(("muster ", "MUSTER_", "$")) and name in main.commands and name != "psql":
            assert {word for word in rest.split() if word.startswith("--")} <= options(main.commands[name]), line


def test_the_timers_are_those_that_run() -> None:
    listed = {
        code_of(row["timer"]): code_of(row["cron"]) for row in table("operate.md", "timer", "cron", "what it does")
    }
    assert listed == {name: cron for name, (cron, _timer) in TIMERS.items()} | {"retry_stalled": "*/5 * * * *"}


def test_the_codes_that_it_names_exist() -> None:
    known = codes()
    refused = table("operate.md", "refused", "why", "what to do")
    assert {code_of(row["refused"]) for row in refused} <= known
    seen = table("operate.md", "what you see", "what it is", "what to do")
    assert {code for row in seen for code in coded(row["what you see"]) if code.islower() and "_" in code} <= known


def read_in(path: Path) -> Iterator[str]:
    """Environment variables that a source file reads by name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Attribute(attr="environ"), attr=how), args=[first, *_]) if (
                how in READERS
            ):
                yield named(first, path)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="os"), attr="getenv"), args=[first, *_]):
                yield named(first, path)
            case ast.Subscript(value=ast.Attribute(attr="environ"), slice=key):
                yield named(key, path)


def named(node: ast.expr, path: Path) -> str:
    assert isinstance(node, ast.Constant), f"{path}:{node.lineno} reads a variable whose name can't be seen"
    return str(node.value)


def options(command: click.Command) -> set[str]:
    """Its own, and those of the commands below it."""
    below = command.commands.values() if isinstance(command, click.Group) else ()
    own = {opt for one in command.params for opt in (*one.opts, *one.secondary_opts)}
    return own | {"--help"} | {opt for one in below for opt in options(one)}
