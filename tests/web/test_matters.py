"""The register, the matter and its steps, for everyone of the cast."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from muster.lib import clock
from muster.lib.ids import uuid7
from muster.loop.arrival import Caller
from muster.loop.matter import Matter
from muster.loop.nouns import NOUNS
from muster.people.person import Reveal
from muster.people.role import Role
from tests.cast import Cast, picture
from tests.web.signed_in import signed_in

SEES = ("chief", "deputy", "dispatcher", "finder", "verifier", "second_verifier", "reader", "fixer", "junior")
BLIND = ("outsider", "stranger", "administrator", "helper", "operator")


def jpeg(shade: int = 140) -> SimpleUploadedFile:
    """The same shade is the same photo."""
    kept = BytesIO()
    picture(shade).save(kept, "JPEG")
    return SimpleUploadedFile("photo.jpg", kept.getvalue(), "image/jpeg")


@pytest.fixture
def assigned(cast: Cast) -> Matter:
    matter = cast.finding()
    matter.assign(by=cast.dispatcher, lead=cast.unit)
    return matter


@pytest.mark.parametrize("who", SEES)
def test_who_may_see_a_finding_sees_it(cast: Cast, assigned: Matter, who: str) -> None:
    answer = signed_in(cast.people[who]).get(f"/matters/{assigned.pk}/")
    assert answer.status_code == 200
    assert assigned.number in answer.content.decode()


@pytest.mark.parametrize("who", BLIND)
def test_to_anyone_else_it_does_not_exist(cast: Cast, assigned: Matter, who: str) -> None:
    client = signed_in(cast.people[who])
    assert client.get(f"/matters/{assigned.pk}/").status_code == 404
    assert assigned.number not in client.get("/matters/").content.decode()
    for noun in NOUNS:
        assert client.get(f"/matters/{assigned.pk}/{noun}/").status_code == 404
        assert client.post(f"/matters/{assigned.pk}/{noun}/", {"id": str(uuid7())}).status_code == 404


def test_who_is_not_signed_in_is_led_to_the_sign_in(cast: Cast, assigned: Matter) -> None:
    for address in ("/matters/", f"/matters/{assigned.pk}/", "/work/", "/findings/new/"):
        answer = Client().get(address)
        assert answer.status_code == 302
        assert "sign-in" in answer.headers["Location"]


def test_a_unit_whose_return_was_upheld_no_longer_sees_it(cast: Cast, assigned: Matter) -> None:
    assigned.return_(by=cast.fixer, reason="不归我们管")
    assigned.rule_return(by=cast.dispatcher, upheld=True, reason="另行交办")
    assert signed_in(cast.fixer).get(f"/matters/{assigned.pk}/").status_code == 404


def test_the_fixer_finds_no_way_to_close_it_in_pages(cast: Cast) -> None:
    matter = cast.at_closure()
    client = signed_in(cast.fixer)
    page = client.get(f"/matters/{matter.pk}/", headers={"Accept-Language": "zh"}).content.decode()
    assert "整改人不能销号，请等待核验" in page
    for noun in ("verification", "confirmation", "revisit", "on-spot-fix", "voiding", "voiding-request", "merge"):
        assert f"/{noun}/" not in page
        form = {"id": str(uuid7()), "passed": "yes", "done": "yes", "reason": "好了", "photos": jpeg()}
        assert client.post(f"/matters/{matter.pk}/{noun}/", form).status_code in (403, 409, 422)
    matter.refresh_from_db()
    assert matter.status == "closure_requested"


def test_a_verifier_passes_it_with_a_photo(cast: Cast) -> None:
    matter = cast.at_closure()
    client = signed_in(cast.verifier)
    page = client.get(f"/matters/{matter.pk}/verification/?passed=yes").content.decode()
    assert 'value="yes"' in page
    answer = client.post(
        f"/matters/{matter.pk}/verification/", {"id": str(uuid7()), "passed": "yes", "remark": "", "photos": jpeg()}
    )
    assert answer.status_code == 302
    matter.refresh_from_db()
    assert matter.status == "closed"


def test_what_was_handed_in_stays_when_a_step_is_refused(cast: Cast) -> None:
    matter = cast.at_closure()
    client = signed_in(cast.verifier)
    form = {"id": str(uuid7()), "passed": "no", "remark": "", "photos": jpeg()}
    refused = client.post(f"/matters/{matter.pk}/verification/", form)
    assert refused.status_code == 422
    kept = refused.context["form"].kept["photos"][0]
    again = client.post(
        f"/matters/{matter.pk}/verification/",
        {"id": form["id"], "passed": "no", "remark": "只见两户", "kept_photos": str(kept.pk)},
    )
    assert again.status_code == 302
    matter.refresh_from_db()
    assert (matter.status, matter.cycle) == ("in_progress", 2)


def test_what_changed_meanwhile_costs_nothing_that_was_typed(cast: Cast) -> None:
    matter = cast.at_closure()
    client = signed_in(cast.verifier)
    matter.verify(by=cast.second_verifier, passed=True, photos=[cast.photo()])
    form = {"id": str(uuid7()), "passed": "no", "remark": "只见两户，名单是三户", "photos": jpeg()}
    answer = client.post(f"/matters/{matter.pk}/verification/", form)
    assert answer.status_code == 409
    assert "只见两户，名单是三户" in answer.content.decode()
    assert "kept_photos" in answer.content.decode()


def test_one_bad_photo_costs_the_others_nothing(cast: Cast) -> None:
    matter = cast.at_closure()
    bad = SimpleUploadedFile("bad.jpg", b"<html>", "image/jpeg")
    form = {"id": str(uuid7()), "passed": "yes", "photos": [jpeg(1), bad, jpeg(2)]}
    answer = signed_in(cast.verifier).post(f"/matters/{matter.pk}/verification/", form)
    assert answer.status_code == 422
    assert len(answer.context["form"].kept["photos"]) == 2
    assert "bad.jpg" in answer.content.decode()


def test_a_role_held_elsewhere_opens_nothing_here(cast: Cast) -> None:
    """The unit's liaison answers the telephone in another county: who asked stays hidden here all the same."""
    cast.grant("fixer", Role.OPERATOR, "unit", cast.elsewhere)
    matter = cast.request(caller=Caller("王女士", "13900000017"), source_number="12345-7")
    matter.note(by=cast.operator, text="王女士住3号楼501")
    matter.assign(by=cast.dispatcher, lead=cast.unit)
    for who in (cast.fixer, cast.junior):
        client = signed_in(who)
        page = client.get(f"/matters/{matter.pk}/").content.decode()
        assert [word for word in ("王女士", "0017", "12345-7") if word in page] == []
        assert client.post(f"/matters/{matter.pk}/contact/", {"reason": "想知道"}).status_code == 404


