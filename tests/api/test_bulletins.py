"""Bulletins by the API: as the pages show them."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.cast import Cast
from tests.loop import stage
from tests.web.signed_in import signed_in


def test_an_issue_with_its_texts_replies_and_corrections(cast: Cast) -> None:
    matter = stage.assigned(cast, stage.drafted(cast))
    matter.reply_to_publication(by=cast.fixer, text="当日已补采")
    matter.publish(by=cast.deputy, number="第 7 期")
    matter.withdraw(by=cast.chief, reason="更正")
    matter.draft_publication(by=cast.chief, reason="更正后的表述")
    matter.publish(by=cast.deputy, number="第 8 期")
    client = signed_in(cast.reader)
    page = client.get("/api/bulletins?limit=1").json()
    first = client.get("/api/bulletins", {"before": page["before"]}).json()["items"][0]
    assert (page["items"][0]["number"], first["number"]) == ("第 8 期", "第 7 期")
    (told,) = first["matters"]
    assert (told["text"], told["withdrawn_because"], told["corrected_in"]) == ("典型", "更正", "第 8 期")
    assert told["replies"] == [{"organisation": cast.unit.name, "text": "当日已补采"}]


@pytest.mark.parametrize("who", ["outsider", "stranger", "administrator", "operator"])
def test_anyone_else_gets_none(cast: Cast, who: str) -> None:
    stage.published(cast)
    assert signed_in(cast.people[who]).get("/api/bulletins").json() == {"items": [], "before": None}


def test_nobody_gets_any_without_signing_in(cast: Cast) -> None:
    assert Client().get("/api/bulletins").status_code == 401
