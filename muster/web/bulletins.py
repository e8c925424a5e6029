"""Bulletins: drafts that wait for a second person, the numbered issues, and what is withdrawn from them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from muster.lib.ids import part_of, uuid7
from muster.lib.refusal import Refusal
from muster.loop.act import VERBS
from muster.loop.bulletin import Bulletin
from muster.loop.issue import (
    LISTED,
    Published,
    bulletins_seen_by,
    drafts_seen_by,
    next_number,
    older_than,
    published_in,
    publishing_grant,
)
from muster.loop.matter import Matter
from muster.loop.situation import Actor, Situation, situations_of
from muster.loop.steps import PublicationDraft
from muster.people.role import AREA_ROLES, Role
from muster.web.bulk import Fates, each
from muster.web.context import incident_of, roles_of
from muster.web.formpage import line, posted
from muster.web.guard import holding
from muster.web.scope import person_of

PAGE = 30
READERS = (*AREA_ROLES, Role.LIAISON)


class IssueForm(forms.Form):
    """The drafts that go into one issue. ``form`` makes the acts' ids, so that a second click publishes nothing twice."""

    form = forms.UUIDField(widget=forms.HiddenInput)
    number = forms.CharField(label=gettext_lazy("Number of the issue"), max_length=60, widget=line())


class WithdrawalForm(forms.Form):
    form = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=4000, widget=forms.Textarea(attrs={"class": "input", "rows": 3})
    )


@dataclass(frozen=True)
class Waiting:
    """A draft, and what this person can do with it."""

    draft: PublicationDraft
    own: bool
    publishes: bool
    replies: bool
    ticked: bool = False
    refusal: Refusal | None = None


@require_http_methods(["GET", "POST"])
@holding(*READERS)
def bulletins(request: HttpRequest) -> HttpResponse:
    form = IssueForm(posted(request))
    fates = Fates([])
    if request.method == "POST" and form.is_valid():
        fates = _issued(request, form)
        if fates.done and not fates.refused:
            number = form.cleaned_data["number"]
            said = ngettext(
                "%(n)s matter is published in %(number)s.",
                "%(n)s matters are published in %(number)s.",
                len(fates.done),
            )
            messages.success(request, said % {"n": len(fates.done), "number": number})
            return redirect("bulletins")
        _again(form, fates)
    return _list(request, form, fates)


