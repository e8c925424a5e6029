"""Ledgers on the pages: who gets to them, what is shown, what is asked, and what is taken in once."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from procrastinate.contrib.django import app
from xlsxwriter import Workbook

from muster.exchange.records import ImportState, LedgerImport, Sender
from muster.loop.matter import Matter
from muster.people.role import Role
from muster.web import ledgerwork
from muster.worker import jobs
from tests.cast import Cast
from tests.web.asking import few_questions
from tests.web.signed_in import signed_in

ENGLISH: dict[str, Any] = {"HTTP_ACCEPT_LANGUAGE": "en"}
ROWS = (
    "检查时间\t区划\t问题描述\t问题类别\t责任单位\t是否销号\t牵头领导\n"
    "2022-12-01\t青年路街道\t漏采3户\t采样检测\t青年路居委会\t否\t张三\n"
    "2022-12-02\t青年路街道\t消杀无记录\t消毒\t青年路居委会\t是\t张三\n"
    "上周三\t青年路街道\t卡口无人\t卡口\t青年路居委会\t\t\n"
)


@pytest.fixture(autouse=True)
def kept_apart(settings: LazySettings, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path


@pytest.fixture
def clerk(cast: Cast) -> Client:
    cast.organisation("青年路居委会", cast.town)
    cast.person("committee", "青年路居委会", Role.LIAISON, area=cast.town)
    return signed_in(cast.dispatcher)


def send(client: Client, rows: str = ROWS, **given: Any) -> LedgerImport:
    response = client.post("/ledgers/new/", {"rows": rows, "sender": "临清市", **given}, **ENGLISH)
    assert response.status_code == 302, response.content.decode()
    return LedgerImport.objects.get(pk=response["Location"].strip("/").rpartition("/")[2])


def page(client: Client, came: LedgerImport) -> str:
    return client.get(f"/ledgers/{came.pk}/", **ENGLISH).content.decode()


@pytest.mark.parametrize("who", ["outsider", "administrator", "fixer", "finder", "verifier", "operator", "reader"])
def test_for_who_does_not_dispatch_there_are_none(cast: Cast, clerk: Client, who: str) -> None:
    came = send(clerk)
    client = signed_in(cast.people[who])
    for address in ("/ledgers/", "/ledgers/new/", f"/ledgers/{came.pk}/", f"/ledgers/{came.pk}/refused/"):
        assert client.get(address).status_code == 404
    assert client.post(f"/ledgers/{came.pk}/", {"take": "1"}).status_code == 404
    assert Matter.objects.count() == 0


def test_anothers_ledger_does_not_exist(cast: Cast, clerk: Client) -> None:
    came = send(clerk)
    chief = signed_in(cast.chief)
    assert chief.get(f"/ledgers/{came.pk}/").status_code == 404
    assert "临清市" not in chief.get("/ledgers/").content.decode()


def test_it_is_looked_at_first_then_taken_in(cast: Cast, clerk: Client) -> None:
    came = send(clerk)
    assert came.counts == {"made": 1, "changed": 0, "same": 0, "refused": 2}
    assert Matter.objects.count() == 0
    shown = page(clerk, came)
    for told in ("Take 1 line in", "漏采3户", "“上周三” is no date", "消毒", "Choose what is meant"):
        assert told in shown
    clerk.post(f"/ledgers/{came.pk}/", {"take": "1"})
    came.refresh_from_db()
    assert (came.state, Matter.objects.get().text) == (ImportState.APPLIED, "漏采3户")
    clerk.post(f"/ledgers/{came.pk}/", {"take": "1"})
    assert Matter.objects.count() == 1


def test_what_stands_there_twice_and_what_is_no_line_is_said(cast: Cast, clerk: Client) -> None:
    lines = ROWS.splitlines(keepends=True)
    shown = page(clerk, send(clerk, "".join([*lines[:2], lines[1], "合计\t\t1\t\n"])))
    assert ("says the same as row 2" in shown, "a total" in shown) == (True, True)


def test_what_is_asked_is_answered_once(cast: Cast, clerk: Client) -> None:
    came = send(clerk)
    [question] = came.report["questions"]
    clerk.post(f"/ledgers/{came.pk}/", {"look": "1", "asked-0": question["text"], "answer-0": "disinfection"})
    came.refresh_from_db()
    assert (came.counts["made"], came.report["questions"]) == (2, [])
    assert Sender.objects.get().answers == {"category": {"消毒": "disinfection"}}
    assert send(clerk).counts["made"] == 2


def test_columns_and_what_holds_for_all_lines_are_remembered(cast: Cast, clerk: Client) -> None:
    rows = "时间点\t症结\t单位\n2022-12-01\t漏采3户\t青年路居委会\n"
    came = send(clerk, rows)
    assert "holds no table of problems" in page(clerk, came)
    table = came.report["tables"][0]
    assert [one["heading"] for one in table["fields"]] == ["时间点", "症结", "单位"]
    said = {"look": "1", "area": "青年路街道", "category": "testing", "kind": "finding",
            "column-0-0": "found_at", "column-0-1": "text", "column-0-2": "lead"}  # fmt: skip
    clerk.post(f"/ledgers/{came.pk}/", said)
    came.refresh_from_db()
    assert came.counts == {"made": 1, "changed": 0, "same": 0, "refused": 0}
    assert send(clerk, rows.replace("漏采3户", "漏采4户")).counts["made"] == 1
    wrong = clerk.post(f"/ledgers/{came.pk}/", {**said, "area": "火星路街道"}, **ENGLISH)
    assert wrong.status_code == 422
    assert "No place is called" in wrong.content.decode()


def test_the_refused_lines_come_as_a_workbook(cast: Cast, clerk: Client) -> None:
    came = send(clerk)
    answer = clerk.get(f"/ledgers/{came.pk}/refused/", **ENGLISH)
    assert answer["Content-Disposition"].startswith("attachment")
    again = clerk.post("/ledgers/new/", {"sender": "临清市", "file": SimpleUploadedFile("退回.xlsx", answer.content)})
    counts = LedgerImport.objects.get(pk=again["Location"].strip("/").rpartition("/")[2]).counts
    assert counts == {"made": 0, "changed": 0, "same": 0, "refused": 2}


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({"rows": ""}, "Choose a workbook"),
    "nobody": ({"sender": ""}, "This field is required"),
    "a picture": (
        {"file": SimpleUploadedFile("台账.xlsx", b"\x89PNG\r\n\x1a\n" + b"\0" * 99)},
        "is no workbook that can be read",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_can_not_be_read_leaves_nothing_and_what_was_typed_stays(cast: Cast, clerk: Client, what: str) -> None:
    given, told = WRONG[what]
    if "file" in given:
        given["file"].seek(0)
    answer = clerk.post("/ledgers/new/", {"rows": ROWS, "sender": "临清市", **given}, **ENGLISH)
    shown = answer.content.decode()
    assert (answer.status_code, told in shown) == (422, True)
    assert ("漏采3户" in shown, 'value="临清市"' in shown) == ("rows" not in given, "sender" not in given)
    assert not LedgerImport.objects.exists()


def test_all_or_nothing_says_why_not(cast: Cast, clerk: Client) -> None:
    came = send(clerk)
    clerk.post(f"/ledgers/{came.pk}/", {"take": "1", "all": "1"})
    came.refresh_from_db()
    assert (came.state, Matter.objects.count()) == (ImportState.FAILED, 0)
    assert "all or nothing" in page(clerk, came)


def test_a_large_one_is_looked_at_and_taken_in_by_the_worker(
    cast: Cast, clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    deferred: list[tuple[str, str]] = []

    class Task:
        def __init__(self, name: str) -> None:
            self.name = name

        def defer(self, pk: str) -> None:
            deferred.append((self.name, pk))

    monkeypatch.setattr(ledgerwork, "AT_ONCE_BYTES", 10)
    monkeypatch.setattr(app, "configure_task", Task)
    came = send(clerk)
    assert (came.state, "data-waits" in page(clerk, came)) == (ImportState.LOOKING, True)
    clerk.post(f"/ledgers/{came.pk}/", {"take": "1"})
    assert deferred == [("look_at_ledger", str(came.pk))], "while it is looked at it can't be taken in"
    jobs.ledger(came.pk, apply=False)
    for _twice in range(2):
        clerk.post(f"/ledgers/{came.pk}/", {"take": "1"})
    assert deferred[1:] == [("take_ledger", str(came.pk))]
    assert "0 of 1 lines are in" in page(clerk, came)
    jobs.ledger(came.pk, apply=True)
    came.refresh_from_db()
    assert (came.state, came.done, Matter.objects.count()) == (ImportState.APPLIED, 1, 1)


def test_the_matter_shows_what_the_ledger_says_but_not_to_who_works(cast: Cast, clerk: Client) -> None:
    came = send(clerk)
    clerk.post(f"/ledgers/{came.pk}/", {"take": "1"})
    matter = Matter.objects.get()
    shown = {
        who: signed_in(cast.people[who]).get(f"/matters/{matter.pk}/").content.decode()
        for who in ("chief", "committee")
    }
    assert {who: "张三" in text for who, text in shown.items()} == {"chief": True, "committee": False}


def test_pages_ask_the_database_few_questions(cast: Cast, clerk: Client) -> None:
    came = send(clerk)
    for address in ("/ledgers/", "/ledgers/new/", f"/ledgers/{came.pk}/"):
        clerk.get(address, **ENGLISH)
        with few_questions():
            clerk.get(address, **ENGLISH)


def test_of_two_sheets_with_the_same_headings_the_one_that_was_corrected_counts(clerk: Client) -> None:
    kept = BytesIO()
    with Workbook(kept) as book:
        for name in ("一", "二"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["检查时间", "区划", "问题描述", "责任单位", "情况"])
            sheet.write_row(1, 0, ["2022-12-01", "青年路街道", f"第{name}处漏采", "青年路居委会", "已补采"])
    came = send(clerk, "", file=SimpleUploadedFile("台账.xlsx", kept.getvalue()))
    tables = came.report["tables"]
    assert len(tables) == 2
    said: dict[str, str] = {"look": "1"}
    for nr, table in enumerate(tables):
        said |= {f"column-{nr}-{at}": one["key"] for at, one in enumerate(table["fields"])}
    said["column-0-4"] = "measures"
    clerk.post(f"/ledgers/{came.pk}/", said)
    assert Sender.objects.get().columns[tables[0]["signature"]]["情况"] == "measures"
