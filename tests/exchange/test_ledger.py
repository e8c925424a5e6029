"""A ledger that comes again: what is the same stays, what is more is told, what can't be is refused with the reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.db import DatabaseError
from django.utils import timezone

from muster.exchange import refused as refused_lines
from muster.exchange import taking
from muster.exchange.ledger import Ledger, NoLedger, sender_called
from muster.exchange.records import Imported, ImportState, LedgerImport
from muster.exchange.summary import reason_of, report
from muster.exchange.taking import SomeRefused, TakenMeanwhile
from muster.exchange.workbook import opened, typed
from muster.loop.audit import audit
from muster.loop.bulk import import_many
from muster.loop.matter import Matter
from muster.people.role import Role
from tests.cast import Cast
from tests.exchange.conftest import Taking
from tests.exchange.messy import City, Messy

HEADINGS = [
    *("编号", "检查时间", "区划", "点位", "问题描述", "问题类别", "严重程度"),
    *("责任单位", "整改时限", "整改情况", "复查结论", "是否销号", "备注"),
]
SAYS = "LQ-001 {day} 青年路街道 澄湖苑小区 上门采样漏采3户 采样检测 重要 青年路居委会 - - - 否 -"


class Form:
    """One line of a ledger, and what it says when it comes again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.count = folder, 0
        day = (timezone.localtime() - timedelta(days=20)).strftime("%Y-%m-%d")
        said = SAYS.format(day=day).split()
        self.line: dict[str, Any] = dict(zip(HEADINGS, said, strict=True))

    def write(self, *lines: dict[str, Any], headings: list[str] = HEADINGS) -> Path:
        self.count += 1
        path = self.folder / f"台账{self.count}.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet("台账")
            sheet.write_row(0, 0, headings)
            for nr, changes in enumerate(lines or ({},), 1):
                line = self.line | changes
                sheet.write_row(nr, 0, [line[name] for name in headings])
        return path


@pytest.fixture
def form(tmp_path: Path) -> Form:
    return Form(tmp_path)


def codes(found: Any) -> list[str]:
    return [fault.code for one in found.of("refused") for fault in one.faults]


def test_an_updated_ledger_tells_more_until_it_waits_for_its_check(
    cast: Cast, city: City, sent: Taking, form: Form
) -> None:
    sent(form.write(), apply=True)
    matter = Matter.objects.get()
    assert (matter.status, matter.site) == ("assigned", cast.site)
    steps: list[tuple[dict[str, Any], str]] = [
        ({"整改情况": "已补采2户"}, "in_progress"),
        ({"整改情况": "已全部补采", "备注": "复查中"}, "in_progress"),
        ({"整改情况": "已全部补采", "是否销号": "是"}, "closure_requested"),
    ]
    for changes, status in steps:
        assert sent(form.write(changes), apply=True).counts == {"made": 0, "changed": 1, "same": 0, "refused": 0}
        matter.refresh_from_db()
        assert matter.status == status
        assert sent(form.write(changes), apply=True).counts["same"] == 1
    assert [one.text for one in matter.responses.order_by("recorded_at")] == ["已补采2户", "已全部补采"]
    assert [str(fault) for fault in audit()] == []


def test_closed_yes_obeys_the_loop(cast: Cast, city: City, sent: Taking, form: Form) -> None:
    sent(form.write({"整改情况": "已补采", "是否销号": "是"}), apply=True)
    matter = Matter.objects.get()
    assert matter.status == "closure_requested"
    matter.verify(by=cast.verifier, passed=True, photos=[cast.photo()])
    assert sent(form.write({"整改情况": "已补采", "是否销号": "是"}), apply=True).counts["same"] == 1
    behind = sent(form.write({"整改情况": "正在补采", "是否销号": "否"}), apply=True)
    assert behind.counts["same"] == 1, "a ledger that lags behind undoes nothing"
    failed = sent(form.write({"整改情况": "已补采", "复查结论": "不合格"}))
    assert codes(failed) == ["checked_here"]


@pytest.mark.parametrize("said", ["基本完成", "正在推进", "长期坚持"])
def test_nearly_stays_open_and_says_so(cast: Cast, city: City, sent: Taking, form: Form, said: str) -> None:
    sent(form.write({"是否销号": said}), apply=True)
    matter = Matter.objects.get()
    assert (matter.status, matter.responses.get().text) == ("in_progress", said)


CHANGED: dict[str, tuple[dict[str, Any], Callable[[Matter], bool]]] = {
    "category": ({"问题类别": "消杀"}, lambda matter: matter.category == "disinfection"),
    "severity": ({"严重程度": "一般"}, lambda matter: matter.severity == "minor"),
    "lead": ({"责任单位": "卫生健康局"}, lambda matter: str(matter.lead) == "卫生健康局"),
    "remark": ({"备注": "已报专班"}, lambda matter: Imported.objects.get(matter=matter).words["remark"] == "已报专班"),
}


