"""A matter is handed on to another authority: who may, what the package holds, that it can be checked, and what stays here."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, connection, transaction
from django.test import Client

from muster.evidence.file import File
from muster.exchange.referrals.checking import NoPackage, checked
from muster.exchange.referrals.records import Referral
from muster.exchange.referrals.sealing import public_key
from muster.lib.ids import uuid7
from muster.loop.arrival import Caller
from muster.loop.matter import Matter
from muster.people.role import Role
from tests.cast import Cast, picture
from tests.web.signed_in import signed_in

ENGLISH: dict[str, Any] = {"HTTP_ACCEPT_LANGUAGE": "en"}
SAID = {"to": "市纪委监委第一室", "reason": "涉嫌冒领补贴", "language": "zh-hans"}


@pytest.fixture(autouse=True)
def kept_apart(settings: LazySettings, tmp_path: Path) -> None:
    settings.FILES_DIR, settings.DATA_DIR = tmp_path / "files", tmp_path


@pytest.fixture
def matter(cast: Cast) -> Matter:
    """With a photo whose original is there, a request's contact aside, and a past."""
    made = cast.finding(text="门岗无人值守")
    made.assign(by=cast.dispatcher, lead=cast.unit)
    photos = [photo(cast, shade) for shade in (90, 160)]
    made.respond(by=cast.fixer, text="已派人值守", photos=photos)
    made.reclassify(by=cast.dispatcher, severity="major", reason="更正")
    return made


def photo(cast: Cast, shade: int) -> File:
    stream = BytesIO()
    picture(shade).save(stream, "JPEG")
    stream.seek(0)
    rules = cast.incident.pack_version().pack.evidence
    return File.receive(stream, f"现场 {shade}/照片.jpg", rules, cast.fixer)


def refer(client: Client, matter: Matter, tmp_path: Path, **said: Any) -> Path:
    response = client.post(f"/matters/{matter.pk}/referral/", {"id": uuid7(), **SAID, **said}, **ENGLISH)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/zip"
    path = tmp_path / f"{uuid7().hex}.zip"
    path.write_bytes(response.getvalue())
    return path


OTHERS = ("outsider", "stranger", "fixer", "finder", "verifier", "operator", "reader", "dispatcher", "administrator")


@pytest.mark.parametrize("who", OTHERS)
def test_only_headquarters_hands_a_matter_on(cast: Cast, matter: Matter, who: str) -> None:
    client = signed_in(cast.people[who])
    assert client.get(f"/matters/{matter.pk}/referral/").status_code == 404
    assert client.post(f"/matters/{matter.pk}/referral/", {"id": uuid7(), **SAID}).status_code == 404
    assert not Referral.objects.exists()


def test_who_did_the_work_hands_nothing_on(cast: Cast, matter: Matter) -> None:
    cast.grant("fixer", Role.HEADQUARTERS, "unit", area=cast.town)
    assert signed_in(cast.fixer).get(f"/matters/{matter.pk}/referral/").status_code == 404


def test_the_package_is_whole_and_says_what_happened(cast: Cast, matter: Matter, tmp_path: Path) -> None:
    path = refer(signed_in(cast.chief), matter, tmp_path)
    manifest, faults = checked(path, public_key())
    assert faults == []
    assert (manifest["matter"], manifest["to"], manifest["by"]) == (matter.number, SAID["to"], "Chief")
    with ZipFile(path) as package:
        document = package.read("matter.html").decode()
        for told in ("线索移交函", SAID["to"], SAID["reason"], matter.number, "门岗无人值守", "已派人值守", "unit"):
            assert told in document, told
        photos = [name for name in package.namelist() if name.startswith("files/")]
        assert sorted(name[10:] for name in photos) == ["现场_160_照片.jpg", "现场_90_照片.jpg"]
        assert all(f'src="{name}"' in document for name in photos)
        handed_in = set(File.objects.values_list("sha256", flat=True))
        assert {hashlib.sha256(package.read(name)).hexdigest() for name in photos} == handed_in
        history = json.loads(package.read("history.json"))
        assert [json.loads(one["text"])[3] for one in history["entries"]] == [
            "register",
            "assign",
            "respond",
            "reclassify",
        ]
        assert history["names"]["organisations"][str(cast.unit.pk)] == "unit"
    assert Referral.objects.get().sha256 == hashlib.sha256(ZipFile(path).read("manifest.json")).hexdigest()


def test_anybody_can_check_its_files(cast: Cast, matter: Matter, tmp_path: Path) -> None:
    with ZipFile(refer(signed_in(cast.chief), matter, tmp_path)) as package:
        package.extractall(tmp_path / "out")
    done = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path / "out", capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.count(": OK")) == (0, 5)


