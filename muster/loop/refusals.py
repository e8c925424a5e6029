"""Refusals that verbs share, and the names of what the database refuses."""

from __future__ import annotations

from django.db import IntegrityError

from muster.lib.refusal import Refusal
from muster.lib.said import said as _


class NotYours(Refusal):
    code = "not_yours"
    status = 403
    message = _("Your role doesn't cover this step here. Ask the dispatcher of the area.")


class NotSeen(NotYours):
    """To whom it isn't shown, a matter doesn't exist: pages and the API answer as if there were none."""

    code = "not_found"
    status = 404
    message = _("It doesn't exist, or it isn't shown to you.")


class WrongState(Refusal):
    code = "wrong_state"
    message = _("The matter is “{status}” now, so this step can't be taken. Load the page again.")


class WrongSide(Refusal):
    code = "wrong_side"
    status = 403
    message = _(
        "Who did the work can't check it, and who checks it can't do it. Leave it to somebody of the other side."
    )


class DoersCannotClose(WrongSide):
    code = "doer_cannot_close"
    message = _("Whoever rectifies can't close. Please wait for the verification.")


class Pending(Refusal):
    code = "pending"
    message = _("A return or an extension waits for its ruling. Rule on it first.")


class NothingPending(Refusal):
    code = "nothing_pending"
    message = _("Nothing waits for this ruling any more. Load the page again.")


class ReasonNeeded(Refusal):
    code = "reason_needed"
    status = 422
    message = _("Give a reason.")


class EvidenceNeeded(Refusal):
    code = "evidence_needed"
    status = 422
    message = _("Photos or files needed here: {needed}; given: {given}. Add what is missing.")


class ConflictingContent(Refusal):
    code = "conflict"
    message = _("Something else was already handed in under the id {id}. Both are kept for a person to see.")


class ActInFuture(Refusal):
    code = "in_future"
    status = 422
    message = _("{at} is still to come. Check the clock of the device.")


class AlreadyDone(Refusal):
    code = "already_done"
    message = _("This was already done. Load the page again.")


class TooLate(Refusal):
    code = "too_late"
    message = _("The deadline has passed, so no extension can be asked for.")


#: Constraints of guards.sql and the models, by what they guard.
_SIDES = ("_on_side", "sides_stay_apart", "verifier_independent")
_TWICE = ("one_open_", "_once", "_pkey", "_key", "one_closure_request_per_cycle")


def refusal_of(fault: IntegrityError) -> Refusal | IntegrityError:
    """The named refusal for what the database refused; the fault itself where it has no name."""
    diagnosis = getattr(fault.__cause__, "diag", None)
    name = (diagnosis.constraint_name if diagnosis else None) or ""
    if name.endswith(_SIDES):
        return WrongSide(constraint=name)
    if name == "extension_in_time":
        return TooLate()
    if name.startswith(_TWICE) or name.endswith(_TWICE):
        return AlreadyDone(constraint=name)
    return fault
