"""Fields that take a name as people write it. What is unknown or fits several is asked, never guessed."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from muster.people.scope import Scope


class Candidate(NamedTuple):
    """What a text may mean: ``value`` is a text that means just this, the rest is shown."""

    value: str
    name: str
    more: str


class Unclear(Exception):
    """A text that names nothing, or several things."""

    def __init__(self, message: str, candidates: list[Candidate]) -> None:
        super().__init__(message)
        self.message, self.candidates = message, candidates


class AskingInput(forms.TextInput):
    """A line of text; where it wasn't clear, what it may mean stands below to choose from."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "input", "autocomplete": "off", **(attrs or {})})
        self.candidates: list[Candidate] = []

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        """A choice stands for the text that it was offered for, until somebody writes another."""
        text: str = data.get(name, "").strip()
        picked: str = data.get(f"{name}_picked", "")
        return picked if picked and data.get(f"{name}_about") == text else text

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        line = super().render(name, value, attrs, renderer)
        context = {"line": line, "name": name, "value": value, "candidates": self.candidates}
        return render_to_string("administration/asking.html", context)


class AskingField(forms.CharField):
    """A text that ``find`` turns into what it names. The form says in which scope to look."""

    widget = AskingInput

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.scope: Scope | None = None
        self.present: tuple[str, Any] | None = None

    def find(self, scope: Scope, text: str) -> Any:
        """Raises Unclear."""
        raise NotImplementedError

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text or self.scope is None:
            return None
        # What a form began with may lie outside the scope; left as it was, it stays.
        if self.present and text == self.present[0]:
            return self.present[1]
        try:
            return self.find(self.scope, text)
        except Unclear as unclear:
            self.widget.candidates = unclear.candidates
            raise forms.ValidationError(unclear.message) from unclear


class Asking(forms.BaseForm):
    """A form whose asking fields look within a scope; ``present`` is what they name now, as (text, thing)."""

    def asks(self, scope: Scope, **present: tuple[str, Any] | None) -> None:
        for name, field in self.fields.items():
            if isinstance(field, AskingField):
                field.scope, field.present = scope, present.get(name)
                if field.present:
                    self.initial[name] = field.present[0]

    @property
    def narrowed(self) -> dict[str, str] | None:
        """What was asked for as an address says it, things by their keys; None where it isn't clear."""
        if not self.is_valid():
            return None
        asked = {name: getattr(value, "pk", value) for name, value in self.cleaned_data.items()}
        return {name: str(value) for name, value in asked.items() if value}
