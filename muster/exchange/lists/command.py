"""What the command does with a list: it is taken out as on the pages, in somebody's name, and stands in the log."""

from __future__ import annotations

import shutil
from pathlib import Path

from muster.exchange.lists.catalogue import LISTS
from muster.exchange.lists.listing import Kind
from muster.exchange.lists.making import NoSuchList, make
from muster.exchange.lists.records import Form, ListExport
from muster.incidents.incident import Incident
from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.people.person import Grant, Person
from muster.people.role import Role

#: As `muster import` calls it.
ALSO = {"register": "matters"}


class NobodyToExport(Refusal):
    code = "nobody_to_export"
    status = 422
    message = said("Nobody called “{login}” may take “{list}” out here. Name somebody who may with --by.")


class NoReason(Refusal):
    code = "reason_needed"
    status = 422
    message = said("Say with --reason what the list is needed for: it stands in the file and in the log.")


def run(
    name: str, target: Path, *, reason: str, query: str, login: str, language: str, tags: bool, shown: bool
) -> ListExport:
    """Write a list to ``target``, as CSV where its name ends so. Raises what the pages refuse, too."""
    kind = LISTS.get(ALSO.get(name, name))
    if not kind:
        raise NoSuchList(text=name)
    if not reason.strip():
        raise NoReason
    incident = Incident.current()
    form = Form.COMMA if target.suffix.lower() == ".csv" else Form.WORKBOOK
    export = ListExport.objects.create(
        by=taker(kind, incident, login), incident=incident, kind=kind.name, query=query.lstrip("?"),
        reason=reason.strip(), language=language, form=form, whole=not shown, tags=tags,
    )  # fmt: skip
    make(export)
    shutil.copyfile(export.path, target)
    return export


def taker(kind: Kind, incident: Incident | None, login: str) -> Person:
    """Who may see the list: the one asked for; else headquarters, or who has held a role for it longest."""
    held = Grant.objects.filter(role__in=kind.roles, until=None, person__is_active=True).select_related("person")
    if login:
        held = held.filter(person__login=login)
    elif incident:
        held = held.filter(area__in=incident.area.codes)
    found = (
        held.filter(role=Role.HEADQUARTERS).order_by("from_at", "pk").first() or held.order_by("from_at", "pk").first()
    )
    if not found:
        raise NobodyToExport(login=login or "–", list=kind.name)
    return found.person
