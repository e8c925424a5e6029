"""Changing the person at a trusted computer by PIN; setting one's PIN there, and taking it away."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from muster.lib.refusal import Refusal
from muster.people.computer import Pin
from muster.web import trusted
from muster.web.formpage import form_page, posted
from muster.web.limits import limited
from muster.web.scope import person_of


def digits(**more: Any) -> forms.PasswordInput:
    """Hidden as it is typed; a telephone shows digits to choose from."""
    attrs = {"class": "input", "inputmode": "numeric", "maxlength": "6", "pattern": "[0-9]*", "autocomplete": "off"}
    return forms.PasswordInput(attrs={**attrs, **more})


class ChangeForm(forms.Form):
    person = forms.ChoiceField(label=gettext_lazy("Who are you?"), widget=forms.RadioSelect)
    pin = forms.CharField(label=gettext_lazy("PIN, six digits"), widget=digits(autofocus=True), max_length=6)
    next = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, pins: list[Pin], data: Any, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        field: Any = self.fields["person"]
        field.choices = [(str(pin.person_id), pin.person.name) for pin in pins]


class PinForm(forms.Form):
    pin = forms.CharField(
        label=gettext_lazy("PIN, six digits"), widget=digits(autofocus=True), max_length=6,
        help_text=gettext_lazy("Not all the same, and not running up or down. It opens this computer alone."),
    )  # fmt: skip
    again = forms.CharField(label=gettext_lazy("The same again"), widget=digits(), max_length=6)

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("pin"):
            raise forms.ValidationError(_("The two aren't the same. Type both again."))
        return again


@never_cache
@limited("pin", per_minute=60, per_day=3000, methods=("POST",))
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest) -> HttpResponse:
    """Only where the browser is a trusted computer; the page that one comes from is where one goes on."""
    computer = trusted.computer_of(request)
    pins = trusted.others(computer, person_of(request))
    if not computer or not pins:
        raise Http404
    asked = {"person": request.GET.get("person", str(pins[0].person_id)), "next": request.GET.get("next", "")}
    form = ChangeForm(pins, posted(request), asked)
    if form.is_bound and form.is_valid():
        try:
            pin = Pin.opened(computer, int(form.cleaned_data["person"]), form.cleaned_data["pin"])
        except Refusal as refusal:
            form.add_error("pin", str(refusal))
        else:
            trusted.change(request, pin)
            messages.success(request, _("Now it is {name}.").format(name=pin.person.name))
            return redirect(onward(request, form.cleaned_data["next"]))
    back = onward(request, form["next"].value() or "")
    return form_page(request, form, title=_("Change person"), button=_("Change"), back=back, section="desk")


@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A PIN of one's own at this computer, set by who has just signed in in full."""
    person, computer = person_of(request), trusted.computer_of(request)
    if not computer or not trusted.may_set(request, person):
        raise Http404
    if confirmation := trusted.confirming(request):
        return confirmation
    form = PinForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            Pin.set(computer, person, form.cleaned_data["pin"])
        except Refusal as refusal:
            form.add_error("pin", str(refusal))
        else:
            messages.success(request, _("From now on you change to yourself at this computer by PIN."))
            return redirect("computers")
    return form_page(
        request, form, title=_("My PIN at this computer"), button=_("Set"), back=reverse("computers"), section="me"
    )


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    pin = get_object_or_404(Pin.objects.select_related("computer", "person"), pk=pk, person=request.user.pk)
    pin.remove(person_of(request))
    messages.success(request, _("Your PIN at that computer is gone."))
    return redirect("computers")


def onward(request: HttpRequest, address: str) -> str:
    """A page of this server: the new person may see less there than the former, and is told so."""
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure())
    return address if address and safe else reverse("home")


urlpatterns = [
    path("pin/", change, name="pin"),
    path("pin/new/", new, name="pin-new"),
    path("pin/<int:pk>/remove/", remove, name="pin-remove"),
]
