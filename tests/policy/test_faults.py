"""A spoilt pack is refused, naming every line to mend."""

from __future__ import annotations

import re

import pytest

from muster.policy.faults import BadPack, Fault
from muster.policy.pack import Pack, parse
from tests.policy.shipped import TEXT


def faults(text: str) -> list[Fault]:
    with pytest.raises(BadPack) as refused:
        parse(text, "spoilt.toml")
    return list(refused.value.details["faults"])


def line(needle: str, after: str = "") -> int:
    """The line of the first such text after that of another, found without the parser."""
    assert needle in TEXT[TEXT.index(after) :], needle
    return TEXT.count("\n", 0, TEXT.index(needle, TEXT.index(after))) + 1


def spoil(old: str, new: str, after: str = "") -> str:
    start = TEXT.index(after)
    assert old in TEXT[start:], old
    return TEXT[:start] + TEXT[start:].replace(old, new, 1)


SPOILT: list[tuple[str, str, str, str, str, str]] = [
    # old, new, after, key, where, what is allowed
    ('key = "cn', 'key = "CN', "", "key", "key = ", "small letters"),
    ('title = { zh = "疫', 'title = { zh = " 疫', "", "title.zh", "title = ", "without spaces"),
    ("T00:00:00+08:00", "", "", "from", "from = ", "with its zone"),
    ("+08:00", "", "", "from", "from = ", "with its zone"),
    ('source = "聊', 'source = "\\n聊', "", "source", "source = ", "one line"),
    ('source = "', 'sauce = "', "", "sauce", "source = ", "retention"),
    ("[kinds.finding]", "[kinds.rumour]", "", "kinds.rumour", "[kinds.finding]", "finding, request"),
    ('"visit"', '"telepathy"', "", "kinds.finding.confirm", 'confirm = "visit"', "visit, call_back"),
    ("silence_days = 3", "", "", "kinds.request.silence_days", "[kinds.request]", "whole days"),
    ('"call_back"', '"visit"', "", "kinds.request.silence_days", "silence_days = 3", 'not "visit"'),
    ('"SQ"', '"WT"', "", "kinds.request.prefix", 'prefix = "SQ"', "one of its own"),
    ('"SQ"', '"sq"', "", "kinds.request.prefix", 'prefix = "SQ"', "capital letters"),
    ("ruling_h = 6", "ruling_h = 0", "", "kinds.finding.ruling_h", "ruling_h = 6", "1 to 8760"),
    ("due_h = 4", "due_h = -4", "", "severities.critical.due_h", "due_h = 4", "1 to 8760"),
    ("due_h = 4", "due_h = 4.0", "", "severities.critical.due_h", "due_h = 4", "whole hours"),
    ("due_h = 4", "due_h = true", "", "severities.critical.due_h", "due_h = 4", "whole hours"),
    ("redo_h = 2", 'redo_h = "2"', "", "severities.critical.redo_h", "redo_h = 2", "whole hours"),
    ("verify_h = 12", "", "", "severities.critical.verify_h", "[severities.critical]", "whole hours"),
    (
        "[severities.major]",
        "[severities.Major]",
        "",
        "severities.Major",
        "[severities.major]",
        "small letters",
    ),
    ('zh = "报备"\n', "\n", "", "categories.declaration.zh", "[categories.declaration]", "one line of text"),
    ('["finding"]', "[]", "", "categories.declaration.kinds", 'kinds = ["finding"]', "one or more"),
    ('["finding"]', '"finding"', "", "categories.declaration.kinds", 'kinds = ["finding"]', "a list"),
    (
        '["finding"]',
        '["bug"]',
        "",
        "categories.declaration.kinds[0]",
        'kinds = ["finding"]',
        "finding, request",
    ),
    (
        '["finding"]',
        '["finding", "finding"]',
        "",
        "categories.declaration.kinds[1]",
        'kinds = ["f',
        "each once",
    ),
    (
        '"报备后未随访", ',
        "",
        "",
        "categories.declaration.phrases_en",
        'phrases_en = ["Returned',
        "3, one for each",
    ),
    (
        'phrases_en = ["Can\'t walk, needs sampling at home", ',
        "phrases_en = [",
        "",
        "categories.testing.wording.request.phrases_en",
        "phrases_en = [\"Can't walk",
        "4, one for each",
    ),
    (
        'en = "Everyone concerned',
        'em = "Everyone concerned',
        "",
        "categories.declaration.standard[0].em",
        "Everyone concerned",
        "zh, en",
    ),
    (
        '"finding", "request", "proposal"]',
        '"finding", "proposal"]',
        "[categories.testing]",
        "categories.testing.wording.request",
        "[categories.testing.wording.request]",
        "finding, proposal",
    ),
    (
        "critical = { due_h = 1",
        "dire = { due_h = 1",
        "",
        "categories.medical.hours.dire",
        "critical = {",
        "critical, major, minor",
    ),
    (
        "critical = { due_h = 1",
        "critical = { due_h = 0",
        "",
        "categories.medical.hours.critical.due_h",
        "critical = {",
        "1 to 8760",
    ),
    (
        "major = { due_h = 8, redo_h",
        "major = { due_h = 8, undo_h",
        "",
        "categories.medical.hours.major.undo_h",
        "major = { due_h = 8",
        "due_h, redo_h, verify_h",
    ),
    ("[0, 12, 24]", "[0, 12]", "", "escalation.to", "to = [", "2, one level for each"),
    ("[0, 12, 24]", "[0, 24, 12]", "", "escalation.ladder_h[2]", "ladder_h = ", "rising"),
    ("[0, 12, 24]", "[0, 12, 12]", "", "escalation.ladder_h[2]", "ladder_h = ", "each once"),
    ("[0, 12, 24]", "[-1, 12, 24]", "", "escalation.ladder_h[0]", "ladder_h = ", "0 to 8760"),
    ('"county", "city"', '"parish", "city"', "", "escalation.to[0]", "to = [", "town, county"),
    ('"county", "city"', '"city", "county"', "", "escalation.to[1]", "to = [", "rising"),
    ("max_count = 1", "max_count = 1.5", "", "extension.max_count", "max_count", "0 to 20"),
    ("max_h = 72", "max_h = 0", "[extension]", "extension.max_h", "max_h = 72", "1 to 8760"),
    ("0.2", "1.2", "", "on_spot.revisit_share", "revisit_share", "0 to 1"),
    ("0.2", "nan", "", "on_spot.revisit_share", "revisit_share", "0 to 1"),
    ("days = 30", "days = 0", "[reopen]", "reopen.days", "days = 30", "1 to 3650"),
    ("contact_days = 30", "", "", "retention.contact_days", "[retention]", "whole days"),
    ("50_000_000", "50", "", "evidence.max_bytes", "max_bytes", "whole bytes"),
    ("keep_position = false", 'keep_position = "yes"', "", "evidence.keep_position", "keep_position", "true"),
    ('"image/png"', '"png"', "", "evidence.types[1]", "types = [", "media type"),
    ('"image/png"', '"image/jpeg"', "", "evidence.types[1]", "types = [", "each once"),
]


