"""Stages of a matter, the acts that may be tried on it, and what a refusal must leave as it was."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from muster.lib.refusal import Refusal
from muster.loop.act import Receipt
from muster.loop.entry import Entry
from muster.loop.freeze import recorded_as
from muster.loop.matter import Matter
from muster.loop.past import Past
from muster.loop.span import Span
from muster.loop.steps import STEPS
from muster.people.person import Person
from tests.cast import Cast

TABLES = ("matter", "party", "hand", "entry", "span", "contact", *(step._meta.db_table for step in STEPS))
COUNT = " union all ".join(f"select '{table}', count(*) from {table}" for table in TABLES)

Attempt = Callable[[Cast, Matter, Person | None], Receipt]


def rows() -> dict[str, int]:
    """How many rows the loop holds, by table."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT)
        return dict(cursor.fetchall())


@contextlib.contextmanager
def refuses(refusal: type[Refusal]) -> Iterator[None]:
    """The block is refused by exactly this refusal, says so in a full sentence, and has written nothing."""
    before = rows()
    with pytest.raises(refusal) as caught:
        yield
    assert caught.type is refusal
    assert "{" not in str(caught.value)
    assert rows() == before


def tried(act: Callable[[], Receipt]) -> Refusal | None:
    """What an act is refused with, if it is; whatever it did is undone."""
    try:
        with transaction.atomic():
            act()
            raise _Undo
    except _Undo:
        return None
    except Refusal as refusal:
        return refusal


class _Undo(Exception):
    pass


def known(moment: datetime | None) -> datetime:
    assert moment is not None
    return moment


def last(matter: Matter) -> Entry:
    return matter.entries.order_by("seq")[matter.entries.count() - 1]


def spans(matter: Matter) -> list[Span]:
    return list(matter.spans.order_by("from_at"))


def sides(matter: Matter) -> dict[str, str]:
    """Who stands on which side, by name."""
    parties = {party.organisation.name: party.side for party in matter.parties.select_related("organisation")}
    return parties | {hand.person.login: hand.side for hand in matter.hands.select_related("person")}


def in_exercise(cast: Cast) -> datetime:
    """Make it an exercise, where recorded time may be set. Answers a moment to begin at."""
    cast.incident.exercise = True
    cast.incident.save()
    return timezone.now() - timedelta(days=100)


def assigned(cast: Cast, matter: Matter | None = None, at: datetime | None = None) -> Matter:
    matter = matter or cast.finding()
    matter.assign(by=cast.dispatcher, lead=cast.unit, supports=[cast.support], at=at)
    return matter


def accepted(cast: Cast, matter: Matter | None = None) -> Matter:
    matter = assigned(cast, matter)
    matter.accept(by=cast.fixer)
    return matter


def in_progress(cast: Cast, matter: Matter | None = None) -> Matter:
    matter = assigned(cast, matter)
    matter.respond(by=cast.fixer, text="已到现场")
    return matter


def returned(cast: Cast) -> Matter:
    matter = assigned(cast)
    matter.return_(by=cast.fixer, reason="不在辖区")
    return matter


def extension_asked(cast: Cast) -> Matter:
    matter = assigned(cast)
    matter.ask_extension(by=cast.fixer, reason="等试剂", until=known(matter.due_at) + timedelta(hours=5))
    return matter


def failed(cast: Cast) -> Matter:
    matter = cast.at_closure()
    matter.verify(by=cast.verifier, passed=False, remark="仍漏 1 户", photos=[cast.photo()])
    return matter


def closed(cast: Cast, matter: Matter) -> Matter:
    """Closed by whoever closes that kind."""
    matter = cast.at_closure(matter)
    match matter.kind:
        case "request":
            matter.confirm(by=cast.operator, done=True)
        case "proposal":
            matter.confirm(by=None, done=True, rating=4)
        case _:
            matter.verify(by=cast.verifier, passed=True, photos=[cast.photo()])
    return matter


