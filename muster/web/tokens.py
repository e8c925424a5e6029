"""Access tokens: what other systems act with in one's name; made, shown once, ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from muster.people.role import Role
from muster.people.token import AccessToken, Scope
from muster.web import trusted
from muster.web.formpage import choice, line, posted
from muster.web.guard import holding
from muster.web.rolecards import ROLE_CARD
from muster.web.scope import person_of

DAYS = (
    (7, gettext_lazy("7 days")),
    (30, gettext_lazy("30 days")),
    (90, gettext_lazy("90 days")),
    (365, gettext_lazy("a year")),
)
MOST = 20


class TokenForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Which system gets it?"), max_length=60, widget=line(),
        help_text=gettext_lazy("As you will know it by, such as “Province, figures”."),
    )  # fmt: skip
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What is it for?"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Never more than your own roles let you."),
        error_messages={"required": gettext_lazy("Tick what it is for.")},
    )  # fmt: skip
    days = forms.TypedChoiceField(
        label=gettext_lazy("It ends after"), coerce=int, choices=DAYS, widget=choice(), initial=30
    )


@require_http_methods(["GET", "POST"])
@holding(*Role)
def tokens(request: HttpRequest) -> HttpResponse:
    """One's own. A new one is shown once, on the page that answers; then only its hash is known."""
    person, made = person_of(request), ""
    form = TokenForm(posted(request))
    if request.method == "POST":
        if trusted.by_pin(request):
            raise Http404
        if confirmation := trusted.confirming(request):
            return confirmation
        if form.is_valid() and _room(person.tokens.filter(ended_at=None, until__gt=timezone.now()).count(), form):
            made = _made(request, form.cleaned_data)
            form = TokenForm()
    context = {
        "section": "me", "form": form, "made": made, "tokens": AccessToken.objects.filter(person=person),
        "may": not trusted.by_pin(request),
    }  # fmt: skip
    answer = render(request, "tokens/tokens.html", context, status=422 if form.errors else 200)
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@holding(*Role)
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    token = get_object_or_404(AccessToken, pk=pk, person=person_of(request))
    token.end(person_of(request))
    messages.success(request, _("“%(name)s” opens nothing any more.") % {"name": token.name})
    return redirect("tokens")


def _made(request: HttpRequest, asked: dict[str, Any]) -> str:
    until = timezone.now() + timedelta(days=asked["days"])
    by_card = bool(request.session.get(ROLE_CARD))
    person = person_of(request)
    # Whose role needs one has passed it, or gets to no page.
    passed = by_card or person.needs_second_factor()
    _token, made = AccessToken.make(
        person, asked["name"], asked["scopes"], until, second_factor=passed, by_card=by_card
    )
    return made


def _room(count: int, form: TokenForm) -> bool:
    if count >= MOST:
        form.add_error(None, _("You have %(most)s tokens. End one first.") % {"most": MOST})
    return count < MOST


urlpatterns = [
    path("me/tokens/", tokens, name="tokens"),
    path("me/tokens/<uuid:pk>/end/", end, name="end-token"),
]
