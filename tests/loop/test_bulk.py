"""Many matters of a ledger at once are what they would be one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from django.db import models

from muster.lib.refusal import Refusal
from muster.loop.audit import audit
from muster.loop.bulk import Incoming, import_many
from muster.loop.dispatch import NobodyThere
from muster.loop.entry import Afterwards, Entry
from muster.loop.matter import Matter
from muster.loop.past import LeadNeeded, LedgerOutOfOrder, Past
from muster.loop.refusals import NotYours, WrongSide
from muster.loop.sides import Hand, Party
from muster.loop.span import Span
from muster.loop.steps import STEPS
from muster.people.role import Role
from tests.cast import Cast, later
from tests.loop.stage import past, shown

#: What differs between two matters that are told the same.
OWN = {
    "id", "matter_id", "number", "head_hash", "hash", "facts", "act_id", "content", "closing_check", "verify_due_at",
    "assignment_id", "evidence_id", "previous",
}  # fmt: skip


def told(cast: Cast) -> dict[str, Past]:
    whole = past(cast)
    return {
        "nothing but that it is there": Past(found_at=whole.found_at),
        "given to somebody": Past(found_at=whole.found_at, lead=cast.unit, supports=[cast.support]),
        "being done": replace(whole, passed=None, closure_asked_at=None, reviewed_at=None, reviewer=None),
        "said to be closed": whole,
        "checked, and failed": replace(whole, passed=False, closure_asked_at=None),
        "closed by who could close it here": past(cast, **shown(cast)),
    }


def incoming(cast: Cast, told: Past, **changes: Any) -> Incoming:
    fields: dict[str, Any] = {
        "kind": "finding", "area": cast.town, "category": "testing", "severity": "critical", "text": " 上门采样漏采 3 户 ",
        "source": "台账.xlsx 14", "past": told, "site": cast.site, "source_number": "LQ-14",
    }  # fmt: skip
    return Incoming(**{**fields, **changes})


def one_by_one(cast: Cast, one: Incoming) -> Matter:
    fields = {name: getattr(one, name) for name in vars(one)}
    return Matter.objects.get(pk=Matter.import_(by=cast.dispatcher, incident=cast.incident, **fields).matter_id)


def rows(matter: Matter) -> dict[str, list[dict[str, Any]]]:
    tables: list[type[models.Model]] = [*STEPS, Span, Entry, Party, Hand]
    found = {table._meta.db_table: table._default_manager.filter(matter=matter).values() for table in tables}
    told = {name: [plain(row) for row in each] for name, each in found.items()}
    told["matter"] = [plain(row) for row in Matter.objects.filter(pk=matter.pk).values()]
    return {name: sorted(each, key=str) for name, each in told.items()}


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is a row's own, and without when now was; whether it is there still counts."""
    now = row.get("recorded_at", row.get("from_at"))
    return {
        name: "now" if value == now and now else value is not None if name in OWN else value
        for name, value in row.items()
        if name != "id"
    }


@pytest.mark.parametrize("which", range(6))
def test_the_rows_are_the_same(cast: Cast, which: int) -> None:
    name, past = list(told(cast).items())[which]
    alone = one_by_one(cast, incoming(cast, past))
    many = [incoming(cast, past) for _n in range(3)]
    import_many(Matter, cast.dispatcher, cast.incident, many)
    expected = rows(alone)
    for one in many:
        made = rows(Matter.objects.get(pk=one.id))
        assert made == expected, name
    assert [str(fault) for fault in audit()] == []


def test_numbers_follow_each_other_and_the_queue_knows_all(cast: Cast) -> None:
    first = cast.finding().number
    many = [incoming(cast, Past()) for _n in range(5)]
    import_many(Matter, cast.dispatcher, cast.incident, many)
    numbers = [Matter.objects.get(pk=one.id).number for one in many]
    last = int(first[-4:])
    assert [int(number[-4:]) for number in numbers] == list(range(last + 1, last + 6))
    assert cast.finding().number[-4:] == f"{last + 6:04d}"
    queued = Afterwards.objects.filter(entry__matter__in=[one.id for one in many])
    assert queued.count() == 5


