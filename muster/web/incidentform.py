"""Forms of an incident: opening it, its names, its pack, its end."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from muster.incidents.incident import Incident, PackInForce
from muster.people.administration import AdminAction, AdminEntry
from muster.people.scope import Scope
from muster.policy.pack import parse
from muster.policy.version import PackVersion
from muster.web.asking import Asking
from muster.web.formpage import choice, line
from muster.web.naming import AreaField

SHIPPED = "shipped:"


def shipped() -> dict[str, str]:
    """The packs that come with Muster: file name to text."""
    folder = files("muster.policy").joinpath("packs")
    return {one.name: one.read_text(encoding="utf-8") for one in folder.iterdir() if one.name.endswith(".toml")}


def known_packs() -> Iterator[tuple[str, str]]:
    """What can be put in force: adopted versions, newest first, then shipped packs that were never adopted."""
    adopted = list(PackVersion.objects.order_by("-pk")[:20])
    for version in adopted:
        yield str(version.pk), f"{version.pack.title.label} ({version.key} {version.sha256[:8]})"
    texts = {version.text for version in adopted}
    for name, text in sorted(shipped().items()):
        if text not in texts:
            yield f"{SHIPPED}{name}", f"{parse(text, name).title.label} ({name})"


class PackForm(forms.Form):
    pack = forms.ChoiceField(label=gettext_lazy("Policy pack"), widget=choice())

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["pack"]
        field.choices = [("", _("Choose")), *known_packs()]

    def version(self, by_id: int) -> PackVersion:
        """The version that was chosen; a shipped pack is adopted with that."""
        chosen: str = self.cleaned_data["pack"]
        if chosen.startswith(SHIPPED):
            name = chosen.removeprefix(SHIPPED)
            return PackVersion.adopt(shipped()[name], name, by_id)
        return PackVersion.objects.get(pk=int(chosen))

    @transaction.atomic
    def put_in_force(self, incident: Incident, by_id: int) -> PackVersion:
        """The version that is in force then; two who choose at once are asked one after the other."""
        Incident.objects.select_for_update().get(pk=incident.pk)
        version = self.version(by_id)
        present = PackInForce.objects.filter(incident=incident).last()
        if not present or present.version_id != version.pk:
            incident.put_in_force(version, by_id)
        return version


class NamesForm(forms.Form):
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=80, widget=line(maxlength=80))
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=80, widget=line(maxlength=80))


class IncidentForm(Asking, PackForm, NamesForm):
    area = AreaField(
        label=gettext_lazy("Area"),
        help_text=gettext_lazy("Name, path or code. The incident covers everything below it."),
    )
    zone = forms.CharField(
        label=gettext_lazy("Zone of time"), initial="Asia/Shanghai", max_length=60, widget=line(),
        help_text=gettext_lazy("As in the time zone database: Asia/Shanghai."),
    )  # fmt: skip
    exercise = forms.TypedChoiceField(
        label=gettext_lazy("What is it?"), widget=forms.RadioSelect, coerce=lambda value: value == "yes", initial="no",
        choices=[("no", gettext_lazy("A real incident")), ("yes", gettext_lazy("An exercise"))],
    )  # fmt: skip
    field_order = ("name_zh", "name_en", "area", "pack", "exercise", "zone")

    def __init__(self, scope: Scope, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.by = scope.person
        self.fields["pack"].help_text = _(
            "Matters are judged by it. It can be changed at any time, for what comes later."
        )
        self.asks(scope)

    def clean_zone(self) -> str:
        zone: str = self.cleaned_data["zone"]
        if zone not in available_timezones():
            raise forms.ValidationError(
                _("“%(zone)s” is no zone of time. Write one as Asia/Shanghai."), params={"zone": zone}
            )
        return ZoneInfo(zone).key

    @transaction.atomic
    def save(self) -> Incident:
        given = {name: self.cleaned_data[name] for name in ("name_zh", "name_en", "area", "zone", "exercise")}
        made = Incident.objects.create(started_at=timezone.now(), **given)
        made.put_in_force(self.version(self.by.pk), self.by.pk)
        AdminEntry.objects.create(action=AdminAction.INCIDENT_OPENED, by=self.by, incident=made)
        return made


class EndForm(forms.Form):
    """Ending an incident with live matters takes a tick."""

    sure = forms.BooleanField(required=True, widget=forms.CheckboxInput({"class": "tickbox"}))

    def __init__(self, live: int, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        said = _("I know that nobody can open it again.")
        if live:
            still = ngettext("%(count)s matter is still live.", "%(count)s matters are still live.", live)
            said = f"{still % {'count': live}} {said}"
        self.fields["sure"].label = said
        self.fields["sure"].error_messages["required"] = _("Tick this to end the incident.")
