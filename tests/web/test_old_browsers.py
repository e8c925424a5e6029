"""Scripts and style sheets stay within what Chrome 78 and iOS 13 know, as offices and phones in the counties still have them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tinycss2
import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

STATIC = Path("muster/web/static")
SCRIPTS = sorted(STATIC.rglob("*.js"))
SHEETS = sorted(STATIC.rglob("*.css"))
PARSER = Parser(Language(tree_sitter_javascript.language()))

#: Syntax newer than ES2019, as the parser names it.
NEWER_SYNTAX = {
    "optional_chain", "??", "??=", "||=", "&&=", "class_static_block", "field_definition", "private_property_identifier",
    "namespace_export", "meta_property",
}  # fmt: skip
#: Names that one of both browsers lacks.
NEWER_NAMES = {
    "replaceChildren", "structuredClone", "findLast", "findLastIndex", "hasOwn", "replaceAll", "allSettled",
    "randomUUID", "toSorted", "toReversed", "toSpliced", "groupBy", "ResizeObserver", "requestSubmit", "submitter",
    "requestIdleCallback", "WeakRef", "BroadcastChannel", "ListFormat", "DisplayNames", "showModal", "showPopover",
    "scheduler", "BigInt",
}  # fmt: skip
#: Methods of such common names that they count only where they are called.
NEWER_METHODS = {"at"}

NEWER_PROPERTIES = re.compile(
    r"(aspect-ratio|inset|.*-(inline|block)(-start|-end)?|content-visibility|translate|rotate|scale)$"
)
NEWER_VALUES = re.compile(r"(\b(min|max|clamp|color-mix|oklch|lab)\(|\d(dvh|svh|lvh|cqw|cqi)\b|:\s*clip\b)")
NEWER_SELECTORS = re.compile(r":(is|where|has|popover-open|user-invalid)\b|&")
#: Taking an outline away from who points is all that may hang on it: where it is unknown, the outline stays.
FOCUS_VISIBLE = re.compile(r"(?<!:not\():focus-visible")
AT_RULES = {"media", "supports", "keyframes", "font-face", "page", "charset"}
#: What an old engine needs beside it in the same rule.
BESIDE = {
    "appearance": "-webkit-appearance",
    "user-select": "-webkit-user-select",
    "overflow-wrap: anywhere": "word-break",
}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_es2019(script: Path) -> None:
    assert list(newer_in(script.read_text())) == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_a_style_sheet_needs_nothing_newer(sheet: Path) -> None:
    assert list(newer_style_in(sheet.read_text())) == []


@pytest.mark.parametrize(
    "text", ["a?.b", "a ?? b", "x.at(-1)", "class A { #b }", "await a", "1_000", "/(?<=a)b/", "let ="]
)
def test_newer_scripts_are_noticed(text: str) -> None:
    assert list(newer_in(text))


@pytest.mark.parametrize(
    "text",
    [
        "a { display: flex; gap: 1px }", "a { inset: 0 }", "a:has(b) { top: 0 }", "a:focus-visible { top: 0 }",
        "a { width: min(1px, 2px) }", "a { height: 100dvh }", "@media (width > 1px) { a { top: 0 } }",
        "@container (min-width: 1px) { a { top: 0 } }", "a { b { top: 0 } }", "a { appearance: none }",
        "@media print { a { aspect-ratio: 1 } }",
    ],
)  # fmt: skip
def test_newer_style_is_noticed(text: str) -> None:
    assert list(newer_style_in(text))


def newer_in(text: str) -> Iterator[str]:
    tree = PARSER.parse(text.encode())
    if tree.root_node.has_error:
        yield "cannot be parsed"
    for node in walk(tree.root_node):
        if is_newer(node):
            yield f"line {node.start_point.row + 1}: {told(node)}"


def is_newer(node: Node) -> bool:
    match node.type:
        case "identifier" | "property_identifier":
            return told(node) in NEWER_NAMES
        case "call_expression":
            return called(node) in NEWER_METHODS
        case "number":
            return "_" in told(node) or told(node).endswith("n")
        case "regex_pattern":
            return "(?<=" in told(node) or "(?<!" in told(node)
        case "await_expression":
            return not within_function(node)
        case kind:
            return kind in NEWER_SYNTAX


def called(call: Node) -> str:
    function = call.child_by_field_name("function")
    name = function.child_by_field_name("property") if function else None
    return told(name) if name else ""


def walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from walk(child)


def within_function(node: Node) -> bool:
    above = node.parent
    while above and not ("function" in above.type or above.type == "method_definition"):
        above = above.parent
    return above is not None


def told(node: Node) -> str:
    return (node.text or b"").decode()


def newer_style_in(text: str) -> Iterator[str]:
    for rule in tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True):
        yield from newer_in_rule(rule)


def newer_in_rule(rule: Any) -> Iterator[str]:
    head = tinycss2.serialize(rule.prelude).strip() if rule.type != "error" else rule.message
    if rule.type == "qualified-rule":
        if NEWER_SELECTORS.search(head) or FOCUS_VISIBLE.search(head):
            yield f"line {rule.source_line}: {head}"
        yield from (f"line {rule.source_line}: {head}: {fault}" for fault in newer_declarations(rule.content))
    elif rule.type == "error" or rule.at_keyword not in AT_RULES or re.search("[<>]", head):
        yield f"line {rule.source_line}: {head}"
    elif rule.at_keyword in ("media", "supports"):
        inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
        for one in inner:
            yield from newer_in_rule(one)


def newer_declarations(content: Any) -> Iterator[str]:
    found = tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
    said = {one.lower_name: tinycss2.serialize(one.value).strip() for one in found if one.type == "declaration"}
    yield from (one.type for one in found if one.type != "declaration")
    for name, value in said.items():
        if NEWER_PROPERTIES.match(name) or NEWER_VALUES.search(f": {value}"):
            yield f"{name}: {value}"
    for what, needed in BESIDE.items():
        name, _, value = what.partition(": ")
        if name in said and said[name].startswith(value) and needed not in said:
            yield f"{what} without {needed}"
    # In a grid it is old; between the items of a row it isn't.
    if said.keys() & {"gap", "row-gap", "column-gap"} and not any("grid" in f"{n} {v}" for n, v in said.items()):
        yield "gap outside a grid"
