"""Searching the register: any part of a number, a text, or the name of a site, a unit or an area; names also in pinyin."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Cast

from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.loop.matter import Matter, Matters
from muster.people.organisation import Organisation
from muster.places.area import Area
from muster.places.placenames import syllables
from muster.places.site import Site

PINYIN = re.compile(r"[a-zü][a-zü']*[a-zü]")
LONGEST = 100
ASCII = re.compile(r"[!-~]{4}")


class SearchTooShort(Refusal):
    code = "search_too_short"
    status = 422
    message = _("“{text}” is too little to search by. Write one Chinese character, or two letters or digits.")


@SearchVectorField.register_lookup
class Grams(models.Lookup):  # type: ignore[type-arg]
    """``grams__paired="'漏采' & '采3'"``: by the index of what stands side by side."""

    lookup_name = "paired"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        grams, given = self.process_lhs(compiler, connection)
        return f"{grams} @@ %s::tsquery", [*given, self.rhs]


class Searched(models.Model):
    """The words that a matter is found by. Triggers write them (search.sql); nothing else does."""

    matter = models.OneToOneField(Matter, models.CASCADE, primary_key=True, related_name="searched")
    words = models.TextField()
    grams = SearchVectorField(null=True)

    class Meta:
        db_table = "matter_search"

    def __str__(self) -> str:
        return self.words


def matching(text: str) -> Q:
    """The matters in whose words all parts of a text occur. Raises SearchTooShort."""
    parts = plain(text).split()
    if all(_faint(part) for part in parts):
        raise SearchTooShort(text=text)
    typed = [part for part in parts if PINYIN.fullmatch(part)]
    found = Q(*(holding(part, "searched__") for part in parts if part not in typed))
    for part in typed:
        found &= Q(pk__in=Searched.objects.filter(holding(part)).values("matter_id").union(*_named(part), all=True))
    return found


def searches(found: Matters) -> bool:
    """Whether these matters are found by their words, which stand in a table of their own."""
    return any(join.table_name == Searched._meta.db_table for join in found.query.alias_map.values())


def _faint(part: str) -> bool:
    """A letter or digit stands in nearly every matter: by itself it leads nowhere."""
    return len(part) < 2 and part < "\x7f"


def plain(text: str) -> str:
    """As the database keeps words: half-width, lower case."""
    return unicodedata.normalize("NFKC", text.replace("\0", "")).lower().strip()[:LONGEST]


def holding(said: str, row: str = "") -> Q:
    """That the words hold what is said: the index of letter pairs leads to few, which are then looked at.

    ``row``: how the words are reached.
    """
    words = {f"{row}words__contains": said}
    if _faint(said):
        return Q(**words)
    grams = " & ".join(_quoted(gram) for gram in sorted(_grams(said))) or _quoted(said) + ":*"
    return Q(**words, **{f"{row}grams__paired": grams})


def _grams(said: str) -> set[str]:
    """The pairs of letters, as the index has them; of a number four digits at once, which stand in fewer."""
    fours = [(n, said[n : n + 4]) for n in range(len(said) - 3) if ASCII.fullmatch(said[n : n + 4])]
    covered = {n + step for n, _four in fours for step in range(3)}
    return {four for _n, four in fours} | {said[n : n + 2] for n in range(len(said) - 1) if n not in covered}


def _quoted(gram: str) -> str:
    return "'" + gram.replace("\\", "\\\\").replace("'", "''") + "'"


def _named(typed: str) -> Iterable[QuerySet[Any, Any]]:
    """The matters whose site, responsible organisation or area has a name that is typed so."""
    typed = typed.replace("'", "")
    names = [
        table._default_manager.order_by().values_list(Value(column), Cast("pk", models.TextField()), name)
        for column, table, name in NAMED
    ]
    keys: dict[str, list[str]] = {}
    for column, key, name in names[0].union(*names[1:], all=True):
        if typed_as(name, typed):
            keys.setdefault(column, []).append(key)
    for column, found in keys.items():
        yield Matter.objects.filter(**{f"{column}__in": found}).order_by().values("pk")


#: What bears a name, by the matter's column that points at it.
NAMED: tuple[tuple[str, type[models.Model], str], ...] = (
    ("site", Site, "name"),
    ("lead", Organisation, "name"),
    ("area", Area, "name_zh"),
)


def typed_as(name: str, typed: str) -> bool:
    """Whether a name is typed so: from any of its syllables on, in full or by initials."""
    return f"|{typed}" in _typings(name)


@lru_cache(maxsize=100_000)
def _typings(name: str) -> str:
    spoken = syllables(name)
    initials = "".join(one[:1] for one in spoken)
    whole = ["".join(spoken[n:]) for n in range(len(spoken))]
    return "|" + "|".join([*whole, *(initials[n:] for n in range(len(initials)))])
