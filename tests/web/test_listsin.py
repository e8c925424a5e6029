"""Lists of the city's own taken in on the pages: who gets there, what is shown and asked, and that it is done once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from muster.exchange.directory.intake import KINDS
from muster.exchange.records import LedgerImport
from muster.people.person import Person
from muster.places.site import Site
from tests.cast import Cast
from tests.web.asking import few_questions
from tests.web.signed_in import signed_in

ENGLISH: dict[str, Any] = {"HTTP_ACCEPT_LANGUAGE": "en"}
SITES = (
    "名称\t类型\t区划\t责任单位\n东门\t卡口\t青年路街道\tunit\n西门\t岗亭\t青年路街道\tunit\n南门\t卡口\t火星街道\t\n"
)
CHAIN = "#接龙\n格式：姓名+单位+电话\n1. 张三 unit 13800000001\n2. 李四 unit 13800000002\n"


@pytest.fixture(autouse=True)
def kept_apart(settings: LazySettings, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path


def send(client: Client, kind: str, rows: str) -> LedgerImport:
    response = client.post(f"/lists/{kind}/new/", {"rows": rows}, **ENGLISH)
    assert response.status_code == 302, response.content.decode()
    return LedgerImport.objects.get(pk=response["Location"].strip("/").rpartition("/")[2])


def page(client: Client, came: LedgerImport) -> str:
    return client.get(f"/lists/{came.pk}/", **ENGLISH).content.decode()


@pytest.mark.parametrize(
    "who", ["outsider", "chief", "dispatcher", "fixer", "finder", "verifier", "operator", "reader"]
)
def test_who_does_not_administer_takes_none_in(cast: Cast, admin: Client, who: str) -> None:
    came, client = send(admin, "sites", SITES), signed_in(cast.people[who])
    for address in (*(f"/lists/{kind}/new/" for kind in KINDS), f"/lists/{came.pk}/", f"/lists/{came.pk}/refused/"):
        assert client.get(address).status_code == 404
    assert client.post(f"/lists/{came.pk}/", {"take": "1"}).status_code == 404
    assert Site.objects.count() == 1


def test_anothers_list_does_not_exist(cast: Cast, admin: Client) -> None:
    came = send(admin, "sites", SITES)
    cast.person("second", "headquarters", "administrator")  # type: ignore[arg-type]
    assert signed_in(cast.second).get(f"/lists/{came.pk}/").status_code == 404
    assert admin.get("/lists/secrets/new/").status_code == 404
    assert admin.get(f"/ledgers/{came.pk}/").status_code == 404


def test_it_is_looked_at_first_asked_about_and_then_taken_in_once(cast: Cast, admin: Client) -> None:
    came = send(admin, "sites", SITES)
    assert came.counts == {"made": 1, "changed": 0, "same": 0, "refused": 2}
    assert Site.objects.count() == 1
    shown = page(admin, came)
    for told in ("Take 1 line in", "东门", "火星街道", "岗亭", "Choose what is meant", "Responsible organisation"):
        assert told in shown, told
    [question] = [one for one in came.report["questions"] if one["text"] == "岗亭"]
    nr = came.report["questions"].index(question)
    admin.post(f"/lists/{came.pk}/", {"look": "1", f"asked-{nr}": "岗亭", f"answer-{nr}": "gate"})
    for _twice in range(2):
        admin.post(f"/lists/{came.pk}/", {"take": "1"})
    assert set(Site.objects.values_list("name", flat=True)) == {"澄湖苑小区", "东门", "西门"}
    again = send(admin, "sites", SITES)
    assert again.counts == {"made": 0, "changed": 0, "same": 2, "refused": 1}


def test_the_refused_rows_come_as_a_workbook_and_mended_are_taken_in(cast: Cast, admin: Client) -> None:
    came = send(admin, "sites", SITES)
    answer = admin.get(f"/lists/{came.pk}/refused/", **ENGLISH)
    assert answer["Content-Disposition"].startswith("attachment")
    sent = admin.post("/lists/sites/new/", {"file": SimpleUploadedFile("退回.xlsx", answer.content)})
    counts = LedgerImport.objects.get(pk=sent["Location"].strip("/").rpartition("/")[2]).counts
    assert counts == {"made": 0, "changed": 0, "same": 0, "refused": 2}


def test_a_sign_up_chain_is_pasted_into_persons(cast: Cast, admin: Client) -> None:
    came = send(admin, "people", CHAIN)
    assert ("zhangsan" in page(admin, came), "138****0001" in page(admin, came)) == (True, True)
    admin.post(f"/lists/{came.pk}/", {"take": "1"})
    assert Person.objects.filter(login__in=("zhangsan", "lisi"), memberships__organisation=cast.unit).count() == 2


def test_headings_that_mean_nothing_are_asked(cast: Cast, admin: Client) -> None:
    came = send(admin, "people", "何人\t在何处\n张三\tunit\n")
    assert "holds no such list" in page(admin, came)
    admin.post(f"/lists/{came.pk}/", {"look": "1", "column-0-0": "name", "column-0-1": "organisation"})
    came.refresh_from_db()
    assert came.counts["made"] == 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_page_and_its_door(cast: Cast, admin: Client, kind: str) -> None:
    assert admin.get(f"/lists/{kind}/new/", **ENGLISH).status_code == 200
    wrong = admin.post(f"/lists/{kind}/new/", {"rows": ""}, **ENGLISH)
    assert (wrong.status_code, "Choose a workbook" in wrong.content.decode()) == (422, True)
    doors = {"areas": f"/places/{cast.county.pk}/", "sites": "/places/sites/", "organisations": "/organisations/",
             "people": "/people/", "grants": "/lists/people/new/"}  # fmt: skip
    assert f'href="/lists/{kind}/new/"' in admin.get(doors[kind]).content.decode()


def test_its_pages_ask_few_questions(cast: Cast, admin: Client) -> None:
    came = send(admin, "sites", SITES)
    page(admin, came)
    with few_questions(12):
        page(admin, came)
    with few_questions(12):
        admin.get("/lists/sites/new/", **ENGLISH)
