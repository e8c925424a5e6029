"""What a figure is asked of: an incident, an area and everything below, an organisation, a moment, a window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from muster.incidents.incident import Incident
from muster.lib import clock
from muster.people.organisation import Organisation
from muster.places.area import Area


@dataclass(frozen=True)
class Scope:
    """``as_of``: what was recorded at or before; None is now. ``from_at``, ``to_at``: occurred in [from, to).

    ``organisation``: only matters for which it, or one below it, was responsible at the moment.
    """

    incident: Incident
    area: Area
    as_of: datetime | None = None
    from_at: datetime | None = None
    to_at: datetime | None = None
    organisation: Organisation | None = None

    @property
    def moment(self) -> datetime:
        """The moment that deadlines are held against, by the incident's clock."""
        with clock.behind(self.incident.behind):
            return self.as_of or clock.now()

    @property
    def windowed(self) -> bool:
        return self.from_at is not None or self.to_at is not None

    def within(self, column: str) -> Q:
        """That a time lies in the window."""
        bounds = {f"{column}__gte": self.from_at, f"{column}__lt": self.to_at}
        return Q(**{name: at for name, at in bounds.items() if at})
