"""Areas, their names, and sites."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from muster.people.person import Person
from muster.people.role import Role
from muster.places.area import AreaName, gazetteer
from muster.places.gazetteer import UnknownPlace
from muster.places.site import Site
from muster.web.leaf import LEAF
from tests.cast import Cast, area
from tests.web.signed_in import signed_in


@pytest.fixture
def local(cast: Cast) -> Client:
    """The browser of an administrator of the county where the site is."""
    return signed_in(cast.person("local", "bureau", Role.ADMINISTRATOR, area=cast.county))


@pytest.fixture
def far_person(cast: Cast) -> Person:
    return cast.person("far", "other", Role.ADMINISTRATOR, area=cast.elsewhere)


@pytest.fixture
def far(far_person: Person) -> Client:
    """That of an administrator of another county."""
    return signed_in(far_person)


@pytest.fixture
def site(cast: Cast) -> Site:
    return cast.site


def form(**changes: object) -> dict[str, object]:
    fields = {"name": "柳荫里农贸市场", "kind": "market", "area": "青年路街道", "organisation": "unit"}
    return {**fields, "latitude": "36.8", "longitude": "115.7", **changes}


@pytest.mark.parametrize(
    "door", ["/places/371581/", "/places/sites/", "/places/sites/new/", "/places/sites/{site}/", "/places/?q=linqing"]
)
def test_pages_open_to_an_administrator_of_the_area_alone(cast: Cast, far: Client, site: Site, door: str) -> None:
    address = door.format(site=site.pk)
    assert signed_in(cast.administrator).get(address).status_code == 200
    assert signed_in(cast.chief).get(address).status_code == 404
    assert signed_in(cast.outsider).get(address).status_code == 404
    if "{site}" in door or "371581" in door:
        assert far.get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_the_tree_begins_at_ones_own_area(admin: Client, local: Client) -> None:
    assert admin.get("/places/")["Location"] == "/places/371500/"
    assert local.get("/places/")["Location"] == "/places/371581/"
    page = local.get("/places/371581/").content.decode()
    assert '<a href="/places/371581001/">' in page
    assert '<a href="/places/371500/">' not in page
    assert local.get("/places/371500/").status_code == 404


def test_who_holds_two_areas_chooses(cast: Cast, far_person: Person) -> None:
    cast.join("far", "unit")
    cast.grant("far", Role.ADMINISTRATOR, "unit", cast.town)
    page = signed_in(far_person).get("/places/").content.decode()
    assert set(re.findall(r'main"><a href="/places/(\w+)/"', page)) == {"371525", "371581001"}
    site = {"name": "两处", "kind": "gate", "organisation": ""}
    signed_in(far_person).post("/places/sites/new/", form(**site, area="青年路街道"))
    assert Site.objects.get(name="两处").area == cast.town


@pytest.mark.parametrize("text", ["临清", "linqing", "lqs", "371581"])
def test_areas_are_found_by_name_pinyin_initials_and_code(admin: Client, text: str) -> None:
    page = admin.get(f"/places/?q={text}").content.decode()
    assert re.findall(r'main"><a href="/places/(\w+)/"', page)[0] == "371581"


def test_search_stays_in_ones_area(far: Client) -> None:
    assert "/places/371581/" not in far.get("/places/?q=临清").content.decode()


def test_an_alias_is_understood_at_once_and_can_be_removed(cast: Cast, admin: Client, far: Client) -> None:
    with pytest.raises(UnknownPlace):
        gazetteer().resolve("清源")
    assert far.post("/places/371581/names/", {"text": "清源", "kind": "alias"}).status_code == 404
    admin.post("/places/371581/names/", {"text": "清源", "kind": "alias"})
    assert gazetteer().resolve("清源").code == "371581"
    admin.post("/places/sites/new/", form(area="清源"))
    assert Site.objects.get(name="柳荫里农贸市场").area == cast.county
    name = AreaName.objects.get()
    assert far.post(f"/places/371581/names/{name.pk}/remove/").status_code == 404
    admin.post(f"/places/371581/names/{name.pk}/remove/")
    assert not AreaName.objects.exists()


def test_a_former_name_leads_to_the_present_one(cast: Cast, admin: Client) -> None:
    admin.post("/places/371581/names/", {"text": "临清县", "kind": "former"})
    answer = admin.post("/places/sites/new/", form(area="临清县"))
    assert set(answer.context["form"].errors) == {"area"}
    assert 'name="area_picked" value="山东省聊城市临清市 371581"' in answer.content.decode()


def test_a_name_that_fits_another_area_too_is_said(admin: Client) -> None:
    page = admin.post("/places/371525/names/", {"text": "临清市", "kind": "alias"}, follow=True).content.decode()
    assert "山东省聊城市临清市" in page


def test_a_name_isnt_added_twice(admin: Client) -> None:
    answer = admin.post("/places/371581/names/", {"text": "临清市", "kind": "alias"})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"text"})


def test_areas_below_follow_by_key_in_official_order(cast: Cast, admin: Client) -> None:
    for n in range(LEAF + 5):
        made = area(f"371581001{n:03}", "community", f"第{n}社区", cast.town)
        made.position = -n
        made.save()
    first = admin.get("/places/371581001/").content.decode()
    after = re.search(r"after=(\d+)", first)
    assert after
    second = admin.get(f"/places/371581001/?after={after[1]}").content.decode()
    codes = re.findall(r'main"><a href="/places/371581001(\d{3})/"', first + second)
    assert codes == [f"{n:03}" for n in reversed(range(LEAF + 5))]


def test_a_site_is_made_with_everything(cast: Cast, local: Client) -> None:
    answer = local.post("/places/sites/new/", form())
    made = Site.objects.get(name="柳荫里农贸市场")
    assert answer["Location"] == f"/places/sites/{made.pk}/"
    assert (made.kind, made.area, made.organisation) == ("market", cast.town, cast.unit)
    assert (made.latitude, made.longitude) == (36.8, 115.7)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"area": "冠县"}, "area"),
        ({"area": "聊城市"}, "area"),
        ({"organisation": "headquarters"}, "organisation"),
        ({"latitude": "91"}, "latitude"),
        ({"longitude": ""}, "longitude"),
        ({"latitude": ""}, "latitude"),
        ({"latitude": "nan"}, "latitude"),
        ({"kind": "castle"}, "kind"),
        ({"name": "澄湖苑小区"}, "name"),
    ],
)
def test_a_site_is_refused_by_field_and_what_was_typed_stays(
    local: Client, wrong: dict[str, object], field: str
) -> None:
    answer = local.post("/places/sites/new/", form(**wrong))
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {field})
    assert f'value="{form(**wrong)["name"]}"' in answer.content.decode()
    assert Site.objects.count() == 1


def test_a_site_keeps_an_organisation_from_beyond_until_another_is_written(
    cast: Cast, local: Client, site: Site
) -> None:
    Site.objects.filter(pk=site.pk).update(organisation=cast.headquarters)
    address = f"/places/sites/{site.pk}/"
    page = local.get(address).content.decode()
    shown = {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("area", "organisation")}  # type: ignore[index]
    local.post(address, form(name="改名", latitude="", longitude="", **shown))
    now = Site.objects.get(pk=site.pk)
    assert (now.name, now.organisation, now.area) == ("改名", cast.headquarters, cast.town)


def test_a_site_is_closed_and_opened_again(far: Client, local: Client, site: Site) -> None:
    assert far.post(f"/places/sites/{site.pk}/close/").status_code == 404
    local.post(f"/places/sites/{site.pk}/close/")
    assert Site.objects.get(pk=site.pk).closed_at
    local.get("/places/sites/")  # where the message stands
    assert site.name not in local.get("/places/sites/?q=小区").content.decode()
    assert site.name in local.get("/places/sites/?state=closed").content.decode()
    local.post(f"/places/sites/{site.pk}/reopen/")
    assert Site.objects.get(pk=site.pk).closed_at is None


def test_sites_are_listed_by_area_and_follow_by_key(cast: Cast, admin: Client) -> None:
    Site.objects.bulk_create(Site(kind="gate", name=f"卡口{n:03}", area=cast.county) for n in range(LEAF + 10))
    Site.objects.create(kind="gate", name="卡口远", area=cast.elsewhere)
    first = admin.get("/places/sites/?area=临清市&kind=gate").content.decode()
    after = re.search(r"after=([\w-]+)", first)
    assert after
    second = admin.get(f"/places/sites/?area=临清市&kind=gate&after={after[1]}").content.decode()
    names = [re.findall(r'href="/places/sites/[\w-]{36}/">([^<]+)', page) for page in (first, second)]
    assert [len(page) for page in names] == [LEAF, 10]
    assert names[0] + names[1] == [f"卡口{n:03}" for n in range(LEAF + 10)]


def test_any_word_in_the_address_is_only_a_word(admin: Client) -> None:
    for query in (
        "after=x",
        "after=%00",
        "before=%00",
        "after=99999999999999999999",
        "area=%00",
        "q=%25_'\"",
        "kind=zzz",
    ):
        assert admin.get(f"/places/sites/?{query}").status_code == 200
        assert admin.get(f"/people/?{query}").status_code == 200
        assert admin.get(f"/organisations/?{query}").status_code == 200
        assert admin.get(f"/places/371500/?{query}").status_code == 200
