"""Who worked on a matter, when, and how it ended, as a line tells it: made sense of once for all lines that say the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from muster.exchange.line import Heard, state_called
from muster.exchange.names import Memo, Names
from muster.exchange.sheet import Cell
from muster.exchange.timed import Timing
from muster.exchange.values import EMPTY, UNDER_WAY, Times, answer, several
from muster.loop.past import Past
from muster.loop.state import Status
from muster.people.organisation import Organisation
from muster.places.area import Area

UNITS = ("lead", "supports")
#: The columns that say it, beside those that say when. What was done is said in other words by every line.
WORKS = (*UNITS, "closed", "state", "reviewer", "result")
LONGEST_RESULT = 8
"""A sentence is no yes and no no: what it says is kept."""


@dataclass
class Worked(Heard):
    """``at_day``: only the day is said on which it was found. ``under_way``: what stands for “closed”, if it says that much."""

    past: Past = field(default_factory=Past)
    at_day: bool = False
    under_way: str = ""

    def done(self, said: Mapping[str, str]) -> str:
        """What was done."""
        text = said.get("done", "")
        return self.under_way if text in EMPTY else text


class Working:
    def __init__(self, names: Names, times: Times) -> None:
        self.names = names
        self._worked: Memo[Worked] = Memo(self._make)
        self._timing = Timing(times)
        self._unit: Memo[Any] = Memo(lambda key: names.unit(key[0], names.areas[key[1]]))
        self._units: Memo[list[str]] = Memo(several)
        self._answer: Memo[Any] = Memo(answer)
        self._state: Memo[str] = Memo(state_called)
        self._reviewer: Memo[Any] = Memo(names.reviewer)

    def of(self, said: Mapping[str, str], moments: tuple[Cell | None, ...], area: Area | None) -> Worked:
        """``moments``: the cells of the columns that tell when, in their order."""
        result = said.get("result", "")
        *others, _result = map(said.get, WORKS)
        return self._worked[
            area.code if area else "", moments, *others, result if len(result) <= LONGEST_RESULT else ""
        ]

    def _make(self, key: tuple[Any, ...]) -> Worked:
        said = {name: text for name, text in zip(WORKS, key[2:], strict=True) if text is not None}
        return self.made(said, key[1], self.names.areas.get(key[0]))

    def made(
        self, said: Mapping[str, str], moments: tuple[Cell | None, ...], area: Area | None,
        lead: Organisation | None = None,
    ) -> Worked:  # fmt: skip
        """``lead``: who has it where the line doesn't say it."""
        found = Worked()
        units = self._units_of(found, said, area) or ([lead] if lead else [])
        timed = self._timing.of(moments, given=bool(units))
        found.faults += timed.faults
        found.at_day = timed.at_day
        closed = said.get("closed", "")
        found.under_way = closed if UNDER_WAY.search(closed) else ""
        found.past = Past(
            **timed.told, lead=units[0] if units else None, supports=units[1:], passed=self._passed(found, said),
            reviewer=self._reviewer[said["reviewer"]] if "reviewer" in said else None,
        )  # fmt: skip
        return found

    def _units_of(self, found: Worked, said: Mapping[str, str], area: Area | None) -> list[Organisation]:
        """Who is responsible, and after that who supports."""
        if not area:
            return []
        named = [(key, name) for key in UNITS if key in said for name in self._units[said[key]]]
        units = [found.hear(key, self._unit.__getitem__, (name, area.pk)) for key, name in named]
        return list(dict.fromkeys(filter(None, units)))

    def _passed(self, found: Worked, said: Mapping[str, str]) -> bool | None:
        """Whether it is said to be closed: “nearly” and “going on for ever” stay open."""
        closed = found.hear("closed", self._answer.__getitem__, said.get("closed", ""))
        result = found.hear("result", self._result_of, said.get("result", ""))
        state = self._state[said.get("state", "")]
        if result is False:
            return False
        return True if closed or state == Status.CLOSED or (result and closed is None) else None

    def _result_of(self, text: str) -> bool | None:
        return self._answer[text] if len(text) <= LONGEST_RESULT else None