@pytest.mark.parametrize("what", CHANGED)
def test_what_may_change_is_changed_by_the_loops_own_verbs(
    cast: Cast, city: City, sent: Taking, form: Form, what: str
) -> None:
    changes, holds = CHANGED[what]
    sent(form.write(), apply=True)
    found = sent(form.write(changes))
    assert [change.key for one in found.of("changed") for change in one.changes] == [what]
    sent(form.write(changes), apply=True)
    assert holds(Matter.objects.get())
    assert sent(form.write(changes), apply=True).counts["same"] == 1
    assert [str(fault) for fault in audit()] == []


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "another problem under the same number": ({"问题描述": "消杀无记录"}, "registered_otherwise"),
    "another day": ({"检查时间": "2022-01-02"}, "registered_otherwise"),
    "another deadline": ({"整改时限": "90天内"}, "deadline_stands"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_can_not_change_is_refused_with_the_column(
    cast: Cast, city: City, sent: Taking, form: Form, what: str
) -> None:
    changes, code = REFUSED[what]
    sent(form.write({"整改时限": "3天内"}), apply=True)
    found = sent(form.write({"整改时限": "3天内"} | changes), apply=True)
    assert codes(found)[0] == code
    [line] = report(found)["refused"]
    assert line["column"] == next(iter(changes))
    assert Matter.objects.count() == 1


def test_the_same_line_twice_is_one_and_with_other_words_is_asked(
    cast: Cast, city: City, sent: Taking, form: Form
) -> None:
    found = sent(form.write({}, {}, {"整改情况": "已补采"}, {"编号": "LQ-002", "问题描述": "消杀无记录"}), apply=True)
    assert [one.outcome for one in found.verdicts] == ["made", "same", "refused", "made"]
    assert codes(found) == ["twice_in_ledger"]
    assert "2" in reason_of(found.verdicts[2].line)


def test_a_void_matter_is_told_nothing(cast: Cast, city: City, sent: Taking, form: Form) -> None:
    sent(form.write(), apply=True)
    matter = Matter.objects.get()
    matter.ask_voiding(by=cast.chief, reason="重复")
    matter.void(by=cast.deputy)
    assert codes(sent(form.write({"整改情况": "已补采"}))) == ["no_matter_any_more"]


def test_all_or_nothing_takes_nothing_where_one_is_refused(cast: Cast, city: City, sent: Taking, form: Form) -> None:
    lines: list[dict[str, Any]] = [{}, {"编号": "LQ-002", "问题描述": "消杀无记录", "责任单位": "银河系管理局"}]
    with pytest.raises(SomeRefused):
        sent(form.write(*lines), apply=True, all_or_nothing=True)
    assert Matter.objects.count() == 0
    assert LedgerImport.objects.get().state == ImportState.FAILED
    assert sent(form.write(*lines), apply=True).counts == {"made": 1, "changed": 0, "same": 0, "refused": 1}


def test_what_was_cut_off_goes_on_where_it_was(
    cast: Cast, city: City, sent: Taking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "BATCH", 10)
    path = Messy(city, 3, 35, faults=0).write(tmp_path / "台账.xlsx")
    whole, batches = import_many, iter(range(2))

    def cut_off(*given: Any) -> None:
        if next(batches, None) is None:
            raise DatabaseError("the machine went down")
        whole(*given)

    monkeypatch.setattr(taking, "import_many", cut_off)
    with pytest.raises(DatabaseError):
        sent(path, apply=True)
    assert Matter.objects.count() == Imported.objects.count() == 20
    assert LedgerImport.objects.get().state == ImportState.FAILED
    monkeypatch.setattr(taking, "import_many", whole)
    assert sent(path, apply=True).counts == {"made": 15, "changed": 0, "same": 20, "refused": 0}
    assert Matter.objects.count() == 35


@pytest.mark.parametrize("seed", range(6))
def test_the_refused_lines_come_back_in_their_own_layout(city: City, sent: Taking, tmp_path: Path, seed: int) -> None:
    """Mended there and sent again, they are taken in, and nothing is twice."""
    path, out = Messy(city, seed, 40, faults=0.4).write(tmp_path / "台账.xlsx"), tmp_path / "out.xlsx"
    ledger = Ledger.of(opened(path, "台账.xlsx"), {})
    found = sent(path, apply=True)
    refused = found.counts["refused"]
    assert refused_lines.write(out, ledger, found) == refused
    again = sent(out)
    assert again.counts == {"made": 0, "changed": 0, "same": 0, "refused": refused}
    assert [one.faults[0].code for one in again.verdicts] == [one.faults[0].code for one in found.of("refused")]
    [table] = Ledger.of(opened(out, "out.xlsx"), {}).tables
    whole = ledger.tables[0]
    assert [one.key for one in table.fields] == [*[one.key for one in whole.fields], "refused"]
    assert table.title[: len(whole.title)] == whole.title
    reasons = [list(cells)[-1] for _number, cells, what in table.rows() if not what]
    assert reasons == [reason_of(one.line) for one in found.of("refused")]


def test_a_sender_is_asked_once(cast: Cast, city: City, sent: Taking, form: Form) -> None:
    lines = (
        {"责任单位": "市监局", "问题类别": "消毒"},
        {"编号": "2", "问题描述": "又漏", "责任单位": "市监局", "问题类别": "消毒"},
    )
    asked = sent(form.write(*lines)).questions
    assert [(one.about, one.text, count, one.choices[0].shown.split("（")[0]) for one, count in asked] == [
        ("category", "消毒", 2, "消杀 / Disinfection"), ("lead", "市监局", 2, "市场监督管理局"),
    ]  # fmt: skip
    sender = sender_called(cast.incident, "临清市")
    sender.answers = {one.about: {one.text: one.choices[0].value} for one, _count in asked}
    sender.save()
    assert sent(form.write(*lines), apply=True).counts["made"] == 2
    assert (
        sent(form.write({"编号": "3", "问题描述": "再漏", "责任单位": "市监局"}), sender="冠县").counts["refused"] == 1
    )


def test_columns_of_a_form_of_ones_own_are_remembered(cast: Cast, city: City, sent: Taking, form: Form) -> None:
    form.line |= {"症结": "上门采样漏采3户"}
    headings = ["检查时间", "区划", "症结", "问题类别", "责任单位"]
    with pytest.raises(NoLedger):
        sent(form.write(headings=headings))
    sender = sender_called(cast.incident, "临清市")
    sender.columns = {"检查时间|区划|症结|问题类别|责任单位": {"检查时间": "found_at", "区划": "area", "症结": "text",
                                                 "问题类别": "category", "责任单位": "lead"}}  # fmt: skip
    sender.save()
    assert sent(form.write(headings=headings)).counts["made"] == 1


def test_nobody_imports_where_they_do_not_dispatch(cast: Cast, city: City, sent: Taking, form: Form) -> None:
    cast.dispatcher.grants.update(area=cast.elsewhere)
    assert codes(sent(form.write())) == ["not_yours"]


def test_copied_cells_are_a_ledger(cast: Cast, city: City) -> None:
    text = "检查时间\t区划\t问题描述\t问题类别\t责任单位\n2022-12-01\t青年路街道\t漏采\t消杀\t卫生健康局\n"
    sender = sender_called(cast.incident, "粘贴")
    found = Ledger.of(typed(text), {}).run_dry(sender, cast.dispatcher)
    assert found.counts["made"] == 1


def test_numbers_that_begin_anew_every_day_tell_nothing(cast: Cast, city: City, sent: Taking, form: Form) -> None:
    sent(form.write({"编号": "1"}), apply=True)
    tomorrow = sent(form.write({"编号": "1", "问题描述": "消杀无记录"}), apply=True)
    assert tomorrow.counts == {"made": 1, "changed": 0, "same": 0, "refused": 0}


def test_the_same_words_under_two_numbers_are_two_problems(cast: Cast, city: City, sent: Taking, form: Form) -> None:
    lines: list[dict[str, Any]] = [{}, {"编号": "LQ-002"}, {"编号": "LQ-003"}]
    assert sent(form.write(*lines), apply=True).counts["made"] == 3
    assert sent(form.write(*reversed(lines)), apply=True).counts["same"] == 3
    mended = sent(form.write(*lines[:2], {"编号": "LQ-003", "整改情况": "已补采"}), apply=True)
    assert mended.counts == {"made": 0, "changed": 1, "same": 2, "refused": 0}


def test_of_what_one_does_not_see_nothing_is_told(cast: Cast, city: City, sent: Taking, form: Form) -> None:
    sent(form.write(), apply=True)
    matter = Matter.objects.get()
    cast.dispatcher.grants.update(area=cast.elsewhere)
    found = sent(form.write({"整改情况": "已补采"}), apply=True)
    assert codes(found) == ["known_elsewhere"]
    assert matter.title not in reason_of(found.verdicts[0].line)


def test_two_who_take_the_same_in_at_once_make_it_once(
    cast: Cast, city: City, sent: Taking, form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    remembered = taking._remembered

    def meanwhile(*given: Any) -> Imported:
        monkeypatch.setattr(taking, "_remembered", remembered)
        sent(path, apply=True, sender="别处")
        return remembered(*given)

    path = form.write()
    monkeypatch.setattr(taking, "_remembered", meanwhile)
    with pytest.raises(TakenMeanwhile):
        sent(path, apply=True)
    assert Matter.objects.count() == 1


def test_a_ledger_that_lags_behind_undoes_nothing(cast: Cast, city: City, sent: Taking, form: Form) -> None:
    """What was decided here since stands, as long as the line only says what it said before."""
    sent(form.write({"整改时限": "3天内"}), apply=True)
    matter = Matter.objects.get()
    matter.reassign(by=cast.dispatcher, lead=city_unit(cast), reason="归市监局")
    matter.reclassify(by=cast.dispatcher, severity="critical", reason="涉及重点人群")
    found = sent(form.write({"整改时限": "3天内", "备注": "已报专班"}), apply=True)
    assert [change.key for one in found.of("changed") for change in one.changes] == ["remark"]
    matter.refresh_from_db()
    assert (str(matter.lead), matter.severity) == ("市场监督管理局", "critical")


def city_unit(cast: Cast) -> Any:
    return cast.organisations["市场监督管理局"]


def test_what_the_loop_would_refuse_is_refused_line_by_line(cast: Cast, city: City, sent: Taking, form: Form) -> None:
    lines: list[dict[str, Any]] = [
        {},
        {"编号": "LQ-002", "问题描述": "消杀无记录"},
        {"编号": "LQ-003", "问题描述": "卡口无人"},
    ]
    sent(form.write(*lines), apply=True)
    pending, _second, _third = Matter.objects.order_by("number")
    pending.return_(by=cast.people["青年路居委会联络员"], reason="不归我们")
    done = [line | {"整改情况": "已整改"} for line in lines]
    found = sent(form.write(*done), apply=True)
    assert [one.outcome for one in found.verdicts] == ["refused", "changed", "changed"]
    assert codes(found) == ["pending"]


def test_who_only_sees_it_tells_nothing_of_it(cast: Cast, city: City, sent: Taking, form: Form) -> None:
    matter = cast.finding(area=cast.elsewhere, site=None)
    cast.grant("dispatcher", Role.READER, "headquarters", area=cast.elsewhere)
    cast.dispatcher.grants.filter(role="dispatcher").update(area=cast.county)
    line = {"编号": matter.number, "区划": "冠县", "点位": "-", "问题描述": matter.text, "检查时间": "-", "严重程度": "紧急",
            "责任单位": "-", "整改情况": "-", "问题类别": "消杀"}  # fmt: skip
    assert codes(sent(form.write(line), apply=True)) == ["not_yours"]


def test_a_refused_line_that_comes_back_alone_is_its_own(cast: Cast, city: City, sent: Taking, form: Form) -> None:
    lines: list[dict[str, Any]] = [{}, {"编号": "LQ-002"}, {"编号": "LQ-003", "责任单位": "银河系管理局"}]
    assert sent(form.write(*lines), apply=True).counts["made"] == 2
    assert sent(form.write({"编号": "LQ-003"}), apply=True).counts["made"] == 1
    assert Matter.objects.filter(source_number="LQ-003").count() == 1


def test_the_same_words_of_two_places_are_two_problems(cast: Cast, city: City, sent: Taking, form: Form) -> None:
    headings = ["检查时间", "点位", "问题描述", "问题类别"]
    for name, code in (("青年路", "371581001"), ("冠县", "371525")):
        sender = sender_called(cast.incident, name)
        sender.defaults = {"area": code}
        sender.save()
        found = sent(form.write({"点位": "核酸采样点"}, headings=headings), apply=True, sender=name)
        assert found.counts["made"] == 1


def test_no_word_of_a_line_is_lost(cast: Cast, city: City, sent: Taking, form: Form) -> None:
    form.line |= {"复查人": "王组长", "联系电话": "1", "联系电话 ": "2"}
    headings = [*HEADINGS, "复查人", "联系电话", "联系电话 "]
    conclusion = "现场查看已基本整改到位，要求继续保持"
    sent(form.write({"复查结论": conclusion, "整改情况": "已补采", "备注": "孕妇户"}, headings=headings), apply=True)
    words = Imported.objects.get().words
    assert (words["result"], words["reviewer"], words["remark"]) == (conclusion, "王组长", "孕妇户")
    assert sorted(text for key, text in words.items() if key.startswith("?")) == ["1", "2"]
    sent(form.write({"整改情况": "已全部补采"}, headings=[name for name in HEADINGS if name != "备注"]), apply=True)
    assert Imported.objects.get().words["remark"] == "孕妇户"
