"""What happens after an act: one map from an entry's action to functions. All of the house's rules stand here."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from muster.exchange.webhooks import Webhook, live
from muster.loop.draw import RevisitDraw
from muster.loop.entry import Afterwards, Entry
from muster.worker.webhooks import tell_of

log = logging.getLogger(__name__)

BATCH = 20
TRIES_MAX = 8


def draw_revisit(entry: Entry) -> None:
    """The pack's share of what was fixed on the spot is drawn for a revisit. The entry's own hash draws, so that the
    draw can be checked and nobody can steer it."""
    matter = entry.matter
    share = matter.pack.pack.on_spot.revisit_share
    if int(entry.hash[:8], 16) / 16**8 < share:
        RevisitDraw.objects.get_or_create(matter=matter, cycle=matter.cycle, defaults={"drawn_at": entry.recorded_at})


AFTER: dict[str, tuple[Callable[[Entry], None], ...]] = {
    "fix_on_spot": (draw_revisit,),
}


def run_batch() -> int:
    """Do what follows from the next entries of the queue; how many there were. Several may run at once."""
    with transaction.atomic():
        due = Q(not_before=None) | Q(not_before__lte=timezone.now())
        claimed = Afterwards.objects.filter(due, tries__lt=TRIES_MAX).order_by("entry_id")
        rows = list(claimed.select_for_update(skip_locked=True)[:BATCH])
        entries = Entry.objects.select_related("matter__pack").in_bulk([row.entry_id for row in rows])
        told = list(live().select_related("person")) if rows else []
        for row in rows:
            _follow(row, entries[row.entry_id], told)
    return len(rows)


def _follow(row: Afterwards, entry: Entry, told: list[Webhook]) -> None:
    """What fails is tried again later and kept for a person to see, and stops nobody else."""
    try:
        with transaction.atomic():
            for function in AFTER.get(entry.action, ()):
                function(entry)
            tell_of(entry, told)
    except Exception as fault:
        log.exception("after %s of %s", entry.action, entry.matter_id)
        row.tries += 1
        row.fault = repr(fault)[:500]
        row.not_before = timezone.now() + timedelta(minutes=2**row.tries)
        row.save()
    else:
        row.delete()
