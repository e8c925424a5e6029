"""What no single key of a pack can tell: that its sections agree with each other.

The checks read the raw tables and pass over whatever has the wrong type, so that these faults are told
together with those of single keys.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from itertools import pairwise
from typing import Any, get_args

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from muster.policy.faults import Found, allowed, misplaced, missing, refused
from muster.policy.lines import Path, quoted
from muster.policy.sections import Confirm, Days, KindKey, Level

Table = dict[str, Any]


def crosschecks(pack: Table) -> Iterator[Found]:
    """Every disagreement, with the path of the key to mend."""
    yield from kinds(pack)
    yield from categories(pack)
    yield from unused_kinds(pack)
    yield from ladder(pack)
    yield from repeated(table(pack, "evidence"), ("evidence", "types"))


def kinds(pack: Table) -> Iterator[Found]:
    taken: dict[str, str] = {}
    for key, kind in tables(pack, "kinds"):
        yield from silence(("kinds", key), kind)
        prefix = kind.get("prefix")
        if isinstance(prefix, str) and taken.setdefault(prefix, key) != key:
            yield (
                ("kinds", key, "prefix"),
                format_lazy(_("is already the prefix of {kind}; allowed: one of its own"), kind=quoted(taken[prefix])),
            )


def silence(path: Path, kind: Table) -> Iterator[Found]:
    """A visit has nobody to wait for; any other confirmation may never come."""
    path += ("silence_days",)
    confirm = kind.get("confirm")
    if confirm == "visit" and "silence_days" in kind:
        yield path, _('can\'t stand here; allowed: only where confirm is not "visit"')
    if confirm != "visit" and confirm in get_args(Confirm) and "silence_days" not in kind:
        yield path, missing(allowed(Days))


def categories(pack: Table) -> Iterator[Found]:
    known_kinds = in_order(table(pack, "kinds"))
    severities = list(table(pack, "severities"))
    for key, category in tables(pack, "categories"):
        path: Path = ("categories", key)
        own_kinds = items(category, "kinds")
        yield from repeated(category, (*path, "kinds"))
        yield from unknown(enumerate(own_kinds), (*path, "kinds"), known_kinds)
        yield from unknown(named(category, "wording"), (*path, "wording"), in_order(own_kinds))
        yield from unknown(named(category, "hours"), (*path, "hours"), severities)
        yield from unpaired_phrases(category, path)
        for kind, wording in tables(category, "wording"):
            yield from unpaired_phrases(wording, (*path, "wording", kind))


def in_order(kinds: Container[Any]) -> list[str]:
    """The kinds among these that there can be."""
    return [kind for kind in get_args(KindKey) if kind in kinds]


def unknown(names: Iterable[tuple[str | int, Any]], path: Path, known: list[str]) -> Iterator[Found]:
    """Names, each after its step of the path, that aren't among the known ones; if none is known, that is a
    fault of its own and tells nothing of these."""
    for step, name in names:
        if known and name not in known:
            yield (*path, step), misplaced(", ".join(map(quoted, known)))


def unpaired_phrases(words: Table, path: Path) -> Iterator[Found]:
    counts = [len(items(words, key)) for key in ("phrases", "phrases_en")]
    if all(counts) and len(set(counts)) > 1:
        yield (
            (*path, "phrases_en"),
            format_lazy(
                _("holds {found}; allowed: {count}, one for each of phrases, in the same order"),
                found=counts[1],
                count=counts[0],
            ),
        )


def unused_kinds(pack: Table) -> Iterator[Found]:
    used = [kind for _key, category in tables(pack, "categories") for kind in items(category, "kinds")]
    for key in table(pack, "kinds"):
        if used and key not in used:
            yield ("kinds", key), _("has no category; allowed: a kind that the kinds of a category name")


def ladder(pack: Table) -> Iterator[Found]:
    escalation = table(pack, "escalation")
    hours, to = items(escalation, "ladder_h"), items(escalation, "to")
    yield from not_rising(hours, ("escalation", "ladder_h"))
    ranks = get_args(Level)
    if all(level in ranks for level in to):
        yield from not_rising([ranks.index(level) for level in to], ("escalation", "to"))
    if hours and to and len(hours) != len(to):
        yield (
            ("escalation", "to"),
            format_lazy(
                _("holds {found}; allowed: {count}, one level for each of ladder_h"),
                found=len(to),
                count=len(hours),
            ),
        )


def not_rising(numbers: list[Any], path: Path) -> Iterator[Found]:
    if not all(isinstance(number, int) for number in numbers):
        return
    for n, (before, after) in enumerate(pairwise(numbers), 1):
        if after <= before:
            yield (*path, n), _("is not above the one before; allowed: a rising order, each once")


def repeated(section: Table, path: Path) -> Iterator[Found]:
    values = items(section, str(path[-1]))
    for n, value in enumerate(values):
        if value in values[:n]:
            yield (*path, n), refused(value, _("each once"))


def table(section: Table, key: str) -> Table:
    """The table at the key, empty where there is none."""
    value = section.get(key)
    return value if isinstance(value, dict) else {}


def tables(section: Table, key: str) -> Iterator[tuple[str, Table]]:
    return ((name, value) for name, value in table(section, key).items() if isinstance(value, dict))


def named(section: Table, key: str) -> Iterator[tuple[str, str]]:
    """The names in the table at the key, each after itself as its step of a path."""
    return ((name, name) for name in table(section, key))


def items(section: Table, key: str) -> list[Any]:
    """The list at the key, empty where there is none."""
    value = section.get(key)
    return value if isinstance(value, list) else []
