"""Figures: named queries with a unit and a definition. Wall, list, API and report call the same ones.

``docs/figures.md`` says what each counts; ``conditions.py`` says it in queries, ``counting.py`` how they are computed.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from muster.briefings import conditions as of
from muster.briefings.counting import ClosingHours, Counted, Figure, Number, Rate, Teams
from muster.briefings.scope import Scope
from muster.loop.state import Kind
from muster.people.team import TeamKind

__all__ = ["FIGURES", "Figure", "Number", "Scope"]

FINDINGS, REQUESTS, MATTERS, TEAMS = _("findings"), _("requests"), _("matters"), _("teams")

_ALL: tuple[Figure, ...] = (
    Counted(
        "findings_found", _("Findings found"), FINDINGS,
        _("Findings registered that are neither void nor merged. Window: when they were found."),
        kind=Kind.FINDING, counts=of.found, steady=True, tallied=True,
    ),
    Counted(
        "findings_fed_back", _("Findings fed back"), FINDINGS,
        _("Of the findings found, those ever given to an organisation; what was fixed on the spot was fed back there. "
          "Window: when they were first dispatched."),
        kind=Kind.FINDING, counts=of.fed_back, occurred=of.dispatched_then, steady=True, tallied=True,
    ),
    Counted(
        "findings_rectified", _("Findings rectified"), FINDINGS,
        _("Findings of which the unit says that they are done, and no check since has failed: to be checked, or closed. "
          "Window: when the unit said so, or mended it on the spot."),
        kind=Kind.FINDING, counts=of.rectified, occurred=of.said_done_then, steady=True, tallied=True,
    ),
    Counted(
        "findings_verified", _("Findings verified"), FINDINGS,
        _("Findings with a passing check in their present cycle; what failed a revisit or was reopened needs a new one. "
          "Window: when that check was made."),
        kind=Kind.FINDING, counts=of.closed, occurred=of.checked_then, steady=True, tallied=True,
    ),
    Counted(
        "findings_closed", _("Findings closed"), FINDINGS,
        _("Findings that are closed. Window: when the check that closed them was made."),
        kind=Kind.FINDING, counts=of.closed, occurred=of.checked_then, steady=True, tallied=True,
    ),
    Counted(
        "overdue", _("Overdue"), MATTERS,
        _("Matters of any kind being worked on whose deadline has passed. Window: when they were found or asked."),
        counts=of.overdue, steady=True, past="due_at",
    ),
    Counted(
        "verification_overdue", _("Checks overdue"), MATTERS,
        _("Matters of any kind that wait for their check past the checker's deadline. "
          "Window: when they were found or asked."),
        counts=of.verification_overdue, steady=True, past="verify_due_at",
    ),
    Counted(
        "closed_late", _("Closed late"), MATTERS,
        _("Closed matters of any kind whose closure was first requested, in their last cycle, after the unit's deadline. "
          "Window: when the check that closed them was made."),
        counts=of.closed_late, occurred=of.checked_then, tallied=True,
    ),
    Counted(
        "reopened", _("Reopened"), MATTERS,
        _("Matters of any kind that ever failed a revisit or were reopened, each counted once, whatever became of it. "
          "Window: when that occurred."),
        counts=of.reopened, occurred=of.anything, tallied=True,
    ),
    Counted(
        "requests_resolved", _("Requests resolved"), REQUESTS,
        _("Requests that are closed because the resident said, when called back, that it is done. "
          "Window: when the resident said so."),
        kind=Kind.REQUEST, counts=of.resolved, occurred=of.anything, tallied=True,
    ),
    Counted(
        "findings_published", _("Findings published"), FINDINGS,
        _("Findings in a bulletin that was not withdrawn, each counted once. Window: when they were published."),
        kind=Kind.FINDING, counts=of.published, occurred=of.anything, tallied=True,
    ),
    Rate(
        "closure_rate", _("Closure rate"), _("share"),
        _("Findings closed divided by findings found, of those found in the window."),
        additive=False, kind=Kind.FINDING, counts=of.found, tallied=True,
    ),
    ClosingHours(
        "closing_h_p50", _("Hours to close, median"), _("hours"),
        _("The median of the hours from first dispatch until closed, over closed matters of any kind. "
          "Window: when the check that closed them was made."),
        additive=False, counts=of.closed, occurred=of.checked_then,
    ),
    Teams(
        "coordination_cells", _("Coordination cells"), TEAMS,
        _("Coordination cells that work in the area at the moment; the window doesn't matter."),
        kind=TeamKind.COORDINATION_CELL,
    ),
    Teams(
        "field_teams", _("Field teams"), TEAMS,
        _("Field teams that work in the area at the moment; the window doesn't matter."),
        kind=TeamKind.FIELD_TEAM,
    ),
    Teams(
        "telephone_squads", _("Telephone squads"), TEAMS,
        _("Telephone squads that work in the area at the moment; the window doesn't matter."),
        kind=TeamKind.TELEPHONE_SQUAD,
    ),
    Teams(
        "inspection_teams", _("Inspection teams"), TEAMS,
        _("Inspection teams that work in the area at the moment; the window doesn't matter."),
        kind=TeamKind.INSPECTION_TEAM,
    ),
    Teams(
        "embedded_teams", _("Embedded teams"), TEAMS,
        _("Teams that stay at one place of the area at the moment; the window doesn't matter."),
        kind=TeamKind.EMBEDDED_TEAM,
    ),
    Counted(
        "unassigned", _("Unassigned"), MATTERS,
        _("Matters of any kind that are given to nobody. Window: when they were found or asked."),
        counts=of.unassigned, tallied=True,
    ),
    Counted(
        "returns_to_rule", _("Returns to rule on"), MATTERS,
        _("Matters of any kind whose unit says that it isn't theirs, and nobody has ruled yet. "
          "Window: when the unit said so."),
        counts=of.returns_to_rule, occurred=of.anything, tallied=True,
    ),
    Counted(
        "extensions_to_rule", _("Extensions to rule on"), MATTERS,
        _("Matters of any kind whose unit asks for more time, and nobody has ruled yet. Window: when the unit asked."),
        counts=of.extensions_to_rule, occurred=of.anything, tallied=True,
    ),
    Counted(
        "to_rule", _("To rule on"), MATTERS,
        _("Matters of any kind of which a return or an extension waits for its ruling. Window: when the unit asked."),
        counts=of.to_rule, occurred=of.anything, tallied=True,
    ),
    Counted(
        "due_soon", _("Due within 4 hours"), MATTERS,
        _("Matters of any kind being worked on whose deadline is less than four hours away and hasn't passed. "
          "Window: when they were found or asked."),
        counts=of.due_soon,
    ),
    Counted(
        "critical_live", _("Critical and live"), MATTERS,
        _("Live matters of any kind whose severity is critical. Window: when they were found or asked."),
        counts=of.critical_live, tallied=True,
    ),
    Counted(
        "assigned", _("Assigned"), MATTERS,
        _("Live matters of any kind for which an organisation is responsible. Window: when they were found or asked."),
        counts=of.assigned, tallied=True,
    ),
    Counted(
        "findings_self_reported", _("Findings self-reported"), FINDINGS,
        _("Of the findings found, those that the organisation responsible, or one below it, reported itself. "
          "They stand apart and are held against nobody. Window: when they were found."),
        kind=Kind.FINDING, counts=of.self_reported, steady=True, tallied=True,
    ),
)  # fmt: skip

#: Every figure by its key, in the order of the table in ``docs/figures.md``.
FIGURES: dict[str, Figure] = {figure.key: figure for figure in _ALL}
