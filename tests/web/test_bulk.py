"""Acting on many matters: seen before it is done, one act each, and what is refused named with its reason."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.lib.ids import part_of, uuid7
from muster.loop.act import VERBS
from muster.loop.entry import Entry
from muster.loop.matter import Matter
from muster.loop.nouns import NOUNS
from muster.people.organisation import Organisation
from muster.people.role import Role
from muster.web.bulk import BULK, MOST
from tests.cast import Cast
from tests.loop import stage
from tests.web.signed_in import signed_in

ASSIGN = "/matters/bulk/assignment/"


def ids(*matters: Matter) -> dict[str, Any]:
    return {"id": [str(one.pk) for one in matters]}


def form(*matters: Matter, stage: str = "do", act: UUID | None = None, **fields: str) -> dict[str, Any]:
    named = {f"bulk-{name}": value for name, value in fields.items()}
    return {**ids(*matters), "stage": stage, "bulk-id": str(act or uuid7()), **named}


def status_of(*matters: Matter) -> list[str]:
    return [Matter.objects.get(pk=one.pk).status for one in matters]


def in_full(organisation: Organisation) -> str:
    return f"{organisation.name}（{organisation.area.name_zh}）"


@pytest.mark.parametrize(
    ("who", "nouns"),
    [
        ("chief", set(BULK)),
        ("dispatcher", set(BULK) - {"escalation"}),
        *((who, {"note"}) for who in ("finder", "verifier", "reader", "fixer", "junior")),
        *((who, set()) for who in ("outsider", "administrator", "stranger", "operator", "helper")),
    ],
)
def test_who_gets_to_which_step(cast: Cast, who: str, nouns: set[str]) -> None:
    matter, client = cast.finding(), signed_in(cast.people[who])
    matter.assign(by=cast.dispatcher, lead=cast.unit)
    opened = {noun for noun in BULK if client.get(f"/matters/bulk/{noun}/", ids(matter)).status_code == 200}
    assert opened == nouns
    for noun in set(BULK) - nouns:
        assert client.post(f"/matters/bulk/{noun}/", form(matter, text="好")).status_code == 404
    assert client.get("/matters/bulk/voiding/", ids(matter)).status_code == 404


def test_whoever_is_not_signed_in_is_led_to_the_sign_in(cast: Cast) -> None:
    assert Client().get(ASSIGN, ids(cast.finding())).status_code == 302


def test_many_are_assigned_in_one_go_each_by_an_act_of_its_own(cast: Cast) -> None:
    matters, act = [cast.finding() for _n in range(3)], uuid7()
    client = signed_in(cast.dispatcher)
    assert client.get(ASSIGN, ids(*matters)).status_code == 200
    preview = client.post(ASSIGN, form(*matters, stage="preview", lead=in_full(cast.unit)))
    assert [len(preview.context["fates"].done), status_of(*matters)] == [3, ["registered"] * 3]
    answer = client.post(ASSIGN, form(*matters, act=act, lead=in_full(cast.unit)))
    assert (len(answer.context["fates"].done), status_of(*matters)) == (3, ["assigned"] * 3)
    assert set(Entry.objects.filter(action="assign").values_list("act_id", flat=True)) == {
        part_of(act, one.pk) for one in matters
    }


def test_a_preview_writes_nothing(cast: Cast) -> None:
    matters = [cast.finding(), stage.assigned(cast)]
    before = stage.rows()
    signed_in(cast.dispatcher).post(ASSIGN, form(*matters, stage="preview", lead=in_full(cast.unit)))
    assert stage.rows() == before


def test_a_double_click_and_a_lost_answer_do_nothing_twice(cast: Cast) -> None:
    matters, client = [cast.finding(), cast.finding()], signed_in(cast.dispatcher)
    sent = form(*matters, lead=in_full(cast.unit))
    first, again = client.post(ASSIGN, sent), client.post(ASSIGN, sent)
    assert [len(answer.context["fates"].done) for answer in (first, again)] == [2, 2]
    assert [len(answer.context["fates"].again) for answer in (first, again)] == [0, 2]
    assert Entry.objects.filter(action="assign").count() == 2


def test_what_would_be_refused_is_named_with_its_reason(cast: Cast) -> None:
    new, given_out = cast.finding(), stage.assigned(cast)
    preview = signed_in(cast.dispatcher).post(
        ASSIGN, form(new, given_out, stage="preview", lead=in_full(cast.checkers))
    )
    refused = {fate.matter.pk: fate.refusal for fate in preview.context["fates"].refused}
    assert {pk: refusal.code for pk, refusal in refused.items()} == {
        new.pk: "nobody_there",
        given_out.pk: "wrong_state",
    }
    assert [len(fates) for _reason, fates in preview.context["fates"].reasons] == [1, 1]
    assert cast.checkers.name in str(refused[new.pk])
    assert all(one.number in preview.content.decode() for one in (new, given_out))


def test_the_other_side_is_refused_in_the_preview_too(cast: Cast) -> None:
    """The unit's own person ruled before: that only the database knows."""
    cast.person("keeper", "checkers", Role.LIAISON)
    matter = stage.failed(cast)
    preview = signed_in(cast.dispatcher).post(
        "/matters/bulk/reassignment/", form(matter, stage="preview", lead=in_full(cast.checkers), reason="改派")
    )
    assert [type(one.refusal).__name__ for one in preview.context["fates"].refused] == ["WrongSide"]


