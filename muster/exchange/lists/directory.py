"""What an administrator keeps, as lists: areas, sites, organisations, persons and their roles."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from muster.exchange.lists.listing import Asked, Listing, Shape
from muster.exchange.lists.table import Column, of_query, then
from muster.people import directory
from muster.people.organisation import Organisation, OrganisationKind
from muster.people.person import Grant, Person
from muster.people.role import Role
from muster.people.scope import Scope, not_ended
from muster.places.area import Area, AreaName, Level
from muster.places.site import SiteKind

AND = "、"


def areas(asked: Asked) -> Listing:
    """The area that is asked for with all below, in their order; without one, all that one administers."""
    scope = Scope.of(asked.person)
    found, code = (
        scope.all_areas().defer("outline", "parent__outline"),
        asked.narrowed.get("area", "").replace("\0", ""),
    )
    top = found.filter(pk=code).first()
    if code:
        found = found.filter(path__startswith=top.path if top else "-")
    filters = [(_("Area"), top.place)] if top else []
    return of_query(
        _("Areas"), AREAS, found.select_related("parent").prefetch_related("names").order_by("path"), filters
    )


def sites(asked: Asked) -> Listing:
    found = directory.sites(Scope.of(asked.person), asked.narrowed)
    rows = found.select_related("area", "organisation__area").defer("area__outline", "organisation__area__outline")
    return of_query(_("Sites"), SITES, rows.order_by("area__path", "name", "pk"), _narrowed(asked, SiteKind.choices))


def organisations(asked: Asked) -> Listing:
    """With an address that narrows nothing, all: on the page one walks the tree, in a list there is none to walk."""
    narrowed = asked.narrowed
    found = directory.organisations(Scope.of(asked.person), narrowed if any(narrowed.values()) else {"all": "1"})
    rows = found.select_related("area", "parent__area").defer("area__outline", "parent__area__outline")
    filters = _narrowed(asked, OrganisationKind.choices)
    return of_query(_("Organisations"), ORGANISATIONS, rows.order_by("area__path", "path"), filters)


def people(asked: Asked) -> Listing:
    found = directory.people(Scope.of(asked.person), asked.narrowed)
    return of_query(_("People"), PEOPLE, found.order_by("name", "pk"), _narrowed(asked, Role.choices))


def grants(asked: Asked) -> Listing:
    """The roles of the persons that are listed, as far as they lie in what one administers."""
    scope = Scope.of(asked.person)
    whose = directory.people(scope, asked.narrowed).prefetch_related(None).order_by().values("pk")
    found = Grant.objects.filter(not_ended(), scope.within("area__path"), person__in=whose)
    rows = found.select_related("person", "area", "organisation__area", "given_by")
    rows = rows.defer("area__outline", "organisation__area__outline").order_by("person__name", "person_id", "pk")
    return of_query(_("Roles"), GRANTS, rows, _narrowed(asked, Role.choices))


def in_full(organisation: Organisation | None) -> str:
    """With its area, which tells it from others of that name."""
    return f"{organisation.name}（{organisation.area.name_zh}）" if organisation else ""


def _narrowed(asked: Asked, known: Sequence[tuple[str, object]]) -> list[tuple[str, str]]:
    """What the address narrows the list by, in words."""
    query, labels = asked.narrowed, dict(known)
    told = [
        (_("Search"), query.get("q", "")),
        (_("Area"), _name(Area.objects.defer("outline"), query.get("area", ""), "place")),
        (_("Organisation"), _name(Organisation.objects.all(), query.get("organisation") or query.get("under", ""), "name")),
        (_("Kind"), str(labels.get(query.get("kind", ""), ""))),
        (_("Role"), str(labels.get(query.get("role", ""), query.get("role", "")))),
        (_("State"), {"closed": pgettext("site", "Closed"), "all": _("Open and closed"), "active": _("May sign in"),
                      "off": _("Shut out")}.get(query.get("state", ""), "")),
    ]  # fmt: skip
    return [(label, shown) for label, shown in told if shown]


def _name(known: QuerySet[Area] | QuerySet[Organisation], key: str, attribute: str) -> str:
    found = known.filter(pk=key).first() if key.isdigit() and len(key) < 19 else None
    return str(getattr(found, attribute)) if found else ""


def _names(area: Area, *kinds: str) -> str:
    return AND.join(one.text for one in area.names.all() if one.kind in kinds)


OPEN = pgettext_lazy("site", "Open")
CLOSED = pgettext_lazy("site", "Closed")
KINDS = AreaName.Kind
AREAS = (
    Column("code", gettext_lazy("Code"), lambda one: one.code, 16, tag="#adm+code"),
    Column("name", gettext_lazy("Name"), lambda one: one.name_zh, 20, tag="#adm+name"),
    Column("name_en", gettext_lazy("Name in English"), lambda one: one.name_en, 26, tag="#adm+name+i_en"),
    Column(
        "level", gettext_lazy("Level"), lambda one: one.get_level_display(), 18, tag="#adm+level", choices=Level.labels
    ),
    Column("parent", gettext_lazy("Part of"), lambda one: one.parent, 26, tag="#adm+parent+name"),
    Column(
        "parent_code",
        gettext_lazy("Code of what it is part of"),
        lambda one: one.parent_id or "",
        16,
        tag="#adm+parent+code",
    ),
    Column("alias", gettext_lazy("Also called"), lambda one: _names(one, KINDS.ALIAS), 24, tag="#adm+alias"),
    Column(
        "former",
        gettext_lazy("Formerly"),
        lambda one: _names(one, KINDS.FORMER, KINDS.FORMER_CODE),
        24,
        tag="#adm+former",
    ),
    Column("state", gettext_lazy("State"), lambda one: str(CLOSED if one.closed_at else OPEN), 10, tag="#status"),
)  # fmt: skip
SITES = (
    Column("name", gettext_lazy("Name"), lambda one: one.name, 26, tag="#loc+name"),
    Column("kind", gettext_lazy("Kind"), lambda one: one.get_kind_display(), 14, tag="#loc+type", choices=SiteKind.labels),
    Column("area", gettext_lazy("Area"), lambda one: one.area, 34, tag="#adm+name"),
    Column("area_code", gettext_lazy("Code of the area"), lambda one: one.area_id, 16, tag="#adm+code"),
    Column("organisation", gettext_lazy("Responsible organisation"), lambda one: in_full(one.organisation), 28,
           tag="#org+responsible"),
    Column("longitude", gettext_lazy("Longitude"), lambda one: one.longitude, 12, Shape.NUMBER, "#geo+lon"),
    Column("latitude", gettext_lazy("Latitude"), lambda one: one.latitude, 12, Shape.NUMBER, "#geo+lat"),
    Column("state", gettext_lazy("State"), lambda one: str(CLOSED if one.closed_at else OPEN), 10, tag="#status",
           choices=(OPEN, CLOSED)),
)  # fmt: skip
ORGANISATIONS = (
    Column("name", gettext_lazy("Name"), lambda one: one.name, 30, tag="#org+name"),
    Column(
        "kind",
        gettext_lazy("Kind"),
        lambda one: one.get_kind_display(),
        20,
        tag="#org+type",
        choices=OrganisationKind.labels,
    ),
    Column("area", gettext_lazy("Area"), lambda one: one.area, 34, tag="#adm+name"),
    Column("area_code", gettext_lazy("Code of the area"), lambda one: one.area_id, 16, tag="#adm+code"),
    Column("parent", gettext_lazy("Part of"), lambda one: in_full(one.parent), 34, tag="#org+parent"),
)  # fmt: skip
PEOPLE = (
    Column("name", pgettext_lazy("of a person", "Name"), lambda one: one.name, 14, tag="#contact+name"),
    Column("login", gettext_lazy("Sign-in name"), lambda one: one.login, 18, tag="#contact+code"),
    Column("phone", gettext_lazy("Telephone"), lambda one: one.phone_masked, 16, tag="#contact+phone"),
    Column("organisation", gettext_lazy("Organisation"), lambda one: _organisations(one), 34, tag="#org+name"),
    Column("roles", gettext_lazy("Roles"), lambda one: _roles(one), 40, Shape.LONG, "#contact+role"),
    Column("state", gettext_lazy("State"), lambda one: _("May sign in") if one.is_active else _("Shut out"), 14, tag="#status"),
)  # fmt: skip
GRANTS = (
    Column("name", pgettext_lazy("of a person", "Name"), lambda one: one.person.name, 14, tag="#contact+name"),
    Column("login", gettext_lazy("Sign-in name"), lambda one: one.person.login, 18, tag="#contact+code"),
    Column(
        "role", gettext_lazy("Role"), lambda one: one.get_role_display(), 16, tag="#contact+role", choices=Role.labels
    ),
    Column("area", gettext_lazy("Area"), lambda one: one.area, 34, tag="#adm+name"),
    Column("area_code", gettext_lazy("Code of the area"), lambda one: one.area_id, 16, tag="#adm+code"),
    Column("organisation", gettext_lazy("Organisation"), lambda one: in_full(one.organisation), 34, tag="#org+name"),
    Column("from_at", gettext_lazy("From"), lambda one: then(one.from_at), 17, Shape.MOMENT, "#date+start"),
    Column("until", gettext_lazy("Until"), lambda one: then(one.until), 17, Shape.MOMENT, "#date+end"),
    Column(
        "given_by",
        gettext_lazy("Given by"),
        lambda one: one.given_by.name if one.given_by else "",
        14,
        tag="#contact+giver",
    ),
)


def _organisations(person: Person) -> str:
    return AND.join(in_full(row.organisation) for row in person.now_in)  # type: ignore[attr-defined]


def _roles(person: Person) -> str:
    return AND.join(f"{row.get_role_display()}（{row.area.place}）" for row in person.now_may)  # type: ignore[attr-defined]
