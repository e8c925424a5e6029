"""The figures of an area or of an organisation as its page tells them: the loop, what is late, by the day, what is below."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from muster.briefings.figure import FIGURES, Figure, Number, Scope
from muster.briefings.listing import shown
from muster.briefings.overview import Asked, overview
from muster.places.area import Area
from muster.web.charts import Chart, Line
from muster.web.figurelook import LOOKS, Look, colour_of

LOOP = ("findings_found", "findings_fed_back", "findings_rectified", "findings_verified", "findings_closed")
#: Of an organisation: what was given to it has been fed back, and what is verified is closed.
LOOP_OF_ONE = ("findings_found", "findings_rectified", "findings_verified", "findings_closed")
BESIDE = ("overdue", "verification_overdue", "closing_h_p50", "closed_late", "reopened")
APART = ("findings_self_reported",)
ASIDE = ("assigned", "closure_rate", "requests_resolved", "findings_published")
TEAMS = ("coordination_cells", "field_teams", "telephone_squads", "inspection_teams", "embedded_teams")
BELOW = ("findings_found", "findings_fed_back", "findings_rectified", "findings_verified", "overdue", "closing_h_p50")
DAYS = 30
DRAWN = ("findings_found", "findings_closed", "overdue", "verification_overdue")


@dataclass(frozen=True)
class Block:
    """A figure with its look, its value, a share or a change, and its rows."""

    figure: Figure
    look: Look
    value: Number
    address: str
    note: str
    share: int | None = None

    @property
    def shown(self) -> str:
        return shown(self.figure.key, self.value)

    @property
    def unit(self) -> str:
        return str(self.figure.unit) if self.figure.key == "closing_h_p50" and self.value is not None else ""

    @property
    def heading(self) -> str:
        """Over a column, where the values stand without their unit."""
        timed = self.figure.key == "closing_h_p50"
        return _("Median, hours") if timed else str(self.look.name)

    @property
    def colour(self) -> str:
        return colour_of(self.figure.key, self.value)


@dataclass(frozen=True)
class Below:
    """An area below, with its figures; its page where the reader gets to it."""

    area: Area
    cells: list[Block]


def days_of(scope: Scope) -> int:
    """Since the incident began: before, there was nothing."""
    zone = scope.incident.tz
    began, last = (at.astimezone(zone).date() for at in (scope.incident.started_at, scope.moment))
    return max(2, min(DAYS, (last - began).days + 1))


class FigurePage:
    def __init__(self, scope: Scope) -> None:
        """As of one moment, so that every figure opens as many rows as it counts."""
        self.of_one = scope.organisation is not None
        self._blocks: dict[str, Block] = {}
        teams = () if self.of_one else TEAMS
        asked = Asked((*LOOP, *BESIDE, *APART, *ASIDE, *teams), DRAWN, days_of(scope))
        self.told = overview(scope, asked)
        self.scope, self.values, self.by_day = self.told.scope, self.told.values, self.told.by_day

    @property
    def loop(self) -> list[Block]:
        return [self._block(key) for key in (LOOP_OF_ONE if self.of_one else LOOP)]

    @property
    def beside(self) -> list[Block]:
        return [self._block(key) for key in BESIDE]

    @property
    def apart(self) -> list[Block]:
        return [self._block(key) for key in APART]

    @property
    def aside(self) -> list[Block]:
        return [self._block(key) for key in ASIDE]

    @property
    def teams(self) -> list[Block]:
        return [] if self.of_one else [self._block(key) for key in TEAMS]

    @property
    def overdue(self) -> Block:
        return self._block("overdue")

    @property
    def counted(self) -> list[Block]:
        """The figures whose definitions stand beside."""
        return [*self.loop, *self.beside, *self.apart]

    def _block(self, key: str) -> Block:
        if key not in self._blocks:
            self._blocks[key] = self._made(key)
        return self._blocks[key]

    def _made(self, key: str) -> Block:
        figure, value = FIGURES[key], self.values[key]
        look = LOOKS.get(key) or Look(str(figure.name), "people", "grey")
        if self.of_one and key == "findings_found":
            look = Look(pgettext("figure", "Assigned"), "send", "grey")
        return Block(figure, look, value, figure.address(self.scope), self._note(key), self._share(key))

    def _share(self, key: str) -> int | None:
        found = self.values["findings_found"]
        return round(100 * (self.values[key] or 0) / found) if key in LOOP and found else None

    def _note(self, key: str) -> str:
        share = self._share(key)
        notes = {
            "findings_rectified": _("%(share)s%%, as units report")
            if not self.of_one
            else _("%(share)s%%, as it says itself"),
            "findings_verified": _("%(share)s%%, checked by others"),
            "findings_closed": _("%(share)s%% of found") if not self.of_one else _("%(share)s%% of assigned"),
            "findings_fed_back": _("%(share)s%% of found"),
        }
        if key in notes:
            return notes[key] % {"share": share} if share is not None else ""
        said = {
            "closing_h_p50": _("From first dispatch"),
            "closed_late": _("Matters of any kind"),
            "reopened": _("Each counted once"),
        }
        return said.get(key) or self._change(key)

    def _change(self, key: str) -> str:
        if key not in self.by_day or self.scope.windowed:
            return ""
        change = int(self.by_day[key][-1][1] or 0) - int(self.by_day[key][-2][1] or 0)
        signed = f"{change:+,}".replace("-", "−") if change else "0"
        return _("%(change)s since yesterday") % {"change": signed}

    @property
    def charts(self) -> list[Chart]:
        """A window is of what occurred in it; by the day, figures are told without one."""
        return [
            self._chart(_("Found and closed, cumulative"), "findings", ("findings_found", "findings_closed"), 230),
            self._chart(_("Overdue at the end of each day"), "matters", ("overdue", "verification_overdue"), 170),
        ]

    def _chart(self, title: str, unit: str, keys: tuple[str, ...], height: int) -> Chart:
        lines = [
            Line(str(self._block(key).look.name), colour, [value for _day, value in self.by_day[key]])
            for key, colour in zip(keys, ("grey", "green") if unit == "findings" else ("red", "grey"), strict=True)
        ]
        days = [day for day, _value in self.by_day[keys[0]]]
        return Chart(title, str(FIGURES[keys[0]].unit), days, lines, height)

    @cached_property
    def below(self) -> list[Below]:
        """In the official order, never by their figures; of an organisation, only where it has anything."""
        found = self.told.below
        areas = Area.objects.defer("outline").in_bulk(found)
        rows = [Below(areas[code], self._cells(areas[code], values)) for code, values in found.items()]
        return [row for row in rows if not self.of_one or any(cell.value for cell in row.cells)]

    def _cells(self, area: Area, values: dict[str, Number]) -> list[Block]:
        scope = replace(self.scope, area=area)
        return [
            Block(FIGURES[key], self.looks[key], values[key], FIGURES[key].address(scope), "") for key in self.columns
        ]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(key for key in BELOW if not (self.of_one and key == "findings_fed_back"))

    @cached_property
    def looks(self) -> dict[str, Look]:
        return {key: self._block(key).look for key in self.columns}

    @property
    def total(self) -> list[Block]:
        return [self._block(key) for key in self.columns]
