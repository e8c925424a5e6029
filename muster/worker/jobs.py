"""Jobs: what somebody asked for that takes long. A killed worker's are taken up again (``timers.py``)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import connection
from django.utils import translation
from procrastinate.contrib.django import app

from muster.exchange.ledger import look, take
from muster.exchange.lists.making import make
from muster.exchange.lists.records import ListExport
from muster.exchange.records import LedgerImport
from muster.lib.refusal import Refusal

log = logging.getLogger(__name__)


def ledger(pk: UUID, *, apply: bool) -> None:
    """Look at a ledger, or take it in, in the name and the language of who sent it. What is refused is kept with it."""
    came = LedgerImport.objects.select_related("sender__incident", "by").get(pk=pk)
    with translation.override(came.by.language):
        try:
            (take if apply else look)(came, came.by)
        except Refusal:
            log.info("ledger %s: %s", pk, came.fault)


def export(pk: UUID) -> None:
    """Make a list that somebody takes out, in their name and as far as they see it. What is refused is kept with it."""
    asked = ListExport.objects.select_related("by", "incident__area").get(pk=pk)
    try:
        if asked.under_way:
            make(asked)
    except Refusal:
        log.info("export %s: %s", pk, asked.fault)


@app.task(name="look_at_ledger")
async def look_at_ledger(pk: str) -> None:
    await _apart(partial(ledger, UUID(pk), apply=False))


@app.task(name="take_ledger")
async def take_ledger(pk: str) -> None:
    await _apart(partial(ledger, UUID(pk), apply=True))


@app.task(name="make_export")
async def make_export(pk: str) -> None:
    await _apart(partial(export, UUID(pk)))


async def _apart(job: Callable[[], None]) -> None:
    """In a thread of its own: timers, which take turns in one, may have thousands of matters to go through."""

    def run() -> None:
        try:
            job()
        finally:
            connection.close()

    await sync_to_async(run, thread_sensitive=False)()
