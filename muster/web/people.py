"""Persons: who they are, where they belong, and how they sign in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from muster.people import directory
from muster.people.administration import AdminAction, AdminEntry
from muster.people.belonging import add_person
from muster.people.person import Person
from muster.people.role import Role
from muster.people.scope import Scope
from muster.web import accounts, grants, memberships
from muster.web.asking import Asking
from muster.web.formpage import choice, form_page, line, posted, saved
from muster.web.guard import holding
from muster.web.leaf import leaf
from muster.web.naming import OrganisationField
from muster.web.personpage import controlled_person, known_person, person_page
from muster.web.scope import person_of, scope_of

DIGITS = gettext_lazy("Write digits, with spaces or hyphens between.")
STATES = [
    ("", gettext_lazy("May sign in or not")),
    ("active", gettext_lazy("May sign in")),
    ("off", gettext_lazy("Shut out")),
]
ROLES = [("", gettext_lazy("Any role")), ("none", gettext_lazy("Without a role")), *Role.choices]


class PeopleFilter(Asking, forms.Form):
    q = forms.CharField(required=False)
    organisation = OrganisationField(required=False)
    role = forms.ChoiceField(choices=ROLES, required=False)
    state = forms.ChoiceField(choices=STATES, required=False)


class PersonForm(Asking, forms.ModelForm):  # type: ignore[type-arg]
    """A telephone number that is on file isn't shown again here: it would be a reveal without a reason."""

    phone = forms.CharField(
        label=gettext_lazy("Telephone"), required=False, widget=line(inputmode="tel"),
        validators=[RegexValidator(r"^\+?[0-9][0-9 -]{4,19}$", DIGITS)],
    )  # fmt: skip

    class Meta:
        model = Person
        fields = ["name", "login", "phone", "language"]
        labels = {"name": pgettext_lazy("of a person", "Name")}
        widgets = {"name": line(maxlength=80), "login": line(maxlength=80, autocapitalize="none"), "language": choice()}
        help_texts = {"login": gettext_lazy("Letters, digits and @ . + - _; how they name themselves when signing in.")}

    def clean_login(self) -> str:
        login: str = self.cleaned_data["login"]
        UnicodeUsernameValidator()(login)
        # Signing in doesn't tell capitals from small letters, so neither may two names differ in that alone.
        if Person.objects.filter(login__iexact=login).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(
                _("Somebody signs in as “%(login)s” already. Choose another name."), params={"login": login}
            )
        return login


class NewPersonForm(PersonForm):
    organisation = OrganisationField(
        label=gettext_lazy("Organisation"), help_text=gettext_lazy("Its name, in full or in part.")
    )

    def __init__(self, scope: Scope, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.by = scope.person
        self.asks(scope)

    def save(self, commit: bool = True) -> Person:
        return add_person(super().save(commit=False), self.cleaned_data["organisation"], self.by)


class EditPersonForm(PersonForm):
    forget = forms.BooleanField(label=gettext_lazy("Number on file"), required=False)

    def __init__(self, by: Person, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.by = by
        self.on_file = self.instance.phone
        self.initial["phone"] = ""
        self.fields["forget"].widget = Tick(_("Remove %(number)s") % {"number": self.instance.phone_masked})
        if self.on_file:
            masked = {"number": self.instance.phone_masked}
            self.fields["phone"].help_text = _("Leave this empty to keep %(number)s.") % masked
        else:
            del self.fields["forget"]

    def clean_phone(self) -> str:
        written: str = self.cleaned_data["phone"]
        return written or self.on_file

    def clean(self) -> dict[str, Any]:
        super().clean()
        if self.cleaned_data.get("forget"):
            if self.data.get("phone"):
                self.add_error("forget", _("Either write a new number or remove the one on file."))
            self.cleaned_data["phone"] = ""
        return self.cleaned_data

    def save(self, commit: bool = True) -> Person:
        person: Person = super().save()
        AdminEntry.objects.create(action=AdminAction.PERSON_EDITED, by=self.by, person=person)
        return person


class Tick(forms.CheckboxInput):
    """A tick with its words beside it."""

    def __init__(self, words: str) -> None:
        super().__init__({"class": "tickbox"})
        self.words = words

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        tick = super().render(name, value, attrs, renderer)
        return format_html('<label class="tick-l">{}<span>{}</span></label>', tick, self.words)


@holding(Role.ADMINISTRATOR)
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Who belongs to organisations of one's area, by name; every filter is in the address."""
    form = PeopleFilter(request.GET)
    form.asks(scope_of(request))
    found = filtered(scope_of(request), form)
    context = {"section": "people", "form": form, "people": leaf(request, found, "name", "pk"), "count": found.count()}
    return render(request, "people/people.html", context)


@holding(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = NewPersonForm(
        scope_of(request), posted(request), initial={"organisation": request.GET.get("organisation", "")}
    )
    if request.method == "POST" and saved(form):
        messages.success(
            request, _("%(name)s is here now. Next: a role, then a password.") % {"name": form.instance.name}
        )
        return redirect("person", pk=form.instance.pk)
    return form_page(request, form, section="people", title=_("New person"), button=_("Add"), back=reverse("people"))


@holding(Role.ADMINISTRATOR)
@require_GET
def person(request: HttpRequest, pk: int) -> HttpResponse:
    return person_page(request, known_person(request, pk))


@holding(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    known = controlled_person(request, pk)
    name = known.name
    form = EditPersonForm(person_of(request), posted(request), instance=known)
    if request.method == "POST" and saved(form):
        messages.success(request, _("Saved."))
        return redirect("person", pk=pk)
    back = reverse("person", args=[pk])
    return form_page(
        request, form, section="people", title=_("Edit"), button=_("Save"), back=back, crumbs=[(back, name)]
    )


def filtered(scope: Scope, form: PeopleFilter) -> QuerySet[Person]:
    """With a filter that isn't clear, nobody: everybody would pass for an answer."""
    asked = form.narrowed
    return Person.objects.none() if asked is None else directory.people(scope, asked)


urlpatterns = [
    path("people/", people, name="people"),
    path("people/new/", new, name="new-person"),
    path("people/<int:pk>/", person, name="person"),
    path("people/<int:pk>/edit/", edit, name="edit-person"),
    *memberships.urlpatterns,
    *grants.urlpatterns,
    *accounts.urlpatterns,
]
