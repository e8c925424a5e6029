"""Looking for the same elsewhere: matters that are alike, and the sites of a sweep where nobody has looked yet."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from muster.loop.alike import similar_to
from muster.loop.matter import Matter
from muster.loop.state import LIVE, Kind, Status
from muster.loop.steps import Sweep
from muster.people.person import Person
from muster.people.role import AREA_ROLES, Role
from muster.places.area import Area
from muster.places.site import Site, SiteKind
from muster.web.matterpage import MatterPage
from muster.web.scope import person_of

FEW = 5
FINDERS = (Role.INSPECTOR, Role.DISPATCHER, Role.HEADQUARTERS)


@dataclass(frozen=True)
class ToVisit:
    """A site of the list. ``door``: where a finding there is registered; ``since``: what was found there since."""

    site: Site
    door: str
    since: Matter | None


class SweepPage:
    def __init__(self, sweep: Sweep, person: Person) -> None:
        self.sweep, self.person, self.matter = sweep, person, sweep.matter
        self.grants = person.grants_at()

    @property
    def criteria(self) -> list[tuple[str, str]]:
        """What was asked, in words."""
        kept = self.sweep.criteria
        kind = kept.get("site_kind")
        area = Area.objects.defer("outline").get(pk=kept["area"])
        category = self.matter.pack.pack.category(self.matter.kind, kept["category"]).label
        named = [(_("Area"), area.name), (_("Category"), category)]
        return [*named, (_("Kind of site"), str(SiteKind(kind).label))] if kind else named

    @cached_property
    def similar(self) -> list[Matter]:
        return in_order(self.sweep.similar, self.person)

    @property
    def open(self) -> list[Matter]:
        return [one for one in self.similar if one.status in LIVE]

    @cached_property
    def to_visit(self) -> list[ToVisit]:
        """In the official order of areas, as far as one's own grants reach."""
        here = Q(pk__in=[])
        for grant in self.grants:
            if grant.role in AREA_ROLES:
                here |= Q(area__path__startswith=grant.area.path)
        found = Site.objects.filter(here, pk__in=self.sweep.sites).select_related("area__parent", "organisation")
        sites = list(found.defer("outline", "area__outline", "area__parent__outline"))
        position = {area.pk: area.position for area in Area.objects.filter(code__in=_codes(sites)).only("position")}
        since = self._found_since(sites)
        order = sorted(sites, key=lambda one: (*(position.get(code, 0) for code in one.area.codes), one.name))
        return [ToVisit(site, self._door(site), since.get(site.pk)) for site in order]

    @property
    def looked_at(self) -> int:
        return sum(one.since is not None for one in self.to_visit)

    @property
    def copy_text(self) -> str:
        """A message for a chat: what to look for, and where; no personal data."""
        words = {"text": self.matter.title, "n": len(self.similar), "open": len(self.open)}
        lines = [
            _("Look for the same elsewhere: %(text)s") % words,
            _("%(n)s similar, %(open)s of them not yet closed.") % words,
            _("Sites to visit (draft list):"),
        ]
        sites = (one for one in self.to_visit if not one.since)
        return "\n".join([*lines, *(f"{nr}. {one.site.area.place} {one.site.name}" for nr, one in enumerate(sites, 1))])

    def _found_since(self, sites: list[Site]) -> dict[UUID, Matter]:
        """What of the category was found at these sites since the sweep."""
        found = Matter.objects.seen_by(self.person).filter(
            site__in=sites, category=self.sweep.criteria["category"], registered_at__gt=self.sweep.recorded_at
        )
        gone = (Status.VOID, Status.MERGED)
        return {one.site_id: one for one in found.exclude(status__in=gone).order_by("-pk") if one.site_id}

    def _door(self, site: Site) -> str:
        """To the intake with site, category and text; none for who may not register there."""
        may = any(grant.role in FINDERS and grant.area.holds(site.area.path) for grant in self.grants)
        if not may or self.matter.category not in self.matter.pack.pack.categories_for(Kind.FINDING):
            return ""
        # What stands in brackets at the end says where it was there.
        text = re.sub("（[^）]*）$", "", self.matter.text)
        asked = {"site": site.pk, "category": self.matter.category, "severity": self.matter.severity, "text": text}
        return f"{reverse('finding')}?{urlencode(asked)}"


def in_order(ids: list[UUID], person: Person) -> list[Matter]:
    """These matters in their order, as far as the person may see them."""
    found = Matter.objects.seen_by(person).filter(pk__in=ids).select_related("area", "site", "lead")
    by_id = {one.pk: one for one in found.defer("area__outline", "site__outline")}
    return [by_id[pk] for pk in ids if pk in by_id]


@require_GET
def sweep(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = sweep_seen(request, pk)
    page = SweepPage(row, person_of(request))
    return render(request, "sweeps/sweep.html", {"section": "matters", "page": page, "matter": row.matter})


@require_GET
def similar(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The few matters most alike, in the areas that this person sees; ``?part=1``: to be put into the matter's page."""
    matter, few = similar_matters(request, pk, FEW)
    template = "sweeps/few.html" if request.GET.get("part") else "sweeps/similar.html"
    return render(request, template, {"section": "matters", "matter": matter, "few": few})


def sweep_seen(request: HttpRequest, pk: UUID) -> Sweep:
    """Of a matter that one sees; who does the work is looked for, and not told."""
    found = Sweep.objects.filter(matter__in=Matter.objects.seen_by(person_of(request)))
    row: Sweep = get_object_or_404(found.select_related("matter__pack", "matter__site", "by_organisation"), pk=pk)
    if MatterPage(row.matter, person_of(request)).is_doer_only:
        raise Http404
    return row


def similar_matters(request: HttpRequest, pk: UUID, most: int) -> tuple[Matter, list[Matter]]:
    """The matter, and those most alike in the areas that one sees; not for who does the work."""
    person = person_of(request)
    seen = Matter.objects.seen_by(person).select_related("site", "pack").defer("pack__text")
    page = MatterPage(get_object_or_404(seen, pk=pk), person)
    within = _widest(page)
    if page.is_doer_only or not within:
        raise Http404
    return page.matter, in_order(similar_to(page.matter, within, most), person)


def _widest(page: MatterPage) -> Area | None:
    areas = [one.area for one in page.actor.grants if one.role in AREA_ROLES and one.area.holds(page.matter.area_path)]
    return min(areas, key=lambda area: len(area.path), default=None)


def _codes(sites: Iterable[Any]) -> set[str]:
    return {code for site in sites for code in site.area.codes}


urlpatterns = [
    path("sweeps/<uuid:pk>/", sweep, name="sweep"),
    path("matters/<uuid:pk>/similar/", similar, name="similar"),
]
