"""What the command does with a ledger: as the pages do it, in the name of somebody who commands the incident's area."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.db.models.functions import Length
from django.utils.translation import gettext as _

from muster.briefings.asked import incident_asked
from muster.exchange import refused as refused_lines
from muster.exchange.dryrun import REFUSED, DryRun
from muster.exchange.ledger import read, sender_called, take
from muster.exchange.names import Names, asked_as
from muster.exchange.records import REGISTER, LedgerImport, Sender, keep
from muster.exchange.summary import heading_of, report
from muster.incidents.incident import Incident
from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.people.person import Grant, Person
from muster.people.role import Role

__all__ = ["report", "run", "run_list", "told"]

TOLD = 30
#: What of a file's name isn't its sender's: dates, versions, “最终版”.
NOT_A_NAME = re.compile(r"[\d.\-_()（）年月日号]+|最终版?|终版|更新|副本|v\d+", re.IGNORECASE)


class NobodyToImport(Refusal):
    code = "nobody_to_import"
    status = 422
    message = said("Nobody called “{login}” dispatches in {area}. Name somebody who does with --by.")


class NobodyToAdminister(Refusal):
    code = "nobody_to_administer"
    status = 422
    message = said("Nobody called “{login}” administers anything. Name somebody who does with --by.")


class BadAnswers(Refusal):
    code = "bad_answers"
    status = 422
    message = said('{file} isn’t read: {fault}. It holds JSON like {{"area": {{"青年办": "371581001"}}}}.')


def run(
    source: Path, apply: bool, all_or_nothing: bool, refused: Path | None, *, sender: str, login: str, answers: Path | None,
    **defaults: str | None,
) -> DryRun:  # fmt: skip
    """Run a ledger dry, or take it in; the refused lines are written where asked. Raises what is wrong with the file."""
    incident = incident_asked(None)
    by = importer(incident, login)
    whose = sender_called(incident, sender or _sender_of(source))
    _remember(whose, answers, defaults)
    return _done(REGISTER, source, whose, by, apply, all_or_nothing, refused)


def run_list(
    kind: str,
    source: Path,
    apply: bool,
    all_or_nothing: bool,
    refused: Path | None,
    *,
    login: str,
    answers: Path | None,
) -> DryRun:
    """The same with a list of the city's own: areas, sites, organisations, people, grants."""
    by = administrator(login)
    whose = sender_called(None, f"{kind} {by.login}")
    _remember(whose, answers, {})
    return _done(kind, source, whose, by, apply, all_or_nothing, refused)


def _done(
    kind: str, source: Path, whose: Sender, by: Person, apply: bool, all_or_nothing: bool, refused: Path | None
) -> DryRun:
    ledger = read(source, source.name, whose, kind)
    if apply:
        with source.open("rb") as stream:
            came = LedgerImport(
                kind=kind, sender=whose, by=by, file=source.name, sha256=keep(stream, source.name),
                all_or_nothing=all_or_nothing,
            )  # fmt: skip
        came.save(force_insert=True)
        found = take(came, by)
    else:
        found = ledger.run_dry(whose, by)
    if refused:
        refused_lines.write(refused, ledger, found)
    return found


def importer(incident: Incident, login: str) -> Person:
    """Who may dispatch in the whole of the incident's area; the one asked for, or who has held it longest."""
    governs = Grant.objects.filter(role__in=(Role.HEADQUARTERS, Role.DISPATCHER), until=None, person__is_active=True)
    held = governs.filter(area__in=incident.area.codes).order_by("from_at", "pk").select_related("person")
    found = held.filter(person__login=login) if login else held.filter(role=Role.HEADQUARTERS) or held
    grant = found.first()
    if not grant:
        raise NobodyToImport(login=login or "–", area=incident.area.name)
    return grant.person


def administrator(login: str) -> Person:
    """Who administers; the one asked for, or who does so in the largest area."""
    held = Grant.objects.filter(role=Role.ADMINISTRATOR, until=None, person__is_active=True).select_related("person")
    if login:
        held = held.filter(person__login=login)
    grant = held.order_by(Length("area__path"), "from_at", "pk").first()
    if not grant:
        raise NobodyToAdminister(login=login or "–")
    return grant.person


def _sender_of(source: Path) -> str:
    return NOT_A_NAME.sub("", source.stem).strip() or source.stem


def _remember(sender: Sender, answers: Path | None, defaults: dict[str, str | None]) -> None:
    """What holds for lines that don't say it, and what names mean: known for the next ledger of the sender."""
    known = {key: value for key, value in defaults.items() if value}
    if known.get("area"):
        known["area"] = Names(sender.of, {}).area_called(known["area"]).pk
    sender.defaults = {**sender.defaults, **known}
    for about, meant in (_answers(answers) if answers else {}).items():
        sender.answers.setdefault(about, {}).update({asked_as(text): str(value) for text, value in meant.items()})
    if known or answers:
        sender.save()


def _answers(path: Path) -> dict[str, dict[str, Any]]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {str(about): dict(meant) for about, meant in found.items()}
    except (ValueError, AttributeError, TypeError) as fault:
        raise BadAnswers(file=path.name, fault=fault) from fault


def told(found: DryRun, applied: bool) -> str:
    """In words, for the terminal."""
    return "\n".join(_lines(found, applied))


def _lines(found: DryRun, applied: bool) -> Iterator[str]:
    for one in islice(found.of(REFUSED), TOLD):
        for fault in one.faults:
            words = {"sheet": one.line.sheet, "row": one.line.number, "column": heading_of(one.line, fault.key)}
            yield _("%(sheet)s, row %(row)s, %(column)s: ") % words + str(fault.refusal)
    if found.counts[REFUSED] > TOLD:
        yield _("… and %(count)s more") % {"count": found.counts[REFUSED] - TOLD}
    for sheet, row, what in found.left_out[:TOLD]:
        yield _("%(sheet)s, row %(row)s is no line: %(what)s") % {"sheet": sheet, "row": row, "what": _no_line(what)}
    if found.other_sheets:
        yield _("Sheets without a ledger: %(sheets)s") % {"sheets": ", ".join(found.other_sheets)}
    for question, count in found.questions:
        choices = "; ".join(f"{one.value} {one.shown}" for one in question.choices)
        yield _("Asked for %(count)s lines: what does “%(text)s” mean? %(choices)s") % {
            "count": count, "text": question.text, "choices": choices,
        }  # fmt: skip
    yield _("%(made)s made, %(changed)s changed, %(same)s same, %(refused)s refused.") % found.counts
    yield _("It is done.") if applied else _("Nothing was changed yet. Run it again with --apply to do it.")


def _no_line(what: str) -> str:
    return {"header_again": _("the headings again"), "total": _("a total"), "remark": _("a remark")}[what]
