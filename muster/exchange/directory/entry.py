"""A line of such a list, and what becomes of it: made, changed, same, or refused with the column and the reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from muster.exchange.changes import Change
from muster.exchange.dryrun import CHANGED, MADE, REFUSED, SAME, Verdict
from muster.exchange.line import Fault, Line, digest_of
from muster.exchange.names import Unclear
from muster.exchange.table import Table
from muster.exchange.values import EMPTY, words
from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.people.organisation import Organisation
from muster.places.area import Area
from muster.places.placenames import normalise
from muster.places.site import Site

Row = TypeVar("Row", Site, Organisation)
#: Says nothing of the thing: where the line stands, and why it was sent back.
ASIDE = ("order", "refused")


class Needed(Refusal):
    code = "needed"
    status = 422
    message = _("This is needed for a new one. Fill the column in.")


class TwiceInList(Refusal):
    code = "twice_in_list"
    status = 422
    message = _("Row {row} says another thing of the same. Leave one of the two.")


@dataclass(slots=True)
class Entry(Verdict):
    """``act`` makes or changes it; ``told``: what a line that is made would become, by column; ``thing``: what it is about, as
    two lines of one list may be about the same; ``depth``: how many lines must be done before."""

    act: Callable[[], object] | None = None
    thing: object = None
    depth: int = 0
    told: Sequence[tuple[str, str]] = ()

    @property
    def said(self) -> dict[str, str]:
        return self.line.said

    def read(self, key: str, read: Callable[..., Any], *given: Any) -> Any:
        """What a column says; where that is unclear, it stands among the line's faults."""
        try:
            return read(*given)
        except Unclear as unclear:
            self.line.questions.append(unclear.question)
            self.line.faults.append(Fault(key, unclear.question.refusal))
        except Refusal as refusal:
            self.line.faults.append(Fault(key, refusal))
        return None

    def need(self, key: str, value: Any) -> None:
        """Something new must have it."""
        if not value and not any(fault.key == key for fault in self.line.faults):
            self.line.faults.append(Fault(key, Needed()))

    def makes(self, act: Callable[[], object]) -> None:
        self._becomes(MADE, act)

    def changes_to(self, changes: Sequence[Change], act: Callable[[], object]) -> None:
        """What would change; without any, it is the same."""
        self.changes = list(changes)
        self._becomes(CHANGED if changes else SAME, act if changes else None)

    def refuse(self, key: str, refusal: Refusal) -> None:
        self.line.faults.append(Fault(key, refusal))
        self.outcome, self.act = REFUSED, None

    def _becomes(self, outcome: str, act: Callable[[], object] | None) -> None:
        self.outcome, self.act = (REFUSED, None) if self.line.faults else (outcome, act)


def entries(table: Table) -> Iterator[tuple[Entry | None, int, str]]:
    """Each row below the header: its entry, or what the row is where it is none. An empty cell says nothing."""
    fields = [(key, place) for key, place in table.keys if key not in ASIDE]
    for number, cells, what in table.rows():
        if what:
            yield None, number, what
            continue
        said = {key: text for key, place in fields if place < len(cells) and (text := words(cells[place])) not in EMPTY}
        line = Line(table.sheet.name, number, said, table.headings, table.words)
        line.text, line.digest = said.get(table.words.main, ""), digest_of(said)
        yield Entry(line), number, ""


def told_once(found: Sequence[Entry]) -> None:
    """What stands in the list twice: word for word it adds nothing; with other words, somebody must say which holds."""
    first: dict[object, Entry] = {}
    for one in found:
        before = one if one.line.faults or one.thing is None else first.setdefault(one.thing, one)
        if before is one:
            continue
        one.first, one.act, one.changes = before.line.number, None, []
        if before.line.digest == one.line.digest:
            one.outcome = SAME
        else:
            one.refuse(one.line.words.main, TwiceInList(row=before.line.number))


class Known(Generic[Row]):
    """What is there, by its area and name: exactly so, else however it is written, if only one is written so."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.exact: dict[tuple[str, str], Row] = {}
        self.alike: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for one in rows:
            self.exact[one.area_id, one.name] = one
            self.alike[one.area_id, normalise(one.name)].append(one)

    def find(self, area: Area | None, name: str) -> Row | None:
        if not area:
            return None
        alike = self.alike.get((area.pk, normalise(name)), [])
        return self.exact.get((area.pk, name)) or (alike[0] if len(alike) == 1 else None)


def change(key: str, before: object, after: object) -> list[Change]:
    """One change, or none where both are the same."""
    was, is_ = ("" if one is None else str(one) for one in (before, after))
    return [] if was == is_ else [Change(key, was, is_)]


def shown(pairs: Mapping[str, object]) -> list[tuple[str, str]]:
    return [(key, str(value)) for key, value in pairs.items() if value not in (None, "")]