def test_a_double_click_acts_once(cast: Cast, assigned: Matter) -> None:
    client, form = signed_in(cast.fixer), {"id": str(uuid7()), "text": "已补采"}
    for _click in range(2):
        assert client.post(f"/matters/{assigned.pk}/response/", form).status_code == 302
    assert assigned.entries.filter(action="respond").count() == 1


def test_who_rules_reads_what_was_asked_and_why(cast: Cast, assigned: Matter) -> None:
    dispatcher, address = signed_in(cast.dispatcher), f"/matters/{assigned.pk}/"
    assigned.return_(by=cast.fixer, reason="不归我们管")
    assert "不归我们管" in dispatcher.get(f"{address}return-ruling/").content.decode()
    assigned.rule_return(by=cast.dispatcher, upheld=False, reason="在你方辖区")
    assigned.ask_extension(by=cast.fixer, until=clock.now() + timedelta(hours=60), reason="住户白天无人")
    asked = dispatcher.get(f"{address}extension-ruling/").content.decode()
    assert "住户白天无人" in asked
    assert "不归我们管" not in asked
    assigned.rule_extension(by=cast.dispatcher, granted=True, reason="同意")
    assigned.ask_voiding(by=cast.chief, reason="重复登记")
    assert "重复登记" in signed_in(cast.deputy).get(f"{address}voiding/").content.decode()
    assert "重复登记" not in signed_in(cast.fixer).post(f"{address}voiding/", {"id": str(uuid7())}).content.decode()


def test_the_number_of_who_asked_is_shown_once_for_a_reason(cast: Cast) -> None:
    matter = cast.request(caller=Caller("王女士", "13900000017"))
    matter.assign(by=cast.dispatcher, lead=cast.unit)
    operator, fixer = signed_in(cast.operator), signed_in(cast.fixer)
    assert "13900000017" not in operator.get(f"/matters/{matter.pk}/").content.decode()
    assert operator.post(f"/matters/{matter.pk}/contact/", {"reason": " "}).status_code == 302
    assert not Reveal.objects.exists()
    assert "13900000017" in operator.post(f"/matters/{matter.pk}/contact/", {"reason": "回访"}).content.decode()
    assert Reveal.objects.get().reason == "回访"
    page = fixer.get(f"/matters/{matter.pk}/").content.decode()
    assert "王女士" not in page
    assert "0017" not in page
    assert fixer.post(f"/matters/{matter.pk}/contact/", {"reason": "想知道"}).status_code == 404


def test_the_register_filters_by_what_its_address_says(cast: Cast) -> None:
    finding, request = cast.finding(), cast.request()
    client = signed_in(cast.chief)

    def numbers(query: str) -> set[str]:
        page = client.get(f"/matters/{query}").content.decode()
        return {one.number for one in (finding, request) if one.number in page}

    assert numbers("") == {finding.number, request.number}
    assert numbers("?kind=request") == {request.number}
    assert numbers("?status=closed") == set()
    assert numbers("?q=漏采") == {finding.number}
    assert numbers("?area=临清市") == {finding.number, request.number}
    assert numbers("?area=冠县") == set()
    assert numbers("?category=medical") == {request.number}
    assert "临清" in client.get("/matters/?area=临青市").content.decode()


def test_pages_ask_the_database_few_questions(cast: Cast) -> None:
    matter = cast.closed()
    client = signed_in(cast.chief)
    for address in (f"/matters/{matter.pk}/", "/work/", "/matters/"):
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(address)
        assert len(asked) <= 15, [query["sql"][:90] for query in asked.captured_queries]


def test_the_organisation_of_the_site_is_proposed_when_assigning(cast: Cast) -> None:
    matter = cast.finding()
    assert matter.site
    matter.site.organisation = cast.unit
    matter.site.save()
    page = signed_in(cast.dispatcher).get(f"/matters/{matter.pk}/assignment/").content.decode()
    assert f'value="{cast.unit.name}"' in page
