"""Intake and proposals, as who fills them in."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from muster.lib.ids import uuid7
from muster.loop.matter import Matter
from muster.loop.steps import Evidence
from tests.cast import Cast
from tests.web.signed_in import signed_in
from tests.web.test_matters import jpeg


def finding_form(cast: Cast, **changes: object) -> dict[str, object]:
    form = {
        "id": str(uuid7()), "site": str(cast.site.pk), "category": "testing", "severity": "critical",
        "text": "上门采样漏采 3 户", "photos": jpeg(),
    }  # fmt: skip
    return {**form, **changes}


def test_a_finding_with_a_photo_is_registered_at_its_site(cast: Cast) -> None:
    answer = signed_in(cast.finder).post("/findings/new/", finding_form(cast))
    matter = Matter.objects.get()
    assert answer.headers["Location"] == f"/matters/{matter.pk}/"
    assert (matter.site, matter.area, matter.kind) == (cast.site, cast.town, "finding")
    assert Evidence.objects.get().file.is_photo


def test_the_same_form_twice_registers_once(cast: Cast) -> None:
    client, form = signed_in(cast.finder), finding_form(cast)
    client.post("/findings/new/", form)
    client.post("/findings/new/", {**form, "photos": jpeg()})
    assert Matter.objects.count() == 1


def test_what_is_wrong_is_said_and_what_was_typed_stays(cast: Cast) -> None:
    form = finding_form(cast, site="", area="在平度", text="有名无记录")
    answer = signed_in(cast.finder).post("/findings/new/", form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "有名无记录" in page
    assert "在平度" in page
    assert "kept_photos" in page
    assert not Matter.objects.exists()


def test_a_file_that_is_no_photo_is_refused_by_its_content(cast: Cast) -> None:
    liar = SimpleUploadedFile("photo.jpg", b"<html>not a photo</html>", "image/jpeg")
    answer = signed_in(cast.finder).post("/findings/new/", finding_form(cast, photos=liar))
    assert answer.status_code == 422
    assert "photo.jpg" in answer.content.decode()
    assert not Matter.objects.exists()


@pytest.mark.parametrize("who", ["outsider", "stranger", "verifier", "fixer", "reader", "administrator", "operator"])
def test_findings_are_registered_by_inspectors(cast: Cast, who: str) -> None:
    client = signed_in(cast.people[who])
    assert client.get("/findings/new/").status_code == 404
    assert client.post("/findings/new/", finding_form(cast)).status_code == 404


def test_a_request_by_telephone_keeps_who_asked_apart(cast: Cast) -> None:
    form = finding_form(cast, category="medical", name="王女士", phone="13900000017", text="降压药只剩两天")
    signed_in(cast.operator).post("/requests/new/", form)
    matter = Matter.objects.get()
    assert matter.contact.phone == "13900000017"
    assert "13900000017" not in matter.entries.get().facts


def test_a_proposal_by_anyone_is_followed_and_rated_by_its_link(cast: Cast) -> None:
    public = Client()
    assert public.get("/proposals/new/").status_code == 200
    form = proposal_form(cast)
    link = public.post("/proposals/new/", form).headers["Location"]
    assert public.post("/proposals/new/", form).headers["Location"] == link
    matter = Matter.objects.get()
    assert matter.number in public.get(link).content.decode()
    matter.assign(by=cast.dispatcher, lead=cast.unit)
    matter.respond(by=cast.fixer, text="已安排错峰")
    assert "已安排错峰" not in public.get(link).content.decode()
    matter.request_closure(by=cast.fixer)
    assert "已安排错峰" in public.get(link).content.decode()
    public.post(link, {"id": str(uuid7()), "done": "yes", "rating": "4", "remark": "谢谢"})
    matter.refresh_from_db()
    assert matter.status == "closed"


def test_a_proposal_beyond_the_limit_comes_back_and_is_taken_in_later(cast: Cast) -> None:
    public, form = Client(), proposal_form(cast)
    for _time in range(6):
        public.post("/proposals/new/", {})
    refused = public.post("/proposals/new/", form)
    assert refused.status_code == 429
    given_back = {name: refused.context["form"][name].value() for name in form}
    assert given_back == form
    assert form["text"] in refused.content.decode()
    cache.clear()
    assert public.post("/proposals/new/", given_back).status_code == 302
    assert Matter.objects.get(kind="proposal").text == form["text"]


def test_beyond_the_limit_a_link_says_nothing_but_keeps_the_rating(cast: Cast) -> None:
    """Else links could be guessed without a limit."""
    public = Client()
    for _time in range(60):
        public.get("/p/guessed/")
    refused = public.post("/p/guessed/", {"id": str(uuid7()), "done": "no", "rating": "2", "remark": "还没通水"})
    assert refused.status_code == 429
    assert "还没通水" in refused.content.decode()


def proposal_form(cast: Cast) -> dict[str, str]:
    key = "a secret of this browser alone"
    return {"id": str(uuid7()), "key": key, "category": "testing", "text": "建议学生错峰采样", "area": cast.county.pk}


def test_who_knows_all_that_staff_know_gets_no_link_to_it(cast: Cast) -> None:
    form = proposal_form(cast)
    Client().post("/proposals/new/", form)
    answer = Client().post("/proposals/new/", {**form, "key": "a guess of the unit that it is about"})
    assert answer.status_code == 409


def test_the_unit_does_not_rate_its_own_reply(cast: Cast) -> None:
    form = proposal_form(cast)
    link = Client().post("/proposals/new/", form).headers["Location"]
    matter = Matter.objects.get()
    matter.assign(by=cast.dispatcher, lead=cast.unit)
    matter.respond(by=cast.fixer, text="已安排错峰")
    matter.request_closure(by=cast.fixer)
    answer = signed_in(cast.fixer).post(link, {"id": str(uuid7()), "done": "yes", "rating": "5"})
    assert answer.status_code == 403
    matter.refresh_from_db()
    assert matter.status == "closure_requested"


def test_a_wrong_link_opens_nothing(cast: Cast) -> None:
    cast.proposal()
    assert Client().get("/p/abcdefghijklmnopqrstuvwxyz012345/").status_code == 404


def test_sites_are_found_by_name_within_ones_own_areas(cast: Cast) -> None:
    assert "澄湖苑小区" in signed_in(cast.finder).get("/sites/?q=澄湖").content.decode()
    assert signed_in(cast.outsider).get("/sites/?q=澄湖").status_code == 404