@pytest.mark.parametrize(("old", "new", "after", "key", "where", "allowed"), SPOILT, ids=lambda v: str(v)[:24])
def test_a_fault_names_its_line(old: str, new: str, after: str, key: str, where: str, allowed: str) -> None:
    found = {fault.key: fault for fault in faults(spoil(old, new, after))}
    assert key in found, list(found)
    assert found[key].file == "spoilt.toml"
    assert found[key].line == line(where, after)
    assert re.search(f"allowed: .*{re.escape(allowed)}", str(found[key].what))


def test_a_category_may_not_name_a_kind_that_the_pack_leaves_out() -> None:
    section = TEXT[TEXT.index("[kinds.proposal]") : TEXT.index("[kinds.supply]")]
    found = {fault.key: fault for fault in faults(TEXT.replace(section, ""))}
    assert {"categories.treatment.kinds[0]", "categories.other.kinds[2]"} <= set(found)
    assert str(found["categories.treatment.kinds[0]"].what) == ("can't stand here; allowed: finding, request, supply")


def test_a_list_of_one_wrong_item_is_not_told_to_be_empty() -> None:
    assert [fault.key for fault in faults(spoil('["finding"]', '["bug"]'))] == ["categories.declaration.kinds[0]"]


def test_names_with_line_breaks_stay_on_one_line() -> None:
    found = faults(spoil("[severities.minor]", '[severities."a\\nb"]'))
    assert [fault.key for fault in found] == ['severities."a\\nb"', "categories.treatment.hours.minor"]
    assert str(found[1].what) == 'can\'t stand here; allowed: critical, major, "a\\nb"'


def test_a_kind_without_a_category_is_a_fault() -> None:
    text = TEXT.replace(', "supply"]', "]").replace('["supply"]', '["finding"]')
    assert [(fault.key, fault.line) for fault in faults(text)] == [("kinds.supply", line("[kinds.supply]"))]


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("due_h = 4", "due_h 4", "due_h = 4"),
        ("[extension]", "[extension", "[extension]"),
        ('zh = "报备"', 'zh = "报备', 'zh = "报备"'),
        ("redo_h = 2", "redo_h = 2\nredo_h = 3", "verify_h = 12"),
        ("[on_spot]", "[extension]", "[on_spot]"),
        ("from = 2022-11-11", "from = 2022-11-31", "from = "),
        ("days = 30", "days = " + "9" * 5000, "days = 30"),
        ("days = 30", "days = " + "[" * 5000, "days = 30"),
    ],
)
def test_text_that_is_not_toml_names_its_line(old: str, new: str, where: str) -> None:
    (fault,) = faults(spoil(old, new))
    assert fault.line == line(where)
    assert str(fault).startswith(f"spoilt.toml:{fault.line}: is not TOML (")


def test_toml_cut_short_names_its_last_line() -> None:
    (fault,) = faults("key = [\n1,\n")
    assert fault.line == 2


def test_all_faults_are_told_together_by_line() -> None:
    text = spoil("due_h = 4", 'due_h = "four"')
    text = text.replace('to = ["county", ', "to = [").replace("\nen = ", "\nem = ", 1).replace('"SQ"', '"WT"')
    with pytest.raises(BadPack) as refused:
        parse(text, "spoilt.toml")
    told = str(refused.value).split("\n")[1:]
    assert [row.split(": ")[:2] for row in told] == [
        [f"spoilt.toml:{line('[kinds.finding]')}", "kinds.finding.en"],
        [f"spoilt.toml:{line('[kinds.finding]') + 2}", "kinds.finding.em"],
        [f"spoilt.toml:{line('silence_days') - 2}", "kinds.request.prefix"],
        [f"spoilt.toml:{line('due_h = 4')}", "severities.critical.due_h"],
        [f"spoilt.toml:{line('to = [')}", "escalation.to"],
    ]


def test_an_empty_pack_misses_every_section_on_line_1() -> None:
    found = faults("")
    assert {fault.line for fault in found} == {1}
    assert [fault.key for fault in found] == [f.alias or name for name, f in Pack.model_fields.items()]


def test_line_ends_and_byte_order_mark_of_windows_are_read(pack: Pack) -> None:
    assert parse("\ufeff" + TEXT.replace("\n", "\r\n"), "pack.toml") == pack
