"""Taking lists out on the pages: who gets there, what is asked, what others see of it, and that it happens once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from muster.exchange.lists.catalogue import LISTS
from muster.exchange.lists.records import ExportState, ListExport
from muster.lib.ids import uuid7
from muster.web import exports
from muster.worker import jobs
from tests.cast import Cast
from tests.web.asking import few_questions
from tests.web.signed_in import signed_in

ENGLISH: dict[str, Any] = {"HTTP_ACCEPT_LANGUAGE": "en"}
SAID = {"reason": "For the meeting", "whole": "all", "form": "xlsx", "language": "en", "tags": "without"}


@pytest.fixture(autouse=True)
def kept_apart(settings: LazySettings, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path


def take(client: Client, address: str = "/exports/new/matters/", **said: Any) -> ListExport:
    response = client.post(address, {"id": uuid7(), **SAID, **said}, **ENGLISH)
    assert response.status_code == 302, response.content.decode()
    return ListExport.objects.get(pk=response["Location"].strip("/").rpartition("/")[2])


def test_it_is_asked_what_for_then_the_file_is_there(cast: Cast) -> None:
    cast.finding()
    client = signed_in(cast.dispatcher)
    page = client.get("/exports/new/matters/?q=漏采", **ENGLISH).content.decode()
    assert (">1</b> row" in page, "漏采" in page, "What for?" in page) == (True, True, True)
    made = take(client, "/exports/new/matters/?q=漏采")
    page = client.get(f"/exports/{made.pk}/", **ENGLISH).content.decode()
    assert ("Save the file" in page, "For the meeting" in page) == (True, True)
    response = client.get(f"/exports/{made.pk}/file/")
    assert response.getvalue().startswith(b"PK")
    assert made.short in response["Content-Disposition"]


def test_without_a_reason_nothing_is_taken_out(cast: Cast) -> None:
    response = signed_in(cast.dispatcher).post(
        "/exports/new/matters/", {"id": uuid7(), **SAID, "reason": " "}, **ENGLISH
    )
    assert response.status_code == 422
    assert "Say what the list is needed for." in response.content.decode()
    assert not ListExport.objects.exists()


def test_two_clicks_take_it_out_once(cast: Cast) -> None:
    client, pk = signed_in(cast.dispatcher), uuid7()
    assert take(client, id=pk) == take(client, id=pk)
    assert ListExport.objects.count() == 1
    other = take(client, id=pk, form="csv", reason="For the archive")
    assert (other.form, other.reason, ListExport.objects.count()) == ("csv", "For the archive", 2)
    assert take(signed_in(cast.chief), id=pk).by == cast.chief


@pytest.mark.parametrize("kind", LISTS)
def test_the_outsider_gets_to_none(cast: Cast, kind: str) -> None:
    client = signed_in(cast.outsider)
    assert client.get("/exports/").status_code == 404
    assert client.get(f"/exports/new/{kind}/").status_code == 404
    assert client.post(f"/exports/new/{kind}/", {"id": uuid7(), **SAID}).status_code == 404


def test_of_others_headquarters_sees_the_log_and_not_the_file(cast: Cast) -> None:
    made = take(signed_in(cast.dispatcher))
    chief, reader, outsider = signed_in(cast.chief), signed_in(cast.reader), signed_in(cast.outsider)
    page = chief.get(f"/exports/{made.pk}/", **ENGLISH).content.decode()
    assert ("For the meeting" in page, "Save the file" in page) == (True, False)
    assert "For the meeting" in chief.get("/exports/").content.decode()
    assert "For the meeting" not in reader.get("/exports/").content.decode()
    assert [one.get(f"/exports/{made.pk}/").status_code for one in (reader, outsider)] == [404, 404]
    assert [one.get(f"/exports/{made.pk}/file/").status_code for one in (chief, reader, outsider)] == [404] * 3


def test_who_lost_the_role_gets_the_file_no_more(cast: Cast) -> None:
    made, client = take(signed_in(cast.administrator), "/exports/new/people/"), signed_in(cast.administrator)
    assert client.get(f"/exports/{made.pk}/file/").status_code == 200
    cast.administrator.grants.update(role="reader")
    assert client.get(f"/exports/{made.pk}/file/").status_code == 404


@pytest.mark.parametrize("address", ["/exports/new/matters/?area=无此地", "/exports/new/matters/?sort=upwards",
                                     "/exports/new/figures/?area=无此地", "/exports/new/figures/?as_of=gestern"])  # fmt: skip
def test_an_unclear_address_is_said_and_takes_nothing_out(cast: Cast, address: str) -> None:
    client = signed_in(cast.dispatcher)
    assert client.get(address, **ENGLISH).status_code == 422
    assert client.post(address, {"id": uuid7(), **SAID}, **ENGLISH).status_code == 422
    assert not ListExport.objects.exists()


def test_names_in_an_address_are_asked_as_on_the_page(cast: Cast, admin: Client) -> None:
    page = admin.get("/exports/new/sites/?organisation=unit&area=青年路", **ENGLISH).content.decode()
    assert ("Organisation unit" in page, "Qingnianlu" in page) == (True, True)
    made = take(admin, "/exports/new/sites/?organisation=unit&area=青年路")
    assert made.query == f"area=371581001&organisation={cast.unit.pk}"
    back = admin.get(f"/exports/{made.pk}/").content.decode()
    for address in re.findall(r'href="(/(?:exports/new|places)/sites/[^"]*)"', back):
        assert admin.get(address.replace("&amp;", "&")).status_code == 200, address
    unclear = admin.get("/exports/new/sites/?organisation=nobody", **ENGLISH)
    assert (unclear.status_code, "nobody" in unclear.content.decode()) == (422, True)


def test_many_rows_are_written_by_the_worker(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.finding()
    monkeypatch.setattr(exports, "AT_ONCE", 0)
    client = signed_in(cast.dispatcher)
    made = take(client)
    page = client.get(f"/exports/{made.pk}/", **ENGLISH).content.decode()
    assert (made.state, "data-waits" in page, "Save the file" in page) == (ExportState.MAKING, True, False)
    ListExport.objects.filter(pk=made.pk).update(done=1000, count=2000)
    assert "1000 of 2000 rows" in client.get(f"/exports/{made.pk}/", **ENGLISH).content.decode()
    assert [job.task_name for job in ProcrastinateJob.objects.filter(args__pk=str(made.pk))] == ["make_export"]
    jobs.export(made.pk)
    jobs.export(made.pk)
    made.refresh_from_db()
    assert (made.state, made.count) == (ExportState.MADE, 1)


def test_what_goes_wrong_is_on_its_page(cast: Cast) -> None:
    made = ListExport.objects.create(
        kind="matters", by=cast.reader, incident=cast.incident, reason="x", language="en", query="area=Nowhere"
    )
    jobs.export(made.pk)
    page = signed_in(cast.reader).get(f"/exports/{made.pk}/", **ENGLISH).content.decode()
    assert ("Nowhere" in page, "Take it out once more" in page) == (True, True)


def test_every_page_with_a_list_leads_to_taking_it_out(cast: Cast) -> None:
    cast.closed()
    take(signed_in(cast.chief))
    pages = {
        "chief": {
            "/matters/?q=漏采": "matters/?q=", "/figures/": "figures/", "/exports/": "exports/",
            "/incidents/": "incidents/", f"/areas/{cast.city.pk}/": "areas-below/",
        },
        "administrator": {
            "/places/sites/": "sites/", "/organisations/": "organisations/", f"/places/{cast.county.pk}/": "areas/?area=371581",
            "/people/?role=verifier": "people/?role=verifier",
        },
    }  # fmt: skip
    for who, leads in pages.items():
        client = signed_in(cast.people[who])
        for address, door in leads.items():
            page = client.get(address).content.decode()
            [found] = re.findall(r'href="(/exports/new/[^"]*)"', page)
            assert found.startswith(f"/exports/new/{door}"), address
            assert client.get(found.replace("&amp;", "&")).status_code == 200


def test_its_pages_ask_few_questions(cast: Cast) -> None:
    made = take(signed_in(cast.dispatcher))
    client = signed_in(cast.dispatcher)
    with few_questions(12):
        client.get("/exports/")
    with few_questions(12):
        client.get(f"/exports/{made.pk}/")
    with few_questions(14):
        client.get("/exports/new/matters/")
