"""The pages of the hand-over and of duty: by role, what was typed stays, and the printed log."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from muster.briefings import dutylog
from muster.briefings.chain import chain
from muster.briefings.figure import FIGURES, Scope
from muster.briefings.listing import shown
from muster.duty.duty import Duty, Post
from muster.duty.handover import Handover, HandoverItem
from muster.lib.ids import uuid7
from muster.people.role import Role
from tests.cast import Cast, later
from tests.loop import stage
from tests.web.signed_in import signed_in

ENGLISH: dict[str, Any] = {"HTTP_ACCEPT_LANGUAGE": "en"}
OTHERS = ["outsider", "stranger", "finder", "verifier", "operator", "fixer", "reader", "administrator"]


def until(hours: float = 12) -> str:
    zone = timezone.now().astimezone(timezone.get_default_timezone())
    return (zone + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


def log(cast: Cast, by: str = "chief", remark: str = "有雪，道路结冰") -> Handover:
    return dutylog.sign(cast.incident, cast.city, cast.people[by], "session", remark)


@pytest.mark.parametrize("who", OTHERS)
def test_to_anybody_else_none_of_it_exists(cast: Cast, who: str) -> None:
    made, item = log(cast), HandoverItem.add(cast.incident, cast.city, "一件事", cast.chief)
    duty = Duty.take(cast.incident, cast.city, Post.OFFICER, cast.chief, later(hours=1), cast.chief)
    client = signed_in(cast.people[who])
    assert client.get(f"/handover/{made.pk}/").status_code == 404
    for address in (
        f"/handover/{made.pk}/take/", f"/handover/{made.pk}/withdraw/", f"/handover/items/{item.pk}/done/",
        f"/duty/{duty.pk}/end/", "/duty/new/", "/handover/new/", "/handover/items/new/",
    ):  # fmt: skip
        assert client.post(address, {"until": until()}).status_code == 404, address
    made.refresh_from_db()
    assert made.waits


def test_who_commands_elsewhere_sees_no_log_of_here(cast: Cast) -> None:
    made = log(cast)
    cast.person("local", "bureau", Role.HEADQUARTERS, area=cast.county)
    client = signed_in(cast.local)
    assert client.get(f"/handover/{made.pk}/").status_code == 404
    below = dutylog.sign(cast.incident, cast.county, cast.local, "session", "")
    assert signed_in(cast.chief).get(f"/handover/{below.pk}/").status_code == 200


def test_from_the_desk_to_the_second_signature(cast: Cast) -> None:
    stage.overdue(cast)
    chief, deputy = signed_in(cast.chief), signed_in(cast.deputy)
    answer = chief.post("/duty/new/", {"post": "duty_officer", "person": cast.chief.pk, "until": until()})
    assert answer.headers["Location"] == "/desk/"
    chief.post("/handover/items/new/", {"id": uuid7(), "text": "等镇里 00:30 回话"})
    assert "等镇里 00:30 回话" in chief.get("/handover/new/").content.decode()
    page = chief.post("/handover/new/", {"remark": "有雪"}).headers["Location"]
    own = chief.get(page, **ENGLISH).content.decode()
    assert "you can't do that yourself" in html.unescape(own)
    assert "take/" not in own
    refused = chief.post(f"{page}take/", {"until": until()})
    assert refused.status_code == 409
    assert "read and sign" in deputy.get("/desk/", **ENGLISH).content.decode()
    shown_to = deputy.get(page, **ENGLISH).content.decode()
    assert "You take over: Duty officer." in shown_to
    assert deputy.post(f"{page}take/", {"until": until()}).headers["Location"] == page
    assert Duty.objects.get(ended_at=None).person == cast.deputy
    again = deputy.post(f"{page}take/", {"until": until()})
    assert again.status_code == 409
    assert "withdraw" not in chief.get(page).content.decode()


def test_the_printed_figures_are_those_of_the_frozen_moment(cast: Cast) -> None:
    stage.overdue(cast)
    stage.extension_asked(cast)
    cast.finding()
    made = log(cast)
    stage.assigned(cast)
    cast.closed(cast.finding())
    page = signed_in(cast.deputy).get(f"/handover/{made.pk}/", **ENGLISH).content.decode()
    scope = Scope(cast.incident, cast.city, made.at)
    window = Scope(cast.incident, cast.city, made.at, made.from_at, made.at)
    printed = dict(re.findall(r'<li title="[^"]*"><span>([^<]*)</span><b>([^<]*)</b>', page))
    for keys, where in ((dutylog.STANDING, scope), (dutylog.OCCURRED, window)):
        for key, value in chain(where, keys).items():
            assert printed[str(FIGURES[key].name)] == f"{shown(key, value)} {FIGURES[key].unit}", key
    assert "有雪，道路结冰" in page
    assert made.sha256 in page


def test_it_shows_both_signatures_with_time_and_way(cast: Cast) -> None:
    made = log(cast)
    made.take(cast.deputy, "pin", later(hours=1))
    page = signed_in(cast.deputy).get(f"/handover/{made.pk}/", **ENGLISH).content.decode()
    signed = re.findall(r"<b>(\w+)</b><br><span class=\"num\">([-\d: ]+)</span> <span class=\"soft\">([^<]+)<", page)
    assert [(name, how) for name, _at, how in signed] == [("Chief", "signed in"), ("Deputy", "by PIN")]


def test_what_was_changed_behind_its_back_is_told(cast: Cast) -> None:
    made = log(cast)
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute("update handover set remark = '改过' where id = %s", [made.pk])
        cursor.execute("set local session_replication_role = default")
    page = signed_in(cast.deputy).get(f"/handover/{made.pk}/", **ENGLISH).content.decode()
    assert "isn't what was signed" in html.unescape(page)


def test_a_refused_form_keeps_what_was_typed(cast: Cast) -> None:
    log(cast)
    answer = signed_in(cast.deputy).post("/handover/new/", {"remark": "电话已打三次"})
    assert answer.status_code == 409
    assert "电话已打三次" in answer.content.decode()
    bad = signed_in(cast.chief).post("/duty/new/", {"post": "duty_verifier", "person": cast.chief.pk, "until": until()})
    assert bad.status_code == 422
    assert f'<option value="{cast.chief.pk}" selected' in bad.content.decode()
    empty = signed_in(cast.chief).post("/handover/items/new/", {"id": uuid7(), "text": " "})
    assert empty.status_code == 422
    made = Handover.objects.get()
    assert signed_in(cast.deputy).post(f"/handover/{made.pk}/take/", {"until": "soon"}).status_code == 422


def test_an_item_comes_from_a_matter_that_one_commands(cast: Cast) -> None:
    matter = cast.finding()
    client = signed_in(cast.chief)
    assert f"/handover/items/new/?matter={matter.pk}" in client.get(f"/matters/{matter.pk}/").content.decode()
    assert "/handover/items/" not in signed_in(cast.reader).get(f"/matters/{matter.pk}/").content.decode()
    answer = client.post("/handover/items/new/", {"id": uuid7(), "matter": matter.pk, "text": "等回话"})
    assert answer.headers["Location"] == f"/matters/{matter.pk}/"
    assert HandoverItem.objects.get().matter == matter
    cast.person("local", "other", Role.DISPATCHER, area=cast.elsewhere)
    assert signed_in(cast.local).get(f"/handover/items/new/?matter={matter.pk}").status_code == 404


def test_done_and_off_duty(cast: Cast) -> None:
    client = signed_in(cast.chief)
    item = HandoverItem.add(cast.incident, cast.city, "等回话", cast.chief)
    duty = Duty.take(cast.incident, cast.city, Post.VERIFIER, cast.verifier, later(hours=1), cast.chief)
    client.post(f"/handover/items/{item.pk}/done/")
    client.post(f"/duty/{duty.pk}/end/")
    item.refresh_from_db()
    duty.refresh_from_db()
    assert (item.done_by, duty.ended_by) == (cast.chief, cast.chief)
    assert "等回话" not in client.get("/desk/").content.decode()


def test_logs_are_paged_by_key(cast: Cast) -> None:
    for number in range(52):
        made = log(cast, remark=str(number))
        made.withdraw(cast.chief)
    client = signed_in(cast.chief)
    first = client.get("/handover/").content.decode()
    more = html.unescape(re.findall(r'href="(\?before=[^"]+)"', first)[0])
    assert len(re.findall(r"/handover/[0-9a-f-]{36}/\"", first)) == 50
    assert len(re.findall(r"/handover/[0-9a-f-]{36}/\"", client.get(f"/handover/{more}").content.decode())) == 2
    assert client.get("/handover/?before=x").status_code == 200


def test_the_pages_ask_the_database_few_questions(cast: Cast) -> None:
    stage.overdue(cast)
    made = log(cast)
    client = signed_in(cast.deputy)
    for address in (f"/handover/{made.pk}/", "/handover/", "/duty/new/"):
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        assert len(asked) <= 15, [query["sql"][:90] for query in asked.captured_queries]


def test_a_log_is_written_by_get_never(cast: Cast, client: Client) -> None:
    made = log(cast)
    deputy = signed_in(cast.deputy)
    for address in (f"/handover/{made.pk}/take/", f"/handover/{made.pk}/withdraw/"):
        assert deputy.get(address).status_code == 405