def test_one_that_fails_stops_no_other(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    matters = [cast.finding() for _n in range(3)]
    assign = Matter.assign

    def failing(self: Matter, **asked: Any) -> Any:
        if self.pk == matters[1].pk:
            raise DatabaseError("connection lost")
        return assign(self, **asked)

    monkeypatch.setattr(Matter, "assign", failing)
    answer = signed_in(cast.dispatcher).post(ASSIGN, form(*matters, lead=in_full(cast.unit)))
    assert status_of(*matters) == ["assigned", "registered", "assigned"]
    assert [one.matter.pk for one in answer.context["fates"].refused] == [matters[1].pk]


def test_what_time_does_not_reach_is_gone_on_with(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    matters, client = [cast.finding() for _n in range(2)], signed_in(cast.dispatcher)
    sent = form(*matters, lead=in_full(cast.unit))
    with monkeypatch.context() as slow:
        slow.setattr("muster.web.bulk.BUDGET_S", -1.0)
        answer = client.post(ASSIGN, sent)
    assert (len(answer.context["fates"].left), status_of(*matters)) == (2, ["registered"] * 2)
    assert sent["bulk-id"] in answer.content.decode()
    client.post(ASSIGN, sent)
    assert status_of(*matters) == ["assigned"] * 2


def test_each_goes_to_its_own_site_s_unit(cast: Cast) -> None:
    own, none = cast.finding(), cast.finding(site=None)
    answer = signed_in(cast.dispatcher).post(ASSIGN, form(own, none))
    assert (Matter.objects.get(pk=own.pk).lead, status_of(none)) == (cast.unit, ["registered"])
    assert [one.refusal.code for one in answer.context["fates"].refused] == ["no_unit"]


def test_only_within_the_own_jurisdiction(cast: Cast) -> None:
    cast.person("local", "headquarters", Role.DISPATCHER, area=cast.town)
    cast.grant("local", Role.READER, "headquarters", cast.county)
    here, seen, unseen = (
        cast.finding(), cast.finding(area=cast.county, site=None), cast.finding(area=cast.elsewhere, site=None)
    )  # fmt: skip
    answer = signed_in(cast.local).post(ASSIGN, form(here, seen, unseen, lead=in_full(cast.unit)))
    assert status_of(here, seen, unseen) == ["assigned", "registered", "registered"]
    assert answer.context["unseen"] == 1
    assert unseen.number not in answer.content.decode()


def test_nothing_that_was_typed_is_lost(cast: Cast) -> None:
    matter, client = stage.assigned(cast), signed_in(cast.dispatcher)
    refused = client.post(
        "/matters/bulk/reassignment/", form(matter, stage="preview", lead="没有这个单位", reason="原单位撤销")
    )
    assert refused.status_code == 422
    for kept in ("没有这个单位", "原单位撤销", str(matter.pk)):
        assert kept in refused.content.decode()
    changed = client.post("/matters/bulk/reassignment/", form(matter, stage="change", lead="x", reason="原单位撤销"))
    assert "原单位撤销" in changed.content.decode()


def test_extensions_are_ruled_on_together(cast: Cast) -> None:
    asked, not_asked = stage.extension_asked(cast), stage.assigned(cast)
    sent = form(asked, not_asked, granted="yes", reason="同意")
    answer = signed_in(cast.dispatcher).post("/matters/bulk/extension-ruling/", sent)
    assert [one.matter.pk for one in answer.context["fates"].done] == [asked.pk]
    assert asked.extensionrulings.get().granted


def test_the_other_steps(cast: Cast) -> None:
    late, client = stage.overdue(cast), signed_in(cast.chief)
    client.post("/matters/bulk/escalation/", form(late, reason="限期办结"))
    client.post("/matters/bulk/reclassification/", form(late, severity="major", reason="核实"))
    client.post("/matters/bulk/note/", form(late, text="已电话核实"))
    late.refresh_from_db()
    assert [late.escalations.count(), late.severity, late.notes.get().text] == [1, "major", "已电话核实"]


def test_every_step_is_one_of_the_loop(cast: Cast) -> None:
    assert {NOUNS[noun] for noun in BULK} <= set(VERBS)


@pytest.mark.parametrize(("who", "steps"), [("chief", 6), ("dispatcher", 5), ("reader", 1), ("administrator", 0)])
def test_the_bar_offers_no_door_that_stays_shut(cast: Cast, who: str, steps: int) -> None:
    request = RequestFactory().get("/matters/")
    request.user = cast.people[who]
    bar = render_to_string("matters/bulkbar.html", request=request)
    assert bar.count('formaction="/matters/bulk/') == steps


def test_too_many_are_refused_with_their_number(cast: Cast) -> None:
    many = {"id": [str(uuid7()) for _n in range(MOST + 1)]}
    answer = signed_in(cast.dispatcher).post(ASSIGN, many)
    assert answer.status_code == 422
    assert str(MOST + 1) in answer.content.decode()


def test_nothing_ticked_and_nonsense(cast: Cast) -> None:
    client = signed_in(cast.dispatcher)
    assert client.get(ASSIGN).status_code == 200
    assert client.get(ASSIGN, {"id": "1' or 1=1"}).status_code == 404


def test_the_form_asks_few_questions_for_many(cast: Cast) -> None:
    matters, client = [cast.finding() for _n in range(12)], signed_in(cast.dispatcher)
    client.get(ASSIGN, ids(*matters))
    with CaptureQueriesContext(connection) as asked:
        page = client.get(ASSIGN, ids(*matters)).content.decode()
    assert len(asked) <= 15, [query["sql"][:90] for query in asked.captured_queries]
    assert all(one.number in page for one in matters)


@given(st.uuids(version=4), st.uuids(), st.uuids())
@settings(max_examples=200)
def test_ids_of_parts_are_one_s_own_and_always_the_same(whole: UUID, one: UUID, other: UUID) -> None:
    made = part_of(whole, one)
    assert (made, made.version, made.variant) == (part_of(whole, one), 7, whole.variant)
    assert (made == part_of(whole, other)) == (one == other)
    assert re.fullmatch(r"[0-9a-f-]{36}", str(made))
