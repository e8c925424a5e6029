"""What else is listed: figures, and what came of the work: bulletins, ledgers, hand-overs, incidents, and lists taken out."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from muster.briefings.asked import NoIncident, commanded, may_read, own_area, scope_asked
from muster.briefings.chain import chain, chain_and_children
from muster.briefings.counting import planned
from muster.briefings.figure import FIGURES, Figure, Number, Scope
from muster.duty.handover import Handover
from muster.exchange.lists.listing import Asked, Listing, Shape, Value
from muster.exchange.lists.records import ListExport
from muster.exchange.lists.table import Column, of_query, of_rows, then
from muster.exchange.records import LedgerImport
from muster.incidents.incident import Incident
from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.loop.issue import bulletins_seen_by
from muster.people.role import Role
from muster.people.scope import Scope as Command
from muster.places.area import Area

#: The figures that stand side by side for the areas below.
BELOW = ("findings_found", "findings_fed_back", "findings_rectified", "findings_verified", "findings_closed", "overdue",
         "verification_overdue", "closing_h_p50")  # fmt: skip


class NotYours(Refusal):
    code = "no_such_figures"
    status = 404
    message = said("There are no figures of that area that you may read.")


class NoSuchFigure(Refusal):
    code = "unknown_figure"
    status = 422
    message = said("There is no figure of that name that counts teams. Choose one under Figures.")


def figures(asked: Asked) -> Listing:
    scope = _scope(asked)
    values = chain(scope, list(FIGURES))
    return of_rows(_("Figures"), FIGURE, [(one, values[one.key]) for one in FIGURES.values()], _of(scope))


def areas_below(asked: Asked) -> Listing:
    """The areas directly below, in the official order and never by their figures; last the area itself."""
    scope = _scope(asked)
    with planned():
        whole, below = chain_and_children(scope, BELOW)
    known = Area.objects.defer("outline").in_bulk(below)
    rows = [*((known[code], values) for code, values in below.items()), (scope.area, whole)]
    columns = [
        Column("area", gettext_lazy("Area"), lambda row: row[0].name, 20, tag="#adm+name"),
        Column("area_code", gettext_lazy("Code of the area"), lambda row: row[0].pk, 16, tag="#adm+code"),
        *(_figure(FIGURES[key]) for key in BELOW),
    ]
    return of_rows(_("Areas below"), columns, rows, _of(scope))


def teams(asked: Asked) -> Listing:
    """The teams that a figure counts."""
    figure, scope = FIGURES.get(asked.query.get("figure", "")), _scope(asked)
    if not figure or figure.opens != "teams":
        raise NoSuchFigure
    found = figure.rows(scope).select_related("area", "organisation").defer("area__outline")
    return of_query(str(figure.name), TEAMS, found, _of(scope))


def bulletins(asked: Asked) -> Listing:
    return of_query(_("Bulletins"), BULLETINS, bulletins_seen_by(asked.person))


def ledgers(asked: Asked) -> Listing:
    sent = LedgerImport.objects.filter(by=asked.person, sender__incident=asked.incident)
    return of_query(_("Ledgers"), LEDGERS, sent.select_related("sender"))


def handovers(asked: Asked) -> Listing:
    """Of the area that is asked for, else of the largest that one commands."""
    incident, code = incident_of(asked), asked.query.get("area")
    area = next((one for one in commanded(asked.person, incident) if code in (None, "", one.pk)), None)
    logs = Handover.objects.filter(incident=incident, area=area).select_related("outgoing", "incoming")
    filters = [(_("Area"), area.place)] if area else []
    return of_query(pgettext("list", "Hand-overs"), HANDOVERS, logs.defer("content"), filters)


def incidents(asked: Asked) -> Listing:
    scope = Command.of(asked.person, Role.HEADQUARTERS, Role.ADMINISTRATOR)
    return of_query(_("Incidents"), INCIDENTS, scope.incidents())


def exports(asked: Asked) -> Listing:
    """The log of what was taken out, as far as one sees it."""
    seen = ListExport.objects.seen_by(asked.person).select_related("by")
    return of_query(_("Exports"), EXPORTS, seen)


def incident_of(asked: Asked) -> Incident:
    if not asked.incident:
        raise NoIncident
    return asked.incident


def _scope(asked: Asked) -> Scope:
    """What the address asks for; another's area doesn't exist."""
    incident = incident_of(asked)
    own = own_area(asked.person, incident)
    if not own and not asked.query.get("organisation"):
        raise NotYours
    scope = scope_asked(incident, asked.narrowed, own)
    if not may_read(asked.person, scope.area, scope.organisation):
        raise NotYours
    return scope


def _of(scope: Scope) -> list[tuple[str, str]]:
    told = [
        (_("Area"), scope.area.place),
        (_("Organisation"), scope.organisation.name if scope.organisation else ""),
        (_("As of"), _time(scope.as_of)),
        (_("Occurred from"), _time(scope.from_at)),
        (pgettext("end of a time", "until"), _time(scope.to_at)),
    ]
    return [(label, shown) for label, shown in told if shown]


def _time(moment: datetime | None) -> str:
    at = then(moment)
    return f"{at:%Y-%m-%d %H:%M}" if at else ""


def _figure(figure: Figure) -> Column:
    return Column(
        figure.key,
        str(figure.name),
        lambda row: _number(row[1][figure.key]),
        16,
        Shape.NUMBER,
        f"#indicator+{figure.key}",
    )


def _number(value: Number) -> Value:
    return round(value, 3) if isinstance(value, float) else value


FIGURE = (
    Column("figure", gettext_lazy("Figure"), lambda row: str(row[0].name), 26, tag="#indicator+name"),
    Column("value", gettext_lazy("Value"), lambda row: _number(row[1]), 12, Shape.NUMBER, "#indicator+value"),
    Column("unit", gettext_lazy("Unit"), lambda row: str(row[0].unit), 10, tag="#indicator+unit"),
    Column("definition", gettext_lazy("What it counts"), lambda row: str(row[0].definition), 80, Shape.LONG,
           "#description+definition"),
    Column("key", gettext_lazy("Key"), lambda row: row[0].key, 24, tag="#indicator+code"),
)  # fmt: skip
TEAMS = (
    Column("team", gettext_lazy("Team"), lambda one: one.name, 24, tag="#org+team"),
    Column("kind", gettext_lazy("Kind"), lambda one: one.get_kind_display(), 18, tag="#org+type"),
    Column("area", gettext_lazy("Area"), lambda one: one.area, 30, tag="#adm+name"),
    Column("organisation", gettext_lazy("Organisation"), lambda one: one.organisation.name, 28, tag="#org+name"),
    Column("from_at", gettext_lazy("Since"), lambda one: then(one.from_at), 17, Shape.MOMENT, "#date+start"),
)
BULLETINS = (
    Column("number", gettext_lazy("Number of the issue"), lambda one: one.number, 22, tag="#meta+id"),
    Column("issued_at", gettext_lazy("Date"), lambda one: then(one.issued_at), 17, Shape.MOMENT, "#date+issued"),
    Column("area", gettext_lazy("Area"), lambda one: one.area.name, 18, tag="#adm+name"),
    Column("organisation", gettext_lazy("Issued by"), lambda one: one.organisation.name, 28, tag="#org+name"),
    Column("matters", gettext_lazy("Matters"), lambda one: one.matters, 10, Shape.NUMBER, "#indicator+matters"),
    Column(
        "state",
        gettext_lazy("State"),
        lambda one: _("Withdrawn") if one.withdrawn_at else _("Published"),
        12,
        tag="#status",
    ),
)
LEDGERS = (
    Column("file", gettext_lazy("Workbook"), lambda one: one.file, 34, tag="#meta+file"),
    Column("sender", gettext_lazy("Sender"), lambda one: one.sender.name, 18, tag="#org+sender"),
    Column("at", pgettext_lazy("ledger", "Sent"), lambda one: then(one.at), 17, Shape.MOMENT, "#date+sent"),
    Column("made", pgettext_lazy("lines", "Made"), lambda one: one.counts.get("made"), 9, Shape.NUMBER, "#indicator+made"),
    Column("changed", pgettext_lazy("lines", "Changed"), lambda one: one.counts.get("changed"), 9, Shape.NUMBER,
           "#indicator+changed"),
    Column("same", pgettext_lazy("lines", "Same"), lambda one: one.counts.get("same"), 9, Shape.NUMBER, "#indicator+same"),
    Column("refused", pgettext_lazy("lines", "Refused"), lambda one: one.counts.get("refused"), 9, Shape.NUMBER,
           "#indicator+refused"),
    Column("state", gettext_lazy("State"), lambda one: one.get_state_display(), 12, tag="#status"),
)  # fmt: skip
HANDOVERS = (
    Column("from_at", gettext_lazy("From"), lambda one: then(one.from_at), 17, Shape.MOMENT, "#date+start"),
    Column("at", gettext_lazy("Until"), lambda one: then(one.at), 17, Shape.MOMENT, "#date+end"),
    Column("outgoing", gettext_lazy("Handed over by"), lambda one: one.outgoing.name, 14, tag="#contact+outgoing"),
    Column("signed_at", gettext_lazy("Signed at"), lambda one: then(one.signed_at), 17, Shape.MOMENT, "#date+signed"),
    Column("incoming", gettext_lazy("Taken over by"), lambda one: one.incoming.name if one.incoming else "", 14,
           tag="#contact+incoming"),
    Column("taken_at", gettext_lazy("Taken over at"), lambda one: then(one.taken_at), 17, Shape.MOMENT, "#date+taken"),
    Column("remark", gettext_lazy("Remark"), lambda one: one.remark, 40, Shape.LONG, "#description+remark"),
)  # fmt: skip
INCIDENTS = (
    Column("name", gettext_lazy("Incident"), lambda one: one.name, 34, tag="#event+name"),
    Column("area", gettext_lazy("Area"), lambda one: one.area, 20, tag="#adm+name"),
    Column("started_at", gettext_lazy("Began"), lambda one: then(one.started_at), 17, Shape.MOMENT, "#date+start"),
    Column("ended_at", gettext_lazy("Ended"), lambda one: then(one.ended_at), 17, Shape.MOMENT, "#date+end"),
    Column(
        "exercise",
        gettext_lazy("Exercise"),
        lambda one: _("yes") if one.exercise else _("no"),
        9,
        tag="#event+exercise",
    ),
)
EXPORTS = (
    Column("at", gettext_lazy("When"), lambda one: then(one.at), 17, Shape.MOMENT, "#date+taken_out"),
    Column("by", gettext_lazy("Who"), lambda one: one.by.name, 14, tag="#contact+name"),
    Column("title", gettext_lazy("List"), lambda one: one.title or one.kind, 34, tag="#meta+list"),
    Column("reason", gettext_lazy("Reason"), lambda one: one.reason, 34, Shape.LONG, "#description+reason"),
    Column("count", gettext_lazy("Rows"), lambda one: one.count, 9, Shape.NUMBER, "#indicator+rows"),
    Column("form", gettext_lazy("Format"), lambda one: one.form, 9, tag="#meta+format"),
    Column("query", gettext_lazy("Address"), lambda one: one.query, 34, tag="#meta+query"),
    Column("short", gettext_lazy("Number"), lambda one: one.short, 12, tag="#meta+id"),
    Column("state", gettext_lazy("State"), lambda one: one.get_state_display(), 12, tag="#status"),
)
