"""Guards of the database: the record is kept, is told once, and carries the database's own time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from muster.loop.conflict import Conflict
from muster.loop.entry import Seal
from muster.loop.freeze import freeze
from muster.loop.steps import STEPS
from muster.people.person import Reveal
from tests.cast import Cast
from tests.loop import stage
from tests.loop.attack import LAST_CHECK, STEP, known_to, sided, step, stopped_by
from tests.loop.attempts import CASES

STEP_TABLES = [table._meta.db_table for table in STEPS]
ENDED = ["assignment", "return_", "extension_request", "voiding_request", "publication_draft", "publication"]
#: A column of every other table that is kept, with another value for it.
KEPT = {
    "entry": "action = 'void'",
    "seal": "matters = matters + 1",
    "span": "from_at = from_at - interval '1 day'",
    "conflict": "content = ''",
    "conflict settled otherwise": "remark = '另行处理' where settled_at is not null",
    "conflict moved while settled": "settled_at = now(), action = 'void' where settled_at is null",
    "reveal": "reason = 'none'",
    "pack_version": "text = ''",
    "pack_in_force": "at = at - interval '1 day'",
    "party": "side = 'checker' where side = 'doer'",
    "hand": "side = 'doer' where side = 'checker'",
    **dict.fromkeys(STEP_TABLES, "occurred_at = occurred_at - interval '1 day'"),
    **{f"{table} ended": "ended_at = clock_timestamp() where ended_at is not null" for table in ENDED},
    **{f"{table} begun again": "ended_at = null where ended_at is not null" for table in ENDED},
    **{f"{table} moved while ended": "ended_at = now(), cycle = 9 where ended_at is null" for table in ENDED[:1]},
    "span begun again": "to_at = null where to_at is not null",
    "conflict begun again": "settled_at = null where settled_at is not null",
    "matter": "text = '没有问题'",
    "matter renumbered": "number = number || '1'",
    "matter begun earlier": "registered_at = registered_at - interval '1 day'",
    "matter judged by another pack": "pack_id = pack_id + 1",
    "matter in an earlier cycle": "cycle = cycle - 1",
}


@pytest.fixture
def everything(cast: Cast) -> dict[str, Any]:
    """Every act was taken once, so that there are rows in every table."""
    for case in CASES.values():
        matter = case.ready(cast)
        case.attempt(cast, matter, cast.people.get(min(case.may)))
    frozen = freeze()
    Seal.make(frozen.at.date(), frozen)
    Reveal.objects.create(by=cast.chief, of_person=cast.fixer, reason="回访")
    Conflict.objects.create(act_id=matter.pk, matter_id=matter.pk, action="note", content="[]")
    Conflict.objects.get().settle(cast.chief, "再办一次")
    Conflict.objects.create(act_id=matter.pk, matter_id=matter.pk, action="note", content="[]")
    connection.check_constraints()
    return known_to(cast, matter)


def test_no_row_is_changed_or_deleted(everything: dict[str, Any]) -> None:
    stopped = {what: stopped_by(f"update {what.split()[0]} set {change}", everything) for what, change in KEPT.items()}
    assert stopped == dict.fromkeys(KEPT, "rows_are_kept")
    tables = {what.split()[0] for what in KEPT} | {"membership"}
    stopped = {table: stopped_by(f"delete from {table}", everything) for table in tables}
    assert stopped == dict.fromkeys(tables, "rows_are_kept")


def test_no_table_is_emptied(everything: dict[str, Any]) -> None:
    tables = {what.split()[0] for what in KEPT} | {"membership"}
    stopped = {table: stopped_by(f"truncate {table} cascade", everything) for table in tables}
    assert stopped == dict.fromkeys(tables, "rows_are_kept")


def test_an_open_row_is_ended_once(cast: Cast) -> None:
    matter = stage.returned(cast)
    end = "update return_ set ended_at = clock_timestamp() where matter_id = %(m)s;"
    assert stopped_by(end, known_to(cast, matter)) is None
    assert stopped_by(end + end, known_to(cast, matter)) == "rows_are_kept"


ASSIGNMENT = f"insert into assignment ({STEP}, part, organisation_id, dispatched_at, due_at, reason)"
OPEN = "(select id from assignment where matter_id = %(m)s and part = 'lead')"
QUESTION = "reason, assignment_id"
OTHER = sided("doer", None, "other")
ENTRY = (
    "insert into entry (matter_id, seq, action, act_id, content, occurred_at, recorded_at, facts, previous, hash) "
    "values (%(m)s, {seq}, 'note', {act}, '', %(now)s, {recorded}, '[]', '', '')"
)

TWICE: dict[str, tuple[str, Any, str]] = {
    "lead": (
        "one_open_lead", stage.assigned,
        f"{OTHER} {ASSIGNMENT} values ({step('dispatcher', 'headquarters')}, 'lead', %(other)s, %(now)s, %(now)s, '')",
    ),
    "supporter": (
        "assigned_once_at_a_time", stage.assigned,
        f"{ASSIGNMENT} values ({step('dispatcher', 'headquarters')}, 'support', %(unit)s, %(now)s, %(now)s, '')",
    ),
    "return": (
        "one_open_return", stage.returned,
        f"insert into return_ ({STEP}, {QUESTION}) values ({step('fixer', 'unit')}, 'x', {OPEN})",
    ),
    "extension": (
        "one_open_extension_request", stage.extension_asked,
        f"insert into extension_request ({STEP}, {QUESTION}, until) values ({step('fixer', 'unit')}, 'x', {OPEN}, now())",
    ),
    "voiding request": (
        "one_open_voiding_request", stage.voiding_asked,
        sided("checker", "deputy", "headquarters")
        + f"insert into voiding_request ({STEP}, reason) values ({step('deputy', 'headquarters')}, 'x')",
    ),
    "draft": (
        "one_open_publication_draft", stage.drafted,
        f"insert into publication_draft ({STEP}, reason) values ({step('deputy', 'headquarters')}, 'x')",
    ),
    "acceptance": (
        "acceptance_assignment_id_key", stage.accepted,
        f"insert into acceptance ({STEP}, assignment_id) values ({step('fixer', 'unit')}, {OPEN})",
    ),
    "level of the ladder": (
        "escalated_once_per_level", stage.overdue,
        f"insert into escalation ({STEP}, assignment_id, level, area_id, reason) "
        f"select {step('null', 'null')}, {OPEN}, 1, '371581', '' from generate_series(1, 2)",
    ),
    "silence": (
        "one_silence_per_cycle", stage.unheard, f"insert into silence ({STEP}) values ({step('null', 'null')})",
    ),
    "span": (
        "one_open_span", stage.assigned,
        "insert into span (matter_id, status, area_id, from_at) values (%(m)s, 'closed', '371581', now())",
    ),
    "place in the chain": (
        "entry_seq_once", stage.assigned, ENTRY.format(seq=2, act="null", recorded="clock_timestamp()"),
    ),
    "act": ("entry_act_id_key", stage.assigned, ENTRY.format(seq=3, act="%(m)s", recorded="clock_timestamp()")),
    "membership": (
        "membership_once", stage.assigned,
        "insert into membership (person_id, organisation_id, from_at) values (%(fixer)s, %(unit)s, now())",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TWICE)
def test_nothing_is_told_twice(cast: Cast, what: str) -> None:
    constraint, ready, statement = TWICE[what]
    assert stopped_by(statement, known_to(cast, ready(cast))) == constraint


ODD = {
    "a state there is none of": ("matter_status_known", "update matter set status = 'done' where id = %(m)s"),
    "merged into nothing": ("matter_merged_into_one", "update matter set status = 'merged' where id = %(m)s"),
    "merged into itself": (
        "merged_into_another",
        sided("checker", "chief", "headquarters")
        + f"insert into merge ({STEP}, reason, target_id) values ({step('chief', 'headquarters')}, 'x', %(m)s)",
    ),
    "a span that ends before it begins": (
        "span_ends_after_it_begins", "update span set to_at = from_at where to_at is null and matter_id = %(m)s",
    ),
    "a check of no cycle": (
        "matter_closing_check",
        f"update matter set status = 'closed', cycle = 7, closing_check = ({LAST_CHECK}) where id = %(m)s",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ODD)
def test_nothing_is_put_that_makes_no_sense(cast: Cast, what: str) -> None:
    constraint, statement = ODD[what]
    assert stopped_by(statement, known_to(cast, stage.failed(cast))) == constraint


ASK = (
    f"insert into extension_request ({STEP.replace('recorded_at', '')} recorded_at, {QUESTION}, until) values "
    f"({step('fixer', 'unit').replace('clock_timestamp()', '')} %(recorded)s, 'x', {OPEN}, now() + interval '9 h')"
)


@pytest.mark.parametrize(
    ("recorded", "constraint"),
    [("now", "extension_in_time"), ("2022-12-05 08:00Z", "recorded_now"), ("2200-01-01 08:00Z", "extension_in_time")],
)
def test_no_extension_is_asked_for_after_the_deadline(cast: Cast, recorded: str, constraint: str) -> None:
    matter = stage.overdue(cast)
    known = known_to(cast, matter) | {"recorded": recorded}
    assert stopped_by(ASK, known) == constraint


@pytest.mark.parametrize("moment", [datetime(2022, 12, 5, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)])
def test_recorded_time_is_forged_in_an_exercise_only(cast: Cast, moment: datetime) -> None:
    matter = cast.finding()
    forged = ENTRY.format(seq=2, act="null", recorded="%(moment)s")
    known = known_to(cast, matter) | {"moment": moment}
    assert stopped_by(forged, known) == "recorded_now"
    stage.in_exercise(cast)
    assert stopped_by(forged, known) is None


def test_every_table_of_the_loop_has_its_guard(everything: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select tgrelid::regclass::text from pg_trigger where tgname = 'kept_all'")
        guarded = {name for (name,) in cursor.fetchall()}
    assert set(STEP_TABLES) <= guarded
    assert {table for table, count in stage.rows().items() if not count} == {"contact"}
