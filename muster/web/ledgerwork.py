"""What the pages of ledgers and of lists do alike: begin the work, remember answers, give refused lines back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from procrastinate.contrib.django import app

from muster.evidence.kind import XLSX
from muster.exchange import refused as refused_lines
from muster.exchange.ledger import look, read, sender_called, take
from muster.exchange.names import asked_as
from muster.exchange.records import ImportState, LedgerImport, keep
from muster.incidents.incident import Incident
from muster.lib import clock
from muster.lib.refusal import Refusal
from muster.people.person import Person
from muster.web.scope import person_of

#: About what was asked, what was written there, and what it means.
Answer = tuple[str, str, str]
AT_ONCE_BYTES = 300_000
"""A larger file is looked at by the worker; the page shows how far it is."""


def small(came: LedgerImport) -> bool:
    return came.path.stat().st_size <= AT_ONCE_BYTES


def received(
    kind: str, incident: Incident | None, sender: str, by: Person, stream: BinaryIO | Any, name: str
) -> LedgerImport:
    """Kept, to be looked at next. What can't be read is refused, and nothing of it stays."""
    sha256 = keep(stream, name)
    return LedgerImport.objects.create(
        kind=kind, sender=sender_called(incident, sender), by=by, file=name[-120:], sha256=sha256, at=clock.now()
    )


def begin(came: LedgerImport, by: Person, state: ImportState, *, all_or_nothing: bool = False) -> None:
    """Now, or by the worker where it takes long. Whoever asks for it twice begins it once. Raises what it is refused with."""
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
    (look if state == ImportState.LOOKING else take)(came, by)


def begun(request: HttpRequest, came: LedgerImport, state: ImportState, *, all_or_nothing: bool = False) -> None:
    """The same for a page, which says what it was refused with."""
    try:
        begin(came, person_of(request), state, all_or_nothing=all_or_nothing)
    except Refusal as refusal:
        messages.error(request, str(refusal))


def taken(request: HttpRequest, came: LedgerImport) -> None:
    begun(request, came, ImportState.APPLYING, all_or_nothing="all" in request.POST)
    if came.state == ImportState.APPLIED:
        count = came.to_do
        said = ngettext("%(count)s line was taken in.", "%(count)s lines were taken in.", count)
        messages.success(request, said % {"count": count}, extra_tags="recorded")


def answered(request: HttpRequest, came: LedgerImport) -> None:
    """What the page of a ledger asked, and what was answered."""
    answers: list[Answer] = []
    columns: dict[str, dict[str, str]] = {}
    for nr, question in enumerate(came.report.get("questions", ())):
        if request.POST.get(f"asked-{nr}") == question["text"]:
            answers.append((question["about"], question["text"], request.POST.get(f"answer-{nr}", "")))
    for nr, table in enumerate(came.report.get("tables", ())):
        known = {one["heading"]: one["key"] for one in table["fields"]}
        named = {
            one["heading"]: request.POST.get(f"column-{nr}-{at}", one["key"]) for at, one in enumerate(table["fields"])
        }
        # Of two sheets with the same headings the one that was corrected counts.
        if named != known:
            columns[table["signature"]] = named
    remember(came, answers, columns)


def remember(came: LedgerImport, answers: Iterable[Answer], columns: Mapping[str, Mapping[str, str]]) -> None:
    """What was answered, and which columns were meant: for the sender, from now on.

    ``columns``: by the signature of a table, what each of its headings stands for.
    """
    sender = came.sender
    for about, text, value in answers:
        if value:
            sender.answers.setdefault(about, {})[asked_as(text)] = value
    for table in came.report.get("tables", ()):
        known = {one["heading"]: one["key"] for one in table["fields"]}
        said = columns.get(table["signature"], {})
        named = {heading: said.get(heading, key) for heading, key in known.items()}
        if named != known:
            sender.columns[table["signature"]] = named
    sender.save()


def refused_workbook(by: Person, came: LedgerImport) -> HttpResponse:
    """The refused lines as a workbook in the sender's own layout."""
    found = read(came.path, came.file, came.sender, came.kind)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "refused.xlsx"
        refused_lines.write(target, found, found.run_dry(came.sender, by))
        answer = HttpResponse(target.read_bytes(), content_type=XLSX.media_type)
    name = _("%(name)s, refused lines.xlsx") % {"name": Path(came.file).stem}
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer
