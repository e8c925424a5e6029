"""Policy packs: read by administrators, changed by headquarters of the whole incident."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from muster.incidents.incident import Incident, PackInForce
from muster.people.role import Role
from muster.policy.version import PackVersion
from tests.cast import PACK, Cast
from tests.web.signed_in import signed_in

STRICTER = PACK.replace("ruling_h = 6", "ruling_h = 4", 1)
SEEN = re.compile(r'name="seen" value="([^"]+)"')


@pytest.fixture
def chief(cast: Cast) -> Client:
    return signed_in(cast.chief)


def checked(chief: Client, text: str, **more: Any) -> tuple[int, str]:
    answer = chief.post("/packs/new/", {"text": text.replace("\n", "\r\n"), "check": "1", **more})
    return answer.status_code, answer.content.decode()


def seen(page: str) -> str:
    found = SEEN.search(page)
    assert found
    return found[1]


def adopted(chief: Client, text: str, preview: str) -> Any:
    return chief.post("/packs/new/", {"text": text, "adopt": "1", "seen": preview})


def test_who_gets_in(cast: Cast, chief: Client) -> None:
    version = cast.incident.pack_version()
    for address in ("/packs/", f"/packs/{version.pk}/", f"/packs/{version.pk}/text/"):
        assert chief.get(address).status_code == 200
        assert signed_in(cast.administrator).get(address).status_code == 200
        assert signed_in(cast.dispatcher).get(address).status_code == 404
        assert signed_in(cast.outsider).get(address).status_code == 404
        assert Client().get(address).status_code == 302


def test_only_headquarters_of_the_whole_incident_changes_packs(cast: Cast, chief: Client) -> None:
    local = signed_in(cast.person("local_chief", "bureau", Role.HEADQUARTERS, area=cast.county))
    assert chief.get("/packs/new/").status_code == 200
    assert local.get("/packs/").status_code == 200
    for client in (local, signed_in(cast.administrator), signed_in(cast.outsider)):
        assert client.get("/packs/new/").status_code == 404
        assert client.post("/packs/new/", {"text": STRICTER, "adopt": "1"}).status_code == 404
        assert "/packs/new/" not in client.get("/packs/").content.decode()
    assert PackVersion.objects.count() == 1


def test_the_text_comes_back_as_it_was(cast: Cast, chief: Client) -> None:
    version = cast.incident.pack_version()
    answer = chief.get(f"/packs/{version.pk}/text/")
    assert answer.content.decode() == PACK
    assert 'filename="cn-epidemic-2022-11.toml"' in answer["Content-Disposition"]


def test_every_fault_names_file_line_and_key_and_the_text_stays(cast: Cast, chief: Client) -> None:
    bad = PACK.replace('confirm = "visit"', 'confirm = "vist"', 1).replace("ruling_h = 6", "ruling_h = -1", 1)
    line = bad.split("\n").index('confirm = "vist"') + 1
    file = SimpleUploadedFile("new rules.toml", bad.encode())
    status, page = checked(chief, "", file=file)
    assert status == 422
    assert "new rules.toml" in page
    assert f">{line}</td>" in page
    assert "kinds.finding.confirm" in page
    assert "kinds.finding.ruling_h" in page
    assert page.count("&quot;vist&quot;") == 3  # in the fault, in its line and in the box
    assert PackVersion.objects.count() == 1


def test_what_isnt_toml_is_a_fault_on_its_line(chief: Client) -> None:
    answer = chief.post("/packs/new/", {"text": "key = 1\nfrom = \n"}, headers={"Accept-Language": "en"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "is not TOML" in page
    assert '">2</td>' in page


def test_nothing_pasted_and_a_file_that_isnt_text(chief: Client) -> None:
    assert set(chief.post("/packs/new/", {"text": " "}).context["form"].errors) == {"text"}
    file = SimpleUploadedFile("pack.xls", b"\xd0\xcf\x11\xe0\xff")
    answer = chief.post("/packs/new/", {"text": "kept", "file": file})
    assert set(answer.context["form"].errors) == {"file"}
    assert "kept" in answer.content.decode()


def test_a_preview_shows_the_difference_and_changes_nothing(cast: Cast, chief: Client) -> None:
    status, page = checked(chief, STRICTER)
    assert status == 200
    assert re.search(r'class="diff-removed">.*?<code>ruling_h = 6</code>', page)
    assert re.search(r'class="diff-added">.*?<code>ruling_h = 4</code>', page)
    assert PackVersion.objects.count() == 1
    assert "ruling_h = 6" in cast.incident.pack_version().text


def test_what_was_previewed_is_put_in_force(cast: Cast, chief: Client) -> None:
    preview = seen(checked(chief, STRICTER)[1])
    # The browser sends the box with CR LF; the text kept is the text checked.
    answer = adopted(chief, STRICTER.replace("\n", "\r\n"), preview)
    assert answer["Location"] == "/packs/"
    version = cast.incident.pack_version()
    assert (version.text, version.adopted_by) == (STRICTER, cast.chief)
    assert PackInForce.objects.last().by == cast.chief  # type: ignore[union-attr]
    page = chief.get("/packs/").content.decode()
    assert page.count(f'href="/packs/{version.pk}/"') == 2
    assert "Chief" in page
    assert "ruling_h = 4" in chief.get(f"/packs/{version.pk}/").content.decode()


def test_what_wasnt_previewed_isnt_put_in_force(cast: Cast, chief: Client) -> None:
    preview = seen(checked(chief, STRICTER)[1])
    other = STRICTER.replace("ruling_h = 4", "ruling_h = 3", 1)
    answer = adopted(chief, other, preview)
    assert answer.status_code == 422
    assert "ruling_h = 3" in answer.content.decode()
    assert PackVersion.objects.count() == 1
    # The page that says so is a preview itself.
    assert adopted(chief, other, seen(answer.content.decode())).status_code == 302


def test_a_preview_against_another_pack_is_shown_anew(cast: Cast, chief: Client) -> None:
    preview = seen(checked(chief, STRICTER)[1])
    between = PACK.replace("ruling_h = 6", "ruling_h = 5", 1)
    cast.incident.put_in_force(PackVersion.adopt(between, "pack.toml"))
    answer = adopted(chief, STRICTER, preview)
    assert answer.status_code == 422
    assert "<code>ruling_h = 5</code>" in answer.content.decode()
    assert cast.incident.pack_version().text == between


def test_pressing_twice_puts_it_in_force_once(cast: Cast, chief: Client) -> None:
    preview = seen(checked(chief, STRICTER)[1])
    adopted(chief, STRICTER, preview)
    assert adopted(chief, STRICTER, preview).status_code == 422
    assert PackInForce.objects.count() == 2


def test_going_back_to_an_earlier_version(cast: Cast, chief: Client) -> None:
    first = cast.incident.pack_version()
    adopted(chief, STRICTER, seen(checked(chief, STRICTER)[1]))
    begun = chief.get(f"/packs/new/?from={first.pk}").context["form"].initial["text"]
    assert begun == PACK
    adopted(chief, begun, seen(checked(chief, begun)[1]))
    assert cast.incident.pack_version() == first
    assert PackVersion.objects.count() == 2
    assert PackInForce.objects.count() == 3


def test_a_faulty_text_is_never_put_in_force(cast: Cast, chief: Client) -> None:
    answer = adopted(chief, "key = 1", "0 whatever")
    assert answer.status_code == 422
    assert PackVersion.objects.count() == 1


def test_without_an_incident_there_is_nothing_to_change(cast: Cast, chief: Client) -> None:
    Incident.objects.update(ended_at=cast.incident.started_at)
    assert chief.get("/packs/").status_code == 200
    assert chief.get("/packs/new/").status_code == 404
