"""Attacks on the database behind the verbs' back, and what stops them."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from psycopg import ClientCursor

from muster.loop.matter import Matter
from tests.cast import Cast

#: The columns that every row of a step begins with.
STEP = "id, matter_id, cycle, by_id, by_organisation_id, occurred_at, recorded_at"


PARTY = "insert into party (matter_id, organisation_id, side) values"
HAND = "insert into hand (matter_id, person_id, side) values"


def stopped_by(statement: str, known: dict[str, Any]) -> str | None:
    """The constraint that refuses a statement, at once or at the commit; None if nothing does. It is undone."""
    try:
        with transaction.atomic():
            send(statement, known)
            send("set constraints all immediate")
            raise _Undo
    except _Undo:
        return None
    except IntegrityError as fault:
        return name_of(fault)


def send(statements: str, known: dict[str, Any] | None = None) -> None:
    """Send statements in one message, as from a shell; the cursors of Django prepare theirs, one at a time."""
    with connection.wrap_database_errors, ClientCursor(connection.connection) as cursor:
        cursor.execute(statements.encode(), known)


class _Undo(Exception):
    pass


def name_of(fault: IntegrityError) -> str | None:
    diagnosis = getattr(fault.__cause__, "diag", None)
    return (diagnosis.constraint_name or diagnosis.column_name) if diagnosis else None


def known_to(cast: Cast, matter: Matter) -> dict[str, Any]:
    """What statements may name: ``m`` the matter, every person and every organisation by its key, ``now``."""
    people = {name: person.pk for name, person in cast.people.items()}
    organisations = {name: organisation.pk for name, organisation in cast.organisations.items()}
    return {**organisations, **people, "m": matter.pk, "now": timezone.now()}


def step(by: str, organisation: str, cycle: str = "(select cycle from matter where id = %(m)s)") -> str:
    """The values of the first columns of a row, as somebody would forge them."""
    person, acts_for = (f"%({name})s" if name != "null" else "null" for name in (by, organisation))
    return f"gen_random_uuid(), %(m)s, {cycle}, {person}, {acts_for}, %(now)s, clock_timestamp()"


def sided(side: str, person: str | None = None, organisation: str | None = None) -> str:
    """Statements that put a person, an organisation on a side of the matter."""
    party = f"{PARTY} (%(m)s, %({organisation})s, '{side}') on conflict do nothing;"
    hand = f"{HAND} (%(m)s, %({person})s, '{side}') on conflict do nothing;"
    return (party if organisation else "") + (hand if person else "")


def passing(
    by: str = "verifier",
    organisation: str = "checkers",
    how: str = "visit",
    kind: str = "finding",
    passed: bool = True,
    rating: str = "null",
    evidence: str = "(select min(id::text)::uuid from evidence where matter_id = %(m)s)",
    cycle: str = "(select cycle from matter where id = %(m)s)",
) -> str:
    """A forged verification."""
    return f"""
    insert into verification ({STEP}, kind, passed, how, remark, rating, evidence_needed, evidence_id)
    values ({step(by, organisation, cycle)}, '{kind}', {passed}, '{how}', 'seen', {rating}, true, {evidence});"""


def closing(check: str) -> str:
    """Close the matter by a check that a query finds."""
    return f"update matter set status = 'closed', closing_check = ({check}) where id = %(m)s;"


def in_one_breath(check: str) -> str:
    """Forge a check and close by it in one statement, whose update is done before its insert."""
    forged = check.replace("gen_random_uuid()", "%(m)s", 1).rstrip().rstrip(";")
    return f"with forged as ({forged}) {closing('select %(m)s::uuid')}"


CHECKER = sided("checker", "verifier", "checkers")
LAST_CHECK = "select id from verification where matter_id = %(m)s order by recorded_at desc limit 1"