@require_GET
@holding(*READERS)
def bulletin(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _issue(request, _seen(request, pk), WithdrawalForm(initial={"form": uuid7()}))


@require_http_methods(["GET", "POST"])
@holding(Role.HEADQUARTERS)
def withdrawal(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Withdraw what of the issue still stands. Nothing goes: text and reason stay where it appeared."""
    seen, form = _seen(request, pk), WithdrawalForm(posted(request), initial={"form": uuid7()})
    fates = Fates([])
    if request.method == "POST" and form.is_valid():
        fates = _withdrawn(request, seen, form)
        if not fates.refused:
            messages.success(request, _("Withdrawn; text and reason stay where it appeared."))
            return redirect("bulletin", pk=seen.pk)
        _again(form, fates)
    return _issue(request, seen, form, fates, asks=True)


def _issued(request: HttpRequest, form: IssueForm) -> Fates:
    whole, number, person = form.cleaned_data["form"], form.cleaned_data["number"], person_of(request)
    ticked = Matter.objects.seen_by(person).filter(pk__in=_ids(request)).order_by("pk")[:LISTED]
    return Fates(list(each(list(ticked), lambda one: one.publish(by=person, number=number, id=part_of(whole, one.pk)))))


def _withdrawn(request: HttpRequest, seen: Bulletin, form: WithdrawalForm) -> Fates:
    whole, reason, person = form.cleaned_data["form"], form.cleaned_data["reason"], person_of(request)
    standing = [one for one in published_in([seen], person)[seen.pk] if not one.publication.ended_at]
    matters = [one.matter for one in standing]
    return Fates(list(each(matters, lambda one: one.withdraw(by=person, reason=reason, id=part_of(whole, one.pk)))))


def _again(form: forms.Form, fates: Fates) -> None:
    """What was typed goes on under a new id; refusals are said once each."""
    form.data = {**form.data.dict(), "form": str(uuid7())}  # type: ignore[attr-defined]
    for reason, refused in fates.reasons:
        form.add_error(None, f"{reason}（{'、'.join(fate.matter.number for fate in refused[:5])}）")
    if not fates.all:
        form.add_error(None, _("Tick what shall be published."))


def _list(request: HttpRequest, form: IssueForm, fates: Fates) -> HttpResponse:
    person, before = person_of(request), _valid([request.GET.get("before", "")])
    waiting = _waiting(request, fates)
    if not form.is_bound:
        form.initial = {"form": uuid7(), "number": _number(request, waiting)}
    issues = list(older_than(bulletins_seen_by(person), next(iter(before), None))[: PAGE + 1])
    context = {
        "section": "bulletins", "form": form, "waiting": waiting, "issues": issues[:PAGE],
        "can_publish": any(one.publishes for one in waiting), "proposes": Role.HEADQUARTERS in roles_of(request),
        "more": issues[PAGE - 1].pk if len(issues) > PAGE else None,
    }  # fmt: skip
    return render(request, "bulletins/bulletins.html", context, status=422 if form.errors else 200)


def _waiting(request: HttpRequest, fates: Fates) -> list[Waiting]:
    """Drafts for who publishes there, and for the unit that they name; nobody else sees them before they appear."""
    person = person_of(request)
    actor, drafts = Actor.of(person), list(drafts_seen_by(person)[:LISTED])
    situations = situations_of([one.matter_id for one in drafts], person)
    ticked, refused = set(_ids(request)), {fate.matter.pk: fate.refusal for fate in fates.refused}
    rows = []
    for draft in drafts:
        matter, situation = draft.matter, situations[draft.matter_id]
        publishes = bool(publishing_grant(actor.grants, matter))
        replies = _admits("reply_to_publication", actor, matter, situation)
        if publishes or replies:
            own = draft.by_id == person.pk
            rows.append(
                Waiting(
                    draft, own, publishes and not own, replies and not draft.replies.all(),
                    draft.matter_id in ticked, refused.get(draft.matter_id),
                )
            )  # fmt: skip
    return rows


def _issue(
    request: HttpRequest, seen: Bulletin, form: WithdrawalForm, fates: Fates | None = None, asks: bool = False
) -> HttpResponse:
    person = person_of(request)
    shown = published_in([seen], person)[seen.pk]
    actor, situations = Actor.of(person), situations_of([one.matter.pk for one in shown], person)

    def may(verb: str, one: Published) -> bool:
        return not one.publication.ended_at and _admits(verb, actor, one.matter, situations[one.matter.pk])

    context = {
        "section": "bulletins", "bulletin": seen, "shown": shown, "form": form, "asks": asks,
        "withdraws": {one.publication.pk for one in shown if may("withdraw", one)},
        "replies": {one.publication.pk for one in shown if may("reply_to_publication", one) and not one.replies},
    }  # fmt: skip
    return render(request, "bulletins/bulletin.html", context, status=422 if form.is_bound else 200)


def _admits(verb: str, actor: Actor, matter: Matter, situation: Situation) -> bool:
    try:
        VERBS[verb].admit(actor, matter, situation)
    except Refusal:
        return False
    return True


def _number(request: HttpRequest, waiting: list[Waiting]) -> str:
    """The next number where the first of them would be published."""
    incident = incident_of(request)
    first = next((one.draft.matter for one in waiting if one.publishes), None)
    grant = publishing_grant(person_of(request).grants_at(), first) if first else None
    return next_number(incident, grant.area, _("No. %(n)s") % {"n": 1}) if incident and grant else ""


def _ids(request: HttpRequest) -> list[UUID]:
    return _valid(request.POST.getlist("id"))


def _valid(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _seen(request: HttpRequest, pk: UUID) -> Bulletin:
    return get_object_or_404(bulletins_seen_by(person_of(request)), pk=pk)


urlpatterns = [
    path("bulletins/", bulletins, name="bulletins"),
    path("bulletins/<uuid:pk>/", bulletin, name="bulletin"),
    path("bulletins/<uuid:pk>/withdrawal/", withdrawal, name="bulletin_withdrawal"),
]
