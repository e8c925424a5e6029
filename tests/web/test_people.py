"""Persons, what they belong to, their roles and accounts, as administrators see and change them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from muster.people.organisation import Organisation
from muster.people.person import Grant, Membership, Person, Reveal
from muster.people.role import Role
from muster.people.team import Team, TeamMember
from muster.web.leaf import LEAF
from tests.cast import Cast
from tests.web.signed_in import signed_in

DOORS = ["", "new/", "{pk}/", "{pk}/edit/", "{pk}/memberships/", "{pk}/grants/"]
DEEDS = ["phone/", "password/", "sessions/", "second-factor/", "deactivate/", "activate/"]


@pytest.fixture
def far(cast: Cast) -> Person:
    """An administrator of another county."""
    return cast.person("far", "other", Role.ADMINISTRATOR, area=cast.elsewhere)


@pytest.fixture
def local(cast: Cast) -> Person:
    """An administrator of the county where the unit is."""
    return cast.person("local", "bureau", Role.ADMINISTRATOR, area=cast.county)


@pytest.mark.parametrize("door", DOORS)
def test_pages_open_to_an_administrator_of_the_area_alone(cast: Cast, far: Person, door: str) -> None:
    address = f"/people/{door.format(pk=cast.fixer.pk)}"
    assert signed_in(cast.administrator).get(address).status_code == 200
    assert signed_in(cast.chief).get(address).status_code == 404
    assert signed_in(cast.outsider).get(address).status_code == 404
    if "{pk}" in door:
        assert signed_in(far).get(address).status_code == 404
    answer = Client().get(address)
    assert (answer.status_code, "next=" in answer["Location"]) == (302, True)


@pytest.mark.parametrize("deed", DEEDS)
def test_deeds_are_an_administrators_of_the_area_alone(cast: Cast, far: Person, deed: str) -> None:
    address = f"/people/{cast.fixer.pk}/{deed}"
    for person in (far, cast.outsider, cast.chief):
        assert signed_in(person).post(address, {"reason": "why"}).status_code == 404
    assert Client().post(address).status_code == 302
    assert signed_in(cast.administrator).get(address).status_code == 405
    assert not Reveal.objects.exists()
    assert Person.objects.get(pk=cast.fixer.pk).is_active


def test_the_list_holds_ones_own_area(cast: Cast, local: Person, far: Person) -> None:
    here = signed_in(local).get("/people/").content.decode()
    assert "Fixer" in here
    assert "Dispatcher</a>" not in here
    assert "Fixer" not in signed_in(far).get("/people/").content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=fix", {"Fixer"}),
        ("role=verifier", {"Verifier", "Second_Verifier", "Junior"}),
        ("role=none&q=outsider", {"Outsider"}),
        ("organisation=hotline", {"Operator"}),
        ("state=off", set()),
    ],
)
def test_filters_are_in_the_address(admin: Client, query: str, found: set[str]) -> None:
    page = admin.get(f"/people/?{query}").content.decode()
    assert set(re.findall(r'class="main keep"><a href="[^"]+">([^<]+)', page)) == found


def test_an_unclear_organisation_lists_nobody_and_offers_names(admin: Client) -> None:
    page = admin.get("/people/?organisation=hotlin").content.decode()
    assert "Fixer" not in page
    assert 'name="organisation" value="hotline（' in page


def test_numbers_are_masked_wherever_people_are_shown(cast: Cast, admin: Client) -> None:
    for address in ("/people/", f"/people/{cast.fixer.pk}/", f"/people/{cast.fixer.pk}/edit/"):
        page = admin.get(address).content.decode()
        assert "138****0042" in page
        assert "13800000042" not in page


def test_pages_follow_one_another_by_key(cast: Cast, admin: Client) -> None:
    made = [Person(login=f"p{n:03}", name=f"甲{n // 2:03}", password="!") for n in range(2 * LEAF)]
    Membership.objects.bulk_create(
        Membership(person=one, organisation=cast.unit) for one in Person.objects.bulk_create(made)
    )
    seen: list[str] = []
    address = "?q=甲"
    while address:
        page = admin.get(f"/people/{address}").content.decode()
        seen += re.findall(r'data-label="[^"]+">(p\d{3})<', page)
        found = re.search(r'href="(\?[^"]*after=\d+[^"]*)"', page)
        address = found[1].replace("&amp;", "&") if found else ""
    assert sorted(seen) == [one.login for one in made]
    assert len(seen) == len(set(seen))


def test_the_list_takes_the_same_queries_for_many(cast: Cast, admin: Client) -> None:
    admin.get("/people/")
    with CaptureQueriesContext(connection) as few:
        admin.get("/people/?q=fixer")
    with CaptureQueriesContext(connection) as many:
        admin.get("/people/")
    assert len(many) == len(few)


def test_a_new_person_belongs_somewhere_and_cannot_sign_in_yet(cast: Cast, admin: Client) -> None:
    form = {"name": "孟昭宁", "login": "meng", "phone": "138 0000 1111", "language": "zh-hans", "organisation": "unit"}
    answer = admin.post("/people/new/", form)
    made = Person.objects.get(login="meng")
    assert answer["Location"] == f"/people/{made.pk}/"
    assert not made.has_usable_password()
    assert [row.organisation for row in made.memberships_now()] == [cast.unit]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"login": "FIXER"}, "login"),
        ({"login": "two words"}, "login"),
        ({"phone": "call me"}, "phone"),
        ({"name": " "}, "name"),
        ({"organisation": "nowhere"}, "organisation"),
        ({"organisation": "other"}, "organisation"),
    ],
)
def test_a_new_person_is_refused_by_field_and_what_was_typed_stays(
    cast: Cast, local: Person, wrong: dict[str, str], field: str
) -> None:
    form = {"name": "孟昭宁", "login": "meng", "phone": "13800001111", "language": "zh-hans", "organisation": "unit"}
    answer = signed_in(local).post("/people/new/", {**form, **wrong})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    if field != "name":
        assert 'value="孟昭宁"' in answer.content.decode()
    assert not Person.objects.filter(name="孟昭宁").exists()


def test_several_of_one_name_are_asked_and_the_choice_counts(cast: Cast, admin: Client) -> None:
    twin = Organisation.add("unit", "community", cast.elsewhere)
    form = {"name": "孟昭宁", "login": "meng", "phone": "", "language": "zh-hans", "organisation": "unit"}
    answer = admin.post("/people/new/", form)
    assert answer.status_code == 422
    choices = re.findall(r'name="organisation_picked" value="([^"]+)"', answer.content.decode())
    assert len(choices) == 2
    chosen = next(choice for choice in choices if "冠县" in choice)
    admin.post("/people/new/", {**form, "organisation_about": "unit", "organisation_picked": chosen})
    assert Membership.objects.get(person__login="meng").organisation == twin


def test_a_choice_is_forgotten_when_another_name_is_written(cast: Cast, admin: Client) -> None:
    form = {"name": "孟昭宁", "login": "meng", "phone": "", "language": "zh-hans", "organisation": "support"}
    admin.post("/people/new/", {**form, "organisation_about": "unit", "organisation_picked": "hotline"})
    assert Membership.objects.get(person__login="meng").organisation == cast.support


def test_editing_keeps_replaces_and_removes_the_number(cast: Cast, admin: Client) -> None:
    address = f"/people/{cast.fixer.pk}/edit/"
    form = {"name": "Mended", "login": "fixer", "phone": "", "language": "en"}
    admin.post(address, form)
    person = Person.objects.get(pk=cast.fixer.pk)
    assert (person.name, person.language, person.phone) == ("Mended", "en", "13800000042")
    admin.post(address, {**form, "phone": "13900000001"})
    assert Person.objects.get(pk=cast.fixer.pk).phone == "13900000001"
    both = admin.post(address, {**form, "phone": "13900000002", "forget": "on"})
    assert set(both.context["form"].errors) == {"forget"}
    admin.post(address, {**form, "forget": "on"})
    assert Person.objects.get(pk=cast.fixer.pk).phone == ""


def test_a_number_is_shown_once_for_a_reason_that_is_kept(cast: Cast, admin: Client) -> None:
    address = f"/people/{cast.fixer.pk}/phone/"
    refused = admin.post(address, {"reason": "  "})
    assert refused.status_code == 422
    assert "13800000042" not in refused.content.decode()
    assert not Reveal.objects.exists()
    shown = admin.post(address, {"reason": "值班联系不上"})
    assert "13800000042" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    row = Reveal.objects.get()
    assert (row.by, row.of_person, row.reason) == (cast.administrator, cast.fixer, "值班联系不上")
    page = admin.get(f"/people/{cast.fixer.pk}/").content.decode()
    assert "值班联系不上" in page
    assert "13800000042" not in page


def test_a_one_time_password_is_shown_once_and_lets_in(cast: Cast, admin: Client) -> None:
    old = signed_in(cast.fixer)
    old.get("/people/")
    AccessAttempt.objects.create(username="fixer", failures_since_start=9)
    answer = admin.post(f"/people/{cast.fixer.pk}/password/")
    found = re.search(r"<code>([a-z2-9-]{19})</code>", answer.content.decode())
    assert found
    assert "no-store" in answer["Cache-Control"]
    assert Person.objects.get(pk=cast.fixer.pk).check_password(found[1])
    assert not UserSession.objects.filter(user=cast.fixer).exists()
    assert old.get("/people/").status_code == 302
    assert not AccessAttempt.objects.exists()


def test_nobody_sets_their_own_password_or_shuts_themselves_out(cast: Cast, admin: Client) -> None:
    for deed in ("password", "deactivate"):
        assert admin.post(f"/people/{cast.administrator.pk}/{deed}/").status_code == 409
    assert Person.objects.get(pk=cast.administrator.pk).is_active


def test_ending_sessions_signs_out_everywhere_but_here(cast: Cast, admin: Client) -> None:
    theirs = signed_in(cast.fixer)
    theirs.get("/people/")
    admin.post(f"/people/{cast.fixer.pk}/sessions/")
    assert theirs.get("/people/").status_code == 302
    second = signed_in(cast.administrator)
    second.get("/people/")
    admin.get("/people/")
    admin.post(f"/people/{cast.administrator.pk}/sessions/")
    assert admin.get("/people/").status_code == 200
    assert second.get("/people/").status_code == 302


def test_who_lost_the_telephone_sets_up_a_new_second_factor(cast: Cast, admin: Client) -> None:
    chief = signed_in(cast.chief)
    admin.post(f"/people/{cast.chief.pk}/second-factor/")
    assert not Authenticator.objects.filter(user=cast.chief).exists()
    assert "sign-in" in chief.get("/work/").headers["Location"]
    admin.post(f"/people/{cast.administrator.pk}/second-factor/")
    assert Authenticator.objects.filter(user=cast.administrator).exists()


def test_whoever_is_shut_out_has_no_session_and_no_role_until_let_in(cast: Cast, admin: Client) -> None:
    theirs = signed_in(cast.fixer)
    admin.post(f"/people/{cast.fixer.pk}/deactivate/")
    assert theirs.get("/people/").status_code == 302
    assert Person.objects.get(pk=cast.fixer.pk).grants_at() == []
    admin.post(f"/people/{cast.fixer.pk}/activate/")
    assert len(Person.objects.get(pk=cast.fixer.pk).grants_at()) == 1


def test_the_account_of_who_also_acts_elsewhere_is_out_of_reach(cast: Cast, local: Person) -> None:
    """Else a county's administrator could set the password of headquarters and act in its name."""
    cast.join("dispatcher", "unit")
    admin = signed_in(local)
    address = f"/people/{cast.dispatcher.pk}/"
    assert "only an administrator whose area covers all of it" in english(admin, address)
    for deed in ("password/", "deactivate/", "sessions/"):
        assert admin.post(f"{address}{deed}").status_code == 409
    assert admin.get(f"{address}edit/").status_code == 409
    assert Person.objects.get(pk=cast.dispatcher.pk).has_usable_password() == cast.dispatcher.has_usable_password()


