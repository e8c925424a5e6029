"""Incidents are opened, given a pack and ended by who commands their area; people choose among the open ones."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from muster.incidents.incident import Incident, PackInForce
from muster.people.administration import AdminEntry
from muster.people.person import Person
from muster.people.role import Role
from muster.policy.version import PackVersion
from muster.web.incidentform import known_packs
from tests.cast import PACK, Cast
from tests.web.signed_in import signed_in

SHIPPED = "shipped:cn-epidemic-2022-11.toml"
NEW = {
    "name_zh": "临清洪涝", "name_en": "Linqing flood", "area": "临清市", "zone": "Asia/Shanghai", "exercise": "no",
}  # fmt: skip


@pytest.fixture
def local(cast: Cast) -> Person:
    """An administrator of the county."""
    return cast.person("local", "bureau", Role.ADMINISTRATOR, area=cast.county)


@pytest.fixture
def far(cast: Cast) -> Person:
    return cast.person("far", "other", Role.HEADQUARTERS, area=cast.elsewhere)


@pytest.fixture
def flood(cast: Cast) -> Incident:
    """A second open incident, of the county alone; it began last."""
    made = Incident.objects.create(
        name_zh="临清洪涝", name_en="Linqing flood", area=cast.county, started_at=timezone.now()
    )
    made.put_in_force(PackVersion.adopt(PACK, "pack.toml"))
    return made


def pack_of(cast: Cast) -> str:
    return str(cast.incident.pack_version().pk)


def seen(client: Client) -> str:
    """The incident in the header."""
    name: str = client.get("/me", headers={"accept-language": "en"}).context["incident"].name_en
    return name


def test_headquarters_and_administrators_open_one_in_their_area(cast: Cast, local: Person) -> None:
    for person in (cast.chief, local):
        before = set(Incident.objects.values_list("pk", flat=True))
        client = signed_in(person)
        answer = client.post("/incidents/new/", {**NEW, "pack": pack_of(cast)})
        made = Incident.objects.exclude(pk__in=before).get()
        assert answer.headers["Location"] == f"/incidents/{made.pk}/"
        assert (made.area, made.exercise, made.ended_at) == (cast.county, False, None)
        assert made.pack_version() == cast.incident.pack_version()
        assert PackInForce.objects.get(incident=made).by == person
        entry = AdminEntry.objects.get(incident=made)
        assert (entry.action, entry.by) == ("incident_opened", person)
        assert seen(client) == "Linqing flood"


@pytest.mark.parametrize("door", ["/incidents/", "/incidents/new/", "/incidents/{pk}/", "/incidents/{pk}/names/"])
def test_who_gets_in(cast: Cast, door: str) -> None:
    address = door.format(pk=cast.incident.pk)
    for person in (cast.chief, cast.administrator):
        assert signed_in(person).get(address).status_code == 200
    for person in (cast.dispatcher, cast.finder, cast.fixer, cast.reader, cast.outsider):
        assert signed_in(person).get(address).status_code == 404
    assert Client().get(address).status_code == 302


@pytest.mark.parametrize("deed", ["names", "pack", "end"])
def test_deeds_are_for_who_commands_the_whole_area(cast: Cast, local: Person, far: Person, deed: str) -> None:
    sent = {"sure": "on", "name_zh": "改", "name_en": "Other", "pack": pack_of(cast)}
    for person in (local, far, cast.dispatcher, cast.outsider):
        assert signed_in(person).post(f"/incidents/{cast.incident.pk}/{deed}/", sent).status_code == 404
    known = Incident.objects.get()
    assert (known.ended_at, known.name_en) == (None, cast.incident.name_en)
    # A county reads the city's incident, and another county's doesn't exist.
    assert signed_in(local).get(f"/incidents/{cast.incident.pk}/").status_code == 200
    assert "incidents/1/end" not in signed_in(local).get(f"/incidents/{cast.incident.pk}/").content.decode()


def test_another_countys_incident_does_not_exist(cast: Cast, far: Person, flood: Incident) -> None:
    assert signed_in(far).get(f"/incidents/{flood.pk}/").status_code == 404
    assert "临清洪涝" not in signed_in(far).get("/incidents/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name_zh": " "}, "name_zh"),
        ({"name_en": ""}, "name_en"),
        ({"area": "冠县"}, "area"),
        ({"area": "聊城市"}, "area"),
        ({"zone": "Shanghai"}, "zone"),
        ({"pack": ""}, "pack"),
        ({"pack": "shipped:../../etc/passwd"}, "pack"),
    ],
)
def test_what_is_wrong_is_said_by_field_and_what_was_typed_stays(
    cast: Cast, local: Person, wrong: dict[str, str], field: str
) -> None:
    answer = signed_in(local).post("/incidents/new/", {**NEW, "pack": pack_of(cast), **wrong})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {field})
    if field != "name_zh":
        assert 'value="临清洪涝"' in answer.content.decode()
    assert Incident.objects.count() == 1


def test_the_shipped_pack_is_offered_until_it_is_adopted(cast: Cast) -> None:
    """Then it is offered as the version that it is."""
    address = f"/incidents/{cast.incident.pk}/pack/"
    assert signed_in(cast.chief).post(address, {"pack": SHIPPED}).status_code == 422
    offered = dict(known_packs())
    assert pack_of(cast) in offered
    assert SHIPPED not in offered


def test_a_pack_is_put_in_force_once_and_matters_keep_theirs(cast: Cast) -> None:
    matter = cast.finding()
    stricter = PackVersion.adopt(PACK.replace("ruling_h = 6", "ruling_h = 4", 1), "p.toml")
    client = signed_in(cast.administrator)
    for _time in range(2):
        client.post(f"/incidents/{cast.incident.pk}/pack/", {"pack": str(stricter.pk)})
    assert cast.incident.pack_version() == stricter
    assert PackInForce.objects.filter(version=stricter).count() == 1
    matter.refresh_from_db()
    assert matter.pack != stricter
    assert client.post(f"/incidents/{cast.incident.pk}/pack/", {"pack": "999"}).status_code == 422


def test_an_incident_is_renamed_and_that_stays_on_record(cast: Cast) -> None:
    signed_in(cast.chief).post(f"/incidents/{cast.incident.pk}/names/", {"name_zh": "新名", "name_en": "New name"})
    assert Incident.objects.get().name_en == "New name"
    assert AdminEntry.objects.get().text == f"{cast.incident.name_zh} → 新名"


def test_it_ends_with_a_tick_and_once(cast: Cast) -> None:
    matter = cast.finding()
    client = signed_in(cast.chief)
    address = f"/incidents/{cast.incident.pk}/end/"
    answer = client.post(address, {}, headers={"accept-language": "en"})
    assert answer.status_code == 422
    assert "1 matter is still live." in answer.content.decode()
    assert Incident.objects.get().ended_at is None
    client.post(address, {"sure": "on"})
    assert Incident.objects.get().ended_at is not None
    assert client.post(address, {"sure": "on"}).status_code == 404
    assert AdminEntry.objects.filter(action="incident_ended").count() == 1
    # What is live can still be finished, and all of it stays to be read.
    cast.closed(matter)
    assert client.get(f"/incidents/{cast.incident.pk}/").status_code == 200
    assert client.get(f"/matters/{matter.pk}/").status_code == 200
    refused = signed_in(cast.finder).get("/findings/new/", headers={"accept-language": "en"})
    assert (refused.status_code, "No incident is open" in refused.content.decode()) == (409, True)


def test_an_incident_never_ends_before_it_begins(cast: Cast) -> None:
    with pytest.raises(IntegrityError):
        Incident.objects.update(ended_at=cast.incident.started_at - timedelta(seconds=1))


def test_one_sees_the_incident_of_ones_area_first(cast: Cast, flood: Incident, far: Person) -> None:
    """The flood began last, but it isn't the other county's."""
    assert seen(signed_in(cast.finder)) == "Linqing flood"
    assert seen(signed_in(far)) == cast.incident.name_en


def test_one_chooses_among_the_open_incidents_of_ones_areas(cast: Cast, flood: Incident) -> None:
    client = signed_in(cast.finder)
    address = f"/incidents/{flood.pk}/"
    assert f'name="incident" value="{cast.incident.pk}"' in client.get("/me").content.decode()
    answer = client.post("/incidents/current/", {"incident": cast.incident.pk, "back": "/matters/"})
    assert answer.headers["Location"] == "/matters/"
    assert seen(client) == cast.incident.name_en
    assert seen(signed_in(cast.finder)) == "Linqing flood"  # another session
    cast.incident.end()
    assert seen(client) == "Linqing flood"
    assert client.get(address).status_code == 404


def test_what_is_registered_belongs_to_the_chosen_incident(cast: Cast, flood: Incident) -> None:
    client = signed_in(cast.finder)
    for incident in (cast.incident, flood):
        client.post("/incidents/current/", {"incident": incident.pk})
        form = client.get("/findings/new/").context["form"]
        assert form.incident == incident


def test_pages_of_figures_tell_of_the_chosen_incident(cast: Cast, flood: Incident) -> None:
    cast.finding(area=cast.county, site=None)
    client = signed_in(cast.chief)
    for incident, found in ((cast.incident, 1), (flood, 0)):
        client.post("/incidents/current/", {"incident": incident.pk})
        assert client.get("/areas/371581/").context["page"].values["findings_found"] == found
        assert client.get("/figures/?area=371581").context["scope"].incident == incident
        assert client.get("/wall/?area=371581").context["incident"] == incident


def test_no_other_incident_can_be_chosen(cast: Cast, flood: Incident, far: Person) -> None:
    for chosen in (flood.pk, 999, "x", ""):
        assert signed_in(far).post("/incidents/current/", {"incident": chosen}).status_code == 404
    assert Client().post("/incidents/current/", {"incident": flood.pk}).status_code == 302
    assert signed_in(cast.finder).post(
        "/incidents/current/", {"incident": flood.pk, "back": "https://evil.example/"}
    ).headers["Location"] == "/work/"  # fmt: skip


def test_with_one_open_there_is_nothing_to_choose(cast: Cast) -> None:
    assert "/incidents/current/" not in signed_in(cast.finder).get("/me").content.decode()


def test_looking_at_an_exercise_shows_no_role_cards_while_something_real_is_open(cast: Cast, flood: Incident) -> None:
    """Else whoever signs in on the machine could go on as anybody."""
    Incident.objects.filter(pk=cast.incident.pk).update(exercise=True)
    Person.objects.filter(pk=cast.chief.pk).update(login="demo.duty")
    client = signed_in(cast.finder)
    client.post("/incidents/current/", {"incident": cast.incident.pk})
    assert client.post("/demo/enter", {"login": "demo.duty"}).status_code == 404


def test_pages_take_no_more_queries_with_several_open(
    cast: Cast, flood: Incident, django_assert_max_num_queries: object
) -> None:
    client = signed_in(cast.chief)
    for address, most in (("/incidents/", 9), (f"/incidents/{flood.pk}/", 14)):
        client.get(address)
        with django_assert_max_num_queries(most):  # type: ignore[operator]
            client.get(address)
