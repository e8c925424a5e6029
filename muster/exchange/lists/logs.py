"""Lists of how the system itself was run: packs put in force, links to walls, trusted computers, conflicts, duties, and what
administrators did."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from muster.briefings.asked import commanded
from muster.briefings.wall import Wall
from muster.duty.duty import Duty
from muster.exchange.lists.listing import Asked, Listing, Shape
from muster.exchange.lists.reports import incident_of
from muster.exchange.lists.table import Column, of_query, of_rows, then
from muster.incidents.incident import PackInForce
from muster.loop.conflictscope import conflicts_seen_by
from muster.loop.matter import Matter
from muster.loop.words import STEPS
from muster.people.administration import AdminEntry
from muster.people.computer import Pin, live
from muster.people.person import Person
from muster.people.role import Role
from muster.people.scope import Scope


def packs(asked: Asked) -> Listing:
    """Every time that a version was put in force, the latest first."""
    rows = PackInForce.objects.filter(incident=incident_of(asked)).select_related("version", "by").order_by("-pk")
    return of_query(_("Policy packs"), PACKS, rows)


def walls(asked: Asked) -> Listing:
    """Of the areas that one is headquarters of. No link stands there: only its hash is kept."""
    scope = Scope.of(asked.person, Role.HEADQUARTERS)
    rows = Wall.objects.filter(scope.within("area__path")).select_related("area", "made_by", "revoked_by")
    return of_query(_("Walls"), WALLS, rows.defer("area__outline"))


def computers(asked: Asked) -> Listing:
    """Those that one trusted or has a PIN at; for an administrator, all that people of their area trusted."""
    scope = Scope.of(asked.person, Role.ADMINISTRATOR)
    pins = Pin.objects.filter(computer=OuterRef("pk"), person=asked.person)
    theirs = Q(by=asked.person) | Q(by__in=scope.people()) | Q(Exists(pins))
    return of_query(_("Trusted computers"), COMPUTERS, live().filter(theirs).select_related("by").order_by("-at"))


def conflicts(asked: Asked) -> Listing:
    """The open ones, or with ``state=settled`` the others, as far as one sees them."""
    settled = asked.query.get("state") == "settled"
    rows = conflicts_seen_by(asked.person).filter(settled_at__isnull=not settled).order_by("-pk")
    found = list(rows.select_related("by", "settled_by"))
    seen = Matter.objects.seen_by(asked.person).filter(pk__in=[one.matter_id for one in found])
    numbers = dict(seen.values_list("pk", "number"))
    told = [(one, numbers.get(one.matter_id, "")) for one in found]
    filters = [(_("State"), _("Settled") if settled else pgettext("not settled", "Open"))]
    return of_rows(_("Conflicts"), CONFLICTS, told, filters)


def duties(asked: Asked) -> Listing:
    """Who held which post of the area that is asked for, else of the largest that one commands; the latest first."""
    incident, code = incident_of(asked), asked.query.get("area")
    area = next((one for one in commanded(asked.person, incident) if code in (None, "", one.pk)), None)
    rows = Duty.objects.filter(incident=incident, area=area).select_related("person", "by", "ended_by")
    filters = [(_("Area"), area.place)] if area else []
    return of_query(pgettext("list", "Duties"), DUTIES, rows.order_by("-from_at", "-pk"), filters)


def administration(asked: Asked) -> Listing:
    """What administrators did with persons, areas and incidents of one's own area, or with one ``person`` or ``place`` of it."""
    scope = Scope.of(asked.person, Role.ADMINISTRATOR)
    people, areas, incidents = scope.people(), scope.all_areas(), scope.incidents().order_by()
    person, place = asked.query.get("person", ""), asked.query.get("place", "")
    here = Q(person__in=people.values("pk")) | Q(area__in=areas.values("pk")) | Q(incident__in=incidents.values("pk"))
    filters: list[tuple[str, str]] = []
    if person:
        named = people.filter(pk=person).first() if person.isdecimal() and len(person) < 10 else None
        here, filters = Q(person=named, person__isnull=False), [(_("Person"), named.name if named else person)]
    elif place:
        known = areas.filter(pk=place).first()
        here, filters = Q(area=known, area__isnull=False), [(_("Area"), known.place if known else place)]
    related = ("by", "person", "area", "incident", "organisation", "grant__area", "grant__organisation")
    rows = AdminEntry.objects.filter(here).select_related(*related).defer("area__outline", "grant__area__outline")
    return of_query(_("What administrators did"), ADMINISTRATION, rows, filters)


def _name(person: Person | None) -> str:
    return person.name if person else ""


def _state_of_wall(one: Wall) -> str:
    if one.revoked_at:
        return _("revoked")
    return pgettext("wall", "open") if one.until > timezone.now() else pgettext("wall", "ended")


def _about(one: AdminEntry) -> str:
    """With whom or what it was done."""
    if one.person:
        return f"{one.person.name}（{one.person.login}）"
    return one.area.place if one.area else str(one.incident or "")


