"""Webhooks: addresses of other systems that are told of acts in one's name; made, tried out, ended."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from muster.exchange.webhooks import LONGEST, Webhook, actions
from muster.lib.refusal import Refusal
from muster.loop.words import STEPS
from muster.people.role import Role
from muster.web import trusted
from muster.web.formpage import line, posted
from muster.web.guard import holding
from muster.web.rolecards import ROLE_CARD
from muster.web.scope import person_of

SHOWN = 50


class WebhookForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Which system is told?"), max_length=60, widget=line(),
        help_text=gettext_lazy("As you will know it by, such as “City brain”."),
    )  # fmt: skip
    address = forms.CharField(
        label=gettext_lazy("Its address"), max_length=LONGEST, widget=line(inputmode="url", autocapitalize="none"),
        help_text=gettext_lazy("It gets a POST for each act, signed, and answers 2xx within 10 seconds."),
    )  # fmt: skip
    actions = forms.MultipleChoiceField(
        label=gettext_lazy("Of what?"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Nothing ticked: of every act that you see."),
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        field: Any = self.fields["actions"]
        field.choices = [(one, str(STEPS[one].name)) for one in actions()]


@require_http_methods(["GET", "POST"])
@holding(*Role)
def webhooks(request: HttpRequest) -> HttpResponse:
    """One's own. The secret of a new one is shown once, on the page that answers."""
    made, form = "", WebhookForm(posted(request))
    if request.method == "POST":
        if trusted.by_pin(request):
            raise Http404
        if confirmation := trusted.confirming(request):
            return confirmation
        if form.is_valid():
            made = _made(request, form)
            form = form if form.errors else WebhookForm()
    context = {
        "section": "me", "form": form, "made": made, "webhooks": own_webhooks(request), "hosts": settings.WEBHOOK_HOSTS,
        "may": not trusted.by_pin(request),
    }  # fmt: skip
    answer = render(request, "webhooks/webhooks.html", context, status=422 if form.errors else 200)
    answer["Cache-Control"] = "no-store"
    return answer


@require_GET
@holding(*Role)
def webhook(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What it was told lately, and what waits."""
    found = get_object_or_404(own_webhooks(request), pk=pk)
    told = found.deliveries.select_related("entry__matter")[:SHOWN]
    context = {"section": "me", "webhook": found, "told": [(one, STEPS.get(one.action)) for one in told]}
    return render(request, "webhooks/webhook.html", context)


@require_POST
@holding(*Role)
def act(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """``ping``, ``resumption`` or ``end``."""
    found = get_object_or_404(own_webhooks(request).filter(ended_at=None), pk=pk)
    match verb:
        case "ping":
            found.try_out()
            messages.success(request, _("A ping is on its way. Load the page again to see whether it arrived."))
        case "resumption":
            found.resume()
            messages.success(request, _("What waits is tried again."))
        case _end:
            found.end(person_of(request))
            messages.success(request, _("“%(name)s” is told nothing any more.") % {"name": found.name})
    return redirect("webhook", pk=pk)


def own_webhooks(request: HttpRequest) -> QuerySet[Webhook]:
    """With how many messages wait."""
    waiting = Count("deliveries", filter=Q(deliveries__state="waiting"))
    return Webhook.objects.filter(person=person_of(request)).annotate(waiting=waiting)


def _made(request: HttpRequest, form: WebhookForm) -> str:
    """The secret; empty where it was refused, which the form says then."""
    given, by_card = form.cleaned_data, bool(request.session.get(ROLE_CARD))
    try:
        made = Webhook.make(person_of(request), given["name"], given["address"], given["actions"], by_card=by_card)
    except Refusal as refusal:
        form.add_error("address", str(refusal))
        return ""
    return made[1]


urlpatterns = [
    path("me/webhooks/", webhooks, name="webhooks"),
    path("me/webhooks/<uuid:pk>/", webhook, name="webhook"),
    *(
        path(f"me/webhooks/<uuid:pk>/{verb}/", act, {"verb": verb}, name=f"webhook-{verb}")
        for verb in ("ping", "resumption", "end")
    ),
]
