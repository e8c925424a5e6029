"""The loop under random acts of everybody, right and wrong, against the model in ``model.py``."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from copy import copy
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from muster.lib.refusal import Refusal
from muster.loop.act import Receipt
from muster.loop.audit import audit
from muster.loop.freeze import recorded_as
from muster.loop.matter import Matter
from muster.people.role import Role
from tests.cast import Cast, act_id
from tests.loop.facts import No
from tests.loop.model import Told
from tests.loop.moves import ACTS, ANYBODY, IMPORTERS, LEDGER, SEVERITIES, WAITS, onward, past, worded
from tests.loop.stage import in_exercise, rows, sides

# Without shrinking, which takes minutes: the long run does it.
BRIEF = settings(max_examples=45, stateful_step_count=40, phases=[Phase.explicit, Phase.generate])
LONG = settings(max_examples=250, stateful_step_count=50, derandomize=False, suppress_health_check=list(HealthCheck))


class Loop(RuleBasedStateMachine):
    """Two matters of one kind, each told twice: by the verbs and by the model."""

    cast: ClassVar[Cast]
    tally: ClassVar[Counter[tuple[str, bool]]]

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.savepoint()
        self.now = in_exercise(self.cast)
        self.told: list[Told] = []
        self.ids: list[Any] = []
        self.history: list[tuple[datetime, list[str]]] = []
        self.last: tuple[Callable[[], Receipt], Receipt] | None = None

    @initialize(kind=st.sampled_from(["finding", "request", "proposal"]), severity=SEVERITIES, data=st.data())
    def begin(self, kind: str, severity: str, data: st.DataObject) -> None:
        """One matter is registered, the other brought in from a ledger by whoever tries."""
        for import_ in (False, True):
            self.now += timedelta(seconds=1)
            if not import_ or not self.imported(kind, severity, data):
                self.registered(kind, severity)
            self.told[-1].tell(self.now)

    def registered(self, kind: str, severity: str) -> None:
        register = {"finding": self.cast.finding, "request": self.cast.request, "proposal": self.cast.proposal}[kind]
        with recorded_as(self.now):
            self.ids.append(register(category="testing", severity=severity).pk)
        self.told.append(Told(kind, severity, {"finding": "finder", "request": "operator"}.get(kind)))

    def imported(self, kind: str, severity: str, data: st.DataObject) -> bool:
        """Whether the import was taken, as the model foretells. What was taken is sent once more."""
        who, asked = data.draw(st.sampled_from(IMPORTERS)), {n: data.draw(choice) for n, choice in LEDGER.items()}
        asked["supports"] = tuple(one for one in asked["supports"] if one != asked["lead"])
        told = Told(kind, severity, who)
        expected = self.foretold(told, "import_", who, asked)
        send = self.importing(kind, severity, who, asked)
        answer = answered(send)
        assert isinstance(answer, Refusal) != expected, f"import by {who}: {answer!r} to {asked}"
        if isinstance(answer, Refusal):
            return False
        self.ids.append(answer.matter_id)
        self.told.append(told)
        self.last = (send, answer)
        self.send_again()
        return True

    def importing(self, kind: str, severity: str, who: str, asked: dict[str, Any]) -> Callable[[], Receipt]:
        now, act, told = self.now, act_id(), past(self.cast, asked, self.now)

        def send() -> Receipt:
            with recorded_as(now):
                return Matter.import_(
                    by=self.cast.people[who], incident=self.cast.incident, kind=kind, area=self.cast.town,
                    category="testing", severity=severity, text="上门采样漏采 3 户", source="台账 第 3 行", past=told, id=act,
                )  # fmt: skip

        return send

    @rule(which=st.integers(0, 1), wait=WAITS, data=st.data())
    def goes_on(self, which: int, wait: int, data: st.DataObject) -> None:
        """A step that leads on, by somebody who may take it."""
        self.now += timedelta(hours=wait)
        verb = data.draw(st.sampled_from(onward(self.told[which])))
        asked = self.asked(which, verb, data)
        able = [who for who in ANYBODY if self.foretold(copy(self.told[which]), verb, who, asked)]
        self.act(which, verb, data.draw(st.sampled_from(able or ANYBODY)), asked)

    @rule(which=st.integers(0, 1), verb=st.sampled_from(sorted(ACTS)), data=st.data())
    def somebody_acts(self, which: int, verb: str, data: st.DataObject) -> None:
        """Any step, by anybody: half the time by whoever usually takes it. What was done is sent once more."""
        before, asked = self.last, self.asked(which, verb, data)
        usually = st.sampled_from(ACTS[verb][1])
        self.act(which, verb, data.draw(usually | st.sampled_from(ANYBODY)), asked)
        if self.last != before:
            self.send_again()

    def send_again(self) -> None:
        """The last act that was done is answered with its receipt, and does nothing."""
        assert self.last
        send, first = self.last
        before = rows()
        again = send()
        assert again.repeated
        assert (again.hash, again.recorded_at) == (first.hash, first.recorded_at)
        assert rows() == before

    def asked(self, which: int, verb: str, data: st.DataObject) -> dict[str, Any]:
        asked = {name: data.draw(choice) for name, choice in ACTS[verb][0].items()}
        if "until" in asked:
            asked["until"] = (self.told[which].due or self.now) + timedelta(hours=asked["until"])
        if "supports" in asked:
            asked["supports"] = tuple(one for one in asked["supports"] if one != asked["lead"])
        return asked

    def act(self, which: int, verb: str, who: str | None, asked: dict[str, Any]) -> None:
        told = self.told[which]
        self.now += timedelta(seconds=1)
        expected = self.foretold(told, verb, who, asked)
        send = self.sending(which, verb, who, asked)
        try:
            self.last = (send, send())
            answer = None
        except Refusal as refusal:
            answer = refusal
        assert (answer is None) == expected, f"{verb} by {who}: {answer!r}"
        told.tell(self.now)
        self.tally[verb, expected] += 1
        self.history.append((self.now, [one.status for one in self.told]))

    def foretold(self, told: Told, verb: str, who: str | None, asked: dict[str, Any]) -> bool:
        known = {**asked, "target": self.told[asked["target"]]} if "target" in asked else asked
        try:
            getattr(told, verb)(who, self.now, **known)
        except No:
            return False
        return True

    def sending(self, which: int, verb: str, who: str | None, asked: dict[str, Any]) -> Callable[[], Receipt]:
        """The act itself, which may be sent again."""
        words = worded(self.cast, verb, asked, self.matter)
        now, act, by = self.now, act_id(), self.cast.people.get(who or "")

        def send() -> Receipt:
            with recorded_as(now):
                receipt: Receipt = getattr(self.matter(which), verb)(by=by, id=act, **words)
                return receipt

        return send

    def matter(self, which: int) -> Matter:
        return Matter.objects.select_related("lead").get(pk=self.ids[which])

    @invariant()
    def both_tell_the_same(self) -> None:
        for which, told in enumerate(self.told):
            matter = self.matter(which)
            assert (matter.status, matter.cycle, matter.severity) == (told.status, told.cycle, told.severity)
            assert (matter.due_at, matter.verify_due_at, matter.closed_at) == (
                told.due,
                told.verify_due,
                told.closed_at,
            )
            assert (matter.lead.name if matter.lead else None, matter.dispatched_at) == (told.lead, told.dispatched)
            assert sides(matter) == told.sides
            spans = list(matter.spans.select_related("lead").order_by("from_at"))
            assert [
                (one.from_at, (one.status, one.lead.name if one.lead else None, one.due_at, one.verify_due_at))
                for one in spans
            ] == told.spans
            assert [one.to_at for one in spans] == [*(one.from_at for one in spans[1:]), None]

    @invariant()
    def the_record_holds(self) -> None:
        assert holds() == []

    def teardown(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("set constraints all immediate")
            assert [str(fault) for fault in audit()] == []
            for moment, statuses in self.history:
                assert [as_of(matter, moment) for matter in self.ids] == statuses
        finally:
            transaction.savepoint_rollback(self.undo)


def answered(send: Callable[[], Receipt]) -> Receipt | Refusal:
    try:
        return send()
    except Refusal as refusal:
        return refusal


#: Matters for which something does not hold that must whatever is done.
HOLDS = """
select m.number, 'closed without a passing check of its cycle, or the reverse' from matter m
where (m.status = 'closed') <> exists (
  select 1 from verification v where v.id = m.closing_check and v.matter_id = m.id and v.cycle = m.cycle
  and v.passed and v.how <> 'sample')
