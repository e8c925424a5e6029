"""Photos and files: seen through the matter they belong to."""

from __future__ import annotations

import pytest

from muster.evidence.file import File
from muster.lib.ids import uuid7
from muster.loop.matter import Matter
from tests.cast import Cast
from tests.web.signed_in import signed_in
from tests.web.test_intake import finding_form


@pytest.fixture
def file(cast: Cast) -> File:
    signed_in(cast.finder).post("/findings/new/", finding_form(cast))
    Matter.objects.get().assign(by=cast.dispatcher, lead=cast.unit, id=uuid7())
    return File.objects.get()


@pytest.mark.parametrize("who", ["chief", "verifier", "fixer", "finder", "reader"])
def test_who_sees_the_matter_sees_its_photos(cast: Cast, file: File, who: str) -> None:
    client = signed_in(cast.people[who])
    for form in ("thumbnail", "shown"):
        answer = client.get(f"/files/{file.pk}/{form}")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")


@pytest.mark.parametrize("who", ["outsider", "stranger", "administrator", "helper", "operator"])
def test_nobody_else_does(cast: Cast, file: File, who: str) -> None:
    assert signed_in(cast.people[who]).get(f"/files/{file.pk}/shown").status_code == 404


def test_originals_are_for_who_checks(cast: Cast, file: File) -> None:
    assert signed_in(cast.verifier).get(f"/files/{file.pk}/original").status_code == 200
    assert signed_in(cast.fixer).get(f"/files/{file.pk}/original").status_code == 404
