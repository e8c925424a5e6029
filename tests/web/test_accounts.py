"""What administrators did with persons stays on record; a one-time password ends."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from muster.people.administration import AdminEntry
from muster.people.person import Person
from muster.people.setup import set_up
from tests.cast import Cast
from tests.web.signed_in import signed_in
from tests.web.signing import PASSWORD, is_in, sign_in

OWN = "three-quiet-rivers"


def entries(person: Person) -> list[tuple[str, str | None]]:
    """What was done with a person, oldest first, each with who did it."""
    rows = person.admin_entries.order_by("pk").select_related("by")
    return [(row.action, row.by.login if row.by else None) for row in rows]


def given_password(admin: Client, person: Person) -> str:
    page = admin.post(f"/people/{person.pk}/password/").content.decode()
    found = re.search(r"<code>([a-z2-9-]{19})</code>", page)
    assert found
    return found[1]


def past_its_end(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(password_until=timezone.now() - timedelta(seconds=1))


def change(client: Client, old: str, new: str) -> object:
    return client.post("/me/password", {"oldpassword": old, "password1": new, "password2": new})


def test_every_deed_is_on_record_with_who_did_it(cast: Cast, admin: Client) -> None:
    address = f"/people/{cast.fixer.pk}/"
    for deed in ("password", "second-factor", "sessions", "deactivate", "activate"):
        admin.post(f"{address}{deed}/")
    admin.post(f"{address}edit/", {"name": "Fixer", "login": "fixer", "phone": "", "language": "en"})
    admin.post(f"{address}grants/", {"role": "reader", "organisation": cast.unit.pk, "area": "临清市", "until": ""})
    admin.post(f"{address}grants/{cast.fixer.grants.get(role='reader').pk}/end/")
    admin.post(f"{address}memberships/", {"organisation": "support"})
    membership = cast.fixer.memberships.get(organisation=cast.unit)
    admin.post(f"{address}memberships/{membership.pk}/end/")
    assert entries(cast.fixer) == [
        (action, "administrator")
        for action in (
            "one_time_password_set", "second_factor_removed", "sessions_ended", "shut_out", "let_in", "person_edited",
            "grant_given", "grant_ended", "membership_begun", "membership_ended", "grant_ended",
        )
    ]  # fmt: skip
    page = admin.get(address, headers={"accept-language": "en"}).content.decode()
    for said in ("ended the role", "Unit liaison", "ended the membership", "shut the person out", "Administrator"):
        assert said in page


def test_a_new_person_is_on_record(cast: Cast, admin: Client) -> None:
    form = {"name": "孟昭宁", "login": "meng", "phone": "", "language": "zh-hans", "organisation": "unit"}
    admin.post("/people/new/", form)
    made = Person.objects.get(login="meng")
    assert entries(made) == [("person_added", "administrator"), ("membership_begun", "administrator")]


def test_what_was_refused_is_not_on_record(cast: Cast, admin: Client) -> None:
    for deed in ("password", "deactivate", "second-factor"):
        admin.post(f"/people/{cast.administrator.pk}/{deed}/")
    grant = cast.fixer.grants.get()
    assert signed_in(cast.outsider).post(f"/people/{cast.fixer.pk}/grants/{grant.pk}/end/").status_code == 404
    assert not AdminEntry.objects.exists()


def test_the_command_is_on_record_without_a_name(cast: Cast) -> None:
    for _time in range(2):
        set_up("wang", PASSWORD, "王芳", "临清市", "临清市指挥部")
    made = Person.objects.get(login="wang")
    assert entries(made) == [
        (action, None) for action in ("password_set", "membership_begun", "grant_given", "password_set")
    ]


def test_the_command_gives_back_an_administration_that_ended(cast: Cast) -> None:
    set_up("wang", PASSWORD, "王芳", "临清市", "临清市指挥部")
    made = Person.objects.get(login="wang")
    made.memberships.update(until=timezone.now())
    made.grants.update(until=timezone.now())
    set_up("wang", PASSWORD, None, "临清市", "临清市指挥部")
    assert [grant.role for grant in made.grants_at()] == ["administrator"]
    assert made.memberships_now().count() == 1


@pytest.mark.parametrize("change", [{"text": "other"}, {"action": "let_in"}])
def test_the_record_cannot_be_changed(cast: Cast, admin: Client, change: dict[str, str]) -> None:
    admin.post(f"/people/{cast.fixer.pk}/deactivate/")
    with pytest.raises(IntegrityError), transaction.atomic():
        AdminEntry.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        AdminEntry.objects.all().delete()


def test_a_one_time_password_leads_to_choosing_another_and_to_nothing_else(cast: Cast, admin: Client) -> None:
    once, client = given_password(admin, cast.fixer), Client()
    sign_in(client, "fixer", once)
    assert client.get("/work/").headers["Location"] == "/me/password?next=%2Fwork%2F"
    assert client.get("/matters/").status_code == 302
    refused = client.get("/api/matters")
    assert (refused.status_code, refused.json()["code"]) == (403, "one_time_password")
    assert "/matters/" not in client.get("/me/password").content.decode()
    assert change(client, once, once).status_code == 200  # type: ignore[attr-defined]
    assert client.get("/work/").status_code == 302
    assert change(client, once, OWN).status_code == 302  # type: ignore[attr-defined]
    assert client.get("/work/").status_code == 200
    assert entries(cast.fixer)[-1] == ("password_set", "fixer")
    assert is_in_with(OWN)
    assert not is_in_with(once)


def is_in_with(password: str) -> bool:
    client = Client()
    sign_in(client, "fixer", password)
    return is_in(client)


def test_after_the_change_one_is_where_one_wanted_to_be(cast: Cast, admin: Client) -> None:
    once, client = given_password(admin, cast.fixer), Client()
    sign_in(client, "fixer", once)
    page = client.get("/me/password?next=/me/sessions").content.decode()
    assert 'name="next" value="/me/sessions"' in page
    form = {"oldpassword": once, "password1": OWN, "password2": OWN, "next": "/me/sessions"}
    assert client.post("/me/password", form).headers["Location"] == "/me/sessions"


def test_a_one_time_password_ends_and_the_refusal_says_what_to_do(cast: Cast, admin: Client) -> None:
    once = given_password(admin, cast.fixer)
    left = Person.objects.get(pk=cast.fixer.pk).password_until - timezone.now()  # type: ignore[operator]
    assert timedelta(hours=23, minutes=59) < left <= timedelta(hours=24)
    past_its_end(cast.fixer)
    client = Client()
    answer = client.post("/sign-in", {"login": "fixer", "password": once}, headers={"accept-language": "en"})
    assert "Ask your administrator for a new one" in answer.content.decode()
    assert not is_in(client)
    assert "ended" in admin.get(f"/people/{cast.fixer.pk}/", headers={"accept-language": "en"}).content.decode()
    # Who doesn't know it isn't told.
    wrong = Client().post("/sign-in", {"login": "fixer", "password": "a guess"}, headers={"accept-language": "en"})
    assert "one-time password" not in wrong.content.decode()


def test_a_new_one_time_password_lets_in_again(cast: Cast, admin: Client) -> None:
    given_password(admin, cast.fixer)
    past_its_end(cast.fixer)
    client = Client()
    sign_in(client, "fixer", given_password(admin, cast.fixer))
    assert is_in_session(client)


def is_in_session(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_an_own_password_never_ends(cast: Cast) -> None:
    set_up("fixer", PASSWORD, None, None, None)
    assert Person.objects.get(login="fixer").password_until is None


def test_the_second_factor_is_passed_before_the_password_is_changed(cast: Cast, admin: Client) -> None:
    """Else whoever saw the one-time password could take the account over."""
    second = signed_in(cast.administrator)
    signed_in(cast.chief)
    once, client = given_password(second, cast.chief), Client()
    sign_in(client, "chief", once)
    assert client.get("/me/password").headers["Location"].startswith("/sign-in")
