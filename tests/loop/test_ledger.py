"""Imports: what a ledger tells stands in the record as what it is, and closes nothing that a check would not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from muster.loop.act import Receipt
from muster.loop.arrival import Caller, SiteElsewhere, TextNeeded
from muster.loop.audit import audit
from muster.loop.conflict import Conflict
from muster.loop.dispatch import NobodyThere
from muster.loop.matter import Matter
from muster.loop.past import LeadNeeded, LedgerOutOfOrder, Past
from muster.loop.refusals import ActInFuture, ConflictingContent, DoersCannotClose, NotYours, WrongSide
from muster.loop.telling import SourceNeeded
from muster.people.role import Role
from tests.cast import Cast, act_id, later
from tests.loop.attack import STEP, known_to, passing, sided, step, stopped_by
from tests.loop.stage import imported, known, past, refuses, rows, shown, sides, spans


def test_a_ledger_that_says_closed_arrives_as_to_be_checked(cast: Cast) -> None:
    told = past(cast)
    matter = imported(cast, told, source_number="LQ-14")
    assert (matter.status, matter.way, matter.source_number) == ("closure_requested", "import", "LQ-14")
    assert (matter.occurred_at, matter.dispatched_at, matter.due_at) == (told.found_at, told.dispatched_at, told.due_at)
    assert matter.verify_due_at == matter.registered_at + timedelta(hours=12)
    assert abs(matter.registered_at - timezone.now()) < timedelta(minutes=1)
    assert [span.status for span in spans(matter)] == ["closure_requested"]
    line = matter.ledgerlines.get()
    assert (line.source, line.by, line.reviewer, line.passed) == (
        "临清市台账.xlsx 第 14 行", cast.dispatcher, cast.verifier, True,
    )  # fmt: skip
    matter.verify(by=cast.second_verifier, passed=True, photos=[cast.photo()])
    assert matter.status == "closed"
    assert [str(fault) for fault in audit()] == []


def test_the_units_rows_name_the_unit_and_nobody(cast: Cast) -> None:
    told = past(cast)
    matter = imported(cast, told)
    of_the_unit = [matter.acceptances.get(), matter.responses.get(), matter.closurerequests.get()]
    assert [(row.by, row.by_organisation) for row in of_the_unit] == [(None, cast.unit)] * 3
    assert [row.occurred_at for row in of_the_unit] == [told.accepted_at, told.done_at, told.closure_asked_at]
    assert {row.recorded_at for row in of_the_unit} == {matter.registered_at}
    assert sides(matter) == {"unit": "doer", "support": "doer", "headquarters": "checker", "dispatcher": "checker"}


def test_closed_by_a_reviewer_who_could_have_closed_it_here(cast: Cast) -> None:
    matter = imported(cast, past(cast, **shown(cast)))
    assert matter.status == "closed"
    check = matter.verifications.get()
    assert (check.by, check.by_organisation, check.how) == (cast.verifier, cast.checkers, "visit")
    assert (matter.closing_check, matter.closed_at, matter.verify_due_at) == (check.pk, matter.registered_at, None)
    assert sides(matter)["verifier"] == "checker"
    assert [str(fault) for fault in audit()] == []
    matter.revisit(by=cast.second_verifier, passed=False, remark="又漏了", photos=[cast.photo()])
    assert (matter.status, matter.cycle) == ("in_progress", 2)


def no_verifier(cast: Cast) -> dict[str, Any]:
    return {"reviewer": cast.reader}


def verifier_elsewhere(cast: Cast) -> dict[str, Any]:
    return {"reviewer": cast.person("away", "other", Role.VERIFIER, area=cast.elsewhere)}


def of_the_unit_too(cast: Cast) -> dict[str, Any]:
    cast.join("verifier", "unit")
    return {}


def of_a_supporter(cast: Cast) -> dict[str, Any]:
    cast.join("verifier", "support")
    return {}


def the_importer(cast: Cast) -> dict[str, Any]:
    cast.grant("dispatcher", Role.VERIFIER, "headquarters")
    return {"reviewer": cast.dispatcher}


def shut_out(cast: Cast) -> dict[str, Any]:
    cast.verifier.is_active = False
    cast.verifier.save()
    return {}


WAITS: dict[str, Any] = {
    "nobody": lambda cast: {"reviewer": None},
    "no verifier": no_verifier,
    "a verifier elsewhere": verifier_elsewhere,
    "a verifier below the unit": lambda cast: {"reviewer": cast.junior},
    "a verifier who is also of the unit": of_the_unit_too,
    "a verifier who is also of a supporter": of_a_supporter,
    "the importer": the_importer,
    "who may not sign in": shut_out,
    "without a photo of the check": lambda cast: {"check": []},
    "without photos of the work": lambda cast: {"after": []},
    "the same photo twice": lambda cast: {"after": [cast.photo()] * 2},
}


@pytest.mark.parametrize("why", WAITS)
def test_no_other_reviewer_closes_it(cast: Cast, why: str) -> None:
    matter = imported(cast, past(cast, **{**shown(cast), **WAITS[why](cast)}))
    assert (matter.status, matter.closing_check) == ("closure_requested", None)
    assert not matter.verifications.exists()
    assert [str(fault) for fault in audit()] == []


@pytest.mark.parametrize("kind", ["request", "proposal"])
def test_only_whoever_asked_closes_a_request_or_a_proposal(cast: Cast, kind: str) -> None:
    cast.grant("verifier", Role.OPERATOR, "checkers")
    matter = imported(cast, past(cast, **shown(cast)), kind=kind)
    assert matter.status == "closure_requested"


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({}, "registered"),
        ({"lead": True}, "assigned"),
        ({"lead": True, "accepted_at": later(hours=-3)}, "accepted"),
        ({"lead": True, "done": "已补采"}, "in_progress"),
        ({"lead": True, "closure_asked_at": later(hours=-3)}, "closure_requested"),
        ({"lead": True, "passed": True}, "closure_requested"),
        ({"lead": True, "closure_asked_at": later(hours=-3), "passed": False}, "in_progress"),
    ],
)
def test_it_arrives_where_the_ledger_left_it(cast: Cast, told: dict[str, Any], status: str) -> None:
    lead = cast.unit if told.get("lead") else None
    matter = imported(cast, Past(found_at=later(days=-2), **{**told, "lead": lead}))
    assert (matter.status, matter.cycle) == (status, 1)
    assert matter.dispatched_at == (matter.occurred_at if lead else None)
    assert matter.due_at == (matter.occurred_at + timedelta(hours=4) if lead else None)
    assert [str(fault) for fault in audit()] == []


def test_a_review_that_failed_gives_it_back_to_the_unit(cast: Cast) -> None:
    matter = imported(cast, past(cast, passed=False, **shown(cast)))
    assert (matter.status, matter.verify_due_at) == ("in_progress", None)
    matter.request_closure(by=cast.fixer)
    assert matter.status == "closure_requested"


def test_the_unit_goes_on_where_the_ledger_ends(cast: Cast) -> None:
    matter = imported(cast, Past(lead=cast.unit, found_at=later(hours=-1)))
    cast.at_closure(matter)
    with refuses(DoersCannotClose):
        matter.verify(by=cast.fixer, passed=True, photos=[cast.photo()])
    cast.fixer.memberships.update(until=timezone.now())
    matter.verify(by=cast.verifier, passed=True, photos=[cast.photo()])
    assert [str(fault) for fault in audit()] == []


def test_whoever_imported_is_no_doer_and_may_not_become_one(cast: Cast) -> None:
    matter = imported(cast, past(cast))
    with refuses(WrongSide):
        matter.reassign(by=cast.chief, lead=cast.headquarters_with_liaison, reason="自己来")


@pytest.fixture(autouse=True)
def _a_liaison_at_headquarters(cast: Cast) -> None:
    cast.person("liaison_there", "headquarters", Role.LIAISON)
    cast.organisations["headquarters_with_liaison"] = cast.headquarters


def test_nobody_imports_what_the_own_organisation_did(cast: Cast) -> None:
    for lead, supports in (("headquarters", ()), ("unit", ("headquarters",))):
        with refuses(WrongSide):
            imported(
                cast, past(cast, lead=cast.organisations[lead], supports=[cast.organisations[s] for s in supports])
            )
    cast.join("dispatcher", "crew")
    with refuses(WrongSide):
        imported(cast, past(cast))


REFUSED: dict[str, tuple[type, dict[str, Any], dict[str, Any]]] = {
    "no source": (SourceNeeded, {"source": "  "}, {}),
    "no text": (TextNeeded, {"text": "  "}, {}),
    "a supply request": (NotYours, {"kind": "supply", "category": "other"}, {}),
    "work of nobody": (LeadNeeded, {}, {"lead": None}),
    "dispatched before it was found": (LedgerOutOfOrder, {}, {"dispatched_at": later(days=-20)}),
    "due before it was dispatched": (LedgerOutOfOrder, {}, {"due_at": later(days=-20)}),
    "reviewed before closure was asked": (LedgerOutOfOrder, {}, {"reviewed_at": later(days=-8, hours=-20)}),
    "reviewed tomorrow": (ActInFuture, {}, {"reviewed_at": later(days=1)}),
    "imported tomorrow": (ActInFuture, {"at": later(days=1)}, {}),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_imported(cast: Cast, what: str) -> None:
    refusal, fields, told = REFUSED[what]
    with refuses(refusal):
        imported(cast, past(cast, **told), **fields)


def test_a_unit_that_could_not_see_it_is_not_made_responsible(cast: Cast) -> None:
    with refuses(NobodyThere):
        imported(cast, past(cast, lead=cast.checkers))
    with refuses(SiteElsewhere):
        imported(cast, past(cast), area=cast.elsewhere, site=cast.site)


def sent(cast: Cast, **changes: Any) -> Receipt:
    fields: dict[str, Any] = {
        "by": cast.dispatcher, "incident": cast.incident, "kind": "request", "area": cast.town, "category": "medical",
        "severity": "major", "text": "独居老人降压药只剩两天", "source": "12345 第 3 行",
        "caller": Caller("王秀兰", "13812345678"),
    }  # fmt: skip
    return Matter.import_(**{**fields, **changes})


def test_the_same_line_sent_again_is_answered_with_the_same_receipt(cast: Cast) -> None:
    act, told = act_id(), past(cast)
    first, before = sent(cast, id=act, past=told), rows()
    again = sent(cast, id=act, past=told)
    assert again == Receipt(**{**vars(first), "repeated": True})
    assert rows() == before


@pytest.mark.parametrize(
    "change",
    [{"source": "第 4 行"}, {"text": "别的"}, {"caller": Caller("李", "1")}, {"past": Past()}, {"by": "chief"}],
)
def test_another_line_under_a_known_id_is_kept_as_a_conflict(cast: Cast, change: dict[str, Any]) -> None:
    act, told = act_id(), past(cast)
    sent(cast, id=act, past=told)
    if "by" in change:
        change = {"by": cast.chief}
    with refuses(ConflictingContent):
        sent(cast, **{"id": act, "past": told, **change})
    assert Conflict.objects.get().action == "import_"
    assert "13812345678" not in Conflict.objects.get().content


ROW = f"({STEP}, text) values ({{}}, '已整改')"
CLOSING = {
    "a response of nobody, later": (
        "response_by_ledger", f"insert into response {ROW.format(step('null', 'unit'))}",
    ),
    "a response of nobody for nobody": (
        "response_by_somebody", f"insert into response {ROW.format(step('null', 'null'))}",
    ),
    "a response of nobody for a checker": (
        "response_organisation_on_side",
        f"insert into response {ROW.format(step('null', 'headquarters'))}".replace("clock_timestamp()", "%(imported)s"),
    ),
    "a check by the importer, with the line": (
        "ledger_second_person",
        sided("checker", "dispatcher", "headquarters")
        + passing("dispatcher", "headquarters").replace("clock_timestamp()", "%(imported)s"),
    ),
    "a check of the unit's": (
        "verifier_independent", passing("fixer", "unit").replace("clock_timestamp()", "%(imported)s"),
    ),
    "a second line at the same instant": (
        "ledger_line_at",
        f"insert into ledger_line ({STEP}, source) values ({step('dispatcher', 'headquarters')}, 'x')".replace(
            "clock_timestamp()", "%(imported)s"
        ),
    ),
    "a line of the unit's": (
        "ledger_line_person_on_side", f"insert into ledger_line ({STEP}, source) values ({step('fixer', 'unit')}, 'x')",
    ),
    "a line of nobody": (
        "by_id", f"insert into ledger_line ({STEP}, source) values ({step('null', 'headquarters')}, 'x')",
    ),
    "a line from nowhere": (
        "ledger_line_has_a_source",
        f"insert into ledger_line ({STEP}, source) values ({step('dispatcher', 'headquarters')}, '')",
    ),
}  # fmt: skip


@pytest.mark.parametrize("attack", CLOSING)
def test_nobody_forges_a_ledger(cast: Cast, attack: str) -> None:
    constraint, statement = CLOSING[attack]
    matter = imported(cast, past(cast, **{**shown(cast), "reviewer": None}))
    if attack == "a line of the unit's":
        matter = cast.at_closure()
    line = known_to(cast, matter) | {"imported": known(matter.registered_at)}
    assert stopped_by(statement, line) == constraint