def voiding_asked(cast: Cast, matter: Matter | None = None) -> Matter:
    matter = matter or cast.finding()
    matter.ask_voiding(by=cast.chief, reason="重复录入")
    return matter


def voided(cast: Cast, matter: Matter | None = None) -> Matter:
    matter = voiding_asked(cast, matter)
    matter.void(by=cast.deputy)
    return matter


def merged(cast: Cast, matter: Matter) -> Matter:
    matter.merge(by=cast.dispatcher, target=another(cast, matter), reason="同一件事")
    return matter


def another(cast: Cast, matter: Matter) -> Matter:
    """A second live matter of the same kind."""
    return registered(cast, matter.kind)


def registered(cast: Cast, kind: str) -> Matter:
    return {"finding": cast.finding, "request": cast.request, "proposal": cast.proposal}[kind]()


def drafted(cast: Cast) -> Matter:
    matter = cast.finding()
    matter.draft_publication(by=cast.chief, reason="典型")
    return matter


def published(cast: Cast) -> Matter:
    matter = drafted(cast)
    matter.publish(by=cast.deputy, number="第 7 期")
    return matter


def unheard(cast: Cast) -> Matter:
    """A request whose resident could not be reached for the pack's days."""
    start = in_exercise(cast)
    with recorded_as(start):
        matter = cast.at_closure(cast.request())
    with recorded_as(start + timedelta(days=3, seconds=1)):
        matter.fall_silent(by=None)
    return matter


#: A matter in each state.
STAGES: dict[str, Callable[[Cast, Matter], Matter]] = {
    "registered": lambda cast, matter: matter,
    "assigned": assigned,
    "accepted": accepted,
    "in_progress": in_progress,
    "closure_requested": lambda cast, matter: cast.at_closure(matter),
    "closed": closed,
    "void": voided,
    "merged": merged,
}


def long_unheard(cast: Cast) -> Matter:
    """A request that has waited long enough to be called silent."""
    start = in_exercise(cast)
    with recorded_as(start):
        return cast.at_closure(cast.request())


def overdue(cast: Cast) -> Matter:
    """Past its deadline by an hour."""
    return assigned(cast, at=timezone.now() - timedelta(hours=5))


def past(cast: Cast, **changes: Any) -> Past:
    """What a ledger tells of a finding that the unit says is done, and that a verifier has seen."""
    begin = timezone.now() - timedelta(days=9)
    told: dict[str, Any] = {
        "found_at": begin, "lead": cast.unit, "supports": (cast.support,), "dispatched_at": begin + timedelta(hours=1),
        "due_at": begin + timedelta(hours=20), "accepted_at": begin + timedelta(hours=2), "done": "已补采 3 户",
        "done_at": begin + timedelta(hours=6), "closure_asked_at": begin + timedelta(hours=7),
        "reviewer": cast.verifier, "reviewed_at": begin + timedelta(hours=9), "passed": True,
    }  # fmt: skip
    return Past(**{**told, **changes})


def imported(cast: Cast, past: Past, **changes: Any) -> Matter:
    fields = {
        "by": cast.dispatcher, "incident": cast.incident, "kind": "finding", "area": cast.town, "category": "testing",
        "severity": "critical", "text": "上门采样漏采 3 户", "source": "临清市台账.xlsx 第 14 行",
    }  # fmt: skip
    return Matter.objects.get(pk=Matter.import_(**{**fields, **changes}, past=past).matter_id)


def shown(cast: Cast) -> dict[str, Any]:
    """As many photos as the rules ask for, of the work and of the check."""
    return {"after": [cast.photo("fixer"), cast.photo("fixer")], "check": [cast.photo("verifier")]}


def asked_of(matter: Matter) -> dict[str, Any]:
    """What was asked when this matter was registered, to ask it again."""
    names = ("incident", "kind", "area", "category", "severity", "text")
    return {name: getattr(matter, name) for name in names}
