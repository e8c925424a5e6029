"""The API: the same acts as the pages, with receipts and stable codes."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from muster.lib.ids import uuid7
from muster.loop.nouns import NOUNS
from muster.register.filters import FILTERS
from muster.register.selection import OF_FIGURE
from tests.cast import Cast
from tests.web.signed_in import signed_in
from tests.web.test_matters import jpeg


def post(client: Client, address: str, **body: Any) -> HttpResponse:
    answer: HttpResponse = client.post(f"/api{address}", body, content_type="application/json")  # type: ignore[assignment]
    return answer


def finding(cast: Cast, **changes: Any) -> dict[str, Any]:
    body = {
        "id": str(uuid7()), "incident": cast.incident.pk, "kind": "finding", "area": cast.town.pk,
        "category": "testing", "severity": "critical", "text": "上门采样漏采 3 户",
    }  # fmt: skip
    return {**body, **changes}


def test_a_finding_runs_to_its_close(cast: Cast) -> None:
    receipt = post(signed_in(cast.finder), "/matters", **finding(cast)).json()  # type: ignore[attr-defined]
    matter = f"/matters/{receipt['matter_id']}"
    fixer, verifier = signed_in(cast.fixer), signed_in(cast.verifier)
    assert post(signed_in(cast.dispatcher), f"{matter}/assignment", lead=cast.unit.pk).status_code == 201
    photos = [fixer.post("/api/files", {"file": jpeg(shade)}).json()["id"] for shade in (1, 2)]
    assert post(fixer, f"{matter}/response", text="已补采", photos=photos).status_code == 201
    assert post(fixer, f"{matter}/closure-request").status_code == 201
    proof = verifier.post("/api/files", {"file": jpeg()}).json()["id"]
    assert post(verifier, f"{matter}/verification", passed=True, photos=[proof]).status_code == 201
    assert verifier.get(f"/api{matter}").json()["status"] == "closed"


def test_the_same_act_again_has_the_same_receipt_and_another_is_a_conflict(cast: Cast) -> None:
    client, body = signed_in(cast.finder), finding(cast)
    first, again = (post(client, "/matters", **body).json() for _n in range(2))  # type: ignore[attr-defined]
    assert {**first, "repeated": True} == again
    conflict = post(client, "/matters", **{**body, "text": "别的事"})
    assert (conflict.status_code, conflict.json()["code"]) == (409, "conflict")  # type: ignore[attr-defined]


def test_an_answer_loads_nothing_and_stands_in_no_page(cast: Cast) -> None:
    headers = signed_in(cast.finder).get("/api/matters").headers
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["X-Frame-Options"] == "DENY"


def test_the_fixer_can_not_close_it(cast: Cast) -> None:
    matter = cast.at_closure()
    client = signed_in(cast.fixer)
    photo = client.post("/api/files", {"file": jpeg()}).json()["id"]
    answer = post(client, f"/matters/{matter.pk}/verification", passed=True, photos=[photo])
    assert (answer.status_code, answer.json()["code"]) == (403, "doer_cannot_close")  # type: ignore[attr-defined]


@pytest.mark.parametrize("who", ["outsider", "stranger", "administrator", "helper"])
def test_to_who_may_not_see_it_nothing_is_there(cast: Cast, who: str) -> None:
    matter = cast.finding()
    client = signed_in(cast.people[who])
    assert client.get(f"/api/matters/{matter.pk}").status_code == 404
    assert client.get("/api/matters").json()["items"] == []
    bodies: dict[str, dict[str, Any]] = {"assignment": {"lead": 1}, "merge": {"target": str(matter.pk), "reason": "x"}}
    for noun in NOUNS:
        answer = post(client, f"/matters/{matter.pk}/{noun}", **bodies.get(noun, {}))
        assert answer.status_code in (404, 422)
    matter.refresh_from_db()
    assert matter.head_seq == 1


def test_who_is_not_signed_in_is_told_so(cast: Cast) -> None:
    assert Client().get("/api/matters").status_code == 401
    assert post(Client(), "/matters", **finding(cast)).status_code == 401


def test_a_foreign_site_can_not_act_in_ones_name(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in(cast.finder).cookies
    assert post(client, "/matters", **finding(cast)).status_code == 403


def test_the_document_names_every_step(cast: Cast) -> None:
    paths = signed_in(cast.reader).get("/api/openapi.json").json()["paths"]
    assert {f"/api/matters/{{pk}}/{noun}" for noun in NOUNS} <= set(paths)


def test_the_list_is_filtered_sorted_and_paged_like_the_register(cast: Cast) -> None:
    made = [str(cast.finding().pk) for _n in range(3)]
    cast.request()
    client, address = signed_in(cast.chief), "/api/matters?kind=finding&area=临清市&q=漏采&limit=2&sort=oldest"
    first = client.get(address).json()
    rest = client.get(f"{address}&after={first['after']}").json()
    assert [one["id"] for one in first["items"] + rest["items"]] == made
    assert (first["before"], rest["after"]) == (None, None)
    assert client.get(f"{address}&before={rest['before']}").json()["items"] == first["items"]
    assert len(client.get("/api/matters?figure=findings_found&area=371581").json()["items"]) == 3


@pytest.mark.parametrize(
    ("query", "code"),
    [("status=nope", "unknown_value"), ("area=临青市", "unknown_place"), ("q=a", "search_too_short"),
     ("after=x", "unclear_cursor"), ("sort=up", "unknown_order"), ("figure=none", "unknown_figure")],
)  # fmt: skip
def test_a_filter_that_is_not_clear_is_refused(cast: Cast, query: str, code: str) -> None:
    answer = signed_in(cast.chief).get(f"/api/matters?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_the_document_names_every_filter(cast: Cast) -> None:
    asked = signed_in(cast.reader).get("/api/openapi.json").json()["paths"]["/api/matters"]["get"]["parameters"]
    assert {*FILTERS, *OF_FIGURE, "sort", "after", "before", "limit"} == {one["name"] for one in asked}
