"""A verb's SQL, summed, against the best that one can write by hand for the same rows with all guards on.

By hand, the matter is locked and everything written by one statement, or by two where the database wants it, prepared.
The verb also asks who may and what stands around the matter. The beginning of the transaction is counted on both sides,
its commit on neither.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import psycopg

from bench.ground import Ground, ground
from bench.measure import ROUNDS, Line, at_most
from muster.lib.ids import uuid7

if TYPE_CHECKING:
    from muster.loop.matter import Matter
    from muster.people.organisation import Organisation
    from muster.people.person import Person

MATTERS = 20_000
TARGET = 3.0
A_ROUND = 60

LOCKED = """
with l as (select id, area_id, head_seq, head_hash, recorded_at, rules,
    greatest(clock_timestamp(), recorded_at + interval '1 microsecond') at
  from matter where id = %(matter)s for no key update),
"""
ENTERED = """
e as (insert into entry (matter_id, seq, action, by_id, by_organisation_id, act_id, content, occurred_at, recorded_at, facts,
    previous, hash)
  select id, head_seq + 1, %(action)s, %(by)s, %(organisation)s, %(act)s, %(hash)s, at, at, '[]', head_hash, %(hash)s
  from l returning id)
insert into afterwards (entry_id, tries, fault) select id, 0, '' from e
"""
NOTE = f"""{LOCKED}
n as (insert into note (id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at, text)
  select %(act)s, id, 1, %(by)s, %(organisation)s, at, at, %(text)s from l),
u as (update matter m set recorded_at = l.at, head_seq = l.head_seq + 1, head_hash = %(hash)s from l where m.id = l.id),
{ENTERED}"""
ASSIGN = f"""{LOCKED}
p as (insert into party (matter_id, organisation_id, side) select id, %(lead)s, 'doer' from l),
a as (insert into assignment (id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at, part,
    organisation_id, dispatched_at, due_at, reason)
  select %(act)s, id, 1, %(by)s, %(organisation)s, at, at, 'lead', %(lead)s, at, at + %(due)s * interval '1 hour', '' from l),
u as (update matter m set recorded_at = l.at, head_seq = l.head_seq + 1, head_hash = %(hash)s, status = 'assigned',
    lead_id = %(lead)s, dispatched_at = l.at, clock_from = l.at, due_at = l.at + %(due)s * interval '1 hour'
  from l where m.id = l.id),
s as (update span set to_at = l.at from l where matter_id = l.id and to_at is null),
{ENTERED}"""
# One statement would still see the old span open.
NEXT_SPAN = """
insert into span (matter_id, status, area_id, lead_id, due_at, from_at)
select id, status, area_id, lead_id, due_at, recorded_at from matter where id = %(matter)s
"""
BY_HAND = {"note": (NOTE,), "assign": (ASSIGN, NEXT_SPAN)}


def measure(rounds: int = ROUNDS) -> Iterator[Line]:
    with ground(durable=True) as place:
        from bench.generate import generate

        generate(place.dsn, place.incident, MATTERS, registered_only=True)
        with psycopg.connect(place.dsn) as bare:
            yield from _measure(place, bare, rounds)


def _measure(place: Ground, bare: psycopg.Connection[Any], rounds: int) -> Iterator[Line]:
    from muster.loop.matter import Matter

    stage = Stage(bare)
    stock = iter(Matter.objects.filter(kind="finding").select_related("incident"))
    for verb in BY_HAND:
        # The first calls fill caches and prepare statements.
        for _n in range(2):
            ratios, times = zip(*(stage.round(verb, stock) for _round in range(rounds)), strict=True)
        verb_s, hand_s = (sorted(column)[rounds // 2] for column in zip(*times, strict=True))
        yield at_most(
            f"{verb}: summed SQL ÷ by hand", TARGET, ratios, f"; {verb_s * 1000:.2f} ms ÷ {hand_s * 1000:.2f} ms"
        )


class Stage:
    """Who acts, and the two ways to act."""

    def __init__(self, bare: psycopg.Connection[Any]) -> None:
        from muster.people.organisation import Organisation
        from muster.people.person import Person

        self.bare = bare
        self.by: Person = Person.objects.get(login="demo.duty")
        self.home = self.by.memberships_now()[0].organisation_id
        self.lead: Organisation = Organisation.objects.filter(name__endswith="居民委员会").order_by("pk")[0]

    def round(self, verb: str, stock: Iterator[Matter]) -> tuple[float, tuple[float, float]]:
        """The ratio, and the mean seconds of one verb and of one written by hand, in turn."""
        verb_s = hand_s = 0.0
        for _n in range(A_ROUND):
            verb_s += self.verb(verb, next(stock))
            hand_s += self.by_hand(verb, next(stock))
        return verb_s / hand_s, (verb_s / A_ROUND, hand_s / A_ROUND)

    def verb(self, verb: str, matter: Matter) -> float:
        from django.db import connection

        watch = Watch()
        with connection.execute_wrapper(watch):
            if verb == "note":
                matter.note(by=self.by, text="已电话核实")
            else:
                matter.assign(by=self.by, lead=self.lead)
        return watch.total_s

    def by_hand(self, verb: str, matter: Matter) -> float:
        values = {
            "matter": matter.pk, "act": uuid7(), "by": self.by.pk, "organisation": self.home, "action": verb,
            "hash": secrets.token_hex(32), "text": "已电话核实", "lead": self.lead.pk, "due": matter.rule.due_h,
        }  # fmt: skip
        # The first statement begins the transaction, as it does on Django's connection.
        began = time.perf_counter()
        for statement in BY_HAND[verb]:
            self.bare.execute(statement, values)
        total_s = time.perf_counter() - began
        self.bare.commit()
        return total_s


class Watch:
    """Sums the time of the statements that Django executes."""

    def __init__(self) -> None:
        self.total_s, self.count = 0.0, 0

    def __call__(self, execute: Callable[..., Any], *statement: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(*statement)
        finally:
            self.total_s += time.perf_counter() - began
            self.count += 1