def test_who_asked_stays_here(cast: Cast, tmp_path: Path) -> None:
    asked = cast.request(caller=Caller("孙老太", "13912345678"))
    path = refer(signed_in(cast.chief), asked, tmp_path)
    assert checked(path)[1] == []
    with ZipFile(path) as package:
        whole = b"".join(package.read(name) for name in package.namelist()).decode(errors="replace")
    assert ("孙老太" in whole, "13912345678" in whole) == (False, False)
    rows = json.loads(ZipFile(path).read("history.json"))["rows"]
    assert [row.get("withheld") for row in rows if row["table"] == "contact"] == ["personal"]


def changed(path: Path, name: str, content: bytes | None) -> Path:
    """The package with another content of one part, or without it."""
    other = path.with_suffix(".changed.zip")
    with ZipFile(path) as old, ZipFile(other, "w") as new:
        for one in {*old.namelist(), name}:
            if one != name:
                new.writestr(one, old.read(one))
            elif content is not None:
                new.writestr(one, content)
    return other


def forged(path: Path) -> bytes:
    history = json.loads(ZipFile(path).read("history.json"))
    history["entries"][1]["text"] = history["entries"][1]["text"].replace("assign", "resign")
    return json.dumps(history).encode()


def test_whatever_is_changed_shows(cast: Cast, matter: Matter, tmp_path: Path) -> None:
    path = refer(signed_in(cast.chief), matter, tmp_path)
    manifest = json.loads(ZipFile(path).read("manifest.json"))
    other = json.dumps({**manifest, "to": "别处"}).encode()
    for name, content, said in (
        ("matter.html", b"x", "matter.html was changed."), ("files/more.jpg", b"x", "files/more.jpg was added."),
        ("README.txt", None, "README.txt is missing."), ("manifest.json", other, "The seal doesn't fit"),
        ("history.json", forged(path), "Entry 2 of the history was changed."),
    ):  # fmt: skip
        assert any(fault.startswith(said) for fault in checked(changed(path, name, content))[1]), name
    assert any("another key" in fault for fault in checked(path, "AAAA")[1])


@pytest.mark.parametrize("content", [b"", b"PK nonsense", b"{}"])
def test_what_is_no_package(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(NoPackage, match=r"x\.zip"):
        checked(path)


def test_the_command_checks_a_package(cast: Cast, matter: Matter, tmp_path: Path) -> None:
    path = refer(signed_in(cast.chief), matter, tmp_path)
    good = command(path, "--key", public_key())
    assert (good.returncode, "0 faults" in good.stdout) == (0, True)
    bad = command(changed(path, "matter.html", b"x"))
    assert (bad.returncode, "matter.html" in bad.stdout) == (1, True)


def command(path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, where there is no database."""
    apart = {"PATH": os.environ["PATH"], "MUSTER_DATA": str(path.parent / "apart")}
    asked = [sys.executable, "-m", "muster.cli", "check-referral", str(path), *more]
    return subprocess.run(asked, env=apart, capture_output=True, text=True, check=False)


def test_two_clicks_are_one_referral(cast: Cast, matter: Matter, tmp_path: Path) -> None:
    client, pk = signed_in(cast.chief), uuid7()
    one, two = (refer(client, matter, tmp_path, id=pk) for _click in range(2))
    assert (Referral.objects.count(), one.read_bytes() == two.read_bytes()) == (1, True)
    corrected = checked(refer(client, matter, tmp_path, id=pk, to="省纪委监委/一室"))[0]
    assert (corrected["to"], Referral.objects.count()) == ("省纪委监委/一室", 2)
    matter.note(by=cast.chief, text="补充")
    assert checked(refer(client, matter, tmp_path, id=pk))[1] == []
    assert Referral.objects.count() == 3


def test_what_was_handed_on_stands_for_headquarters_alone_and_for_ever(
    cast: Cast, matter: Matter, tmp_path: Path
) -> None:
    refer(signed_in(cast.chief), matter, tmp_path)
    address = f"/matters/{matter.pk}/"
    assert SAID["to"] in signed_in(cast.deputy).get(address).content.decode()
    for who in ("dispatcher", "fixer", "verifier", "reader"):
        assert SAID["to"] not in signed_in(cast.people[who]).get(address).content.decode()
    with pytest.raises(IntegrityError, match="rows are kept"), transaction.atomic():
        Referral.objects.update(to="别处")
    with pytest.raises(IntegrityError, match="rows are kept"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("delete from referral")


def test_to_whom_and_why_must_be_said(cast: Cast, matter: Matter) -> None:
    response = signed_in(cast.chief).post(
        f"/matters/{matter.pk}/referral/", {"id": uuid7(), **SAID, "to": " "}, **ENGLISH
    )
    assert (response.status_code, Referral.objects.count()) == (422, 0)


def test_a_photo_that_is_gone_is_said_and_nothing_is_handed_on(cast: Cast, matter: Matter) -> None:
    File.objects.order_by("received_at").first().original.unlink()  # type: ignore[union-attr]
    response = signed_in(cast.chief).post(f"/matters/{matter.pk}/referral/", {"id": uuid7(), **SAID}, **ENGLISH)
    assert (response.status_code, "restore it from the backup" in response.content.decode()) == (422, True)
    assert not Referral.objects.exists()
