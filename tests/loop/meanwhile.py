"""Acts that overlap, each on a connection of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier, Event
from time import monotonic, sleep
from typing import Any

from django.db import connection, transaction

PATIENCE_S = 20
Act = Callable[[], Any]

WAITING = """
select count(*) from pg_stat_activity
where datname = current_database() and wait_event_type = 'Lock' and pid <> pg_backend_pid()
"""


def while_uncommitted(first: Act, second: Act) -> tuple[Any, Any]:
    """Begin ``second`` when ``first`` is done but not committed; commit once it waits, or has its answer.

    Answers what each returned or raised.
    """
    done, go_on = Event(), Event()

    def held() -> Any:
        with transaction.atomic():
            answer = first()
            done.set()
            assert go_on.wait(PATIENCE_S)
            return answer

    with ThreadPoolExecutor(2) as threads:
        holding = threads.submit(_outcome, held, done)
        assert done.wait(PATIENCE_S)
        waiting = threads.submit(_outcome, second)
        _until_it_waits(waiting)
        go_on.set()
        return holding.result(PATIENCE_S), waiting.result(PATIENCE_S)


def all_at_once(acts: Sequence[Act]) -> list[Any]:
    """Run the acts together and answer what each returned or raised."""
    start = Barrier(len(acts))

    def together(act: Act) -> Any:
        def run() -> Any:
            connection.ensure_connection()
            start.wait(PATIENCE_S)
            return act()

        return _outcome(run)

    with ThreadPoolExecutor(len(acts)) as threads:
        return [future.result(PATIENCE_S) for future in [threads.submit(together, act) for act in acts]]


def _outcome(act: Act, done: Event | None = None) -> Any:
    try:
        return act()
    except Exception as fault:
        return fault
    finally:
        if done:
            done.set()
        connection.close()


def _until_it_waits(waiting: Future[Any]) -> None:
    end = monotonic() + PATIENCE_S
    while monotonic() < end and not waiting.done() and not _somebody_waits():
        sleep(0.005)


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])
