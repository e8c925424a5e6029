"""Which matters a figure counts, and what of them must have occurred in the window.

Each is a condition on matters as they stood at a moment, by present columns or by spans: see ``standing.py``.
``docs/figures.md`` says them in words.
"""

from __future__ import annotations

from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.db.models import BooleanField, Exists, F, Func, Q, QuerySet
from django.db.models.lookups import Exact

from muster.briefings.standing import Now, Then
from muster.loop.state import LIVE, WORKED_ON, How, Status
from muster.loop.step import Question, Step
from muster.loop.steps import Assignment, ExtensionRequest, Publication, Reopening, Return, Verification

AnyStep = TypeVar("AnyStep", bound=Step)
FED = (*WORKED_ON, Status.CLOSURE_REQUESTED, Status.CLOSED)
FOUND = (Status.REGISTERED, *FED)
SOON = timedelta(hours=4)


def registered_then(at: Now) -> Q:
    """The window of what counts no act but the matter itself: when it was found or asked."""
    return at.scope.within(at.registered("occurred_at"))


def found(at: Now) -> Q:
    return Q(status__in=FOUND)


def fed_back(at: Now) -> Q:
    """Whoever was ever assigned has been told; after an upheld return the matter is registered again."""
    before = Q(**{at.registered("dispatched_at__isnull"): False})
    if isinstance(at, Then):
        before &= Q(Exists(Assignment.objects.filter(at.recorded(), matter=at.me)))
    return Q(status__in=FED) | Q(status=Status.REGISTERED) & before


def dispatched_then(at: Now) -> Q:
    return at.scope.within(at.registered("dispatched_at"))


def rectified(at: Now) -> Q:
    return Q(status__in=(Status.CLOSURE_REQUESTED, Status.CLOSED))


def said_done_then(at: Now) -> Q:
    """The request for closure of the present cycle, or the fix on the spot."""
    when = at.scope.within("occurred_at")
    mended = at.closing_check().filter(when, how=How.ON_SPOT)
    return Q(status=Status.CLOSED) & Q(Exists(mended)) | at.requested(when)


def closed(at: Now) -> Q:
    """The database sees to it that a matter is closed exactly if a check of its present cycle has passed."""
    return Q(status=Status.CLOSED)


def checked_then(at: Now) -> Q:
    return Q(Exists(at.closing_check().filter(at.scope.within("occurred_at"))))


def closed_late(at: Now) -> Q:
    """Deadlines are judged by recorded time. Nobody asked for the closure of what was fixed on the spot."""
    return closed(at) & at.requested(Q(recorded_at__gt=F("due_at")))


def resolved(at: Now) -> Q:
    called = at.closing_check().filter(at.scope.within("occurred_at"), how=How.CALL_BACK)
    return closed(at) & Q(Exists(called))


def overdue(at: Now) -> Q:
    return Q(status__in=WORKED_ON, due_at__lt=at.scope.moment)


def due_soon(at: Now) -> Q:
    moment = at.scope.moment
    return Q(status__in=WORKED_ON, due_at__gte=moment, due_at__lt=moment + SOON)


def verification_overdue(at: Now) -> Q:
    return Q(status=Status.CLOSURE_REQUESTED, verify_due_at__lt=at.scope.moment)


def reopened(at: Now) -> Q:
    """Counted once, whatever became of it since."""
    failed = rows(at, Verification, at.recorded()).filter(how=How.SAMPLE, passed=False)
    again = rows(at, Reopening, at.recorded())
    return one_of(at, failed, again)


def published(at: Now) -> Q:
    return one_of(at, rows(at, Publication, at.open()))


def unassigned(at: Now) -> Q:
    return Q(status=Status.REGISTERED)


def assigned(at: Now) -> Q:
    return Q(status__in=(*WORKED_ON, Status.CLOSURE_REQUESTED))


def returns_to_rule(at: Now) -> Q:
    return waits_for_ruling(at, Return)


def extensions_to_rule(at: Now) -> Q:
    return waits_for_ruling(at, ExtensionRequest)


def to_rule(at: Now) -> Q:
    return waits_for_ruling(at, Return, ExtensionRequest)


def waits_for_ruling(at: Now, *tables: type[Question]) -> Q:
    return Q(status__in=WORKED_ON) & one_of(at, *(rows(at, table, at.open()) for table in tables))


def critical_live(at: Now) -> Q:
    return Q(status__in=LIVE) & at.severe("critical")


def self_reported(at: Now) -> Q:
    """The organisation responsible, or one below it, found it itself. Paths have nothing that a pattern would mean."""
    paths = F(at.registered("reporter_organisation__path")), F(at.lead)
    return found(at) & Q(Exact(Func(*paths, function="starts_with", output_field=BooleanField()), True))


def rows(at: Now, table: type[AnyStep], there: Q) -> QuerySet[AnyStep]:
    """Rows of steps of any matter that were there, and occurred in the window."""
    return table._default_manager.filter(there & at.scope.within("occurred_at"))


def one_of(at: Now, *found: QuerySet[Any, Any]) -> Q:
    """That one of these rows is the matter's."""
    if at.few:
        return reduce(or_, (Q(Exists(rows.filter(matter=at.me))) for rows in found))
    first, *others = (rows.values("matter_id") for rows in found)
    return Q(**{f"{at.id}__in": first.union(*others) if others else first})


def anything(at: Now) -> Q:
    """No window: the condition says already what must have occurred in it."""
    return Q()
