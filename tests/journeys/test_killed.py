"""Killed in the middle of it: what was answered is there, what wasn't can be sent again."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import signal
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from muster.lib.ids import uuid7
from tests.journeys.conftest import Served


class Client:
    """Somebody who notes things down as fast as they are answered."""

    def __init__(self, city: Served, login: str) -> None:
        self.city, self.jar = city, http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        page = self.opener.open(f"{city.address}/", timeout=10).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token
        form = urllib.parse.urlencode({"login": login, "csrfmiddlewaretoken": token[1]}).encode()
        self.opener.open(f"{city.address}/demo/enter", form, timeout=10)

    def post(self, address: str, body: dict[str, object]) -> dict[str, object]:
        token = next(cookie.value for cookie in self.jar if cookie.name == "csrftoken")
        headers = {"Content-Type": "application/json", "X-CSRFToken": token or ""}
        request = urllib.request.Request(self.city.address + address, json.dumps(body).encode(), headers)
        answer: dict[str, object] = json.load(self.opener.open(request, timeout=10))
        return answer


def test_nothing_that_was_answered_is_lost(city: Served) -> None:
    matter = city.sql("select id from matter where kind = 'finding' order by id limit 1")
    clients = [Client(city, "demo.duty") for _n in range(3)]
    answered: list[object] = []
    asked: list[tuple[Client, str]] = []

    def note(client: Client) -> None:
        try:
            while True:
                act = str(uuid7())
                asked.append((client, act))
                answered.append(client.post(f"/api/matters/{matter}/note", {"id": act, "text": act})["act_id"])
        except (OSError, urllib.error.HTTPError, ValueError):
            return

    threads = [threading.Thread(target=note, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    time.sleep(2)
    postmaster = int(
        (Path(city.environment["MUSTER_DATA"]) / "postgresql" / "postmaster.pid").read_text().splitlines()[0]
    )
    city.kill()
    os.kill(postmaster, signal.SIGKILL)
    for thread in threads:
        thread.join()
    city.start()
    assert len(answered) > 10
    kept = set(city.sql(f"select id from note where matter_id = '{matter}'").splitlines())
    assert {str(act) for act in answered} <= kept

    # What was cut off may be there or not; sent again, it is there once.
    client = Client(city, "demo.duty")
    for act in {act for _client, act in asked} - {str(act) for act in answered}:
        client.post(f"/api/matters/{matter}/note", {"id": act, "text": act})
    again = city.sql(f"select id from note where matter_id = '{matter}'").splitlines()
    assert len(again) == len(set(again)) >= len(kept)
    assert {act for _client, act in asked} <= set(again)
    assert city.muster("check").returncode == 0
