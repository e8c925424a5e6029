from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from muster.web.limits import DAY, _full, limited

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@login_not_required
@limited("forms", per_minute=3, per_day=5)
def form(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


@limited("other forms", per_minute=3, per_day=5)
@login_not_required
def other(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


class Typed(forms.Form):
    text = forms.CharField(max_length=40)


@login_not_required
@limited("typed", per_minute=1, per_day=5, methods=("POST",), form=lambda request: Typed(request.POST))
def typed(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


urlpatterns = [path("form", form), path("other", other), path("typed", typed), path("", include("muster.web.urls"))]


def asked(client: Client, times: int, page: str = "/form", address: str = "127.0.0.1") -> list[int]:
    return [client.post(page, REMOTE_ADDR=address).status_code for _time in range(times)]


def pass_time(until: str) -> None:
    """As if the time that is counted over had gone by."""
    with connection.cursor() as cursor:
        cursor.execute("update rate_limit set expires = now() where cache_key like %s", [f"%:{until}"])


def test_beyond_the_limit_a_page_says_when_to_come_back(client: Client) -> None:
    assert asked(client, 4) == [200, 200, 200, 429]
    answer = client.get("/form", headers={"accept-language": "en"})
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert "Try again in 1 min" in answer.text


def test_what_was_typed_comes_back_to_be_sent_again(client: Client) -> None:
    sent = {"text": '三号楼 <两户> "没采"'}
    client.post("/typed", sent)
    answer = client.post("/typed", sent, headers={"accept-language": "en"})
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)
    assert answer.context["form"].data["text"] == sent["text"]
    assert 'value="三号楼 &lt;两户&gt; &quot;没采&quot;"' in answer.text
    assert "Send again" in answer.text
    assert "Photos can" not in answer.text
    pass_time("minute")
    assert client.post("/typed", sent).text == "in"


def test_photos_that_were_lost_are_said(client: Client) -> None:
    client.post("/typed", {"text": "a"})
    sent = {"text": "a", "photos": SimpleUploadedFile("a.jpg", b"a photo")}
    assert "choose them again" in client.post("/typed", sent, headers={"accept-language": "en"}).text


def test_each_address_and_each_name_counts_for_itself(client: Client) -> None:
    asked(client, 4)
    assert asked(client, 1, address="10.1.2.3") == [200]
    assert asked(client, 1, page="/other") == [200]


def test_addresses_of_one_ipv6_network_count_together(client: Client) -> None:
    addresses = [f"2001:db8:1:1::{n}" for n in range(4)] + ["2001:db8:1:2::1", "::ffff:10.9.9.9"]
    assert [asked(client, 1, address=one)[0] for one in addresses] == [200, 200, 200, 429, 200, 200]


def test_after_a_minute_it_goes_on_until_the_day_is_full(client: Client) -> None:
    asked(client, 3)
    pass_time("minute")
    assert asked(client, 3) == [200, 200, 429]
    pass_time("minute")
    answer = client.get("/form")
    assert 86_000 < int(answer.headers["Retry-After"]) <= 86_400
    pass_time("minute")
    pass_time("day")
    assert asked(client, 1) == [200]


def test_what_was_refused_within_the_minute_does_not_use_up_the_day(client: Client) -> None:
    asked(client, 20)
    pass_time("minute")
    assert asked(client, 2) == [200, 200]


def test_counters_that_have_ended_are_swept_away(client: Client) -> None:
    asked(client, 1)
    pass_time("minute")
    asked(client, 1, address="10.1.2.3")
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from rate_limit where cache_key like 'limit:forms:127.0.0.1:minute'")
        assert cursor.fetchone() == (0,)


def test_requests_at_the_same_moment_all_count() -> None:
    """Each on a connection of its own, outside the test's transaction."""

    def one(_number: int) -> bool:
        try:
            return _full("limit:moment", DAY, 10) is None
        finally:
            connection.close()

    def forget() -> None:
        with connection.cursor() as cursor:
            cursor.execute("delete from rate_limit")
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        try:
            assert sum(pool.map(one, range(40))) == 10
        finally:
            pool.submit(forget).result()
