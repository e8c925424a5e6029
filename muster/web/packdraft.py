"""A pack that is to be put in force: its faults, then what it changes, then the deed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from muster.incidents.incident import Incident, NoPackInForce
from muster.people.person import Person
from muster.people.role import Role
from muster.policy.faults import BadPack, Fault
from muster.policy.pack import Pack, parse
from muster.policy.version import PackVersion
from muster.web.context import incident_of
from muster.web.formpage import posted
from muster.web.guard import holding
from muster.web.packdiff import Change, changes
from muster.web.scope import person_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAX_BYTES = 512 * 1024
FILE = {"class": "input", "accept": ".toml,text/plain"}
BOX = {"class": "input code", "rows": 24, "spellcheck": "false", "autocapitalize": "none", "wrap": "off"}


class DraftForm(forms.Form):
    """The text in the box; a file that is handed in takes its place. ``seen`` is what the preview was of."""

    file = forms.FileField(label=gettext_lazy("A file"), required=False, widget=forms.FileInput(FILE))
    text = forms.CharField(label=gettext_lazy("Text (TOML)"), required=False, strip=False, widget=forms.Textarea(BOX))
    name = forms.CharField(required=False, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def clean_file(self) -> tuple[str, str] | None:
        """Text and name of the file, if one was handed in."""
        file: UploadedFile | None = self.cleaned_data["file"]
        if not file:
            return None
        if (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(_("This file is larger than any pack. Choose a TOML file of up to 512 KB."))
        try:
            return str(file.read(), "utf-8-sig"), file.name or ""
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("This file isn't UTF-8. Save it as UTF-8, then choose it again.")) from error

    def clean(self) -> dict[str, str]:
        given = self.cleaned_data
        if given.get("file") is not None:
            given["text"], given["name"] = given["file"]
        # Browsers send a box's lines with CR LF, whatever the text had.
        given["text"] = given.get("text", "").replace("\r\n", "\n")
        if not self.errors and not given["text"].strip():
            self.add_error("text", _("Paste the text of a pack here, or choose a file."))
        return given


@dataclass
class Draft:
    """A text and what became of reading it: a pack, or faults."""

    text: str
    name: str
    pack: Pack | None = None
    faults: list[tuple[Fault, str]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    @classmethod
    def read(cls, text: str, name: str, present: str) -> Draft:
        draft = cls(text, name)
        try:
            draft.pack = parse(text, name)
            draft.changes = changes(present, text)
        except BadPack as bad:
            rows = ["", *text.split("\n")]
            draft.faults = [
                (fault, rows[fault.line] if fault.line < len(rows) else "") for fault in bad.details["faults"]
            ]
        return draft

    @property
    def added(self) -> int:
        return sum(change.kind == "added" for change in self.changes)

    @property
    def removed(self) -> int:
        return sum(change.kind == "removed" for change in self.changes)

    @property
    def begins_later(self) -> bool:
        return self.pack is not None and self.pack.from_at > timezone.now()


@holding(Role.HEADQUARTERS)
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest) -> HttpResponse:
    """Checked first, then shown with what it changes, then put in force; only what was shown is put in force."""
    incident = incident_of(request)
    if not incident or not may_adopt(request):
        raise Http404
    present = _present(incident)
    form = DraftForm(posted(request), request.FILES or None, initial={"text": _begun_with(request, present)})
    if not form.is_bound or not form.is_valid():
        return _page(request, form, present, None)
    made = Draft.read(
        form.cleaned_data["text"], form.cleaned_data["name"] or _("the text"), present.text if present else ""
    )
    if "adopt" in request.POST and made.pack:
        problem = put_in_force(incident, made, form.cleaned_data["seen"], person_of(request))
        if not problem:
            messages.success(request, _("%(pack)s is in force.") % {"pack": made.pack.title.label})
            return redirect("packs")
        form.add_error(None, str(problem))
        present = _present(incident)
        made = Draft.read(made.text, made.name, present.text if present else "")
    return _page(request, form, present, made)


def may_adopt(request: HttpRequest) -> bool:
    """Whether the person is headquarters of the whole incident, not only of a part of its area."""
    incident = incident_of(request)
    grants = person_of(request).grants_at() if incident else []
    return any(grant.role == Role.HEADQUARTERS and grant.area.holds(incident.area.path) for grant in grants if incident)


@transaction.atomic
def put_in_force(incident: Incident, made: Draft, seen: str, by: Person) -> StrOrPromise:
    """Why it wasn't done; empty once it is. Two who adopt at once are asked one after the other."""
    Incident.objects.select_for_update().get(pk=incident.pk)
    present = _present(incident)
    if present and present.text == made.text:
        return _("This very text is in force already.")
    if seen != fingerprint(present, made.text):
        return _(
            "The text, or the pack in force, has changed since the preview. Look at what changes now, then put it in force."
        )
    incident.put_in_force(PackVersion.adopt(made.text, made.name, by.pk), by.pk)
    return ""


def fingerprint(present: PackVersion | None, text: str) -> str:
    """What a preview showed: this text against that version."""
    return f"{present.pk if present else 0} {hashlib.sha256(text.encode()).hexdigest()}"


def _present(incident: Incident) -> PackVersion | None:
    try:
        return incident.pack_version()
    except NoPackInForce:
        return None


def _begun_with(request: HttpRequest, present: PackVersion | None) -> str:
    """An earlier version to go back to, else the one in force to be edited."""
    asked = request.GET.get("from", "")
    earlier = PackVersion.objects.filter(pk=int(asked)).first() if asked.isdecimal() else None
    begun = earlier or present
    return begun.text if begun else ""


def _page(request: HttpRequest, form: DraftForm, present: PackVersion | None, made: Draft | None) -> HttpResponse:
    """The box keeps the text, whatever was wrong with it, and a file's text stands in it too."""
    if made:
        form.data = {"text": made.text, "name": made.name, "seen": fingerprint(present, made.text)}
    failed = bool(form.errors) or bool(made and made.faults)
    context = {"section": "packs", "form": form, "present": present, "draft": made}
    return render(request, "packs/draft.html", context, status=422 if failed else 200)


urlpatterns = [path("packs/new/", draft, name="new-pack")]
