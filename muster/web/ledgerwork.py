"""What the pages of ledgers and of lists do alike: begin the work, remember answers, give refused lines back."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from procrastinate.contrib.django import app

from muster.evidence.kind import XLSX
from muster.exchange import refused as refused_lines
from muster.exchange.ledger import look, read, take
from muster.exchange.names import asked_as
from muster.exchange.records import ImportState, LedgerImport
from muster.lib.refusal import Refusal
from muster.web.scope import person_of

AT_ONCE_BYTES = 300_000
"""A larger file is looked at by the worker; the page shows how far it is."""


def small(came: LedgerImport) -> bool:
    return came.path.stat().st_size <= AT_ONCE_BYTES


def begin(request: HttpRequest, came: LedgerImport, state: ImportState, *, all_or_nothing: bool = False) -> None:
    """Now, or by the worker where it takes long. Whoever presses the button twice begins it once."""
    at_once = small(came)
    with transaction.atomic():
        if not came.claim(state):
            return
        came.all_or_nothing = all_or_nothing
        came.save(update_fields=["all_or_nothing"])
        if not at_once:
            name = "look_at_ledger" if state == ImportState.LOOKING else "take_ledger"
            app.configure_task(name).defer(pk=str(came.pk))
            return
    try:
        (look if state == ImportState.LOOKING else take)(came, person_of(request))
    except Refusal as refusal:
        messages.error(request, str(refusal))


def taken(request: HttpRequest, came: LedgerImport) -> None:
    begin(request, came, ImportState.APPLYING, all_or_nothing="all" in request.POST)
    if came.state == ImportState.APPLIED:
        count = came.to_do
        said = ngettext("%(count)s line was taken in.", "%(count)s lines were taken in.", count)
        messages.success(request, said % {"count": count}, extra_tags="recorded")


def remember(request: HttpRequest, came: LedgerImport) -> None:
    """What was answered, and which columns were meant: for the sender, from now on."""
    sender = came.sender
    for nr, question in enumerate(came.report.get("questions", ())):
        value = request.POST.get(f"answer-{nr}", "")
        if value and request.POST.get(f"asked-{nr}") == question["text"]:
            sender.answers.setdefault(question["about"], {})[asked_as(question["text"])] = value
    for nr, table in enumerate(came.report.get("tables", ())):
        named = {
            one["heading"]: request.POST.get(f"column-{nr}-{at}", one["key"]) for at, one in enumerate(table["fields"])
        }
        if named != {one["heading"]: one["key"] for one in table["fields"]}:
            sender.columns[table["signature"]] = named
    sender.save()


def refused_workbook(request: HttpRequest, came: LedgerImport) -> HttpResponse:
    """The refused lines as a workbook in the sender's own layout."""
    found = read(came.path, came.file, came.sender, came.kind)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "refused.xlsx"
        refused_lines.write(target, found, found.run_dry(came.sender, person_of(request)))
        answer = HttpResponse(target.read_bytes(), content_type=XLSX.media_type)
    name = _("%(name)s, refused lines.xlsx") % {"name": Path(came.file).stem}
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer
