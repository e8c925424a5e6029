"""The columns that a ledger of problems may have, and the headings by which each is known."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

#: What a heading says beside its name: (必填), 【格式：…】, *, a unit of its own.
ASIDE = re.compile(r"[（(\[【<].*?[）)\]】>]|[*＊※:：。．.、,，/／\\|\-_—–\s]")


WORDS: dict[str, dict[str, list[str]]] = tomllib.loads(
    files("muster.exchange").joinpath("words.toml").read_text("utf-8")
)


@dataclass(frozen=True)
class Column:
    """``kept``: Muster has no place of its own for it; its words stay with the line that the matter came from."""

    key: str
    label: StrOrPromise
    kept: bool = False

    @property
    def headings(self) -> list[str]:
        """What it is called in ledgers, the plainest first."""
        return WORDS["headings"][self.key]


COLUMNS: dict[str, Column] = {
    one.key: one
    for one in (
        Column("order", pgettext_lazy("ledger", "Serial number")),
        Column("number", _("Number")),
        Column("kind", _("Kind")),
        Column("found_at", _("Found")),
        Column("team", _("Team"), kept=True),
        Column("way", _("Way"), kept=True),
        Column("area", _("Area")),
        Column("site", _("Site")),
        Column("text", _("Problem")),
        Column("category", _("Category")),
        Column("severity", _("Severity")),
        Column("lead", _("Responsible")),
        Column("supports", _("Supporting organisations")),
        Column("leader", _("Leader in charge"), kept=True),
        Column("person", _("Person responsible"), kept=True),
        Column("measures", _("Measures"), kept=True),
        Column("dispatched_at", _("Assigned at")),
        Column("due", _("Due")),
        Column("done", _("What was done")),
        Column("done_at", _("Done at")),
        Column("closure_asked_at", _("Closure requested at")),
        Column("reviewer", _("Checked by")),
        Column("reviewed_at", _("Checked at")),
        Column("result", _("Result of the check")),
        Column("closed", pgettext_lazy("ledger", "Closed")),
        Column("closed_at", _("Closed at"), kept=True),
        Column("state", _("State")),
        Column("cycle", _("Round"), kept=True),
        Column("rebound", _("Recurrence"), kept=True),
        Column("bulletin", _("Bulletin"), kept=True),
        Column("source", _("Source"), kept=True),
        Column("remark", _("Remark"), kept=True),
        Column("refused", _("Why it was refused")),
    )
}
LONGEST_NAME = 24
OF_SEVERAL = re.compile(
    r"[,;，；、/／\n\r]|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])|以及|和(?=.{2,}[局办委社镇街处中心院]$)"
)


def any_of(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


@lru_cache(10_000)
def plain(heading: str) -> str:
    """A heading as headings are compared: half-width, small letters, without what it says beside its name."""
    return ASIDE.sub("", unicodedata.normalize("NFKC", heading).casefold())


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The columns that a kind of table may have, and the headings by which each is known. Without one of ``needed``, a table
    is none of that kind; ``main`` says what its row is about."""

    columns: Mapping[str, Column]
    headings: Mapping[str, Sequence[str]]
    main: str
    needed: tuple[str, ...]

    def called(self, heading: str) -> tuple[str, float] | None:
        """The column that a heading means, and how surely from 0 to 1; None where it means none."""
        if heading not in self._called:
            self._called[heading] = self._meant(plain(heading))
        return self._called[heading]

    def label(self, key: str) -> str:
        """Our own name of a column; of one that is none of ours, what its heading says."""
        return str(self.columns[key].label if key in self.columns else key.lstrip("?"))

    @cached_property
    def _called(self) -> dict[str, tuple[str, float] | None]:
        return {}

    @cached_property
    def _known(self) -> dict[str, str]:
        """Columns by each of their headings, as headings are compared; also by those of our own lists."""
        found = {plain(heading): key for key in self.columns for heading in (key, *self.headings[key])}
        with override("en"):
            return {**{plain(str(one.label)): key for key, one in self.columns.items()}, **found}

    def _meant(self, said: str) -> tuple[str, float] | None:
        if not said or len(said) > LONGEST_NAME:
            return None
        if said in self._known:
            return self._known[said], 1.0
        within = [(len(name) / len(said), key) for name, key in self._known.items() if len(name) > 1 and name in said]
        best = max(within, default=None)
        return (best[1], best[0] * 0.9) if best and best[0] >= 0.34 and not said.isascii() else None


LEDGER = Vocabulary(COLUMNS, WORDS["headings"], "text", ("text",))
