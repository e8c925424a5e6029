"""Forms of steps, made from what the verb asks for: a parameter of the verb is a field of the form."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from muster.evidence.file import File
from muster.lib.ids import uuid7
from muster.lib.refusal import Refusal
from muster.loop.act import VERBS
from muster.loop.matter import Matter
from muster.loop.refusals import ConflictingContent
from muster.loop.words import STEPS
from muster.people.organisation import Organisation
from muster.people.person import Grant, Person
from muster.people.role import Role
from muster.places.area import Area
from muster.policy.sections import EvidenceFiles

FILES = ("photos", "before", "after")
OUTCOMES = ("passed", "done", "upheld", "granted")


class Photos(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotosField(forms.Field):
    """Several files. The form itself takes them in and keeps them, whatever becomes of the rest."""

    widget = Photos

    def clean(self, value: Any) -> None:
        return None


class StepForm(forms.Form):
    """What a step asks for. ``id`` is the act's own, made with the form, so that a double click acts once."""

    id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, request: HttpRequest, matter: Matter, verb: str) -> None:
        self.request, self.matter, self.verb = request, matter, verb
        self.person: Person = request.user  # type: ignore[assignment]
        data = request.POST if request.method == "POST" else None
        initial = {**self._proposed(), **request.GET.dict(), "id": uuid7()}
        super().__init__(data, request.FILES if data is not None else None, initial=initial)
        for name, asked in VERBS[verb].asks.items():
            self.fields[name] = FIELDS[name](self)
            self.fields[name].required = asked.default is asked.empty
        self.kept: dict[str, list[File]] = {}
        self.bad_files: list[str] = []

    def _proposed(self) -> dict[str, str]:
        """Whoever answers for the site is the first to be asked."""
        site = self.matter.site if self.verb == "assign" else None
        return {"lead": site.organisation.name} if site and site.organisation else {}

    def keep_files(self) -> None:
        """Take in what was uploaded, before anything can be refused: nothing that was handed in is lost."""
        for name in FILES:
            if name in self.fields:
                before = kept_before(self.request, name, self.person)
                received, bad = received_files(
                    self.request.FILES.getlist(name), self.matter.pack.pack.evidence, self.person
                )
                self.kept[name] = [*before, *received]
                self.bad_files += bad

    def clean(self) -> None:
        for fault in self.bad_files:
            self.add_error(None, fault)

    def asked(self) -> dict[str, Any]:
        """The verb's arguments."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in ("id", *FILES)}
        for name, value in list(given.items()):
            if value in (None, "") and not self.fields[name].required:
                del given[name]
        return {**given, **{name: files for name, files in self.kept.items() if files}}

    def clean_lead(self) -> Organisation:
        return self._organisation(self.cleaned_data["lead"])

    def clean_doer(self) -> Organisation:
        return self._organisation(self.cleaned_data["doer"])

    def clean_supports(self) -> list[Organisation]:
        lines = self.cleaned_data["supports"].replace("、", "\n").splitlines()
        return [self._organisation(line.strip()) for line in lines if line.strip()]

    def clean_area(self) -> Area | None:
        text = self.cleaned_data["area"].strip()
        if not text:
            return None
        try:
            return Area.named(text)
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def clean_target(self) -> Matter:
        number = self.cleaned_data["target"].strip()
        found = Matter.objects.seen_by(self.person).filter(number=number).first()
        if not found:
            raise forms.ValidationError(_("There is no matter with this number that you can see."))
        return found

    def candidates(self) -> list[Organisation]:
        return candidates_for(self.matter)

    def _organisation(self, text: str) -> Organisation:
        """The organisation of exactly this name, never a guess."""
        name, _sep, area = text.partition("（")
        named = Organisation.objects.filter(name=name.strip()).select_related("area")
        found = [one for one in named if not area or one.area.name_zh == area.rstrip("）")]
        if len(found) == 1:
            return found[0]
        if not found:
            raise forms.ValidationError(
                _("There is no organisation “%(name)s”. Choose one from the list."), params={"name": name}
            )
        choices = "、".join(f"{one.name}（{one.area.name_zh}）" for one in found)
        raise forms.ValidationError(_("Several have this name. Which one: %(choices)s?"), params={"choices": choices})


def candidates_for(matter: Matter) -> list[Organisation]:
    """Organisations that somebody could see the matter for, the site's own first."""
    own = matter.site.organisation_id if matter.site else None
    liaisons = Grant.objects.filter(role=Role.LIAISON, until=None, area__in=matter.area_path.rstrip("/").split("/"))
    found = Organisation.objects.filter(grants__in=liaisons).distinct().select_related("area")
    return sorted(found, key=lambda one: (one.pk != own, one.area.path, one.name))


