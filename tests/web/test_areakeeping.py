"""Areas are added, renamed, closed and opened again by an administrator whose area covers them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import translation

from muster.loop.matter import Matter
from muster.people.administration import AdminEntry
from muster.people.person import Person
from muster.people.role import Role
from muster.places.area import Area, AreaClosed, AreaName, county_names, gazetteer
from muster.places.gazetteer import FormerName
from tests.cast import Cast
from tests.web.signed_in import signed_in

NEW = {"name": "新华路街道", "level": "town", "code": "371581002", "name_en": ""}


@pytest.fixture
def local(cast: Cast) -> Person:
    return cast.person("local", "bureau", Role.ADMINISTRATOR, area=cast.county)


@pytest.fixture
def far(cast: Cast) -> Person:
    return cast.person("far", "other", Role.ADMINISTRATOR, area=cast.elsewhere)


@pytest.mark.parametrize("deed", ["new", "name", "close", "reopen"])
def test_they_are_an_administrators_of_the_area_alone(cast: Cast, local: Person, far: Person, deed: str) -> None:
    address = f"/places/371581/{deed}/"
    for person in (far, cast.chief, cast.outsider):
        client = signed_in(person)
        assert client.post(address, NEW).status_code == 404
        assert client.get(address).status_code in (404, 405)
    assert signed_in(local).get(address).status_code == (200 if deed in ("new", "name") else 405)
    assert Client().post(address, NEW).status_code == 302
    assert signed_in(local).post(f"/places/371500/{deed}/", NEW).status_code == 404
    assert not AdminEntry.objects.exists()
    assert Area.objects.count() == 5


def test_an_area_is_added_below_and_known_at_once(cast: Cast, local: Person) -> None:
    answer = signed_in(local).post("/places/371581/new/", NEW)
    assert answer.headers["Location"] == "/places/371581002/"
    made = Area.objects.get(pk="371581002")
    assert (made.parent, made.path, made.position) == (cast.county, f"{cast.county.path}371581002/", 1)
    assert made.name_en == "Xinhualu Subdistrict"
    assert gazetteer().resolve("临清市新华路街道").code == made.pk
    entry = AdminEntry.objects.get()
    assert (entry.action, entry.by, entry.area) == ("area_added", local, made)


def test_a_county_that_was_added_is_known_by_name_at_once(cast: Cast, admin: Client) -> None:
    county_names()
    admin.post("/places/371500/new/", {"name": "阳谷县", "level": "county", "code": "371521", "name_en": ""})
    admin.post("/places/371521/new/", {"name": "侨润街道", "level": "town", "code": "371521001", "name_en": "Qiaorun"})
    made = Area.objects.get(pk="371521001")
    with translation.override("zh-hans"):
        assert (made.name_en, made.place) == ("Qiaorun", "阳谷县·侨润街道")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": "371581001"}, "code"),
        ({"code": "a b"}, "code"),
        ({"code": "123456"}, "code"),
        ({"level": "county"}, "level"),
        ({"level": "community"}, None),
        ({"name": " "}, "name"),
    ],
)
def test_what_is_wrong_is_said_by_field_and_what_was_typed_stays(
    cast: Cast, admin: Client, wrong: dict[str, str], field: str | None
) -> None:
    answer = admin.post("/places/371581/new/", {**NEW, **wrong})
    if field is None:
        assert answer.status_code == 302
        return
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {field})
    assert f'value="{NEW["name_en" if field == "name" else "name"]}"' in answer.content.decode() or field == "name"
    assert Area.objects.count() == 5


def test_a_new_name_leaves_the_old_one_as_a_former_name(cast: Cast, local: Person) -> None:
    county_names()
    signed_in(local).post("/places/371581/name/", {"name": "临清区", "name_en": ""})
    assert gazetteer().resolve("临清区").code == "371581"
    with pytest.raises(FormerName):
        gazetteer().resolve("临清市")
    with translation.override("zh-hans"):
        assert Area.objects.get(pk=cast.town.pk).place == "临清区·青年路街道"
    entry = AdminEntry.objects.get()
    assert (entry.action, entry.text) == ("area_renamed", "临清市 → 临清区")


def test_another_english_name_makes_no_former_name(cast: Cast, admin: Client) -> None:
    admin.post("/places/371581/name/", {"name": "临清市", "name_en": "Linqing City"})
    assert Area.objects.get(pk="371581").name_en == "Linqing City"
    assert not AreaName.objects.exists()


def test_a_closed_area_takes_in_nothing_new_and_what_is_there_goes_on(cast: Cast, local: Person) -> None:
    matter = cast.finding()
    client = signed_in(local)
    client.post("/places/371581/close/")
    assert set(Area.objects.exclude(closed_at=None).values_list("pk", flat=True)) == {"371581", "371581001"}
    cast.town.refresh_from_db()
    with pytest.raises(AreaClosed):
        cast.finding()
    matter.assign(by=cast.dispatcher, lead=cast.unit)
    assert Matter.objects.get().status == "assigned"
    assert [place.code for place in gazetteer().search("青年路")] != ["371581001"]
    assert gazetteer().resolve("青年路街道").code == "371581001"
    page = client.get("/places/371581/", headers={"accept-language": "en"}).content.decode()
    assert "closed the area" in page
    assert "/places/371581/new/" not in page
    assert client.post("/places/371581/new/", NEW).status_code == 422


def test_the_form_of_a_finding_says_that_the_area_is_closed(cast: Cast, local: Person) -> None:
    signed_in(local).post("/places/371581001/close/")
    form = {"id": "01930000-0000-7000-8000-000000000001", "area": "青年路街道", "category": "testing",
            "severity": "critical", "text": "漏采"}  # fmt: skip
    answer = signed_in(cast.finder).post("/findings/new/", form, headers={"accept-language": "en"})
    assert answer.status_code == 409
    assert "is closed" in answer.content.decode()
    assert "漏采" in answer.content.decode()


def test_an_area_is_opened_again_from_the_top(cast: Cast, local: Person) -> None:
    client = signed_in(local)
    client.post("/places/371581/close/")
    assert client.post("/places/371581001/reopen/").status_code == 409
    client.post("/places/371581/reopen/")
    assert list(Area.objects.exclude(closed_at=None).values_list("pk", flat=True)) == ["371581001"]
    client.post("/places/371581001/reopen/")
    assert not Area.objects.exclude(closed_at=None).exists()
    client.post("/places/371581/reopen/")
    actions = list(AdminEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["area_closed", "area_reopened", "area_reopened"]
