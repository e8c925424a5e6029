"""What is true of every noun: the page's rules and words, what isn't clear is asked back, lists turn over, scopes hold."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from muster.exchange.lists.records import ListExport
from muster.exchange.webhooks import Webhook
from muster.incidents.incident import Incident
from muster.loop.matter import Matter
from muster.people.administration import AdminEntry
from muster.people.person import Person, Reveal
from muster.people.token import AccessToken
from muster.places.site import Site
from tests.api.asking import api
from tests.api.calls import LEDGER, SITES, calls
from tests.cast import PACK, Cast


@pytest.fixture(autouse=True)
def kept_apart(settings: LazySettings, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path
    settings.WEBHOOK_HOSTS = ["city-brain.example"]


def test_what_a_form_refuses_is_said_by_field_and_nothing_is_done(cast: Cast) -> None:
    ask = api(cast.administrator)
    status, told = ask(
        "post", "/sites", {"name": "澄湖苑小区", "kind": "compound", "area": "青年路街道", "latitude": 36.8}
    )
    assert (status, told["code"]) == (422, "invalid")
    assert told["fields"]["name"]["messages"] == ["A site of this name is in that area already."]
    assert told["fields"]["longitude"]["messages"] == ["A point needs both, or leave both empty."]
    assert Site.objects.count() == 1


def test_a_name_that_is_not_clear_is_asked_back_and_its_candidate_can_be_sent(cast: Cast) -> None:
    ask = api(cast.administrator)
    made = {"name": "东门", "kind": "gate", "area": "青年路街道", "organisation": "unitt"}
    status, told = ask("post", "/sites", made)
    candidates = told["fields"]["organisation"]["candidates"]
    assert (status, candidates[0]["name"]) == (422, "unit")
    status, told = ask("post", "/sites", {**made, "organisation": candidates[0]["value"]})
    assert (status, told["organisation"]) == (201, cast.unit.pk)


def test_what_is_not_sent_stays_as_it_is(cast: Cast) -> None:
    ask = api(cast.administrator)
    status, told = ask("patch", f"/sites/{cast.site.pk}", {"latitude": 36.5, "longitude": 115.5})
    assert (status, told["name"], told["kind"], told["organisation"]) == (200, "澄湖苑小区", "compound", cast.unit.pk)
    for nothing in ("", None):
        status, told = ask("patch", f"/sites/{cast.site.pk}", {"organisation": nothing})
        assert (status, told["organisation"], told["latitude"]) == (200, None, 36.5)
    status, told = ask("patch", f"/sites/{cast.site.pk}", {"name": "澄湖苑小区东"})
    assert (status, told["name"], told["organisation"]) == (200, "澄湖苑小区东", None)
    status, told = ask("patch", f"/people/{cast.fixer.pk}", {"name": "张三"})
    assert (status, told["login"], Person.objects.get(pk=cast.fixer.pk).phone) == (200, "fixer", "13800000042")
    status, told = ask("patch", f"/people/{cast.fixer.pk}", {"forget": True})
    assert (status, told["phone_masked"]) == (200, "")


@pytest.mark.parametrize("noun", ["exports", "ledgers", "handovers", "packs", "conflicts"])
def test_lists_turn_over_from_the_newest(cast: Cast, noun: str) -> None:
    fill(cast, noun)
    ask = api(cast.deputy)
    seen: list[Any] = []
    after: Any = ""
    while after is not None:
        query = f"&after={after}" if after else ""
        status, told = ask("get", f"/{noun}?limit=2{query}")
        assert (status, len(told["items"]) <= 2) == (200, True)
        seen += [one["id"] for one in told["items"]]
        after = told["after"]
    assert len(seen) == len(set(seen)) >= 3
    assert seen == sorted(seen, reverse=True)


def fill(cast: Cast, noun: str) -> None:
    """Three or more of each."""
    calls(cast)
    for nr in range(3):
        match noun:
            case "exports":
                ListExport.objects.create(by=cast.deputy, kind="exports", reason=str(nr), language="en")
            case "ledgers":
                api(cast.deputy)("post", "/ledgers", sender="临清市", rows=LEDGER.replace("无人", str(nr)))
            case "handovers":
                api(cast.deputy)("post", f"/handovers/{_waiting(cast)}/withdrawal")
                api(cast.deputy)("post", "/handovers", {})
            case "packs":
                body = {"text": f"{PACK}\n# {nr}\n", "instead_of": cast.incident.pack_version().pk}
                api(cast.deputy)("post", "/packs", body)
            case "conflicts":
                body = {"id": f"0184e2b0-b8c8-7be0-863c-5adf4b503d{nr:02}", "text": "a"}
                note = f"/matters/{cast.finding().pk}/note"
                api(cast.deputy)("post", note, body)
                api(cast.deputy)("post", note, {**body, "text": "b"})


def _waiting(cast: Cast) -> str:
    logs = api(cast.deputy)("get", "/handovers")[1]["items"]
    return next(str(one["id"]) for one in logs if not one["withdrawn_at"])


def test_a_ledger_is_looked_at_asked_about_and_taken_in(cast: Cast) -> None:
    ask = api(cast.deputy)
    status, sent = ask("post", "/ledgers", sender="临清市", rows=LEDGER)
    assert (status, sent["state"], sent["counts"]["refused"]) == (201, "looked_at", 1)
    assert Matter.objects.count() == 0
    defaults = {"category": "testing", "severity": "minor", "area": "青年路街道"}
    status, told = ask("post", f"/ledgers/{sent['id']}/answers", {"defaults": defaults})
    assert (status, told["counts"]) == (200, {"made": 1, "changed": 0, "same": 0, "refused": 0})
    status, told = ask("post", f"/ledgers/{sent['id']}/taking", {"all_or_nothing": True})
    assert (status, told["state"], Matter.objects.get().text) == (200, "applied", "门岗无人值守")
    status, again = ask("post", "/ledgers", sender="临清市", rows=LEDGER)
    assert again["counts"]["same"] == 1
    answer = ask("get", f"/ledgers/{again['id']}/refused")[1]
    assert answer["Content-Type"].startswith("application/vnd.openxml")


def test_what_is_no_ledger_is_refused_in_its_own_words(cast: Cast) -> None:
    ask = api(cast.deputy)
    status, told = ask("post", "/ledgers", sender="临清市", rows="没有表头")
    assert (status, told["counts"]) == (201, {})
    assert "holds no table of problems" in told["fault"]
    status, told = ask("post", "/ledgers", sender="临清市", file=SimpleUploadedFile("台账.xlsx", b"PK\x03\x04broken"))
    assert (status, told["code"]) == (415, "not_a_workbook")
    status, told = ask("post", "/ledgers", sender="临清市")
    assert (status, told["code"]) == (422, "invalid")


def test_a_list_is_taken_in(cast: Cast) -> None:
    ask = api(cast.administrator)
    _status, sent = ask("post", "/lists", kind="sites", rows=SITES.replace("采样点,", "采样棚子,"))
    question = sent["report"]["questions"][0]
    assert (question["about"], question["text"]) == ("kind", "采样棚子")
    answers = [{"about": "kind", "text": "采样棚子", "value": "sampling_site"}]
    _status, told = ask("post", f"/lists/{sent['id']}/answers", {"answers": answers})
    assert told["counts"]["made"] == 1
    ask("post", f"/lists/{sent['id']}/taking", {})
    assert Site.objects.get(name="东门核酸点").kind == "sampling_site"


def test_a_list_is_taken_out_once_and_only_who_took_it_gets_the_file(cast: Cast) -> None:
    matter, ask = cast.finding(), api(cast.deputy)
    body = {"list": "matters", "query": f"numbers={matter.number}", "reason": "报省", "form": "csv",
            "id": "0184e2b0-b8c8-7be0-863c-5adf4b503d2d"}  # fmt: skip
    status, made = ask("post", "/exports", body)
    assert (status, made["state"], made["count"]) == (201, "made", 1)
    assert ask("post", "/exports", body)[1]["id"] == made["id"] == body["id"]
    assert ListExport.objects.count() == 1
    file = b"".join(ask("get", f"/exports/{made['id']}/file")[1].streaming_content).decode("utf-8-sig")
    assert matter.number in file
    assert api(cast.chief)("get", f"/exports/{made['id']}")[0] == 200
    assert api(cast.chief)("get", f"/exports/{made['id']}/file")[0] == 404
    assert ask("post", "/exports", {**body, "id": None, "list": "people"})[0] == 404
    assert ask("post", "/exports", {**body, "reason": "别的"})[1]["code"] == "conflict"
    assert ListExport.objects.count() == 1
    status, told = ask("post", "/exports", {"list": "matters", "query": "status=lost", "reason": "x"})
    assert (status, told["code"]) == (422, "unknown_value")
    assert ask("post", "/exports", {"list": "bulletins", "query": "area=371581", "reason": "x"})[1]["code"] == "invalid"
    status, told = ask("post", "/exports", {"list": "matters", "query": "?number=1", "reason": "x"})
    assert (status, told["code"], set(told["fields"])) == (422, "invalid", {"query"})


def test_what_was_done_by_it_stands_in_what_administrators_did(cast: Cast) -> None:
    ask = api(cast.administrator)
    ask("post", f"/areas/{cast.town.pk}/renaming", {"name": "青年街道"})
    ask("post", f"/areas/{cast.town.pk}/closure")
    ask("post", f"/people/{cast.fixer.pk}/grants", {"role": "reader", "area": "临清市", "organisation": cast.unit.pk})
    ask("post", f"/people/{cast.fixer.pk}/deactivation")
    done = set(AdminEntry.objects.filter(by=cast.administrator).values_list("action", flat=True))
    assert done == {"area_renamed", "area_closed", "grant_given", "shut_out"}
    ask("post", f"/people/{cast.fixer.pk}/phone", {"reason": "通知"})
    assert Reveal.objects.get().reason == "通知"


def test_nobody_takes_their_own_administration_away(cast: Cast) -> None:
    ask, own = api(cast.administrator), cast.administrator
    for call in (f"grants/{own.grants.get().pk}/end", f"memberships/{own.memberships.get().pk}/end", "deactivation"):
        status, told = ask("post", f"/people/{own.pk}/{call}")
        assert (status, told["code"]) == (409, "own_administration")


def test_a_pack_is_put_in_force_only_in_place_of_what_was_checked(cast: Cast) -> None:
    ask = api(cast.deputy)
    present = cast.incident.pack_version().pk
    _status, checked = ask("post", "/packs/check", {"text": PACK + "\n# 二\n"})
    assert (checked["instead_of"], checked["faults"]) == (present, [])
    assert [one["text"] for one in checked["changes"] if one["kind"] == "added"]
    assert ask("post", "/packs", {"text": "nonsense", "instead_of": present})[1]["code"] == "invalid"
    assert ask("post", "/packs", {"text": PACK + "\n# 二\n", "instead_of": present})[0] == 201
    status, told = ask("post", "/packs", {"text": PACK + "\n# 三\n", "instead_of": present})
    assert (status, told["code"]) == (409, "pack_not_as_seen")


def test_another_incident_is_named_by_its_number(cast: Cast) -> None:
    flood = Incident.objects.create(
        name_zh="防汛", name_en="Flood", area=cast.county, started_at=timezone.now() - timedelta(days=1)
    )
    flood.put_in_force(cast.incident.pack_version())
    ask = api(cast.deputy)
    ask("post", f"/duty/items?incident={flood.pk}", {"text": "沙袋"})
    assert [one["text"] for one in ask("get", f"/duty/items?incident={flood.pk}")[1]] == ["沙袋"]
    assert ask("get", f"/duty/items?incident={cast.incident.pk}")[1] == []
    assert ask("get", "/duty/items?incident=999")[1]["code"] == "no_incident"
    assert {one["id"] for one in ask("get", "/incidents/open")[1]} == {flood.pk, cast.incident.pk}


def test_a_unit_reads_a_history_without_who_is_behind_it(cast: Cast) -> None:
    matter = cast.closed()
    matter.note(by=cast.dispatcher, text="内部")
    for who, names, notes in (("deputy", True, True), ("fixer", False, False)):
        told = api(cast.people[who])("get", f"/matters/{matter.pk}/history")[1]
        assert [one["seq"] for one in told] == sorted(one["seq"] for one in told)
        assert any(one["by"] for one in told) == names
        assert any("内部" in one["texts"] for one in told) == notes
        assert bool(told[0]["organisation"]) == names


def test_by_a_session_that_is_not_fresh_no_webhook_is_made_and_by_a_token_one_is(cast: Cast) -> None:
    body = {"name": "城市大脑", "address": "https://city-brain.example/muster"}
    assert api(cast.chief)("post", "/webhooks", body)[1]["code"] == "fresh_sign_in"
    until = timezone.now() + timedelta(days=1)
    _made, token = AccessToken.make(cast.chief, "x", ["webhooks:write"], until, second_factor=True)
    bearer: Any = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    answer = Client().post("/api/webhooks", body, content_type="application/json", **bearer)
    assert (answer.status_code, answer.json()["secret"]) == (201, Webhook.objects.get().secret)
    wrong = {**body, "actions": ["dance"]}
    assert (
        Client().post("/api/webhooks", wrong, content_type="application/json", **bearer).json()["code"] == "malformed"
    )
    again: Any = {**body, "id": answer.json()["id"]}
    repeated = Client().post("/api/webhooks", again, content_type="application/json", **bearer)
    assert (repeated.status_code, repeated.json()["secret"]) == (201, answer.json()["secret"])
    other = Client().post("/api/webhooks", {**again, "name": "别的"}, content_type="application/json", **bearer)
    assert (other.json()["code"], Webhook.objects.count()) == ("conflict", 1)


def test_a_list_tells_of_each_matter_what_the_matter_itself_does(cast: Cast) -> None:
    cast.closed(cast.finding(text='"引号"\\ 换行\n<b>', severity="minor"))
    cast.at_closure()
    cast.request()
    ask = api(cast.deputy)
    for sort in ("newest", "oldest", "due", "due_last"):
        for one in ask("get", f"/matters?sort={sort}")[1]["items"]:
            alone = ask("get", f"/matters/{one['id']}")[1]
            assert list(one) == list(alone)
            for name, value in alone.items():
                if name.endswith("_at") and value:
                    # One matter is told to the millisecond.
                    off = datetime.fromisoformat(one[name]) - datetime.fromisoformat(value)
                    assert timedelta() <= off < timedelta(milliseconds=1)
                else:
                    assert one[name] == value
