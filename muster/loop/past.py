"""The past of a matter as somebody's list tells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.utils import timezone

from muster.evidence.file import File
from muster.lib.refusal import Refusal
from muster.lib.said import said as _
from muster.loop.act import must_have_been
from muster.people.organisation import Organisation
from muster.people.person import Person


class LeadNeeded(Refusal):
    code = "lead_needed"
    status = 422
    message = _("The ledger tells of work, but not whose. Name the responsible organisation.")


class LedgerOutOfOrder(Refusal):
    code = "ledger_out_of_order"
    status = 422
    message = _("The ledger's times are out of order: {later} should come after {earlier}. Correct one of them.")


@dataclass(frozen=True)
class Past:
    """What a ledger knows of a matter beyond its registration. ``passed`` is its “closed”: yes, no, or not looked at."""

    found_at: datetime | None = None
    lead: Organisation | None = None
    supports: Sequence[Organisation] = ()
    dispatched_at: datetime | None = None
    due_at: datetime | None = None
    accepted_at: datetime | None = None
    done: str = ""
    done_at: datetime | None = None
    after: Sequence[File] = ()
    closure_asked_at: datetime | None = None
    reviewer: Person | None = None
    reviewed_at: datetime | None = None
    passed: bool | None = None
    check: Sequence[File] = ()

    @property
    def is_done(self) -> bool:
        return bool(self.done.strip() or self.done_at or self.after)

    @property
    def closure_asked(self) -> bool:
        """Whether it is said to be done, and no review has said otherwise."""
        return self.passed is not False and bool(self.closure_asked_at or self.passed)

    @property
    def doers(self) -> list[Organisation]:
        return [one for one in dict.fromkeys((self.lead, *self.supports)) if one]

    def must_make_sense(self, now: datetime) -> None:
        """Raises LeadNeeded, LedgerOutOfOrder and ActInFuture."""
        self.must_have_a_lead()
        self.must_be_in_order(now)

    def must_have_a_lead(self) -> None:
        if not self.lead and self._tells_of_work():
            raise LeadNeeded

    def must_be_in_order(self, now: datetime) -> None:
        told = [must_have_been(at, now) for at in self._times() if at]
        dispatched_at = self.dispatched_at or self.found_at
        due = [(dispatched_at, self.due_at)] if dispatched_at and self.due_at else []
        for earlier, later in (*pairwise(told), *due):
            if earlier > later:
                raise LedgerOutOfOrder(earlier=_shown(earlier), later=_shown(later))

    def _times(self) -> tuple[datetime | None, ...]:
        """In the order in which they must have been."""
        return (
            self.found_at, self.dispatched_at, self.accepted_at, self.done_at, self.closure_asked_at, self.reviewed_at,
        )  # fmt: skip

    def _tells_of_work(self) -> bool:
        after_dispatch = (self.dispatched_at, self.due_at, self.accepted_at, self.closure_asked_at, self.supports)
        return self.is_done or self.passed is not None or any(after_dispatch)


def _shown(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
