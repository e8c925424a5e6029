"""Jobs: what somebody asked for that takes long. A killed worker's are taken up again (``timers.py``)."""

from __future__ import annotations

import logging
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import connection
from django.utils import translation
from procrastinate.contrib.django import app

from muster.exchange.ledger import look, take
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


@app.task(name="look_at_ledger")
async def look_at_ledger(pk: str) -> None:
    await _apart(pk, apply=False)


@app.task(name="take_ledger")
async def take_ledger(pk: str) -> None:
    await _apart(pk, apply=True)


async def _apart(pk: str, *, apply: bool) -> None:
    """In a thread of its own: timers, which take turns in one, may have thousands of matters to go through."""

    def run() -> None:
        try:
            ledger(UUID(pk), apply=apply)
        finally:
            connection.close()

    await sync_to_async(run, thread_sensitive=False)()
