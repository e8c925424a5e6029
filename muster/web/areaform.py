"""Forms of an area: added below another, renamed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from muster.people.administration import AdminAction, AdminEntry
from muster.people.person import Person
from muster.places.area import Area, Level, forget_counties
from muster.places.gazetteer import Place
from muster.places.placerules import ABOVE, faults_of
from muster.web.formpage import choice, line


class RenameForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Official name, in full"), max_length=80, widget=line(maxlength=80),
        help_text=gettext_lazy("The name that it has now stays known as a former name."),
    )  # fmt: skip
    name_en = forms.CharField(
        label=gettext_lazy("Name in English"), max_length=80, required=False, widget=line(maxlength=80),
        help_text=gettext_lazy("Empty: made from the official name."),
    )  # fmt: skip

    @transaction.atomic
    def rename(self, area: Area, by: Person) -> None:
        said = f"{area.name_zh} → {self.cleaned_data['name']}"
        area.rename(self.cleaned_data["name"], self.cleaned_data["name_en"])
        AdminEntry.objects.create(action=AdminAction.AREA_RENAMED, by=by, area=area, text=said)


class NewAreaForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Official name, in full"), max_length=80, widget=line(maxlength=80))
    level = forms.ChoiceField(label=gettext_lazy("Level"), widget=choice())
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=30, widget=line(maxlength=30, autocapitalize="none"),
        help_text=gettext_lazy("The official code; it can't be changed later. A county's has 6 digits."),
    )  # fmt: skip
    name_en = RenameForm.base_fields["name_en"]

    def __init__(self, above: Area, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.above = above
        below: Any = self.fields["level"]
        below.choices = [(level.value, level.label) for level in Level if above.level in ABOVE[level]]

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        there = Area.objects.filter(pk=code).first()
        if there:
            raise forms.ValidationError(_("%(name)s has this code already."), params={"name": there.name})
        return code

    def clean(self) -> dict[str, Any]:
        super().clean()
        if self.above.closed_at:
            self.add_error(None, _("%(name)s is closed: nothing is added below it.") % {"name": self.above.name})
        if not self.errors:
            given = self.cleaned_data
            for field, what in faults_of(given["code"], given["level"], self.above.level):
                self.add_error(field, what)
        return self.cleaned_data

    @transaction.atomic
    def add(self, by: Person) -> Area:
        made = self._made()
        AdminEntry.objects.create(action=AdminAction.AREA_ADDED, by=by, area=made)
        return made

    def _made(self) -> Area:
        given = self.cleaned_data
        last = self.above.children.aggregate(last=Max("position"))["last"]
        place = Place(given["code"], self.above.pk, given["level"], given["name"])
        made = Area.add(place, self.above, 0 if last is None else last + 1)
        made.name_en = given["name_en"] or made.name_en
        made.save(force_insert=True)
        forget_counties()
        return made