def kept_before(request: HttpRequest, name: str, by: Person | None) -> list[File]:
    """One's own files that an earlier try of this form had already handed in."""
    ids = []
    for text in request.POST.getlist(f"kept_{name}"):
        with contextlib.suppress(ValueError):
            ids.append(UUID(text))
    return list(File.objects.filter(pk__in=ids, by=by)) if by else []


def received_files(
    uploads: list[UploadedFile], rules: EvidenceFiles, by: Person | None
) -> tuple[list[File], list[str]]:
    """Take in what can be taken in; what can't is named, and costs the others nothing."""
    files, bad = [], []
    for upload in uploads:
        try:
            files.append(File.receive(upload.file, upload.name or "", rules, by))  # type: ignore[arg-type]
        except Refusal as refusal:
            bad.append(f"{upload.name}: {refusal}")
    return files, bad


def with_new_id(form: forms.Form, refusal: Refusal) -> None:
    """Whose id is taken by another content goes on under a new one, with all that was typed."""
    if isinstance(refusal, ConflictingContent):
        form.data = {**form.data.dict(), "id": str(uuid7())}  # type: ignore[attr-defined]


def _text(label: Any, rows: int = 3) -> Callable[[StepForm], forms.Field]:
    return lambda form: forms.CharField(
        label=label, widget=forms.Textarea(attrs={"class": "input", "rows": rows}), max_length=4000
    )


def _line(label: Any, listed: str = "", help_text: Any = "") -> Callable[[StepForm], forms.Field]:
    attributes = {"class": "input", "autocomplete": "off", **({"list": listed} if listed else {})}
    return lambda form: forms.CharField(label=label, widget=forms.TextInput(attrs=attributes), help_text=help_text)


def _photos(label: Any) -> Callable[[StepForm], forms.Field]:
    # Photos from the album must do too, so the camera isn't forced.
    widget = {"class": "vh", "multiple": True, "accept": "image/*,.pdf,.xlsx,.docx"}
    return lambda form: PhotosField(label=label, widget=Photos(attrs=widget), required=False)


def _moment(label: Any) -> Callable[[StepForm], forms.Field]:
    widget = forms.DateTimeInput(attrs={"class": "input", "type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return lambda form: forms.DateTimeField(label=label, widget=widget)


def _outcome(form: StepForm) -> forms.Field:
    words = STEPS[form.verb]
    return forms.TypedChoiceField(
        label=_("Outcome"), choices=[("yes", words.yes), ("no", words.no)], coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )  # fmt: skip


def _category(form: StepForm) -> forms.Field:
    known = form.matter.pack.pack.categories_for(form.matter.kind)
    return _choice(_("Category"), [(key, category.label) for key, category in known.items()])


def _severity(form: StepForm) -> forms.Field:
    return _choice(_("Severity"), [(key, one.label) for key, one in form.matter.pack.pack.severities.items()])


def _choice(label: Any, choices: list[tuple[str, str]]) -> forms.Field:
    return forms.ChoiceField(
        label=label,
        choices=[("", _("as it is")), *choices],
        widget=forms.Select(attrs={"class": "input"}),
        required=False,
    )


def _rating(form: StepForm) -> forms.Field:
    return forms.TypedChoiceField(
        label=_("Rating"),
        choices=[(n, str(n)) for n in range(1, 6)],
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
    )


FIELDS: dict[str, Callable[[StepForm], forms.Field]] = {
    "lead": _line(_("Responsible organisation"), "organisations"),
    "doer": _line(_("Fixed by"), "organisations"),
    "supports": _text(_("Supporting organisations, one a line"), 2),
    "reason": _text(_("Reason")),
    "text": _text(_("Text")),
    "remark": _text(_("Remark")),
    "photos": _photos(_("Photos and files")),
    "before": _photos(_("Photo before")),
    "after": _photos(_("Photo after")),
    "until": _moment(_("Until when")),
    "due_at": _moment(_("New deadline, if not as asked")),
    "area": _line(_("Area"), help_text=_("Name, path or code.")),
    "category": _category,
    "severity": _severity,
    "target": _line(_("Number of the other matter")),
    "number": _line(_("Number of the issue")),
    "rating": _rating,
    **dict.fromkeys(OUTCOMES, _outcome),
}