def test_roles_are_given_within_ones_own_area(cast: Cast, local: Person) -> None:
    admin = signed_in(local)
    address = f"/people/{cast.fixer.pk}/grants/"
    form = {"role": "inspector", "organisation": cast.unit.pk, "until": ""}
    for beyond in ("聊城市", "冠县", "371500", "山东省"):
        answer = admin.post(address, {**form, "area": beyond})
        assert answer.status_code == 422
        assert set(answer.context["form"].errors) == {"area"}
        assert f'value="{beyond}"' in answer.content.decode()
    admin.post(address, {**form, "area": "临清市青年路街道"})
    given = Grant.objects.get(person=cast.fixer, role="inspector")
    assert (given.area, given.organisation, given.given_by) == (cast.town, cast.unit, local)


def test_a_role_is_for_an_organisation_that_the_person_belongs_to(cast: Cast, admin: Client) -> None:
    form = {"role": "inspector", "organisation": cast.hotline.pk, "area": "临清市", "until": ""}
    answer = admin.post(f"/people/{cast.fixer.pk}/grants/", form)
    assert set(answer.context["form"].errors) == {"organisation"}


def test_a_role_isnt_given_twice_nor_until_yesterday(cast: Cast, admin: Client) -> None:
    address = f"/people/{cast.fixer.pk}/grants/"
    form = {"role": "liaison", "organisation": cast.unit.pk, "area": "聊城市", "until": ""}
    assert "__all__" in admin.post(address, form).context["form"].errors
    past = (timezone.localtime() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    answer = admin.post(address, {**form, "role": "reader", "until": past})
    assert set(answer.context["form"].errors) == {"until"}


def test_an_unclear_area_is_asked(cast: Cast, admin: Client) -> None:
    form = {"role": "reader", "organisation": cast.unit.pk, "area": "linqing", "until": ""}
    answer = admin.post(f"/people/{cast.fixer.pk}/grants/", form)
    choices = re.findall(r'name="area_picked" value="([^"]+)"', answer.content.decode())
    assert choices[0] == "山东省聊城市临清市 371581"
    picked = {"area_about": "linqing", "area_picked": choices[0]}
    admin.post(f"/people/{cast.fixer.pk}/grants/", {**form, **picked})
    assert Grant.objects.get(person=cast.fixer, role="reader").area == cast.county


def test_roles_end_and_stay_on_record(cast: Cast, admin: Client, far: Person) -> None:
    grant = cast.fixer.grants.get()
    address = f"/people/{cast.fixer.pk}/grants/{grant.pk}/end/"
    assert signed_in(far).post(address).status_code == 404
    admin.post(address)
    grant.refresh_from_db()
    assert grant.until is not None
    assert cast.fixer.grants_at() == []
    assert admin.post(address).status_code == 404


def test_a_role_that_is_still_to_begin_ends_as_it_begins(cast: Cast, admin: Client) -> None:
    begins = timezone.now() + timedelta(days=2)
    grant = Grant.objects.create(
        person=cast.fixer, role="reader", area=cast.town, organisation=cast.unit, from_at=begins
    )
    admin.post(f"/people/{cast.fixer.pk}/grants/{grant.pk}/end/")
    grant.refresh_from_db()
    assert grant.until == begins


def test_a_role_beyond_ones_area_isnt_ones_to_end(cast: Cast, local: Person) -> None:
    grant = cast.fixer.grants.get()
    assert signed_in(local).post(f"/people/{cast.fixer.pk}/grants/{grant.pk}/end/").status_code == 404
    grant.refresh_from_db()
    assert grant.until is None


def test_nobody_ends_their_own_administration(cast: Cast, admin: Client) -> None:
    grant = cast.administrator.grants.get()
    membership = cast.administrator.memberships.get()
    address = f"/people/{cast.administrator.pk}/"
    assert admin.post(f"{address}grants/{grant.pk}/end/").status_code == 409
    assert admin.post(f"{address}memberships/{membership.pk}/end/").status_code == 409
    assert len(cast.administrator.grants_at()) == 1


def test_a_membership_ends_with_its_roles_and_teams_and_may_begin_again(cast: Cast, admin: Client) -> None:
    team = Team.objects.create(kind="field_team", name="一队", area=cast.town, organisation=cast.unit)
    TeamMember.objects.create(team=team, person=cast.fixer)
    membership = cast.fixer.memberships.get()
    admin.post(f"/people/{cast.fixer.pk}/memberships/{membership.pk}/end/")
    assert list(cast.fixer.memberships_now()) == []
    assert cast.fixer.grants_at() == []
    assert TeamMember.objects.get(team=team).until is not None
    # Whoever belongs nowhere can still be found and taken back.
    assert admin.get(f"/people/{cast.fixer.pk}/").status_code == 200
    assert admin.get(f"/people/{cast.fixer.pk}/grants/")["Location"] == f"/people/{cast.fixer.pk}/memberships/"
    admin.post(f"/people/{cast.fixer.pk}/memberships/", {"organisation": "unit"})
    assert [row.organisation for row in cast.fixer.memberships_now()] == [cast.unit]
    assert cast.fixer.grants_at() == []
    assert cast.fixer.memberships.count() == 1


def test_dual_registration(cast: Cast, admin: Client) -> None:
    address = f"/people/{cast.fixer.pk}/memberships/"
    admin.post(address, {"organisation": "support"})
    assert {row.organisation for row in cast.fixer.memberships_now()} == {cast.unit, cast.support}
    again = admin.post(address, {"organisation": "support"})
    assert set(again.context["form"].errors) == {"organisation"}


def test_a_grant_that_has_run_out_opens_nothing(cast: Cast, admin: Client) -> None:
    cast.administrator.grants.update(until=timezone.now())
    assert admin.get("/people/").status_code == 404


def english(admin: Client, address: str) -> str:
    page: str = admin.get(address, headers={"Accept-Language": "en"}).content.decode()
    return page