def test_what_is_told_stands_in_the_rows(cast: Cast) -> None:
    whole = past(cast)
    one = incoming(cast, whole)
    import_many(Matter, cast.dispatcher, cast.incident, [one])
    matter = Matter.objects.get(pk=one.id)
    assert (matter.text, matter.status, matter.lead, matter.due_at) == (
        "上门采样漏采 3 户", "closure_requested", cast.unit, whole.due_at,
    )  # fmt: skip
    assert matter.responses.get().text == whole.done
    assert matter.entries.get().action == "import_"
    alone = one_by_one(cast, incoming(cast, whole, id=one.id))
    assert alone == matter, "sent again one by one, it is the same act"


REFUSED: dict[str, Any] = {
    "work of nobody": (LeadNeeded, lambda cast: incoming(cast, Past(done="已整改"))),
    "times out of order": (LedgerOutOfOrder, lambda cast: incoming(cast, replace(past(cast), due_at=later(days=-300)))),
    "a unit that nobody sees for": (NobodyThere, lambda cast: incoming(cast, Past(lead=cast.bureau))),
    "elsewhere": (NotYours, lambda cast: incoming(cast, Past(), kind="supply", category="other")),
    "the importer's own": (WrongSide, lambda cast: incoming(cast, Past(lead=cast.headquarters))),
}


@pytest.mark.parametrize("why", REFUSED)
def test_one_that_is_refused_leaves_none(cast: Cast, why: str) -> None:
    refusal, wrong = REFUSED[why]
    cast.person("of_headquarters", "headquarters", Role.LIAISON)
    before = Matter.objects.count()
    with pytest.raises(refusal):
        import_many(Matter, cast.dispatcher, cast.incident, [incoming(cast, Past()), wrong(cast)])
    assert Matter.objects.count() == before


def test_a_ledger_tells_more_later(cast: Cast) -> None:
    whole = past(cast)
    matter = one_by_one(cast, incoming(cast, Past(found_at=whole.found_at)))
    matter.tell(by=cast.dispatcher, source="台账2.xlsx 3", past=Past(lead=cast.unit, dispatched_at=whole.dispatched_at))
    assert (matter.status, matter.lead) == ("assigned", cast.unit)
    matter.tell(by=cast.dispatcher, source="台账3.xlsx 3", past=Past(done="已补采", done_at=whole.done_at))
    assert matter.status == "in_progress"
    matter.tell(by=cast.dispatcher, source="台账4.xlsx 3", past=Past(closure_asked_at=later(minutes=-1), passed=True))
    assert matter.status == "closure_requested"
    assert matter.acceptances.count() == 1
    assert [row.by_id for row in (*matter.responses.all(), *matter.closurerequests.all())] == [None, None]
    assert matter.ledgerlines.count() == 4
    assert [str(fault) for fault in audit()] == []
    matter.verify(by=cast.verifier, passed=True, photos=[cast.photo()])
    assert matter.status == "closed"


def test_a_ledger_closes_nothing_and_speaks_for_no_doer(cast: Cast) -> None:
    matter = cast.finding()
    matter.assign(by=cast.dispatcher, lead=cast.unit)
    with pytest.raises(Refusal):
        matter.tell(by=cast.fixer, source="台账", past=Past(done="已补采"))
    with pytest.raises(Refusal) as refused:
        matter.tell(by=cast.dispatcher, source="台账", past=Past(lead=cast.support, done="已补采"))
    assert refused.value.code == "another_lead"
    closed = cast.closed()
    with pytest.raises(Refusal):
        closed.tell(by=cast.dispatcher, source="台账", past=Past(done="又做了"))
