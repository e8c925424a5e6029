"""The hand-over at a change of shift: items to hand on, the log that two persons sign, and its printed page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from muster.briefings import dutylog
from muster.briefings.asked import commanded
from muster.duty.duty import Post
from muster.duty.handover import Handover, HandoverItem, open_items
from muster.lib import clock
from muster.lib.ids import uuid7
from muster.lib.refusal import Refusal
from muster.loop.matter import Matter
from muster.web import trusted
from muster.web.deskscope import DESK_ROLES, Desk, desk_of
from muster.web.duty import SHIFT
from muster.web.formpage import form_page, moment, posted
from muster.web.guard import holding
from muster.web.logpage import LogPage
from muster.web.scope import person_of

LONG, PAGE, ITEMS = 2000, 50, 200


def box(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"class": "input", "rows": rows})


class ItemForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput)
    matter = forms.UUIDField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(
        label=gettext_lazy("What must the next shift look after?"), max_length=500, widget=box(3),
        help_text=gettext_lazy("What, by when, and who has promised it. No names or numbers of residents."),
        error_messages={"required": gettext_lazy("Write what is to be handed on.")},
    )  # fmt: skip


class SignForm(forms.Form):
    remark = forms.CharField(
        label=gettext_lazy("Remark"), required=False, max_length=LONG, widget=box(4),
        help_text=gettext_lazy("What the figures don't tell: weather, roads, who was called and promised what."),
    )  # fmt: skip


class TakeForm(forms.Form):
    until = forms.DateTimeField(label=gettext_lazy("On duty until"), widget=moment())

    def __init__(self, data: Any = None) -> None:
        ends = (clock.now() + SHIFT).replace(minute=0, second=0, microsecond=0)
        super().__init__(data, initial={"until": ends})


@holding(*DESK_ROLES)
@require_GET
def handovers(request: HttpRequest) -> HttpResponse:
    """All logs of the area, the latest first, and what is open."""
    desk = desk_of(request)
    logs = Handover.objects.filter(incident=desk.incident, area=desk.area).select_related("outgoing", "incoming")
    rows = list(_older(logs.defer("content"), request.GET.get("before", ""))[: PAGE + 1])
    more = rows[PAGE - 1].pk if len(rows) > PAGE else None
    items = open_items(desk.incident, desk.area).select_related("matter", "by")[:ITEMS]
    context = {"section": "desk", "desk": desk, "logs": rows[:PAGE], "more": more, "items": items}
    return render(request, "handover/list.html", context)


@holding(*DESK_ROLES)
@require_http_methods(["GET", "POST"])
def new_item(request: HttpRequest) -> HttpResponse:
    """Something to hand on: by hand, or from a matter."""
    matter = _matter(request)
    desk = desk_for(request, matter)
    form = ItemForm(posted(request), initial={"id": uuid7(), "matter": matter and matter.pk})
    back = reverse("matter", args=[matter.pk]) if matter else reverse("desk") + desk.query
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
        HandoverItem.add(desk.incident, desk.area, asked["text"].strip(), desk.person, matter, asked["id"])
        messages.success(request, _("It is on the list for the next shift."))
        return redirect(back)
    title = _("Hand on: {title}").format(title=matter.title) if matter else _("Hand on to the next shift")
    crumbs = [(reverse("desk") + desk.query, _("Duty desk"))]
    return form_page(request, form, title=title, button=_("Add"), back=back, section="desk", crumbs=crumbs)


@holding(*DESK_ROLES)
@require_POST
def item_done(request: HttpRequest, pk: UUID) -> HttpResponse:
    desk = desk_of(request)
    item = get_object_or_404(HandoverItem, pk=pk, incident=desk.incident, area=desk.area)
    item.done(desk.person)
    messages.success(request, _("Done, and kept in the log of this shift."))
    return redirect(reverse("desk") + desk.query)


@holding(*DESK_ROLES)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The log of the shift that ends: first as it would be now, then signed as of a frozen moment."""
    desk = desk_of(request)
    form, status = SignForm(posted(request)), 200
    if form.is_bound and form.is_valid():
        try:
            how = trusted.how(request)
            made = dutylog.sign(desk.incident, desk.area, desk.person, how, form.cleaned_data["remark"].strip())
            said = _("Signed. Whoever comes on duty reads it, signs, and takes over.")
            messages.success(request, said, extra_tags="recorded")
            return redirect("handover", pk=made.pk)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
    context = {"section": "desk", "desk": desk, "form": form, "log": LogPage(_unsigned(desk))}
    return render(request, "handover/new.html", context, status=422 if form.errors and status == 200 else status)


