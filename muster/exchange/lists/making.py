"""Making a list that somebody asked for: read as of one moment, written, kept, and in the log."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from django.db import connection
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from muster.evidence import store
from muster.exchange.lists import book, comma
from muster.exchange.lists.book import Stamp
from muster.exchange.lists.catalogue import LISTS
from muster.exchange.lists.listing import Asked, Kind, Listing
from muster.exchange.lists.records import ExportState, Form, ListExport, exports
from muster.lib.refusal import Refusal
from muster.lib.said import said
from muster.lib.steady import steady
from muster.people.person import Person

MAX_BYTES = 2_000_000_000


class NoSuchList(Refusal):
    code = "no_such_list"
    status = 404
    message = said(
        "There is no list “{text}” that you may take out. Go to the page that shows it, and choose Export there."
    )


def kind_called(name: str, person: Person) -> Kind:
    """The list of that name, if this person may see it. Raises NoSuchList."""
    kind = LISTS.get(name)
    if not kind or not {grant.role for grant in person.grants_at()}.intersection(kind.roles):
        raise NoSuchList(text=name)
    return kind


def listed(export: ListExport) -> Listing:
    """Raises NoSuchList, and the refusal of what isn't clear in the address."""
    asked = Asked(export.by, export.incident, QueryDict(export.query), export.whole)
    return kind_called(export.kind, export.by).reads(asked)


def make(export: ListExport) -> None:
    """Make its file, in the language that it was asked for in; what went wrong is kept with it, and raised."""
    with translation.override(export.language), _clock(export):
        _keep(export, claimed_at=timezone.now())
        try:
            _make(export)
        except Exception as fault:
            words = str(fault) if isinstance(fault, Refusal) else f"{type(fault).__name__}: {fault}"
            _keep(export, state=ExportState.FAILED, fault=words[:2000])
            raise


def _make(export: ListExport) -> None:
    with tempfile.TemporaryDirectory() as folder, steady():
        path = Path(folder) / "list"
        listing = listed(export)
        with _telling(export, listing.count) as progress:
            if export.form == Form.COMMA:
                count = comma.write(path, listing, tags=export.tags, progress=progress)
            else:
                count = book.write(path, listing, stamp_of(export), tags=export.tags, progress=progress)
        with path.open("rb") as stream:
            sha256 = store.keep(stream, exports(), MAX_BYTES).sha256
    _keep(
        export, state=ExportState.MADE, title=listing.title, count=count, done=count, sha256=sha256,
        made_at=timezone.now(), fault="",
    )  # fmt: skip


def stamp_of(export: ListExport) -> Stamp:
    taken = _("taken out by %(name)s") % {"name": export.by.name}
    return Stamp(taken, _("for: %(reason)s") % {"reason": export.reason}, export.mark)


@contextlib.contextmanager
def _telling(export: ListExport, whole: int) -> Iterator[Callable[[int], None]]:
    """Tells how far an export is, by a connection of its own: the one that reads stays within its moment."""
    beside = connection.copy()

    def tell(done: int) -> None:
        with beside.cursor() as cursor:
            cursor.execute("update list_export set done = %s, count = %s where id = %s", [done, whole, export.pk])

    try:
        yield tell
    finally:
        beside.close()


def _clock(export: ListExport) -> contextlib.AbstractContextManager[None]:
    return export.incident.clock() if export.incident else contextlib.nullcontext()


def _keep(export: ListExport, **values: object) -> None:
    for name, value in values.items():
        setattr(export, name, value)
    export.save(update_fields=list(values))
