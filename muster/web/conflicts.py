"""Conflicts: what came second under a used id, for a person to look at, take again where needed, and settle."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from muster.lib.refusal import Refusal
from muster.loop.conflict import Conflict
from muster.loop.conflictscope import conflicts_seen_by
from muster.loop.matter import Matter
from muster.loop.words import STEPS
from muster.web.conflictside import ConflictPage
from muster.web.scope import person_of

PAGE = 50


class SettlementForm(forms.Form):
    remark = forms.CharField(
        label=gettext_lazy("Remark"), max_length=2000, widget=forms.Textarea(attrs={"class": "input", "rows": 3}),
        help_text=gettext_lazy("What came of it: taken again, not needed, or whom you asked."),
        error_messages={"required": gettext_lazy("Say what came of it. It is kept with your name.")},
    )  # fmt: skip


@require_GET
def conflicts(request: HttpRequest) -> HttpResponse:
    """Newest first; those still open, unless the address asks for the settled ones."""
    settled = request.GET.get("state") == "settled"
    found = conflicts_seen_by(person_of(request)).filter(settled_at__isnull=not settled)
    rows = list(
        _older(found, request.GET.get("before", "")).select_related("by", "settled_by").order_by("-pk")[: PAGE + 1]
    )
    more = rows[PAGE - 1].pk if len(rows) > PAGE else None
    listed = _listed(request, rows[:PAGE])
    return render(request, "conflicts/list.html", {"section": "work", "rows": listed, "more": more, "settled": settled})


@require_http_methods(["GET", "POST"])
def conflict(request: HttpRequest, pk: int) -> HttpResponse:
    seen = conflicts_seen_by(person_of(request)).select_related("by", "settled_by", "incident")
    page = ConflictPage(get_object_or_404(seen, pk=pk), person_of(request))
    form, status = SettlementForm(request.POST or None), 200
    if request.method == "POST":
        if not page.governs:
            raise Http404
        if form.is_valid():
            try:
                page.conflict.settle(person_of(request), form.cleaned_data["remark"])
                messages.success(request, _("Settled. The remark is kept with your name."))
                return redirect("conflicts")
            except Refusal as refusal:
                form.add_error(None, str(refusal))
                status = refusal.status
        else:
            status = 422
    return render(request, "conflicts/conflict.html", {"section": "work", "page": page, "form": form}, status=status)


def _older(found: QuerySet[Conflict], before: str) -> QuerySet[Conflict]:
    return found.filter(pk__lt=int(before)) if before.isdecimal() and len(before) < 19 else found


def _listed(request: HttpRequest, rows: list[Conflict]) -> list[dict[str, Any]]:
    """Each with the name of its step and its matter, as far as this person sees it."""
    seen = Matter.objects.seen_by(person_of(request)).filter(pk__in=[row.matter_id for row in rows])
    matters = {matter.pk: matter for matter in seen.only("number", "text")}
    return [
        {
            "conflict": row,
            "name": STEPS[row.action].name,
            "matter": None if row.is_arrival else matters.get(row.matter_id),
        }
        for row in rows
    ]


urlpatterns = [
    path("conflicts/", conflicts, name="conflicts"),
    path("conflicts/<int:pk>/", conflict, name="conflict"),
]
