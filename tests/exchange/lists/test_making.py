"""Every list, who may take it out, and the log of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from python_calamine import CalamineWorkbook

from muster.briefings.figure import FIGURES
from muster.exchange.lists.catalogue import LISTS
from muster.exchange.lists.command import NobodyToExport, NoReason
from muster.exchange.lists.command import run as export_
from muster.exchange.lists.making import NoSuchList, kind_called, make
from muster.exchange.lists.records import KEPT_FOR, LOST_AFTER, ExportState, ListExport, tend
from muster.exchange.lists.reports import NotYours
from muster.lib.refusal import Refusal
from muster.loop.matter import Matter
from muster.people.person import Person
from muster.people.team import Team
from muster.places.site import Site
from tests.cast import Cast
from tests.exchange.lists.conftest import Out

ACTORS = ("chief", "dispatcher", "finder", "verifier", "operator", "fixer", "reader", "administrator", "outsider")
#: Who may take out which list.
MAY = {
    "matters": "chief dispatcher finder verifier operator fixer reader",
    "areas": "administrator", "sites": "administrator", "organisations": "administrator", "people": "administrator",
    "grants": "administrator",
    "figures": "chief dispatcher finder verifier fixer reader", "areas-below": "chief dispatcher finder verifier fixer reader",
    "teams": "chief dispatcher finder verifier reader", "bulletins": "chief dispatcher finder verifier fixer reader",
    "ledgers": "chief dispatcher", "handovers": "chief dispatcher", "incidents": "chief administrator",
    "packs": "chief administrator", "walls": "chief", "duties": "chief dispatcher", "administration": "administrator",
    **dict.fromkeys(("computers", "conflicts", "exports"),
                    "chief dispatcher finder verifier operator fixer reader administrator"),
}  # fmt: skip


def cells(export: ListExport) -> list[list[Any]]:
    found: list[list[Any]] = CalamineWorkbook.from_path(str(export.path)).get_sheet_by_index(0).to_python()
    return found[3:]


def column(export: ListExport, name: str) -> list[Any]:
    head, *rows = cells(export)
    return [row[head.index(name)] for row in rows]


@pytest.mark.parametrize("kind", LISTS)
def test_who_may_take_a_list_out(cast: Cast, kind: str) -> None:
    def may(person: Person) -> bool:
        try:
            return bool(kind_called(kind, person))
        except NoSuchList:
            return False

    assert {who for who in ACTORS if may(cast.people[who])} == set(MAY[kind].split())


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("kind", LISTS)
def test_every_list_goes_out_in_either_language(lived: Cast, out: Out, kind: str, language: str) -> None:
    Team.objects.create(kind="field_team", name="一组", area=lived.county, organisation=lived.bureau)
    by = lived.people[MAY[kind].split()[0]]
    query = "figure=field_teams" if kind == "teams" else ""
    export = out(kind, query, by=by, language=language, tags=True)
    head, tags, *rows = cells(export)
    assert (export.state, export.count) == (ExportState.MADE, len(rows))
    assert all(head)
    assert all(str(tag).startswith("#") for tag in tags)
    chinese = [any("\u4e00" <= c <= "\u9fff" for c in one) for one in head]
    assert any(chinese) == (language == "zh-hans")


def test_administrators_lists_hold_what_they_administer(cast: Cast, out: Out) -> None:
    by = cast.person("local", "bureau")
    cast.grant("local", "administrator", "bureau", area=cast.county)  # type: ignore[arg-type]
    assert column(out("areas", by=by), "代码") == ["371581", "371581001"]
    assert column(out("sites", by=by), "名称") == ["澄湖苑小区"]
    assert set(column(out("organisations", by=by), "名称")) == {"bureau", "unit", "crew", "support"}
    assert set(column(out("people", by=by), "登录名")) == {"fixer", "helper", "junior", "local"}
    assert set(column(out("grants", by=by), "登录名")) == {"local"}


def test_lists_are_narrowed_as_their_pages_are(cast: Cast, out: Out) -> None:
    Site.objects.create(kind="gate", name="东门卡口", area=cast.town, organisation=cast.unit)
    Site.objects.create(kind="gate", name="西门卡口", area=cast.town, closed_at=timezone.now())
    admin = cast.administrator
    assert column(out("sites", "kind=gate", by=admin), "名称") == ["东门卡口"]
    assert column(out("sites", "kind=gate&state=closed", by=admin), "名称") == ["西门卡口"]
    assert column(out("sites", f"organisation={cast.unit.pk}&q=澄", by=admin), "名称") == ["澄湖苑小区"]
    assert column(out("sites", f"area={cast.elsewhere.pk}", by=admin), "名称") == []
    assert column(out("organisations", f"under={cast.bureau.pk}", by=admin), "名称") == ["unit", "crew"]
    assert column(out("people", "role=verifier", by=admin), "登录名") == ["junior", "second_verifier", "verifier"]
    assert column(out("people", f"organisation={cast.unit.pk}", by=admin), "登录名") == ["fixer"]
    assert column(out("organisations", "under=nonsense", by=admin), "名称") == []


def test_telephones_stay_masked(cast: Cast, out: Out) -> None:
    assert set(column(out("people", by=cast.administrator), "电话")) == {"138****0042"}


def test_figures_are_those_of_the_page(lived: Cast, out: Out) -> None:
    export = out("figures", f"area={lived.county.pk}", by=lived.reader)
    told = dict(zip(column(export, "键"), column(export, "数值"), strict=True))
    assert (
        told["findings_found"] == Matter.objects.filter(kind="finding").exclude(status__in=("void", "merged")).count()
    )
    assert list(told) == list(FIGURES)
    below = out("areas-below", by=lived.reader)
    assert column(below, "区划") == ["冠县", "临清市", "聊城市"]


def test_anothers_figures_do_not_exist(cast: Cast, out: Out) -> None:
    with pytest.raises(NotYours):
        out("figures", f"area={cast.city.pk}", by=cast.fixer)
    assert ListExport.objects.get().state == ExportState.FAILED


def test_what_goes_wrong_is_kept_and_no_file_is(cast: Cast, out: Out) -> None:
    with pytest.raises(Refusal):
        out(query="area=无此地")
    failed = ListExport.objects.get()
    assert (failed.state, failed.there) == (ExportState.FAILED, False)
    assert "无此地" in failed.fault


def test_a_role_that_was_lost_meanwhile_opens_nothing(cast: Cast, out: Out) -> None:
    asked = ListExport.objects.create(kind="matters", by=cast.reader, incident=cast.incident, reason="x", language="en")
    cast.reader.grants.update(until=timezone.now())
    with pytest.raises(NoSuchList):
        make(asked)


@pytest.mark.parametrize(
    "change", [{"reason": "别的"}, {"by": 1}, {"query": "x"}, {"kind": "sites"}, {"at": timezone.now()}]
)
def test_the_log_says_for_ever_what_it_says(cast: Cast, out: Out, change: dict[str, Any]) -> None:
    export = out()
    change = {"by": cast.chief} if "by" in change else change
    with pytest.raises(IntegrityError, match="rows are kept"), transaction.atomic():
        ListExport.objects.filter(pk=export.pk).update(**change)
    with pytest.raises(IntegrityError, match="rows are kept"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("delete from list_export")


def test_a_reason_is_needed(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="list_export_has_a_reason"):
        ListExport.objects.create(kind="matters", by=cast.chief, incident=cast.incident, reason="", language="en")


def test_files_go_after_a_week_and_the_log_stays(cast: Cast, out: Out) -> None:
    old, new = out(), out("exports")
    ListExport.objects.filter(pk=old.pk).update(made_at=timezone.now() - KEPT_FOR - timedelta(hours=1))
    assert tend() == 1
    assert (old.there, new.there, ListExport.objects.count()) == (False, True, 2)
    assert tend() == 0


def test_what_a_killed_process_left_is_said_to_be_so(cast: Cast, out: Out) -> None:
    asked = {"kind": "matters", "by": cast.reader, "incident": cast.incident, "reason": "x", "language": "en"}
    begun, never, new = (ListExport.objects.create(**asked) for _n in range(3))
    long_ago = timezone.now() - LOST_AFTER - timedelta(minutes=1)
    ListExport.objects.filter(pk=begun.pk).update(claimed_at=long_ago)
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        cursor.execute("update list_export set at = %s where id = %s", [long_ago, never.pk])
        cursor.execute("set session_replication_role = origin")
    assert tend() == 2
    states = dict(ListExport.objects.values_list("pk", "state"))
    assert [states[one.pk] for one in (begun, never, new)] == ["failed", "failed", "making"]


def test_headquarters_sees_the_log_of_its_incident_others_their_own(cast: Cast, out: Out) -> None:
    for who in ("dispatcher", "reader"):
        out(by=cast.people[who])

    def seen(who: str) -> int:
        return ListExport.objects.seen_by(cast.people[who]).count()

    assert [seen(who) for who in ("chief", "dispatcher", "reader", "verifier", "outsider")] == [2, 1, 1, 0, 0]


def test_the_command_writes_a_file_and_the_log(cast: Cast, out: Out, tmp_path: Any) -> None:
    asked: dict[str, Any] = {
        "reason": "报送",
        "query": "?q=漏采",
        "login": "",
        "language": "en",
        "tags": False,
        "shown": False,
    }
    cast.finding()
    made = export_("register", tmp_path / "a.csv", **asked)
    assert (made.by, made.count) == (cast.chief, 1)
    assert (tmp_path / "a.csv").read_text("utf-8-sig").startswith("Serial number,Number")
    assert export_("people", tmp_path / "b.xlsx", **{**asked, "query": ""}).by == cast.administrator
    for changed, refusal in (({"reason": " "}, NoReason), ({"login": "outsider"}, NobodyToExport)):
        with pytest.raises(refusal):
            export_("register", tmp_path / "c.csv", **{**asked, **changed})
    with pytest.raises(NoSuchList):
        export_("secrets", tmp_path / "c.csv", **asked)
