"""Policy packs: what is in force, what was, and who put it there."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.http import require_GET

from muster.incidents.incident import Incident, PackInForce
from muster.people.role import Role
from muster.policy.version import PackVersion
from muster.web import packdraft
from muster.web.context import incident_of
from muster.web.guard import holding
from muster.web.leaf import LEAF
from muster.web.packdiff import Change, changes
from muster.web.packdraft import may_adopt


@holding(Role.ADMINISTRATOR, Role.HEADQUARTERS)
@require_GET
def packs(request: HttpRequest) -> HttpResponse:
    """The pack in force, and every time that one was put in force, newest first."""
    incident = incident_of(request)
    history = _history(incident, request.GET.get("before", "")) if incident else []
    present = _in_force(incident) if incident else None
    context = {
        "section": "packs", "present": present, "history": history[:LEAF],
        "more": history[LEAF - 1].pk if len(history) > LEAF else None, "may_adopt": may_adopt(request),
    }  # fmt: skip
    return render(request, "packs/packs.html", context)


@holding(Role.ADMINISTRATOR, Role.HEADQUARTERS)
@require_GET
def pack(request: HttpRequest, pk: int) -> HttpResponse:
    """One version: when it was in force, what it changed, and its text."""
    version = get_object_or_404(PackVersion.objects.select_related("adopted_by"), pk=pk)
    incident = incident_of(request)
    terms = _terms(incident, version) if incident else []
    context = {
        "section": "packs", "version": version, "terms": terms, "rows": version.text.splitlines(),
        "may_adopt": may_adopt(request), "changes": _change(terms, version),
        "present": any(term.until is None for term in terms),
    }  # fmt: skip
    return render(request, "packs/pack.html", context)


@holding(Role.ADMINISTRATOR, Role.HEADQUARTERS)
@require_GET
def text(request: HttpRequest, pk: int) -> HttpResponse:
    """The text as a file, to be edited and adopted anew."""
    version = get_object_or_404(PackVersion, pk=pk)
    response = HttpResponse(version.text.encode(), content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{version.key}.toml"'
    return response


@dataclass(frozen=True)
class Term:
    """A time that a version was in force: ``until`` the ``after`` one was, None while it still is."""

    begun: PackInForce
    before: PackInForce | None
    after: PackInForce | None

    @property
    def until(self) -> object:
        return self.after.at if self.after else None


def _terms(incident: Incident, version: PackVersion) -> list[Term]:
    rows = list(PackInForce.objects.filter(incident=incident).select_related("by", "version"))
    around = zip([None, *rows], rows, [*rows[1:], None], strict=False)
    return [Term(begun, before, after) for before, begun, after in around if begun.version_id == version.pk]


def _change(terms: list[Term], version: PackVersion) -> list[Change]:
    """What came with the version when it was first put in force."""
    before = terms[0].before if terms else None
    return changes(before.version.text, version.text) if before else []


def _in_force(incident: Incident) -> PackInForce | None:
    rows = PackInForce.objects.filter(incident=incident).select_related("version__adopted_by", "by")
    return rows.last()


def _history(incident: Incident, before: str) -> list[PackInForce]:
    rows = PackInForce.objects.filter(incident=incident).select_related("version", "by").order_by("-pk")
    return list((rows.filter(pk__lt=int(before)) if before.isdecimal() else rows)[: LEAF + 1])


urlpatterns = [
    path("packs/", packs, name="packs"),
    *packdraft.urlpatterns,
    path("packs/<int:pk>/", pack, name="pack"),
    path("packs/<int:pk>/text/", text, name="pack-text"),
]