@holding(*DESK_ROLES)
@require_GET
def handover(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The log, as it was signed; to be printed."""
    return _page(request, known_log(request, pk), TakeForm())


@holding(*DESK_ROLES)
@require_POST
def take(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Read, signed and taken over, by another person than who leaves."""
    log, form = known_log(request, pk), TakeForm(request.POST)
    if not form.is_valid():
        return _page(request, log, form, 422)
    try:
        log.take(person_of(request), trusted.how(request), form.cleaned_data["until"])
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _page(request, known_log(request, pk), form, refusal.status)
    messages.success(request, _("Taken over. The log is complete and stays as it is."))
    return redirect("handover", pk=pk)


@holding(*DESK_ROLES)
@require_POST
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Only by who wrote it; then another can be written."""
    log = known_log(request, pk)
    log.withdraw(person_of(request))
    messages.success(request, _("Withdrawn. It is kept, and another can be written."))
    return redirect("handover-new")


def _page(request: HttpRequest, log: Handover, form: TakeForm, status: int = 200) -> HttpResponse:
    person, computer = person_of(request), trusted.computer_of(request)
    context = {
        "section": "desk", "handover": log, "log": LogPage(log), "form": form, "own": log.outgoing_id == person.pk,
        "relieves": [Post(post).label for post in log.posts] if log.waits else [], "others": trusted.others(computer, person),
    }  # fmt: skip
    return render(request, "handover/handover.html", context, status=status)


def known_log(request: HttpRequest, pk: UUID) -> Handover:
    """Looked up through the person: logs of what they command, and below."""
    logs = Handover.objects.select_related("outgoing", "incoming", "area", "incident").defer("area__outline")
    log = get_object_or_404(logs, pk=pk)
    if not any(area.holds(log.area.path) for area in commanded(person_of(request), log.incident)):
        raise Http404
    return log


def _unsigned(desk: Desk) -> Handover:
    """What would be signed now."""
    at = clock.now()
    begin = dutylog.began(desk.incident, desk.area, at)
    content = dutylog.content(desk.incident, desk.area, begin, at)
    return Handover(incident=desk.incident, area=desk.area, from_at=begin, at=at, content=content, outgoing=desk.person)


def _matter(request: HttpRequest) -> Matter | None:
    asked = request.POST.get("matter") or request.GET.get("matter")
    if not asked:
        return None
    try:
        pk = UUID(asked)
    except ValueError as fault:
        raise Http404 from fault
    found: Matter = get_object_or_404(Matter.objects.seen_by(person_of(request)), pk=pk)
    return found


def desk_for(request: HttpRequest, matter: Matter | None) -> Desk:
    """The desk that a matter belongs to: of the areas that one commands, the largest that it lies in."""
    desk = desk_of(request)
    if not matter or desk.area.holds(matter.area_path):
        return desk
    area = next((area for area in desk.areas if area.holds(matter.area_path)), None)
    if not area:
        raise Http404
    return replace(desk, area=area)


def _older(logs: Any, before: str) -> Any:
    try:
        return logs.filter(pk__lt=UUID(before)) if before else logs
    except ValueError:
        return logs


urlpatterns = [
    path("handover/", handovers, name="handovers"),
    path("handover/new/", new, name="handover-new"),
    path("handover/items/new/", new_item, name="handover-item-new"),
    path("handover/items/<uuid:pk>/done/", item_done, name="handover-item-done"),
    path("handover/<uuid:pk>/", handover, name="handover"),
    path("handover/<uuid:pk>/take/", take, name="handover-take"),
    path("handover/<uuid:pk>/withdraw/", withdraw, name="handover-withdraw"),
]
