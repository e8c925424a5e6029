"""Bulletins: drafts for who may approve and for the unit they name, issues for who sees their matters."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from muster.lib.ids import uuid7
from muster.loop.bulletin import Bulletin
from muster.loop.matter import Matter
from muster.loop.steps import Publication
from tests.cast import Cast
from tests.loop import stage
from tests.web.signed_in import signed_in

TEXT = "青年路街道某小区漏采三户"


@pytest.fixture
def draft(cast: Cast) -> Matter:
    matter = stage.assigned(cast)
    matter.draft_publication(by=cast.chief, reason=TEXT)
    return matter


@pytest.fixture
def issue(cast: Cast, draft: Matter) -> Bulletin:
    draft.publish(by=cast.deputy, number="第 7 期")
    return Bulletin.objects.get()


def approval(*matters: Matter, number: str = "第 7 期") -> dict[str, Any]:
    return {"form": str(uuid7()), "number": number, "id": [str(one.pk) for one in matters]}


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        *((who, "draft") for who in ("chief", "deputy", "fixer")),
        *((who, "nothing") for who in ("dispatcher", "finder", "verifier", "reader", "junior", "stranger", "helper")),
        *((who, "no page") for who in ("outsider", "administrator", "operator")),
    ],
)
def test_who_sees_a_draft_before_it_appears(cast: Cast, draft: Matter, who: str, sees: str) -> None:
    answer = signed_in(cast.people[who]).get("/bulletins/")
    assert answer.status_code == (404 if sees == "no page" else 200)
    assert (TEXT in answer.content.decode()) == (sees == "draft")


@pytest.mark.parametrize("who", ["chief", "dispatcher", "finder", "verifier", "reader", "fixer", "helper", "junior"])
def test_who_sees_the_matter_sees_the_issue(cast: Cast, issue: Bulletin, who: str) -> None:
    client = signed_in(cast.people[who])
    assert "第 7 期" in client.get("/bulletins/").content.decode()
    page = client.get(f"/bulletins/{issue.pk}/").content.decode()
    assert TEXT in page
    for person in cast.people.values():
        if person.login != who:
            assert person.name not in page


@pytest.mark.parametrize("who", ["outsider", "administrator", "stranger", "operator"])
def test_to_anyone_else_it_does_not_exist(cast: Cast, issue: Bulletin, who: str) -> None:
    client = signed_in(cast.people[who])
    for address in (f"/bulletins/{issue.pk}/", f"/bulletins/{issue.pk}/withdrawal/"):
        assert client.get(address).status_code == 404
    answer = client.post(f"/bulletins/{issue.pk}/withdrawal/", {"form": str(uuid7()), "reason": "更正"})
    assert answer.status_code == 404
    assert "第 7 期" not in client.get("/bulletins/").content.decode()


def test_a_second_person_approves_several_in_one_issue(cast: Cast, draft: Matter) -> None:
    other = stage.drafted(cast)
    client = signed_in(cast.deputy)
    assert client.get("/bulletins/").context["form"]["number"].value()
    assert client.post("/bulletins/", approval(draft, other)).status_code == 302
    assert Bulletin.objects.get().items.count() == 2


def test_a_double_click_publishes_once(cast: Cast, draft: Matter) -> None:
    client, sent = signed_in(cast.deputy), approval(draft)
    for _click in range(2):
        assert client.post("/bulletins/", sent).status_code == 302
    assert Publication.objects.count() == 1


def test_the_author_does_not_approve(cast: Cast, draft: Matter) -> None:
    client = signed_in(cast.chief)
    page = client.get("/bulletins/")
    assert [(one.own, one.publishes) for one in page.context["waiting"]] == [(True, False)]
    answer = client.post("/bulletins/", approval(draft))
    assert answer.status_code == 422
    assert not Publication.objects.exists()


def test_what_was_ticked_and_typed_stays_when_one_is_refused(cast: Cast, issue: Bulletin) -> None:
    matter = cast.finding()
    matter.draft_publication(by=cast.deputy, reason="另一件典型")
    answer = signed_in(cast.chief).post("/bulletins/", approval(matter, number="第 7 期"))
    assert answer.status_code == 422
    assert [(one.ticked, one.refusal.code) for one in answer.context["waiting"]] == [(True, "number_taken")]
    assert 'value="第 7 期"' in answer.content.decode()
    assert signed_in(cast.chief).post("/bulletins/", approval()).status_code == 422


def test_the_next_number_follows_the_last(cast: Cast, issue: Bulletin) -> None:
    matter = cast.finding()
    matter.draft_publication(by=cast.chief, reason="另一件典型")
    page = signed_in(cast.deputy).get("/bulletins/")
    assert page.context["form"]["number"].value() == "第 8 期"


@pytest.mark.parametrize(("who", "may"), [("chief", True), ("deputy", True), ("dispatcher", False), ("fixer", False)])
def test_headquarters_withdraws_an_issue_with_a_reason(cast: Cast, issue: Bulletin, who: str, may: bool) -> None:
    client, sent = signed_in(cast.people[who]), {"form": str(uuid7()), "reason": "单位表述有误"}
    answer = client.post(f"/bulletins/{issue.pk}/withdrawal/", sent)
    assert answer.status_code == (302 if may else 404)
    assert (Bulletin.objects.get().withdrawn_at is not None) == may
    if may:
        assert client.post(f"/bulletins/{issue.pk}/withdrawal/", sent).status_code == 302
        page = client.get(f"/bulletins/{issue.pk}/").content.decode()
        assert TEXT in page
        assert "单位表述有误" in page


def test_withdrawing_needs_a_reason(cast: Cast, issue: Bulletin) -> None:
    answer = signed_in(cast.chief).post(f"/bulletins/{issue.pk}/withdrawal/", {"form": str(uuid7()), "reason": " "})
    assert answer.status_code == 422
    assert Bulletin.objects.get().withdrawn_at is None


def test_a_correction_is_told_where_the_text_stood(cast: Cast, issue: Bulletin, draft: Matter) -> None:
    draft.withdraw(by=cast.chief, reason="更正")
    draft.draft_publication(by=cast.chief, reason="更正后的表述")
    draft.publish(by=cast.deputy, number="第 8 期")
    page = signed_in(cast.fixer).get(f"/bulletins/{issue.pk}/")
    assert [one.corrected_in.number for one in page.context["shown"]] == ["第 8 期"]


def test_the_unit_reads_the_draft_and_replies_beside_it(cast: Cast, draft: Matter) -> None:
    client = signed_in(cast.fixer)
    assert f"/matters/{draft.pk}/publication-reply/" in client.get("/bulletins/").content.decode()
    assert TEXT in client.get(f"/matters/{draft.pk}/").content.decode()
    client.post(f"/matters/{draft.pk}/publication-reply/", {"id": str(uuid7()), "text": "当日已补采"})
    draft.publish(by=cast.deputy, number="第 7 期")
    page = signed_in(cast.reader).get(f"/bulletins/{Bulletin.objects.get().pk}/").content.decode()
    assert "当日已补采" in page


def test_the_matter_leads_to_its_issue(cast: Cast, issue: Bulletin, draft: Matter) -> None:
    assert f"/bulletins/{issue.pk}/" in signed_in(cast.fixer).get(f"/matters/{draft.pk}/").content.decode()


def test_issues_are_paged_none_twice_and_none_missing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muster.web.bulletins.PAGE", 2)
    for number in range(5):
        stage.drafted(cast).publish(by=cast.deputy, number=f"第 {number} 期")
    client, seen, before = signed_in(cast.chief), [], ""
    while True:
        context = client.get("/bulletins/", {"before": before}).context
        seen += [one.number for one in context["issues"]]
        if not context["more"]:
            break
        before = str(context["more"])
    assert seen == [f"第 {number} 期" for number in (4, 3, 2, 1, 0)]
    assert client.get("/bulletins/", {"before": "x"}).status_code == 200


def test_pages_ask_the_database_few_questions(cast: Cast, issue: Bulletin) -> None:
    for number in range(6):
        stage.drafted(cast).publish(by=cast.deputy, number="第 7 期" if number % 2 else "第 9 期")
        stage.drafted(cast)
    client = signed_in(cast.deputy)
    for address in ("/bulletins/", f"/bulletins/{issue.pk}/"):
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        assert len(asked) <= 15, [query["sql"][:90] for query in asked.captured_queries]