def _more(one: AdminEntry) -> str:
    """Which role, which organisation, which name before."""
    if one.grant:
        return f"{one.grant.get_role_display()} · {one.grant.area.name} · {one.grant.organisation.name}"
    return one.organisation.name if one.organisation else one.text


PACKS = (
    Column("at", gettext_lazy("Put in force"), lambda one: then(one.at), 17, Shape.MOMENT, "#date+start"),
    Column("key", gettext_lazy("Pack"), lambda one: one.version.key, 26, tag="#meta+pack"),
    Column("sha256", gettext_lazy("Version"), lambda one: one.version.sha256[:8], 12, tag="#meta+version"),
    Column(
        "from_at", gettext_lazy("Valid from"), lambda one: then(one.version.from_at), 17, Shape.MOMENT, "#date+valid"
    ),
    Column("by", gettext_lazy("By"), lambda one: _name(one.by), 14, tag="#contact+name"),
)
WALLS = (
    Column("name", gettext_lazy("Where it hangs"), lambda one: one.name, 28, tag="#loc+name"),
    Column("area", gettext_lazy("Area"), lambda one: one.area, 30, tag="#adm+name"),
    Column("made_by", gettext_lazy("By"), lambda one: one.made_by.name, 14, tag="#contact+name"),
    Column("made_at", gettext_lazy("Made at"), lambda one: then(one.made_at), 17, Shape.MOMENT, "#date+start"),
    Column("seen_at", gettext_lazy("Last seen"), lambda one: then(one.seen_at), 17, Shape.MOMENT, "#date+seen"),
    Column("until", gettext_lazy("Until"), lambda one: then(one.until), 17, Shape.MOMENT, "#date+end"),
    Column("state", gettext_lazy("State"), _state_of_wall, 12, tag="#status"),
)
COMPUTERS = (
    Column("name", gettext_lazy("Computer"), lambda one: one.name, 28, tag="#meta+computer"),
    Column("by", gettext_lazy("Trusted by"), lambda one: one.by.name, 14, tag="#contact+name"),
    Column("at", gettext_lazy("From"), lambda one: then(one.at), 17, Shape.MOMENT, "#date+start"),
    Column("until", gettext_lazy("Until"), lambda one: then(one.until), 17, Shape.MOMENT, "#date+end"),
)
CONFLICTS = (
    Column(
        "received_at", gettext_lazy("Came"), lambda row: then(row[0].received_at), 17, Shape.MOMENT, "#date+received"
    ),
    Column("action", gettext_lazy("Step"), lambda row: str(STEPS[row[0].action].name), 18, tag="#activity+type"),
    Column("matter", gettext_lazy("Matter"), lambda row: "" if row[0].is_arrival else row[1], 26, tag="#meta+id"),
    Column("by", gettext_lazy("Sent by"), lambda row: _name(row[0].by), 14, tag="#contact+name"),
    Column(
        "settled_at", gettext_lazy("Settled at"), lambda row: then(row[0].settled_at), 17, Shape.MOMENT, "#date+settled"
    ),
    Column("settled_by", gettext_lazy("Settled by"), lambda row: _name(row[0].settled_by), 14, tag="#contact+settled"),
    Column("remark", gettext_lazy("Remark"), lambda row: row[0].remark, 40, Shape.LONG, "#description+remark"),
)
DUTIES = (
    Column("post", gettext_lazy("Post"), lambda one: one.get_post_display(), 18, tag="#activity+post"),
    Column("person", gettext_lazy("Person"), lambda one: one.person.name, 14, tag="#contact+name"),
    Column("from_at", gettext_lazy("From"), lambda one: then(one.from_at), 17, Shape.MOMENT, "#date+start"),
    Column("until", gettext_lazy("On duty until"), lambda one: then(one.until), 17, Shape.MOMENT, "#date+planned"),
    Column("ended_at", gettext_lazy("Ended at"), lambda one: then(one.ended_at), 17, Shape.MOMENT, "#date+end"),
    Column("by", pgettext_lazy("duty", "Put there by"), lambda one: one.by.name, 14, tag="#contact+by"),
    Column("ended_by", pgettext_lazy("duty", "Ended by"), lambda one: _name(one.ended_by), 14, tag="#contact+ended"),
)
ADMINISTRATION = (
    Column("at", gettext_lazy("When"), lambda one: then(one.at), 17, Shape.MOMENT, "#date+occurred"),
    Column("by", gettext_lazy("Who"), lambda one: _name(one.by) or _("on the machine"), 14, tag="#contact+name"),
    Column(
        "action", pgettext_lazy("administration", "Did what"), lambda one: one.get_action_display(), 24, tag="#activity"
    ),
    Column("about", pgettext_lazy("administration", "With"), _about, 34, tag="#subject"),
    Column("more", gettext_lazy("Remark"), _more, 40, Shape.LONG, "#description"),
)
