"""Where a line tells of a matter, of what kind, and how bad it is: made sense of once for all lines that say the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from muster.exchange.line import Defaults, Fault, Heard, Line
from muster.exchange.names import Memo, Names
from muster.exchange.values import EMPTY
from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.loop.state import Kind
from muster.places.area import Area
from muster.places.site import Site

KINDS: dict[str, tuple[str, ...]] = {Kind.FINDING: ("问题", "督导问题", "finding"), Kind.REQUEST: ("群众诉求", "诉求", "request"),
         Kind.PROPOSAL: ("建议", "提案", "proposal")}  # fmt: skip
#: The columns that say it. Of sites a ledger may name thousands: they are looked up line by line.
CLASSES = ("kind", "area", "category", "severity")


class AreaNeeded(Refusal):
    code = "area_needed"
    status = 422
    message = _(
        "It doesn't say where. Name the area, or a site that is known here, or choose an area for the whole ledger."
    )


class CategoryNeeded(Refusal):
    code = "category_needed"
    status = 422
    message = _("It doesn't say which category. Fill the column in, or choose a category for the whole ledger.")


@dataclass
class Classed(Heard):
    """What isn't known is empty. ``rest``: what is wrong in category and severity, which is said after where it is."""

    kind: str = ""
    area: Area | None = None
    category: str = ""
    severity: str = ""
    rest: Heard = field(default_factory=Heard)


class Classing:
    def __init__(self, names: Names, defaults: Defaults) -> None:
        self.names, self.defaults = names, defaults
        self._classed: Memo[Classed] = Memo(self._make)
        self._area: Memo[Any] = Memo(names.area)
        self._kind: Memo[str] = Memo(lambda text: names.word("kind", text, KINDS))
        self._category: Memo[str] = Memo(lambda key: names.word("category", key[1], names.categories(key[0])))
        self._severity: Memo[str] = Memo(lambda text: names.word("severity", text, names.severities))
        severities = list(names.severities)
        self._mildest = defaults.severity if defaults.severity in severities else severities[-1]

    def of(self, said: Mapping[str, str]) -> Classed:
        return self._classed[tuple(map(said.get, CLASSES))]

    def _make(self, key: tuple[str | None, ...]) -> Classed:
        said = {name: text for name, text in zip(CLASSES, key, strict=True) if text is not None}
        found = Classed()
        found.kind = found.hear("kind", self.kind, said) or self.defaults.kind
        found.area = found.hear("area", self.area, said)
        found.category = found.rest.hear("category", self.category, found.kind, said) or ""
        found.severity = found.rest.hear("severity", self.severity, said) or ""
        return found

    def kind(self, said: Mapping[str, str]) -> str:
        return self._kind[said["kind"]] if "kind" in said else ""

    def area(self, said: Mapping[str, str]) -> Area | None:
        text = said.get("area", "")
        return self._area[text] if text not in EMPTY else None

    def site(self, said: Mapping[str, str], area: Area | None) -> Site | None:
        text = said.get("site", "")
        return self.names.site(text, area) if text not in EMPTY else None

    def category(self, kind: str, said: Mapping[str, str]) -> str:
        text = said.get("category", "")
        if text in EMPTY:
            if not self.defaults.category:
                raise CategoryNeeded
            text = self.defaults.category
        return self._category[kind, text]

    def severity(self, said: Mapping[str, str]) -> str:
        """Where nothing is said, the mildest: nobody is hurried by what no ledger says."""
        text = said.get("severity", "")
        if text in EMPTY:
            return self._mildest
        return self._severity[text]

    def where(self, line: Line, named: Area | None, site: Site | None) -> Area | None:
        """The site's own area, if it lies in the one named: it says more closely where."""
        if line.faults and any(fault.key in ("area", "site") for fault in line.faults):
            return None
        area = self.names.areas[site.area_id] if site else named or self.names.areas.get(self.defaults.area)
        if not area:
            line.faults.append(Fault("area", AreaNeeded()))
        elif area.closed_at:
            line.hear("area", area.must_be_open)
        return area
