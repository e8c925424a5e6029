"""Pages that are one form: shown, refused with everything typed still there, or done."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: nothing until it was sent."""
    return request.POST if request.method == "POST" else None


def saved(form: forms.ModelForm) -> bool:  # type: ignore[type-arg]
    """Whether the form was in order and is saved now. A race that was lost to somebody else is an error of the form."""
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():
            form.save()
    except IntegrityError:
        form.add_error(None, _("Somebody else has just changed this. Look again, then save once more."))
        return False
    return True


def form_page(request: HttpRequest, form: BaseForm, **frame: Any) -> HttpResponse:
    """``title``, ``button``, ``back`` (an address) and ``crumbs`` (address and name each) in the frame; ``section`` too."""
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "administration/form.html", {"form": form, **frame}, status=status)


def line(**attributes: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "input", "autocomplete": "off", **attributes})


def choice() -> forms.Select:
    return forms.Select(attrs={"class": "input"})


def choose(form: BaseForm, *names: str) -> None:
    """What stands in selects until something is chosen, where Django puts dashes."""
    for name in names:
        field = form.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            field.empty_label = _("Choose")
        elif isinstance(field, forms.ChoiceField):
            known: Any = field.choices
            field.choices = [("", _("Choose")), *(one for one in known if one[0])]


def moment() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"class": "input", "type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
