"""Referral: headquarters hands one matter on to another authority, as a sealed package that it saves and sends itself."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from django import forms
from django.db import IntegrityError, transaction
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path
from django.utils import translation
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import require_http_methods

from muster.evidence.store import NotKept
from muster.exchange.referrals.package import exhibits, write
from muster.exchange.referrals.records import Referral
from muster.exchange.referrals.sealing import fingerprint, public_key
from muster.lib import clock
from muster.lib.ids import uuid7
from muster.loop.refusals import ConflictingContent
from muster.people.person import Grant
from muster.people.role import Role
from muster.web.exports import LANGUAGES
from muster.web.formpage import choice, line, posted
from muster.web.guard import holding
from muster.web.matterpage import MatterPage
from muster.web.seen import seen


class ReferralForm(forms.Form):
    """``id`` is made with the form: a second click saves the same package and writes no second line."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    to = forms.CharField(
        label=gettext_lazy("To which authority?"), max_length=120, widget=line(),
        help_text=gettext_lazy("As it is officially called."),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("Why is it handed on?"), max_length=2000,
        widget=forms.Textarea(attrs={"class": "input", "rows": 4}),
        help_text=gettext_lazy("It stands in the package and with the matter, with your name."),
    )  # fmt: skip
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES, widget=choice())


@require_http_methods(["GET", "POST"])
@holding(Role.HEADQUARTERS)
def referral(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    page = seen(request, pk)
    grant = refers(page)
    if not grant:
        raise Http404
    form = ReferralForm(posted(request), initial={"id": uuid7(), "language": get_language()})
    if request.method == "POST" and form.is_valid():
        try:
            return package_of(page, form.cleaned_data, grant)
        except NotKept as refusal:
            form.add_error(None, str(refusal))
    context = {
        "section": "matters", "page": page, "matter": page.matter, "form": form, "files": len(page.evidence),
        "fingerprint": fingerprint(public_key()), "before": referred(page),
    }  # fmt: skip
    return render(request, "referrals/new.html", context, status=422 if form.errors else 200)


def referred(page: MatterPage) -> list[Referral]:
    """To whom it was handed on, for headquarters; who does the work isn't told."""
    return list(page.matter.referrals.select_related("by")) if refers(page) else []


def refers(page: MatterPage) -> Grant | None:
    """The grant under which somebody hands the matter on: headquarters, and never who does the work."""
    if page.is_doer_only:
        return None
    held = (grant for grant in page.actor.grants if grant.role == Role.HEADQUARTERS)
    return next((grant for grant in held if page.matter.shown_by(grant, page.situation)), None)


def package_of(page: MatterPage, given: Mapping[str, Any], grant: Grant, *, anew: bool = True) -> FileResponse:
    """The package is made, its hash is kept, and the file is gone from here once it is saved."""
    to, reason = given["to"].strip(), given["reason"].strip()
    there = Referral.objects.filter(pk=given["id"]).first()
    known = there if there and (there.by_id, there.matter_id, there.to, there.reason) == (
        page.person.pk, page.matter.pk, to, reason) else None  # fmt: skip
    if there and not known and not anew:
        raise ConflictingContent(id=there.pk)
    asked = known or Referral(
        id=uuid7() if there else given["id"], matter=page.matter, to=to, reason=reason, by=page.person,
        by_organisation=grant.organisation, at=clock.now(),
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder, translation.override(given["language"]):
        target = Path(folder) / "referral.zip"
        asked.sha256, before = write(target, asked, document_of(page, asked)), asked.sha256
        if not known:
            _log(asked)
        elif asked.sha256 != before:
            # The matter went on between two clicks: that is another package, and another line of the log.
            asked.pk = uuid7()
            asked.sha256 = write(target, asked, document_of(page, asked))
            _log(asked)
        # An open file stays readable after its name is gone.
        name = f"{page.matter.number} {asked.to.replace('/', '／')}.zip"
        return FileResponse(target.open("rb"), as_attachment=True, filename=name, content_type="application/zip")


def _log(asked: Referral) -> None:
    """One line for one package, even where two clicks are under way at once."""
    with contextlib.suppress(IntegrityError), transaction.atomic():
        asked.save(force_insert=True)


def document_of(page: MatterPage, asked: Referral) -> str:
    """What people read of the package, in the language of now."""
    paths = {one.evidence.file_id: one.path for one in exhibits(page.matter.pk)}
    told = [(one, [(file, paths.get(file.pk, "")) for file in one.files]) for one in reversed(page.timeline)]
    context = {"page": page, "matter": page.matter, "referral": asked, "told": told,
               "fingerprint": fingerprint(public_key())}  # fmt: skip
    return render_to_string("referrals/document.html", context)


urlpatterns = [path("matters/<uuid:pk>/referral/", referral, name="referral")]
