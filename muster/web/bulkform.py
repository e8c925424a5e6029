"""The form of a step that is taken for many matters: what its verb asks for, once for all of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.loop.matter import Matter
from muster.people.organisation import Organisation
from muster.people.person import Grant
from muster.people.role import Role
from muster.web.stepform import StepForm


class NoUnitOfItsOwn(Refusal):
    code = "no_unit"
    status = 422
    message = said("Its site has no responsible organisation. Name one, or enter it under Places first.")


class BulkForm(StepForm):
    """Bound only once it was sent itself: ticked rows alone open it empty."""

    def __init__(self, request: HttpRequest, matters: list[Matter], verb: str, stage: str) -> None:
        self.matters = matters
        super().__init__(request, matters[0], verb)
        self.prefix = "bulk"
        self.is_bound = request.method == "POST" and "bulk-id" in request.POST
        if verb == "assign":
            self.fields["lead"].required = False
            self.fields["lead"].help_text = _("Empty: each goes to the organisation that answers for its site.")
        if "category" in self.fields:
            self.fields["category"].choices = self._categories()  # type: ignore[attr-defined]

    def _proposed(self) -> dict[str, str]:
        """Nothing: each of them has a site of its own."""
        return {}

    def clean_lead(self) -> Organisation | None:  # type: ignore[override]
        return super().clean_lead() if self.cleaned_data["lead"].strip() else None

    def asked_of(self, matter: Matter) -> dict[str, Any]:
        """The verb's arguments for one of them."""
        asked = self.asked()
        if self.verb == "assign" and not asked.get("lead"):
            if not matter.site or not matter.site.organisation:
                raise NoUnitOfItsOwn
            asked["lead"] = matter.site.organisation
        return asked

    @property
    def told(self) -> list[tuple[str, str]]:
        """What was filled in, for reading."""
        return [
            (str(field.label), self._read(field))
            for field in self.visible_fields()
            if field.value() not in (None, "") or field.name == "lead"
        ]

    def candidates(self) -> list[Organisation]:
        """Organisations that somebody could see any of these matters for."""
        found = Organisation.objects.filter(grants__in=self._liaisons()).distinct().select_related("area")
        return sorted(found.defer("area__outline"), key=lambda one: (one.area.path, one.name))

    def _liaisons(self) -> Any:
        codes = {code for matter in self.matters for code in matter.area_path.rstrip("/").split("/")}
        return Grant.objects.filter(role=Role.LIAISON, until=None, area__in=codes)

    def _categories(self) -> list[tuple[str, str]]:
        kinds = dict.fromkeys(matter.kind for matter in self.matters)
        known = {
            key: category.label
            for kind in kinds
            for key, category in self.matter.pack.pack.categories_for(kind).items()
        }
        return [("", _("as it is")), *known.items()]

    def _read(self, field: forms.BoundField) -> str:
        choices = dict(getattr(field.field, "choices", ()))
        value = field.value() or ""
        if field.name == "lead" and not value:
            return _("each to the organisation that answers for its site")
        return (
            str(choices.get(value, value)).replace("T", " ")
            if field.name == "due_at"
            else str(choices.get(value, value))
        )