union all
select m.number, 'a doer checked' from verification v join matter m on m.id = v.matter_id
where v.by_id in (select by_id from response r where r.matter_id = v.matter_id
  union select by_id from acceptance a where a.matter_id = v.matter_id
  union select by_id from closure_request c where c.matter_id = v.matter_id)
  or exists (select 1 from assignment a join organisation doer on doer.id = a.organisation_id
    join organisation own on own.id = v.by_organisation_id
    where a.matter_id = v.matter_id and starts_with(own.path, doer.path))
union all
select m.number, 'not one open lead where it is worked on' from matter m
where m.status in ('assigned', 'accepted', 'in_progress', 'closure_requested') and 1 <> (
  select count(*) from assignment a where a.matter_id = m.id and a.part = 'lead' and a.ended_at is null
  and a.organisation_id = m.lead_id)
"""
AS_OF = "select status from span where matter_id = %s and from_at <= %s and (to_at is null or to_at > %s)"


def holds() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(HOLDS)
        return list(cursor.fetchall())


def as_of(matter_id: Any, moment: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute(AS_OF, [matter_id, moment, moment])
        (status,) = cursor.fetchone()
        return str(status)


@pytest.fixture
def machine(cast: Cast) -> type[Loop]:
    cast.person("keeper", "checkers", Role.LIAISON)
    cast.person("double", "checkers", Role.VERIFIER)
    cast.join("double", "support")
    Loop.cast, Loop.tally = cast, Counter()
    return Loop


def test_the_loop_does_what_the_model_foretells(machine: type[Loop]) -> None:
    run_state_machine_as_test(machine, settings=BRIEF)
    never_done = set(ACTS) - {verb for verb, accepted in machine.tally if accepted}
    assert len(never_done) <= 3, never_done


@pytest.mark.soak
@pytest.mark.skipif("MUSTER_SOAK" not in os.environ, reason="long; run by make soak")
def test_the_loop_does_what_the_model_foretells_for_long(machine: type[Loop]) -> None:
    run_state_machine_as_test(machine, settings=LONG)
    assert {verb for verb, accepted in machine.tally if accepted} == set(ACTS)
    assert {verb for verb, accepted in machine.tally if not accepted} == set(ACTS)
