"""Another system goes the whole way of a finding by the API alone, is told of every step, and gets no further than its tokens."""

from __future__ import annotations

import csv
import io
import struct
import uuid
import zlib
from itertools import islice
from typing import Any

import pytest

from tests.journeys.client import Forged, Muster, Receiver, Refused, check
from tests.journeys.conftest import Served

pytestmark = pytest.mark.xdist_group("journeys")
HOLDERS = {
    "headquarters": ("demo.duty", "matters:read", "matters:write", "webhooks:read", "webhooks:write", "exports:read",
                     "exports:write", "incidents:read", "places:read"),
    "inspector": ("demo.inspector", "matters:read", "matters:write", "files:write", "incidents:read"),
    "unit": ("demo.unit", "matters:read", "matters:write", "files:write"),
    "verifier": ("demo.second_verifier", "matters:read", "matters:write", "files:write"),
}  # fmt: skip


@pytest.fixture(scope="module")
def held(city: Served) -> dict[str, Muster]:
    """By whom each token acts for."""
    found = {}
    for who, (login, *scopes) in HOLDERS.items():
        given = [word for scope in scopes for word in ("--scope", scope)]
        made = city.muster("token", login, "--name", f"{who} {uuid.uuid4().hex[:6]}", *given)
        found[who] = Muster(city.address, made.stdout.strip())
    return found


def png(seed: str, side: int = 8) -> bytes:
    """A picture of one colour, another for every seed."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    colour = zlib.crc32(seed.encode()).to_bytes(4, "big")[:3]
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + head
        + chunk(b"IDAT", zlib.compress((b"\0" + colour * side) * side))
        + chunk(b"IEND", b"")
    )


def found(held: dict[str, Muster]) -> dict[str, Any]:
    """Something that the inspector can register where the unit works: what is open tells which words there are."""
    incident = held["inspector"].get("/incidents/open")[0]
    category = next(one for one in incident["categories"] if "finding" in one["kinds"])
    theirs = held["unit"].get("/matters", limit=1)["items"][0]
    return {
        "id": str(uuid.uuid4()), "incident": incident["id"], "kind": "finding", "area": theirs["area_id"],
        "category": category["key"], "severity": incident["severities"][0]["key"], "text": f"门岗无人 {uuid.uuid4()}",
    }  # fmt: skip


def refused(code: str, ask: Any, *given: Any, **body: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        ask(*given, **body)
    assert caught.value.code == code
    return caught.value


def test_a_finding_goes_the_whole_way_and_another_system_is_told(held: dict[str, Muster]) -> None:
    chief, unit, verifier = held["headquarters"], held["unit"], held["verifier"]
    with Receiver() as receiver:
        hook = chief.post("/webhooks", name="城市大脑", address=receiver.address)
        receiver.trust(hook["secret"])
        finding = found(held)
        matter = finding["id"]
        first = held["inspector"].post("/matters", **finding)
        assert held["inspector"].post("/matters", **finding) == {**first, "repeated": True}
        refused("conflict", held["inspector"].post, "/matters", **{**finding, "text": "别的"})
        refused("not_found", unit.get, f"/matters/{matter}")
        own = {one["id"] for one in unit.get("/me")["organisations"]}
        lead = next(one["id"] for one in chief.get(f"/matters/{matter}/organisations") if one["id"] in own)
        chief.step(matter, "assignment", lead=lead)
        photos = [unit.hand_in(f"{name}.png", "image/png", png(f"{name} {matter}")) for name in ("before", "after")]
        unit.step(matter, "response", text="已补岗", photos=photos)
        unit.step(matter, "closure-request")
        refused("doer_cannot_close", unit.step, matter, "verification", passed=True)
        visit = verifier.hand_in("visit.png", "image/png", png(f"visit {matter}", side=9))
        verifier.step(matter, "verification", passed=True, photos=[visit])
        assert chief.get(f"/matters/{matter}")["status"] == "closed"
        history = verifier.get(f"/matters/{matter}/history")
        told = receiver.of(matter, len(history))
        assert [one["data"]["hash"] for one in told] == [one["hash"] for one in history]
        assert [one["type"] for one in told] == [f"matter.{one['action']}" for one in history]
        headers, body = receiver.got[0]
        for secret, altered in (("whsec_" + "A" * 32, body), (hook["secret"], body + b" ")):
            with pytest.raises(Forged):
                check(secret, headers, altered)
        chief.post(f"/webhooks/{hook['id']}/end")
        chief.step(matter, "note", text="不再推送")
        assert len(receiver.of(matter, len(history) + 1, wait_s=4)) == len(history)


def test_lists_are_paged_and_taken_out(held: dict[str, Muster]) -> None:
    chief = held["headquarters"]
    pages = list(islice(chief.pages("/matters", limit=2), 4))
    assert len({one["id"] for page in pages for one in page}) == 8
    wanted = {"list": "matters", "query": f"numbers={pages[0][0]['number']}", "reason": "联调", "form": "csv"}
    export = chief.post("/exports", id=str(uuid.uuid4()), **wanted)
    assert chief.post("/exports", id=export["id"], **wanted)["id"] == export["id"]
    rows = list(csv.reader(io.StringIO(chief.made(export["id"]).decode("utf-8-sig"))))
    assert (len(rows), pages[0][0]["number"] in rows[1]) == (2, True)


def test_no_token_gets_further_than_what_it_is_for(held: dict[str, Muster]) -> None:
    assert refused("scope_missing", held["inspector"].get, "/figures").status == 403
    assert refused("scope_missing", held["unit"].post, "/webhooks", name="x", address="http://127.0.0.1/").status == 403
    assert refused("unauthorized", Muster(held["unit"].address, "muster_wrong").get, "/matters").status == 401
    assert refused("host_not_allowed", held["headquarters"].post, "/webhooks", name="x", address="http://10.0.0.1/")
    wrong = {**found(held), "incident": "one", "photos": "none"}
    assert {"incident", "photos"} <= set(refused("malformed", held["inspector"].post, "/matters", **wrong).fields)
