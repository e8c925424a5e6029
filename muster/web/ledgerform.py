"""The form that a ledger is sent with: a file or copied cells, who sends it, and what holds for lines that don't say it."""

from __future__ import annotations

from io import BytesIO
from typing import Any, BinaryIO

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from muster.exchange.names import Names
from muster.exchange.records import Sender
from muster.exchange.workbook import MAX_BYTES
from muster.incidents.incident import Incident
from muster.lib.refusal import Refusal
from muster.loop.state import Kind

FILE = {"class": "input", "accept": ".xlsx,.xls,.csv,.txt"}
KINDS = [(kind.value, kind.label) for kind in (Kind.FINDING, Kind.REQUEST, Kind.PROPOSAL)]
SELECT = forms.Select({"class": "input"})


class LedgerForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Workbook"), required=False, widget=forms.FileInput(FILE),
        help_text=gettext_lazy("An .xlsx, .xls or CSV file in any layout: the headings are looked for."),
    )  # fmt: skip
    rows = forms.CharField(
        label=gettext_lazy("Or cells copied from a spreadsheet"), required=False, strip=False,
        widget=forms.Textarea({"class": "input pasted-in", "rows": 4}),
        help_text=gettext_lazy("With the row of headings."),
    )  # fmt: skip
    sender = forms.CharField(
        label=gettext_lazy("Who sends it"), max_length=60,
        widget=forms.TextInput({"class": "input", "list": "senders", "autocomplete": "off"}),
        help_text=gettext_lazy("What its columns and names mean is asked once and remembered for this sender."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        file = given.get("file")
        if not file and not (given.get("rows") or "").strip() and "file" not in self.errors:
            raise forms.ValidationError(_("Choose a workbook, or paste the cells."))
        if file and file.size > MAX_BYTES:
            said = _("This file is larger than %(most)s MB. Send a copy with the ledger alone, without pictures.")
            self.add_error("file", said % {"most": MAX_BYTES // 1_000_000})
        return given

    @property
    def stream(self) -> tuple[BinaryIO | Any, str]:
        """What was sent, and the name that it has."""
        file = self.cleaned_data["file"]
        if file:
            return file, file.name
        return BytesIO(self.cleaned_data["rows"].encode()), _("copied cells") + ".tsv"


class DefaultsForm(forms.Form):
    """What holds for every line that doesn't say it itself."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=KINDS, required=False, widget=SELECT)
    area = forms.CharField(
        label=gettext_lazy("Area"), required=False, max_length=80, widget=forms.TextInput({"class": "input"})
    )
    category = forms.ChoiceField(label=gettext_lazy("Category"), required=False, widget=SELECT)
    severity = forms.ChoiceField(label=gettext_lazy("Severity"), required=False, widget=SELECT)

    def __init__(self, sender: Sender, data: Any = None) -> None:
        known = sender.defaults
        super().__init__(data, initial={**known, "area": _shown(sender.of, known.get("area", ""))})
        self.sender = sender
        pack = sender.of.pack_version().pack
        kind = (data or known).get("kind") or Kind.FINDING
        nothing = [("", "–")]
        categories = pack.categories_for(kind) if kind in dict(KINDS) else {}
        self.choices("category", nothing + [(key, one.label) for key, one in categories.items()])
        self.choices("severity", nothing + [(key, one.label) for key, one in pack.severities.items()])

    def choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_area(self) -> str:
        text = self.cleaned_data["area"].strip()
        if not text:
            return ""
        try:
            return str(Names(self.sender.of, {}).area_called(text).pk)
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


def _shown(incident: Incident, code: str) -> str:
    names = Names(incident, {}) if code else None
    return names.areas[code].name if names and code in names.areas else ""
