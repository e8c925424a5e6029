"""The register on a map: areas by their own outlines, sites by their points, and the same as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from muster.briefings.counting import planned
from muster.loop.state import WORKED_ON
from muster.places.area import Area
from muster.places.site import Site
from muster.register.order import COUNTED
from muster.register.selection import Selection, query_of
from muster.web.context import MATTER_ROLES
from muster.web.guard import holding
from muster.web.register import look_of, said
from muster.web.registerpanel import panel

POINTS = 200
"""Above so many sites, they are no longer drawn each by itself."""
SHADES = (0, 1, 10, 30)
"""From how many overdue on an area is drawn darker."""


@dataclass
class Here:
    """What is selected in an area or at a site."""

    matters: int = 0
    overdue: int = 0

    def add(self, matters: int, overdue: int) -> None:
        self.matters, self.overdue = self.matters + matters, self.overdue + overdue

    @property
    def shade(self) -> int:
        return sum(self.overdue >= least for least in SHADES[1:])


@dataclass
class Tally:
    """The selection by direct child of the area shown, by any area, and by site; the newest only, where there are many."""

    area: Area
    areas: dict[str, Here] = field(default_factory=dict)
    sites: dict[UUID, Here] = field(default_factory=dict)
    total: int = 0

    def add(self, row: tuple[str, UUID | None, int, int]) -> None:
        where, site, matters, overdue = row
        for code in where.rstrip("/").split("/"):
            self.areas.setdefault(code, Here()).add(matters, overdue)
        if site:
            self.sites.setdefault(site, Here()).add(matters, overdue)
        self.total += matters


@holding(*MATTER_ROLES)
@require_GET
def matter_map(request: HttpRequest) -> HttpResponse:
    """Where the selected matters lie. Every area and site opens the register filtered by it."""
    with planned():
        chosen = Selection.of(look_of(request), request.GET)
        context: dict[str, Any] = {"section": "matters", "chosen": chosen, "query": query_of(chosen.asked)}
        context |= {"panel": panel(chosen.look, chosen.asked), "tiles": settings.TILES}
        if chosen.look.incident and not chosen.problems:
            context |= _drawn(chosen, _tally(chosen, shown_area(chosen)))
    return render(request, "matters/map.html", context, status=422 if chosen.problems else 200)


def shown_area(chosen: Selection) -> Area:
    """The area that is asked for, else the incident's."""
    if chosen.scope:
        return chosen.scope.area
    assert chosen.look.incident
    return next(iter(chosen.look.areas.values()), None) or chosen.look.incident.area


def _tally(chosen: Selection, area: Area) -> Tally:
    newest = chosen.matters.order_by("-pk").values("area_path", "site_id", "status", "due_at")[:COUNTED]
    sql, params = newest.query.sql_with_params()
    late = "count(*) filter (where status = any(%s) and due_at < %s)"
    tally = Tally(area)
    with connection.cursor() as cursor:
        asked = [list(WORKED_ON), chosen.look.now, *params]
        cursor.execute(f"select area_path, site_id, count(*), {late} from ({sql}) m group by 1, 2", asked)
        for row in cursor.fetchall():
            tally.add(row)
    return tally


def _drawn(chosen: Selection, tally: Tally) -> dict[str, Any]:
    children = list(tally.area.children.order_by("position", "code"))
    lines = [
        (one, tally.areas[one.code], _only(chosen, "area", one.code)) for one in children if one.code in tally.areas
    ]
    rest = tally.total - sum(here.matters for _area, here, _address in lines)
    drawn = [one for one in children if one.outline] or holding_outline(tally.area)
    bare = [one for one in children if one not in drawn]
    return {
        "area": tally.area, "lines": lines, "rest": rest, "total": said(tally.total, COUNTED), "number": tally.total,
        "cut": tally.total >= COUNTED,
        "drawing": {"shapes": [_shape(chosen, tally, one) for one in drawn], "points": _points(chosen, tally, bare)},
    }  # fmt: skip


def holding_outline(area: Area) -> list[Area]:
    """The area itself, or the nearest above it, that has an outline."""
    return list(Area.objects.filter(code__in=area.codes, outline__isnull=False).order_by("-path")[:1])


def _shape(chosen: Selection, tally: Tally, area: Area) -> dict[str, Any]:
    here = tally.areas.get(area.code, Here())
    return {
        "outline": area.outline, "name": area.name, "said": _told(area.name, here), "matters": here.matters,
        "shade": here.shade, "address": _only(chosen, "area", area.code),
    }  # fmt: skip


def _points(chosen: Selection, tally: Tally, bare: list[Area]) -> list[dict[str, Any]]:
    """The sites, each by itself; where they are many, only by those areas that have no outline to tell how many."""
    at = Q(pk__in=list(tally.sites), latitude__isnull=False)
    sites = Site.objects.filter(at).annotate(where=F("area__path")).defer("outline")
    known = list(sites[: COUNTED + 1])
    if len(known) <= POINTS:
        return [_point(one.name, [one], tally.sites[one.pk], _only(chosen, "site", str(one.pk))) for one in known]
    together = [(area, [one for one in known if area.holds(one.where)]) for area in bare]
    return [
        _point(area.name, sites, tally.areas[area.code], _only(chosen, "area", area.code))
        for area, sites in together
        if sites
    ]


def _point(name: str, sites: Sequence[Site], here: Here, address: str) -> dict[str, Any]:
    places = [(one.latitude or 0.0, one.longitude or 0.0) for one in sites]
    middle = [round(sum(axis) / len(places), 5) for axis in zip(*places, strict=True)]
    return {"where": middle, "said": _told(name, here), "matters": here.matters, "address": address}


def _told(name: str, here: Here) -> str:
    words = {"name": name, "matters": here.matters, "overdue": here.overdue}
    if not here.overdue:
        return ngettext("%(name)s: %(matters)s matter", "%(name)s: %(matters)s matters", here.matters) % words
    return _("%(name)s: %(matters)s, of these overdue %(overdue)s") % words


def _only(chosen: Selection, name: str, value: str) -> str:
    """The register of this selection, in one area or at one site."""
    asked: QueryDict = chosen.asked.copy()
    asked[name] = value
    return f"{reverse('matters')}?{query_of(asked)}"


urlpatterns = [path("matters/map/", matter_map, name="matter-map")]
