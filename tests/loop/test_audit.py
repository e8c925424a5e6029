"""`muster check`: silent on an honest record, and naming every row that was changed or removed behind its back."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import connection

from muster.lib import clock
from muster.loop.arrival import Caller
from muster.loop.audit import audit
from muster.loop.entry import Seal
from muster.loop.freeze import freeze
from muster.loop.matter import Matter
from tests.cast import Cast, later


def busy(cast: Cast) -> Matter:
    """A matter that went through most of the loop."""
    matter = cast.finding()
    matter.assign(by=cast.dispatcher, lead=cast.support)
    matter.return_(by=cast.helper, reason="不归我们管")
    matter.rule_return(by=cast.dispatcher, upheld=True, reason="另行交办")
    matter.reclassify(by=cast.dispatcher, severity="major", reason="没有那么急")
    matter.assign(by=cast.dispatcher, lead=cast.unit)
    matter.ask_extension(by=cast.fixer, until=later(hours=40), reason="人手不够")
    matter.rule_extension(by=cast.dispatcher, granted=True, reason="同意")
    cast.at_closure(matter)
    matter.verify(by=cast.verifier, passed=False, remark="只见两户", photos=[cast.photo()])
    cast.closed(matter)
    matter.revisit(by=cast.second_verifier, passed=False, remark="又漏了", photos=[cast.photo()])
    matter.draft_publication(by=cast.chief, reason="典型问题")
    matter.publish(by=cast.deputy, number="第 3 期")
    matter.withdraw(by=cast.chief, reason="更正")
    matter.note(by=cast.reader, text="知悉")
    return matter


def tamper(sql: str, *values: UUID) -> None:
    """What only somebody with the database's own key can do."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("set session_replication_role = origin")


def test_an_honest_record_has_no_faults(cast: Cast) -> None:
    busy(cast)
    first, second = cast.finding(), cast.finding()
    first.merge(by=cast.dispatcher, target=second, reason="同一件事")
    second.ask_voiding(by=cast.chief, reason="误报")
    second.void(by=cast.deputy)
    cast.request(caller=Caller("王某", "13900000017"))
    cast.finding().fix_on_spot(by=cast.finder, doer=cast.unit, before=[cast.photo()], after=[cast.photo()])
    Seal.make(date(2022, 12, 5), freeze())
    assert [str(fault) for fault in audit()] == []


ATTACKS = [
    ("response", "update response set text = '已整改' where matter_id = %s"),
    ("verification", "update verification set passed = true, remark = '' where matter_id = %s and not passed"),
    ("verification", "delete from verification where matter_id = %s and how = 'sample'"),
    ("assignment", "update assignment set due_at = due_at + interval '1 day' where matter_id = %s"),
    ("assignment", "update assignment set ended_at = ended_at + interval '1 hour' where matter_id = %s"),
    ("return_", "delete from return_ where matter_id = %s"),
    ("entry", "update entry set occurred_at = occurred_at - interval '1 hour' where matter_id = %s and seq = 2"),
    ("entry", "delete from entry where matter_id = %s and seq = 3"),
    ("entry", "delete from entry where matter_id = %s and seq = (select head_seq from matter where id = matter_id)"),
    ("matter", "update matter set due_at = due_at + interval '1 day' where id = %s"),
    ("matter", "update matter set text = '没有问题' where id = %s"),
    ("matter", "update matter set category = 'gates' where id = %s"),
    ("span", "update span set status = 'closed' where matter_id = %s and to_at is null"),
    ("span", "delete from span where matter_id = %s and to_at is not null"),
    ("party", "delete from party where matter_id = %s and side = 'doer'"),
    ("hand", "update hand set side = 'checker' where matter_id = %s and side = 'doer'"),
    ("evidence", "delete from evidence where matter_id = %s and \"of\" = 'after'"),
    ("publication", "update publication set ended_at = null where matter_id = %s"),
    ("note", "insert into note (id, matter_id, cycle, text, occurred_at, recorded_at) "
             "values (gen_random_uuid(), %s, 1, '补记', now(), now())"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "attack"), ATTACKS)
def test_a_row_changed_behind_its_back_is_named(cast: Cast, table: str, attack: str) -> None:
    matter = busy(cast)
    tamper(attack, matter.pk)
    faults = list(audit())
    assert table in {fault.table for fault in faults}
    assert {fault.matter for fault in faults} == {matter.number}


def test_a_contact_changed_behind_its_back_is_named(cast: Cast) -> None:
    matter = cast.request(caller=Caller("王某", "13900000017"))
    tamper("update contact set phone = '13900000018' where matter_id = %s", matter.pk)
    assert [fault.table for fault in audit()] == ["contact"]


def test_a_matter_that_was_cut_out_whole_breaks_the_seal(cast: Cast) -> None:
    cast.finding()
    gone = cast.finding(photos=())
    Seal.make(date(2022, 12, 5), freeze())
    for table in ("entry", "span", "hand", "party"):
        tamper(f"delete from {table} where matter_id = %s", gone.pk)
    tamper("delete from matter where id = %s", gone.pk)
    assert [fault.table for fault in audit()] == ["seal"]


def test_what_an_exercise_records_after_a_seal_breaks_nothing(cast: Cast) -> None:
    """Its clock runs behind, so that its later acts carry earlier times than the seal."""
    cast.incident.exercise, cast.incident.behind = True, timedelta(days=1400)
    cast.incident.save()
    with clock.behind(cast.incident.behind):
        matter = cast.finding()
    Seal.make(date(2026, 1, 1), freeze())
    with clock.behind(cast.incident.behind):
        matter.note(by=cast.reader, text="知悉")
    assert list(audit()) == []
