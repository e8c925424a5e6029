"""For every endpoint one call that has something to find: its address and body, made for the cast.

Steps of matters aren't among them: ``tests/loop/attempts.py`` has those.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.utils import timezone

from muster.briefings import dutylog
from muster.duty.duty import Duty
from muster.duty.handover import Handover, HandoverItem
from muster.evidence.file import File
from muster.exchange.ledger import look
from muster.exchange.lists.making import make
from muster.exchange.lists.records import ListExport
from muster.exchange.records import REGISTER, LedgerImport
from muster.exchange.webhooks import Webhook
from muster.lib.ids import uuid7
from muster.loop.arrival import Caller
from muster.loop.bulletin import Bulletin
from muster.loop.conflict import Conflict
from muster.loop.refusals import ConflictingContent
from muster.people.person import Person
from muster.people.team import Team, TeamMember
from muster.places.area import AreaName
from muster.web.ledgerwork import received
from tests.cast import PACK, Cast
from tests.web.test_matters import jpeg

Body = dict[str, Any]
#: An address, what is sent there, and whether as JSON or as a form.
Call = tuple[str, Body | None, str]
LEDGER = "编号,检查时间,被检查单位/点位,问题描述,责任单位\n1,2022-12-01,澄湖苑小区,门岗无人值守,unit\n"
SITES = "名称,类别,区划\n东门核酸点,采样点,青年路街道\n"


def get(address: str) -> Call:
    return address, None, "json"


def send(address: str, /, **body: Any) -> Call:
    return address, body, "json"


def form(address: str, /, **fields: Any) -> Call:
    return address, fields, "form"


def calls(cast: Cast) -> dict[str, Callable[[], Call]]:
    there = things(cast)
    return {**of_reading(cast, there), **of_doing(cast, there)}


def things(cast: Cast) -> SimpleNamespace:
    """One of each that is there to be found."""
    matter = cast.closed()
    team = Team.objects.create(kind="inspection_team", name="一组", area=cast.town, organisation=cast.unit)
    until = timezone.now() + timedelta(hours=8)
    return SimpleNamespace(
        matter=matter.pk, photo=a_photo(cast), called=cast.request(caller=Caller("王女士", "13800000042")).pk,
        sweep=cast.finding().sweep(by=cast.chief, area=cast.city).act_id,
        conflict=a_conflict(cast), view=cast.deputy.kept_views.create(name="超时", query="overdue=1").pk,
        ledger=came(cast, REGISTER, cast.deputy, LEDGER), list=came(cast, "sites", cast.administrator, SITES),
        export=an_export(cast), team=team.pk, member=TeamMember.objects.create(team=team, person=cast.fixer).pk,
        log=dutylog.sign(cast.incident, cast.city, cast.deputy, "session", "").pk,
        duty=Duty.take(cast.incident, cast.city, "duty_officer", cast.chief, until, cast.chief).pk,
        item=HandoverItem.add(cast.incident, cast.city, "催办", cast.deputy).pk,
        webhook=Webhook.objects.create(person=cast.deputy, name="城市大脑", address="https://city-brain.example").pk,
        bulletin=a_bulletin(cast), plain=cast.finding().pk,
        name=AreaName.objects.create(area=cast.town, text="青年路办事处", kind="alias").pk,
    )  # fmt: skip


def of_reading(cast: Cast, there: SimpleNamespace) -> dict[str, Callable[[], Call]]:
    return {
        "GET /api/matters": lambda: get("/api/matters"),
        "GET /api/matters/{pk}": lambda: get(f"/api/matters/{there.matter}"),
        "GET /api/matters/{pk}/history": lambda: get(f"/api/matters/{there.matter}/history"),
        "GET /api/matters/{pk}/similar": lambda: get(f"/api/matters/{there.matter}/similar"),
        "GET /api/matters/{pk}/organisations": lambda: get(f"/api/matters/{there.matter}/organisations"),
        "GET /api/sweeps/{pk}": lambda: get(f"/api/sweeps/{there.sweep}"),
        "GET /api/files/{pk}/{form}": lambda: get(f"/api/files/{there.photo}/shown"),
        "GET /api/figures": lambda: get(f"/api/figures?area={cast.county.pk}"),
        "GET /api/figures/{key}/matters": lambda: get(f"/api/figures/findings_found/matters?area={cast.county.pk}"),
        "GET /api/figures/{key}/teams": lambda: get(f"/api/figures/inspection_teams/teams?area={cast.county.pk}"),
        "GET /api/bulletins": lambda: get("/api/bulletins"),
        "GET /api/bulletins/{pk}": lambda: get(f"/api/bulletins/{there.bulletin}"),
        "GET /api/me": lambda: get("/api/me"),
        "GET /api/work": lambda: get("/api/work"),
        "GET /api/views": lambda: get("/api/views"),
        "PATCH /api/views/{pk}": lambda: send(f"/api/views/{there.view}", name="超时的"),
        "DELETE /api/views/{pk}": lambda: get(f"/api/views/{there.view}"),
        "GET /api/conflicts": lambda: get("/api/conflicts"),
        "GET /api/conflicts/{pk}": lambda: get(f"/api/conflicts/{there.conflict}"),
        "GET /api/duty": lambda: get("/api/duty"),
        "GET /api/duty/items": lambda: get("/api/duty/items"),
        "GET /api/handovers": lambda: get("/api/handovers"),
        "GET /api/handovers/{pk}": lambda: get(f"/api/handovers/{there.log}"),
        "GET /api/ledgers": lambda: get("/api/ledgers"),
        "GET /api/ledgers/{pk}": lambda: get(f"/api/ledgers/{there.ledger}"),
        "GET /api/ledgers/{pk}/refused": lambda: get(f"/api/ledgers/{there.ledger}/refused"),
        "GET /api/lists": lambda: get("/api/lists"),
        "GET /api/lists/{pk}": lambda: get(f"/api/lists/{there.list}"),
        "GET /api/lists/{pk}/refused": lambda: get(f"/api/lists/{there.list}/refused"),
        "GET /api/exports": lambda: get("/api/exports"),
        "GET /api/exports/{pk}": lambda: get(f"/api/exports/{there.export}"),
        "GET /api/exports/{pk}/file": lambda: get(f"/api/exports/{there.export}/file"),
        "GET /api/incidents": lambda: get("/api/incidents"),
        "GET /api/incidents/open": lambda: get("/api/incidents/open"),
        "GET /api/incidents/{pk}": lambda: get(f"/api/incidents/{cast.incident.pk}"),
        "GET /api/packs": lambda: get("/api/packs"),
        "GET /api/packs/{pk}": lambda: get(f"/api/packs/{cast.incident.pack_version().pk}"),
        "GET /api/areas": lambda: get(f"/api/areas?above={cast.county.pk}"),
        "GET /api/areas/{code}": lambda: get(f"/api/areas/{cast.county.pk}"),
        "GET /api/sites": lambda: get("/api/sites?kind=compound"),
        "GET /api/sites/{pk}": lambda: get(f"/api/sites/{cast.site.pk}"),
        "GET /api/organisations": lambda: get("/api/organisations?q=unit"),
        "GET /api/organisations/{pk}": lambda: get(f"/api/organisations/{cast.unit.pk}"),
        "GET /api/teams": lambda: get(f"/api/teams?organisation={cast.unit.pk}"),
        "GET /api/teams/{pk}": lambda: get(f"/api/teams/{there.team}"),
        "GET /api/people": lambda: get("/api/people?q=Fixer"),
        "GET /api/webhooks": lambda: get("/api/webhooks"),
        "GET /api/webhooks/{pk}": lambda: get(f"/api/webhooks/{there.webhook}"),
        "GET /api/webhooks/{pk}/deliveries": lambda: get(f"/api/webhooks/{there.webhook}/deliveries"),
        "GET /api/people/{pk}": lambda: get(f"/api/people/{cast.fixer.pk}"),
    }


def of_doing(cast: Cast, there: SimpleNamespace) -> dict[str, Callable[[], Call]]:
    pack = cast.incident.pack_version()
    membership = cast.fixer.memberships.get().pk
    grant = cast.fixer.grants.get().pk
    until = (timezone.now() + timedelta(hours=8)).isoformat()
    area, site, body = f"/api/areas/{cast.town.pk}", f"/api/sites/{cast.site.pk}", f"/api/people/{cast.fixer.pk}"
    whole = f"/api/incidents/{cast.incident.pk}"
    member = f"/api/teams/{there.team}/members/{there.member}"
    return {
        "POST /api/matters": lambda: send(
            "/api/matters", id=str(uuid7()), incident=cast.incident.pk, kind="finding", area=cast.town.pk,
            category="testing", severity="minor", text="门岗无人",
        ),
        "POST /api/webhooks": lambda: send("/api/webhooks", name="城市大脑", address="https://city-brain.example/muster"),
        "POST /api/webhooks/{pk}/ping": lambda: send(f"/api/webhooks/{there.webhook}/ping"),
        "POST /api/webhooks/{pk}/resumption": lambda: send(f"/api/webhooks/{there.webhook}/resumption"),
        "POST /api/webhooks/{pk}/end": lambda: send(f"/api/webhooks/{there.webhook}/end"),
        "POST /api/matters/{pk}/contact": lambda: send(f"/api/matters/{there.called}/contact", reason="回访"),
        "POST /api/matters/{pk}/referral": lambda: send(
            f"/api/matters/{there.plain}/referral", id=str(uuid7()), to="市纪委监委", reason="移交", language="zh-hans"
        ),
        "POST /api/files": lambda: form("/api/files", file=jpeg()),
        "POST /api/views": lambda: send("/api/views", name="本县", query="area=371581"),
        "POST /api/conflicts/{pk}/settlement": lambda: send(f"/api/conflicts/{there.conflict}/settlement", remark="已核实"),
        "POST /api/duty": lambda: send("/api/duty", post="duty_officer", until=until),
        "POST /api/duty/{pk}/end": lambda: send(f"/api/duty/{there.duty}/end"),
        "POST /api/duty/items": lambda: send("/api/duty/items", text="催办 3 件"),
        "POST /api/duty/items/{pk}/done": lambda: send(f"/api/duty/items/{there.item}/done"),
        "POST /api/handovers": lambda: send(f"/api/handovers{nothing_waits(cast)}", remark="大风"),
        "POST /api/handovers/{pk}/taking": lambda: send(f"/api/handovers/{there.log}/taking", until=until),
        "POST /api/handovers/{pk}/withdrawal": lambda: send(f"/api/handovers/{there.log}/withdrawal"),
        "POST /api/ledgers": lambda: form("/api/ledgers", sender="临清市", rows=LEDGER),
        "POST /api/ledgers/{pk}/answers": lambda: send(
            f"/api/ledgers/{there.ledger}/answers", defaults={"category": "testing", "severity": "minor"}
        ),
        "POST /api/ledgers/{pk}/taking": lambda: send(f"/api/ledgers/{there.ledger}/taking"),
        "POST /api/lists": lambda: form("/api/lists", kind="sites", rows=SITES),
        "POST /api/lists/{pk}/answers": lambda: send(f"/api/lists/{there.list}/answers"),
        "POST /api/lists/{pk}/taking": lambda: send(f"/api/lists/{there.list}/taking"),
        "POST /api/exports": lambda: send("/api/exports", list="exports", reason="存档"),
        "POST /api/incidents": lambda: send(
            "/api/incidents", name_zh="防汛", name_en="Flood", area=cast.county.pk, pack=str(pack.pk)
        ),
        "PATCH /api/incidents/{pk}": lambda: send(whole, name_en="Liaocheng"),
        "POST /api/incidents/{pk}/pack": lambda: send(f"{whole}/pack", pack=str(pack.pk)),
        "POST /api/incidents/{pk}/end": lambda: send(f"{whole}/end", sure=True),
        "POST /api/packs": lambda: send("/api/packs", text=PACK + "\n# 二\n", instead_of=pack.pk),
        "POST /api/packs/check": lambda: send("/api/packs/check", text=PACK),
        "POST /api/areas": lambda: send(
            "/api/areas", above=cast.county.pk, level="town", code="371581002", name="新华路街道"
        ),
        "POST /api/areas/{code}/renaming": lambda: send(f"{area}/renaming", name="青年街道"),
        "POST /api/areas/{code}/closure": lambda: send(f"{area}/closure"),
        "POST /api/areas/{code}/reopening": lambda: send(f"{area}/reopening"),
        "POST /api/areas/{code}/names": lambda: send(f"{area}/names", text="青年路", kind="alias"),
        "DELETE /api/areas/{code}/names/{pk}": lambda: get(f"{area}/names/{there.name}"),
        "POST /api/sites": lambda: send("/api/sites", name="东门核酸点", kind="sampling_site", area="青年路街道"),
        "PATCH /api/sites/{pk}": lambda: send(site, latitude=36.85, longitude=115.7),
        "POST /api/sites/{pk}/closure": lambda: send(f"{site}/closure"),
        "POST /api/sites/{pk}/reopening": lambda: send(f"{site}/reopening"),
        "POST /api/organisations": lambda: send("/api/organisations", name="三里铺", kind="community", area="青年路街道"),
        "PATCH /api/organisations/{pk}": lambda: send(f"/api/organisations/{cast.unit.pk}", name="unit 2"),
        "POST /api/teams": lambda: send("/api/teams", organisation=cast.unit.pk, kind="inspection_team", name="二组"),
        "PATCH /api/teams/{pk}": lambda: send(f"/api/teams/{there.team}", name="三组"),
        "POST /api/teams/{pk}/end": lambda: send(f"/api/teams/{there.team}/end"),
        "POST /api/teams/{pk}/members": lambda: send(f"/api/teams/{there.team}/members", person="helper"),
        "PATCH /api/teams/{pk}/members/{member}": lambda: send(member, leads=True),
        "POST /api/teams/{pk}/members/{member}/end": lambda: send(f"{member}/end"),
        "POST /api/people": lambda: send("/api/people", name="李四", login="lisi", language="zh-hans", organisation="unit"),
        "PATCH /api/people/{pk}": lambda: send(body, name="张三"),
        "POST /api/people/{pk}/phone": lambda: send(f"{body}/phone", reason="联系排班"),
        "POST /api/people/{pk}/memberships": lambda: send(f"{body}/memberships", organisation="support"),
        "POST /api/people/{pk}/memberships/{membership}/end": lambda: send(f"{body}/memberships/{membership}/end"),
        "POST /api/people/{pk}/grants": lambda: send(
            f"{body}/grants", role="reader", organisation=cast.unit.pk, area=cast.town.pk
        ),
        "POST /api/people/{pk}/grants/{grant}/end": lambda: send(f"{body}/grants/{grant}/end"),
        "POST /api/people/{pk}/deactivation": lambda: send(f"{body}/deactivation"),
        "POST /api/people/{pk}/activation": lambda: send(f"/api/people/{cast.operator.pk}/activation"),
        "DELETE /api/people/{pk}/sessions": lambda: get(f"/api/people/{cast.operator.pk}/sessions"),
    }  # fmt: skip


def a_conflict(cast: Cast) -> int:
    matter, pk = cast.finding(), uuid7()
    matter.note(by=cast.dispatcher, text="已电话联系", id=pk)
    with contextlib.suppress(ConflictingContent):
        matter.note(by=cast.dispatcher, text="无人接听", id=pk)
    return Conflict.objects.latest("pk").pk


def came(cast: Cast, kind: str, by: Person, rows: str) -> UUID:
    """Sent and looked at."""
    incident = cast.incident if kind == REGISTER else None
    made = received(kind, incident, f"{kind} {by.login}", by, BytesIO(rows.encode()), f"{kind}.csv")
    look(LedgerImport.objects.get(pk=made.pk), by)
    return made.pk


def a_bulletin(cast: Cast) -> UUID:
    matter = cast.closed()
    matter.draft_publication(by=cast.chief, reason="某小区漏采，已整改")
    matter.publish(by=cast.deputy, number="第 1 期")
    return Bulletin.objects.get().pk


def a_photo(cast: Cast) -> UUID:
    """Of a matter, and there."""
    kept = File.receive(BytesIO(jpeg().read()), "photo.jpg", cast.incident.pack_version().pack.evidence, cast.finder)
    cast.finding(photos=[kept])
    return kept.pk


def nothing_waits(cast: Cast) -> str:
    """One log at a time waits for its second signature."""
    for log in Handover.objects.filter(taken_at=None, withdrawn_at=None):
        log.withdraw(cast.deputy)
    return ""


def an_export(cast: Cast) -> UUID:
    made = ListExport.objects.create(
        by=cast.deputy, incident=cast.incident, kind="exports", reason="存档", language="en"
    )
    make(made)
    return made.pk
