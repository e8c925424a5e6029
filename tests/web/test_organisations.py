"""Organisations in their tree, with their people, teams and sites."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from muster.people.organisation import Organisation
from muster.people.person import Person
from muster.people.role import Role
from muster.people.team import Team, TeamMember
from muster.places.site import Site
from muster.web.leaf import LEAF
from tests.cast import Cast
from tests.web.signed_in import signed_in


@pytest.fixture
def local(cast: Cast) -> Client:
    """The browser of an administrator of the county where the unit is."""
    return signed_in(cast.person("local", "bureau", Role.ADMINISTRATOR, area=cast.county))


@pytest.fixture
def far(cast: Cast) -> Client:
    """That of an administrator of another county."""
    return signed_in(cast.person("far", "other", Role.ADMINISTRATOR, area=cast.elsewhere))


@pytest.fixture
def team(cast: Cast) -> Team:
    return Team.objects.create(kind="field_team", name="一队", area=cast.town, organisation=cast.unit)


def listed(page: bytes) -> list[str]:
    return re.findall(r'class="main"><a href="/organisations/\d+/">([^<]+)', page.decode())


@pytest.mark.parametrize("door", ["", "new/", "{pk}/", "{pk}/edit/", "{pk}/teams/new/"])
def test_pages_open_to_an_administrator_of_the_area_alone(cast: Cast, far: Client, door: str) -> None:
    address = f"/organisations/{door.format(pk=cast.unit.pk)}"
    assert signed_in(cast.administrator).get(address).status_code == 200
    assert signed_in(cast.chief).get(address).status_code == 404
    assert signed_in(cast.outsider).get(address).status_code == 404
    if "{pk}" in door:
        assert far.get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_the_list_begins_with_the_roots_of_ones_area(cast: Cast, admin: Client, local: Client, far: Client) -> None:
    assert "unit" not in listed(admin.get("/organisations/").content)
    assert "bureau" in listed(admin.get("/organisations/").content)
    assert listed(local.get("/organisations/").content) == ["bureau", "support"]
    assert listed(far.get("/organisations/").content) == ["other"]


def test_what_stands_below_another_areas_organisation_is_a_root_here(cast: Cast, far: Client) -> None:
    Organisation.add("branch", "department", cast.elsewhere, cast.headquarters)
    assert listed(far.get("/organisations/").content) == ["branch", "other"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=UNI", ["unit"]),
        ("kind=community", ["crew", "unit"]),
        ("area=青年路街道", ["crew", "support", "unit"]),
        ("under=bureau", ["crew", "unit"]),
        ("q=nothing", []),
    ],
)
def test_filters_look_everywhere_in_the_tree(admin: Client, query: str, found: list[str]) -> None:
    assert listed(admin.get(f"/organisations/?{query}").content) == found


def test_an_unknown_area_lists_nothing_and_offers_areas(admin: Client) -> None:
    page = admin.get("/organisations/?area=linqing").content
    assert listed(page) == []
    assert 'value="山东省聊城市临清市 371581"' in page.decode()


def test_pages_follow_one_another_by_key(cast: Cast, admin: Client) -> None:
    names = [f"所{n:03}" for n in range(LEAF + 20)]
    for n, name in enumerate(names):
        Organisation.add(name, "other", cast.town if n % 2 else cast.elsewhere)
    first = admin.get("/organisations/?q=所").content
    after = re.search(r"after=(\d+)", first.decode())
    assert after
    second = admin.get(f"/organisations/?q=所&after={after[1]}").content
    assert len(listed(first)) == LEAF
    assert sorted(listed(first) + listed(second)) == names


def test_a_new_organisation_takes_its_place_in_the_tree(cast: Cast, admin: Client) -> None:
    form = {"name": "澄湖苑居委会", "kind": "community", "area": "青年路街道", "parent": "bureau"}
    answer = admin.post("/organisations/new/", form)
    made = Organisation.objects.get(name="澄湖苑居委会")
    assert answer["Location"] == f"/organisations/{made.pk}/"
    assert made.path == f"{cast.bureau.path}{made.pk}/"
    assert made.area == cast.town
    page = admin.get(f"/organisations/{made.pk}/").content.decode()
    assert f'<a href="/organisations/{cast.bureau.pk}/">bureau</a>' in page


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"area": "冠县"}, "area"),
        ({"area": "聊城市"}, "area"),
        ({"area": "nowhere at all"}, "area"),
        ({"parent": "headquarters"}, "parent"),
        ({"name": "unit"}, "name"),
        ({"kind": "guild"}, "kind"),
    ],
)
def test_a_new_organisation_is_refused_by_field(cast: Cast, local: Client, wrong: dict[str, str], field: str) -> None:
    form = {"name": "澄湖苑居委会", "kind": "community", "area": "青年路街道", "parent": ""}
    count = Organisation.objects.count()
    answer = local.post("/organisations/new/", {**form, **wrong})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {field})
    assert f'value="{({**form, **wrong})["name"]}"' in answer.content.decode()
    assert Organisation.objects.count() == count


def test_editing_changes_the_name_and_leaves_the_path(cast: Cast, local: Client) -> None:
    address = f"/organisations/{cast.unit.pk}/edit/"
    area = re.search(r'name="area" value="([^"]+)"', local.get(address).content.decode())
    assert area
    local.post(address, {"name": "改名居委会", "kind": "community", "area": area[1]})
    now = Organisation.objects.get(pk=cast.unit.pk)
    assert (now.name, now.area, now.path) == ("改名居委会", cast.town, cast.unit.path)


def test_the_page_shows_people_teams_and_sites(cast: Cast, admin: Client, team: Team) -> None:
    page = admin.get(f"/organisations/{cast.unit.pk}/").content.decode()
    for shown in ("Fixer", "138****0042", "crew", "一队", "澄湖苑小区"):
        assert shown in page
    assert "13800000042" not in page


def test_a_team_is_made_edited_and_ended(cast: Cast, local: Client, far: Client) -> None:
    form = {"kind": "inspection_team", "name": "督导一组", "area": "临清市"}
    local.post(f"/organisations/{cast.unit.pk}/teams/new/", form)
    made = Team.objects.get(name="督导一组")
    assert (made.area, made.organisation) == (cast.county, cast.unit)
    assert set(local.post(f"/teams/{made.pk}/edit/", {**form, "area": "聊城市"}).context["form"].errors) == {"area"}
    assert far.get(f"/teams/{made.pk}/").status_code == 404
    assert far.post(f"/teams/{made.pk}/end/").status_code == 404
    again = local.post(f"/organisations/{cast.unit.pk}/teams/new/", form)
    assert set(again.context["form"].errors) == {"name"}
    local.post(f"/teams/{made.pk}/end/")
    assert Team.objects.get(pk=made.pk).until is not None
    assert local.get(f"/teams/{made.pk}/").status_code == 404


def test_members_join_lead_leave_and_come_back(cast: Cast, local: Client, team: Team) -> None:
    address = f"/teams/{team.pk}/"
    local.post(address, {"person": "Fixer"})
    row = TeamMember.objects.get(team=team)
    assert row.person == cast.fixer
    assert set(local.post(address, {"person": "fixer"}).context["form"].errors) == {"person"}
    local.post(f"{address}members/{row.pk}/lead/")
    assert TeamMember.objects.get(pk=row.pk).leads
    local.post(f"{address}members/{row.pk}/end/")
    assert TeamMember.objects.get(pk=row.pk).until is not None
    local.post(address, {"person": "fixer"})
    back = TeamMember.objects.get(pk=row.pk)
    assert (back.until, back.leads) == (None, False)


def test_only_people_of_ones_area_join(cast: Cast, local: Client, team: Team) -> None:
    answer = local.post(f"/teams/{team.pk}/", {"person": "Stranger"})
    assert answer.status_code == 422
    assert "Stranger" not in re.findall(r'name="person_picked" value="([^（]+)', answer.content.decode())
    assert not TeamMember.objects.exists()


def test_namesakes_are_asked_by_their_sign_in_names(cast: Cast, local: Client, team: Team) -> None:
    twin = cast.person("twin", "unit")
    Person.objects.filter(pk=twin.pk).update(name="Fixer")
    page = local.post(f"/teams/{team.pk}/", {"person": "Fixer"}).content.decode()
    assert set(re.findall(r'name="person_picked" value="([^"]+)"', page)) == {"Fixer（fixer）", "Fixer（twin）"}
    local.post(f"/teams/{team.pk}/", {"person": "Fixer", "person_about": "Fixer", "person_picked": "Fixer（twin）"})
    assert TeamMember.objects.get().person == twin


def test_sites_of_an_organisation_beyond_ones_area_stay_hidden(cast: Cast, local: Client) -> None:
    Site.objects.create(kind="gate", name="远处卡口", area=cast.elsewhere, organisation=cast.unit)
    assert "远处卡口" not in local.get(f"/organisations/{cast.unit.pk}/").content.decode()
