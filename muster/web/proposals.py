"""Proposals: handed in by anyone on a public page, followed and rated by a link."""

from __future__ import annotations

from secrets import token_urlsafe

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods

from muster.incidents.incident import Incident
from muster.lib.ids import uuid7
from muster.lib.refusal import Refusal
from muster.loop.arrival import Caller
from muster.loop.contact import PublicLink, token_of
from muster.loop.matter import Matter
from muster.loop.refusals import ConflictingContent, DoersCannotClose
from muster.loop.situation import situation_of
from muster.loop.state import Kind, Status, Way
from muster.loop.steps import Response
from muster.places.area import Area, Level
from muster.web.context import incident_of
from muster.web.limits import limited


class ProposalForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput)
    key = forms.CharField(widget=forms.HiddenInput, min_length=24, max_length=80)
    category = forms.ChoiceField(label=_("What it is about"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("Your proposal"), max_length=4000, widget=forms.Textarea(attrs={"class": "input", "rows": 6})
    )
    area = forms.ChoiceField(label=_("Where"), widget=forms.Select(attrs={"class": "input"}))
    name = forms.CharField(
        label=pgettext_lazy("of a person", "Name"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"class": "input"}),
    )
    phone = forms.CharField(
        label=_("Telephone"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"class": "input", "type": "tel"}),
    )

    def __init__(self, request: HttpRequest, incident: Incident) -> None:
        self.incident = incident
        initial = {"id": uuid7(), "key": token_urlsafe(24)}
        super().__init__(request.POST if request.method == "POST" else None, initial=initial)
        pack = incident.pack_version().pack
        self.severity = list(pack.severities)[-1]
        self.choices("category", [(key, one.label) for key, one in pack.categories_for(Kind.PROPOSAL).items()])
        self.choices("area", [(area.pk, area.name) for area in self.areas()])

    def choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def areas(self) -> list[Area]:
        """The incident's own area and its counties."""
        below = Area.objects.filter(path__startswith=self.incident.area.path, level__in=(Level.COUNTY, Level.ZONE))
        return [self.incident.area, *below.defer("outline").order_by("position", "code")]

    @transaction.atomic
    def register(self) -> str:
        """Register it and make its link, or find the link again; answers the link's token."""
        given = self.cleaned_data
        caller = Caller(given["name"], given["phone"]) if given["name"] or given["phone"] else None
        receipt = Matter.register(
            by=None, incident=self.incident, kind=Kind.PROPOSAL, area=Area.objects.get(pk=given["area"]), id=given["id"],
            category=given["category"], severity=self.severity, text=given["text"], caller=caller, way=Way.PUBLIC,
        )  # fmt: skip
        if not receipt.repeated:
            return PublicLink.to(receipt.matter_id, given["key"])
        token = token_of(receipt.matter_id, given["key"])
        if PublicLink.matter_of(token) is None:
            raise ConflictingContent(id=given["id"])
        return token


class RatingForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput)
    done = forms.TypedChoiceField(
        label=_("Does the reply settle it?"), choices=[("yes", _("Yes")), ("no", _("No, please look at it again"))],
        coerce=lambda value: value == "yes", widget=forms.RadioSelect,
    )  # fmt: skip
    rating = forms.TypedChoiceField(
        label=_("Your rating of the reply, 5 is best"), choices=[(n, str(n)) for n in range(1, 6)], coerce=int,
        widget=forms.RadioSelect,
    )  # fmt: skip
    remark = forms.CharField(
        label=_("Remark"), required=False, max_length=2000, widget=forms.Textarea(attrs={"class": "input", "rows": 3})
    )


def proposal_form(request: HttpRequest) -> ProposalForm | None:
    incident = incident_of(request)
    return ProposalForm(request, incident) if incident else None


def rating_form(request: HttpRequest) -> RatingForm:
    return RatingForm(request.POST or None, initial={"id": uuid7()})


@login_not_required
@limited("proposal", per_minute=6, per_day=60, methods=("POST",), form=proposal_form)
@require_http_methods(["GET", "POST"])
def proposal(request: HttpRequest) -> HttpResponse:
    form = proposal_form(request)
    if not form:
        raise Http404
    status = 200
    if request.method == "POST":
        try:
            if form.is_valid():
                return redirect("followed", token=form.register())
            status = 422
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
    return render(request, "proposals/new.html", {"form": form}, status=status)


@login_not_required
@limited("followed", per_minute=60, per_day=2000, form=rating_form)
@require_http_methods(["GET", "POST"])
def followed(request: HttpRequest, token: str) -> HttpResponse:
    """Where a proposal stands, for whoever has its link; and the rating, once there is a reply."""
    matter = PublicLink.matter_of(token)
    if not matter:
        raise Http404
    form = rating_form(request)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            must_not_be_a_doer(request, matter)
            matter.confirm(by=None, **form.cleaned_data)
            return redirect("followed", token=token)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
    replies = Response.objects.filter(matter=matter).order_by("recorded_at") if matter.status in ANSWERED else []
    asks = matter.status == Status.CLOSURE_REQUESTED and matter.rule.confirm == "rating"
    context = {"matter": matter, "replies": replies, "form": form if asks or form.is_bound else None}
    return render(request, "proposals/followed.html", context, status=status)


def must_not_be_a_doer(request: HttpRequest, matter: Matter) -> None:
    """Somebody of the unit may have got the link. Signed in, they are known."""
    if request.user.is_authenticated and not situation_of(matter.pk, request.user).may_check:
        raise DoersCannotClose


ANSWERED = (Status.CLOSURE_REQUESTED, Status.CLOSED)


urlpatterns = [
    path("proposals/new/", proposal, name="proposal"),
    path("p/<str:token>/", followed, name="followed"),
]
