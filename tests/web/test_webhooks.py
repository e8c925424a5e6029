"""The pages of webhooks: made by who has just signed in, the secret shown once, one's own alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from muster.exchange.webhooks import Webhook
from tests.cast import Cast
from tests.web.asking import few_questions
from tests.web.signed_in import signed_in
from tests.web.test_pin import fresh

ENGLISH: Any = {"HTTP_ACCEPT_LANGUAGE": "en"}
ADDRESS = "https://city-brain.example/muster"


@pytest.fixture(autouse=True)
def allowed(settings: LazySettings) -> None:
    settings.WEBHOOK_HOSTS = ["city-brain.example"]


def make(client: Client, **said: Any) -> Any:
    return client.post("/me/webhooks/", {"name": "城市大脑", "address": ADDRESS, **said}, **ENGLISH)


def test_the_secret_is_shown_once(cast: Cast) -> None:
    client = fresh(cast.chief)
    answer = make(client, actions=["verify", "register"])
    [secret] = re.findall(r'id="secret" readonly value="(whsec_[^"]+)"', answer.content.decode())
    made = Webhook.objects.get()
    assert (made.secret, made.actions, made.person) == (secret, ["verify", "register"], cast.chief)
    assert answer["Cache-Control"] == "no-store"
    for page in ("/me/webhooks/", f"/me/webhooks/{made.pk}/"):
        text = client.get(page, **ENGLISH).content.decode()
        assert (secret in text, ADDRESS in text) == (False, True)


def test_making_one_needs_a_fresh_sign_in_and_a_host_that_is_allowed(cast: Cast) -> None:
    assert make(signed_in(cast.chief))["Location"].startswith("/me/confirm")
    client = fresh(cast.chief)
    wrongs: list[dict[str, Any]] = [
        {"name": ""}, {"address": ""}, {"address": "http://127.0.0.1/"}, {"address": "city"}, {"actions": ["all"]},
    ]  # fmt: skip
    for wrong in wrongs:
        answer = make(client, **wrong)
        assert answer.status_code == 422, wrong
        assert 'id="secret"' not in answer.content.decode()
    assert not Webhook.objects.exists()
    assert "MUSTER_WEBHOOK_HOSTS" in make(client, address="http://127.0.0.1/").content.decode()


def test_where_no_host_is_allowed_it_says_who_allows_them(cast: Cast, settings: LazySettings) -> None:
    settings.WEBHOOK_HOSTS = []
    page = fresh(cast.chief).get("/me/webhooks/", **ENGLISH).content.decode()
    assert "MUSTER_WEBHOOK_HOSTS" in page
    assert 'name="address"' not in page


def test_it_is_tried_out_resumed_and_ended(cast: Cast) -> None:
    client = fresh(cast.chief)
    make(client)
    made = Webhook.objects.get()
    page = f"/me/webhooks/{made.pk}/"
    client.post(f"{page}ping/")
    assert made.deliveries.get().type == "ping"
    assert "1 message waits" in client.get(page, **ENGLISH).content.decode()
    made.deliveries.get().fail(None, "connection refused")
    assert "1 try in vain" in client.get(page, **ENGLISH).content.decode()
    Webhook.objects.update(rests_at=timezone.now())
    assert "rests since" in client.get(page, **ENGLISH).content.decode()
    client.post(f"{page}resumption/")
    made.refresh_from_db()
    assert (made.rests_at, made.deliveries.get().tries) == (None, 0)
    client.post(f"{page}end/")
    made.refresh_from_db()
    assert made.ended_by == cast.chief
    assert client.post(f"{page}ping/").status_code == 404


def test_of_others_nobody_sees_or_touches_one(cast: Cast) -> None:
    made = Webhook.make(cast.chief, "城市大脑", ADDRESS, [])[0]
    other = signed_in(cast.deputy)
    assert ADDRESS not in other.get("/me/webhooks/").content.decode()
    assert other.get(f"/me/webhooks/{made.pk}/").status_code == 404
    for verb in ("ping", "resumption", "end"):
        assert other.post(f"/me/webhooks/{made.pk}/{verb}/").status_code == 404
    outsider = signed_in(cast.outsider)
    assert outsider.get("/me/webhooks/").status_code == 404
    assert not made.deliveries.exists()


def test_many_messages_cost_no_more_questions(cast: Cast) -> None:
    made = Webhook.make(cast.chief, "城市大脑", ADDRESS, [])[0]
    for _nr in range(30):
        made.try_out()
    client = signed_in(cast.chief)
    client.get(f"/me/webhooks/{made.pk}/")
    with few_questions(9):
        client.get(f"/me/webhooks/{made.pk}/")
