"""Timers: what the clock brings about. Each does all that is due, and may run again at any time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone
from procrastinate.contrib.django import app

from muster.briefings import days
from muster.briefings.tally import tally_incidents
from muster.evidence import store
from muster.exchange import webhooks
from muster.exchange.lists.records import tend
from muster.incidents.incident import Incident
from muster.lib import clock
from muster.lib.refusal import Refusal
from muster.loop.contact import Contact
from muster.loop.entry import Seal
from muster.loop.freeze import freeze
from muster.loop.matter import Matter
from muster.loop.state import WORKED_ON, Status
from muster.loop.steps import Silence

log = logging.getLogger(__name__)

DAY_S = 24 * 3600


def escalate_overdue() -> int:
    """Past the deadline: the next step of the ladder, for every matter that has come to it."""
    return _for_each_incident(
        lambda incident: Matter.objects.filter(incident=incident, status__in=WORKED_ON, due_at__lt=clock.now()),
        lambda matter: matter.escalate(by=None),
    )


def fall_silent() -> int:
    """Nobody could be heard for the pack's days: to a verifier."""
    heard = Silence.objects.filter(matter=OuterRef("pk"), cycle=OuterRef("cycle"))
    return _for_each_incident(
        lambda incident: Matter.objects.filter(
            ~Exists(heard), incident=incident, status=Status.CLOSURE_REQUESTED, rules__silence_days__isnull=False
        ),
        lambda matter: matter.fall_silent(by=None),
    )


def seal_day() -> int:
    """Seal the heads of all matters, once a day: at the first run after midnight, or whenever a worker runs again."""
    day = timezone.localdate()
    if Seal.objects.filter(day=day).exists():
        return 0
    Seal.make(day, freeze())
    return 1


def expire_contacts() -> int:
    """What is personal goes at its end: value and salt together, so that the history says nothing of it any more."""
    gone = 0
    for incident in Incident.objects.all():
        with clock.behind(incident.behind):
            over = Contact.objects.filter(matter__incident=incident, expires_at__lt=clock.now()).exclude(salt="")
            gone += over.update(name="", phone="", salt="")
    return gone


def keep_figures() -> int:
    """What finished days came to, so that nobody waits for it; and one of the kept ones is computed anew."""
    kept = 0
    for incident in Incident.objects.filter(ended_at=None, exercise=False).select_related("area"):
        days.recount(incident)
        kept += days.keep_days(incident)
    return kept


def clear_unfinished() -> int:
    """Uploads that a killed process left unfinished."""
    return store.sweep(settings.FILES_DIR, DAY_S)


TIMERS: dict[str, tuple[str, Callable[[], int]]] = {
    "escalate_overdue": ("* * * * *", escalate_overdue),
    "tally_incidents": ("* * * * *", tally_incidents),
    "fall_silent": ("*/10 * * * *", fall_silent),
    "seal_day": ("*/10 * * * *", seal_day),
    "expire_contacts": ("20 * * * *", expire_contacts),
    "keep_figures": ("*/15 * * * *", keep_figures),
    "tend_exports": ("50 * * * *", tend),
    "clear_webhooks": ("55 * * * *", webhooks.clear),
    "clear_unfinished": ("40 * * * *", clear_unfinished),
}


def _for_each_incident(due: Callable[[Incident], Iterable[Matter]], step: Callable[[Matter], object]) -> int:
    """Take a step on every matter that is due by its incident's own clock. What refuses isn't due yet."""
    done = 0
    for incident in Incident.objects.filter(ended_at=None):
        with clock.behind(incident.behind):
            for matter in list(due(incident)):
                try:
                    step(matter)
                    done += 1
                except Refusal:
                    log.debug("not due: %s", matter.number)
                except Exception:
                    log.exception("timer on %s", matter.number)
    return done


def _register(name: str, cron: str, timer: Callable[[], int]) -> None:
    async def run(timestamp: int) -> int:
        return await sync_to_async(timer)()

    task: Any = app.task(name=name, queueing_lock=name)(run)
    app.periodic(cron=cron)(task)


for _name, (_cron, _timer) in TIMERS.items():
    _register(_name, _cron, _timer)


@app.periodic(cron="*/5 * * * *")
@app.task(name="retry_stalled", queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context: Any, timestamp: int) -> None:
    """A job whose worker was killed stays `doing` for ever, unless somebody takes it up again."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=timedelta(minutes=3).total_seconds()):
        await manager.retry_job(job, retry_at=timezone.now())
