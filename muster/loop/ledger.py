"""The ledger: a matter comes in with a past, as somebody's list tells it, or is told more of by it later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from muster.evidence.file import File
from muster.incidents.incident import Incident
from muster.lib.ids import uuid7
from muster.loop.act import Act, Receipt, Verb, perform
from muster.loop.arrival import Arrival, Caller
from muster.loop.fields import MatterFields
from muster.loop.intake import REGISTERED_BY
from muster.loop.past import Past
from muster.loop.refusals import NotYours
from muster.loop.situation import Actor, Situation
from muster.loop.standing import in_area, ruling
from muster.loop.state import WORKED_ON, Kind, Status, Way
from muster.loop.telling import tell, tell_more
from muster.loop.work import nothing_pending
from muster.people.person import Grant, Person
from muster.people.role import Role
from muster.places.area import Area
from muster.places.site import Site

if TYPE_CHECKING:
    from muster.loop.matter import Matter


class Ledger(MatterFields):
    class Meta:
        abstract = True

    @classmethod
    def import_(
        cls,
        *,
        by: Person | None,
        incident: Incident,
        kind: str,
        area: Area,
        category: str,
        severity: str,
        text: str,
        source: str,
        past: Past | None = None,
        site: Site | None = None,
        source_number: str = "",
        at: datetime | None = None,
        id: UUID | None = None,
        caller: Caller | None = None,
        photos: Sequence[File] = (),
    ) -> Receipt:
        """Register a matter with the past that a ledger tells: what occurred is the ledger's, recorded is now.

        ``source``: the file or sender, and the row. ``at``: when it is imported. “Closed” arrives as closure_requested, or
        closed if its reviewer could have closed it here and the photos for that are given. Raises what ``register`` raises,
        and SourceNeeded, LeadNeeded, LedgerOutOfOrder, NobodyThere, WrongSide.
        """
        past = past or Past()
        made = cls(
            id=id or uuid7(), incident=incident, kind=kind, area=area, area_path=area.path, category=category,
            severity=severity, text=text.strip(), site=site, source_number=source_number, reporter=by, way=Way.IMPORT,
        )  # fmt: skip
        content = content_of(made, past, source, at, photos)
        telling = partial(tell, past=past, source=source.strip())
        return Arrival(
            "import_", cast("Matter", made), content, at, importing, caller, photos, telling, past.found_at
        ).arrive()

    def tell(
        self, *, by: Person | None, source: str, past: Past, at: datetime | None = None, id: UUID | None = None
    ) -> Receipt:
        """A later ledger tells more of it: whose it is, what was done, that it is done. It closes nothing, and undoes nothing.

        Raises SourceNeeded, LeadNeeded, LedgerOutOfOrder, NobodyThere, AnotherLead, Pending, WrongSide.
        """
        return perform(TELL, cast("Matter", self), by, at, id or uuid7(), {"source": source.strip(), **vars(past)})


def told_more(matter: Matter, act: Act, source: str, **past: Any) -> None:
    tell_more(act, Past(**past), source)


#: No door of a page or of the API: ledgers are read, and then this is done with what they tell.
TELL = Verb(
    name="tell",
    states=(Status.REGISTERED, *WORKED_ON),
    standing=ruling(Role.DISPATCHER, Role.HEADQUARTERS),
    ready=nothing_pending,
    body=told_more,
)


def content_of(made: MatterFields, past: Past, source: str, at: datetime | None, photos: Sequence[File]) -> list[Any]:
    """What an import is known again by."""
    asked = {
        "kind": made.kind, "area": made.area, "category": made.category, "severity": made.severity, "text": made.text,
        "site": made.site, "source": source.strip(), "source_number": made.source_number, **vars(past),
    }  # fmt: skip
    return [made.reporter_id, at, made.incident_id, list(photos), asked]


def importing(made: Matter, actor: Actor) -> Grant | None:
    if not REGISTERED_BY[Kind(made.kind)]:
        raise NotYours
    return in_area(Role.DISPATCHER, Role.HEADQUARTERS)(actor, made, Situation())
