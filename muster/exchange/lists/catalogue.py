"""Every list that can go out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from muster.exchange.lists import directory, logs, matters, reports
from muster.exchange.lists.listing import Kind
from muster.people.role import AREA_ROLES, Role

ADMINISTERS = (Role.ADMINISTRATOR,)
DISPATCHES = (Role.HEADQUARTERS, Role.DISPATCHER)
OVERSEES = (Role.HEADQUARTERS, Role.ADMINISTRATOR)
READS = (*AREA_ROLES, Role.LIAISON)

LISTS: dict[str, Kind] = {
    one.name: one
    for one in (
        Kind("matters", _("Matters"), "matters", (*READS, Role.OPERATOR), matters.listing, wholes=True),
        Kind("areas", _("Areas"), "places", ADMINISTERS, directory.areas),
        Kind("sites", _("Sites"), "place-sites", ADMINISTERS, directory.sites),
        Kind("organisations", _("Organisations"), "organisations", ADMINISTERS, directory.organisations),
        Kind("people", _("People"), "people", ADMINISTERS, directory.people),
        Kind("grants", _("Roles"), "people", ADMINISTERS, directory.grants),
        Kind("figures", _("Figures"), "figures", READS, reports.figures),
        Kind("areas-below", _("Areas below"), "figures", READS, reports.areas_below),
        Kind("teams", _("Teams"), "figures", AREA_ROLES, reports.teams),
        Kind("bulletins", _("Bulletins"), "bulletins", READS, reports.bulletins),
        Kind("ledgers", _("Ledgers"), "ledgers", DISPATCHES, reports.ledgers),
        Kind("handovers", pgettext_lazy("list", "Hand-overs"), "handovers", DISPATCHES, reports.handovers),
        Kind("incidents", _("Incidents"), "incidents", OVERSEES, reports.incidents),
        Kind("packs", _("Policy packs"), "packs", OVERSEES, logs.packs),
        Kind("walls", _("Walls"), "walls", (Role.HEADQUARTERS,), logs.walls),
        Kind("computers", _("Trusted computers"), "computers", tuple(Role), logs.computers),
        Kind("conflicts", _("Conflicts"), "conflicts", tuple(Role), logs.conflicts),
        Kind("duties", pgettext_lazy("list", "Duties"), "desk", DISPATCHES, logs.duties),
        Kind("administration", _("What administrators did"), "people", ADMINISTERS, logs.administration),
        Kind("exports", _("Exports"), "exports", tuple(Role), reports.exports),
    )
}
