"""Webhooks: told of what their person sees, signed, in order, until it has arrived; by a real receiver."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.utils import timezone
from standardwebhooks import Webhook as Checking

from muster.exchange import webhooks
from muster.exchange.webhooks import (
    PAUSES,
    AddressNotClear,
    Delivery,
    HostNotAllowed,
    TooManyWebhooks,
    Webhook,
    must_be_allowed,
)  # fmt: skip
from muster.loop.refusals import ConflictingContent
from muster.people.role import Role
from muster.web.accounts import end_sessions
from muster.worker.after import run_batch
from muster.worker.webhooks import deliver_to, due
from tests.cast import Cast
from tests.worker.receiver import Receiver, hook


def follow() -> int:
    """What the worker does after acts: its queue, then its messages."""
    while run_batch():
        pass
    return tell()


def tell() -> int:
    """As ``deliver``, in the connection of the test."""
    return sum(deliver_to(one) for one in due())


def test_every_act_is_told_once_signed_and_in_order(cast: Cast, receiver: Receiver) -> None:
    made = hook(cast, receiver)
    matter = cast.closed()
    assert follow() == 5
    assert receiver.types == [f"matter.{one}" for one in ("register", "assign", "respond", "request_closure", "verify")]
    for headers, body in receiver.got:
        told = Checking(made.secret).verify(body, headers)
        assert told["data"]["matter"] == str(matter.pk)
        assert set(told["data"]) == {"matter", "number", "action", "seq", "at", "recorded_at", "hash"}
    assert follow() == 0
    assert len(receiver.got) == 5


def test_with_another_secret_or_body_the_signature_does_not_hold(cast: Cast, receiver: Receiver) -> None:
    made, other = hook(cast, receiver), hook(cast, receiver, "chief")
    made.try_out()
    follow()
    [(headers, body)] = receiver.got
    with pytest.raises(Exception, match="No matching"):
        Checking(other.secret).verify(body, headers)
    with pytest.raises(Exception, match="No matching"):
        Checking(made.secret).verify(body + b" ", headers)


def test_nobody_is_told_what_they_do_not_see(cast: Cast, receiver: Receiver) -> None:
    for who in ("stranger", "outsider", "administrator"):
        hook(cast, receiver, who)
    cast.closed()
    assert follow() == 0
    unit = hook(cast, receiver, "fixer")
    matter = cast.finding()
    matter.assign(by=cast.dispatcher, lead=cast.unit)
    matter.note(by=cast.dispatcher, text="核查人员之间的话")
    follow()
    # Of its registration, too, as its page tells; what others noted among themselves isn't for who does the work.
    assert {one.entry.action for one in unit.deliveries.all() if one.entry} == {"register", "assign"}


def test_what_is_taken_back_before_it_is_sent_is_not_told(cast: Cast, receiver: Receiver) -> None:
    hook(cast, receiver)
    cast.finding()
    while run_batch():
        pass
    cast.reader.grants.update(until=timezone.now())
    tell()
    assert (receiver.got, Delivery.objects.get().state) == ([], "dropped")


def test_whoever_may_not_sign_in_any_more_is_told_nothing(cast: Cast, receiver: Receiver) -> None:
    hook(cast, receiver)
    cast.finding()
    while run_batch():
        pass
    cast.reader.is_active = False
    cast.reader.save()
    assert (tell(), receiver.got) == (0, [])


def test_of_what_was_before_it_nothing_is_told(cast: Cast, receiver: Receiver) -> None:
    matter = cast.finding()
    hook(cast, receiver)
    matter.assign(by=cast.dispatcher, lead=cast.unit)
    follow()
    assert receiver.types == ["matter.assign"]


def test_only_of_the_acts_that_it_wants(cast: Cast, receiver: Receiver) -> None:
    hook(cast, receiver, "reader", "verify")
    cast.closed()
    follow()
    assert receiver.types == ["matter.verify"]


@pytest.mark.parametrize("answer", [500, 404, 302])
def test_what_fails_is_tried_again_and_what_comes_after_waits(cast: Cast, receiver: Receiver, answer: int) -> None:
    made = hook(cast, receiver)
    receiver.answers = [answer]
    cast.finding().assign(by=cast.dispatcher, lead=cast.unit)
    follow()
    first, second = made.deliveries.order_by("id")
    assert (len(receiver.got), first.tries, first.status, second.tries) == (1, 1, answer, 0)
    assert first.not_before
    assert first.not_before > timezone.now()
    assert tell() == 0
    Delivery.objects.filter(pk=first.pk).update(not_before=timezone.now())
    assert tell() == 2
    assert receiver.types == ["matter.register", "matter.register", "matter.assign"]
    assert len({headers["webhook-id"] for headers, _body in receiver.got}) == 2


def test_after_a_day_in_vain_it_rests_and_goes_on_when_told_to(cast: Cast, receiver: Receiver) -> None:
    made = hook(cast, receiver)
    receiver.answers = [503] * (len(PAUSES) + 1)
    cast.finding()
    follow()
    for _nr in PAUSES:
        Delivery.objects.update(not_before=timezone.now())
        tell()
    made.refresh_from_db()
    assert made.rests_at
    assert (tell(), len(receiver.got)) == (0, len(PAUSES) + 1)
    made.resume()
    assert (tell(), made.deliveries.get().state) == (1, "delivered")


def test_who_cannot_be_reached_is_tried_again_and_holds_up_nobody_else(cast: Cast, receiver: Receiver) -> None:
    gone = Webhook.make(cast.chief, "关了的系统", "http://127.0.0.1:9/", [])[0]
    hook(cast, receiver)
    cast.finding()
    follow()
    assert receiver.types == ["matter.register"]
    assert (gone.deliveries.get().tries, "refused" in gone.deliveries.get().fault) == (1, True)


def test_gone_ends_it(cast: Cast, receiver: Receiver) -> None:
    made = hook(cast, receiver)
    receiver.answers = [410]
    cast.finding()
    follow()
    made.refresh_from_db()
    assert made.ended_at
    assert made.ended_by is None


def test_where_a_role_card_made_it_nothing_real_is_told(cast: Cast, receiver: Receiver) -> None:
    Webhook.make(cast.reader, "演练", receiver.address, [], by_card=True)
    cast.finding()
    follow()
    assert (receiver.got, Delivery.objects.get().state) == ([], "dropped")


def test_only_hosts_that_are_allowed_and_addresses_of_the_web(settings: LazySettings) -> None:
    settings.WEBHOOK_HOSTS = ["city-brain.example", "10.1.2.3:8080"]
    for good in ("https://city-brain.example/x?y=1", "http://city-brain.example:81/", "http://10.1.2.3:8080/"):
        must_be_allowed(good)
    for other in ("http://127.0.0.1/", "http://10.1.2.3/", "http://city-brain.example.evil/", "http://[::1]/"):
        with pytest.raises(HostNotAllowed):
            must_be_allowed(other)
    for wrong in ("", "city-brain.example", "ftp://city-brain.example", "HTTPS://city-brain.example",
                  " https://city-brain.example", "https://me:secret@city-brain.example", "http://[",
                  "https://city-brain.example/" + "x" * 500, "http://city-brain.example:99999999/"):  # fmt: skip
        with pytest.raises(AddressNotClear):
            must_be_allowed(wrong)
    settings.WEBHOOK_HOSTS = ["*"]
    must_be_allowed("http://anywhere.example/")


def test_a_host_that_is_not_allowed_any_more_is_told_nothing(
    cast: Cast, receiver: Receiver, settings: LazySettings
) -> None:
    made = hook(cast, receiver)
    made.try_out()
    settings.WEBHOOK_HOSTS = []
    follow()
    assert (receiver.got, "MUSTER_WEBHOOK_HOSTS" in made.deliveries.get().fault) == ([], True)


def test_it_never_changes_and_none_goes(cast: Cast, settings: LazySettings) -> None:
    settings.WEBHOOK_HOSTS = ["a.example", "b.example"]
    made = Webhook.make(cast.reader, "x", "https://a.example", [])[0]
    for change in ({"address": "https://b.example"}, {"person": cast.chief}, {"actions": ["verify"]}):
        with pytest.raises(IntegrityError, match="rows are kept"), transaction.atomic():
            Webhook.objects.update(**change)
    with pytest.raises(IntegrityError, match="rows are kept"), transaction.atomic():
        Webhook.objects.all().delete()
    made.end(cast.reader)
    for _nr in range(webhooks.MOST):
        Webhook.make(cast.reader, "x", "https://a.example", [])
    with pytest.raises(TooManyWebhooks):
        Webhook.make(cast.reader, "x", "https://a.example", [])


def test_what_was_settled_long_ago_goes_and_what_waits_stays(cast: Cast, receiver: Receiver) -> None:
    made = hook(cast, receiver)
    made.try_out()
    follow()
    made.try_out()
    assert webhooks.clear() == 0
    assert webhooks.clear(timezone.now() + timedelta(days=31)) == 1
    assert made.deliveries.get().state == "waiting"


def test_a_second_role_is_seen_at_once(cast: Cast, receiver: Receiver) -> None:
    hook(cast, receiver, "outsider")
    cast.grant("outsider", Role.READER, "other", area=cast.elsewhere)
    cast.finding()
    cast.finding(area=cast.elsewhere, site=None)
    follow()
    assert receiver.types == ["matter.register"]


def test_what_ends_or_goes_on_while_it_is_sent_stays_so(cast: Cast, receiver: Receiver) -> None:
    made = hook(cast, receiver)
    sent = made.try_out()
    made.end(cast.reader)
    sent.fail(503, "")
    sent.refresh_from_db()
    assert (sent.state, sent.tries) == ("dropped", 0)
    other = hook(cast, receiver, "chief")
    tried = other.try_out()
    Delivery.objects.filter(pk=tried.pk).update(tries=3)
    tried.refresh_from_db()
    other.resume()
    tried.fail(503, "")
    tried.refresh_from_db()
    assert (tried.tries, tried.not_before) == (0, None)


def test_they_end_with_the_account_and_nobody_learns_the_secret_later(cast: Cast, receiver: Receiver) -> None:
    made = hook(cast, receiver, "finder")
    again = Webhook.make(cast.finder, made.name, made.address, [], id=made.pk)
    assert again == (made, made.secret)
    Webhook.objects.filter(pk=made.pk).update(claimed_until=None)
    with pytest.raises(ConflictingContent):
        Webhook.make(cast.finder, "别的", made.address, [], id=made.pk)
    end_sessions(cast.finder, cast.administrator)
    made.refresh_from_db()
    assert made.ended_by == cast.administrator
    assert Webhook.make(cast.finder, made.name, made.address, [], id=made.pk) == (made, "")


def test_what_a_killed_worker_left_is_told_under_the_same_id(cast: Cast, receiver: Receiver) -> None:
    made = hook(cast, receiver)
    sent = made.try_out()
    assert made.claim()
    assert tell() == 0
    Webhook.objects.filter(pk=made.pk).update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert tell() == 1
    assert [headers["webhook-id"] for headers, _body in receiver.got] == [str(sent.pk)]
