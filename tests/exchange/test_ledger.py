"""A ledger that comes again: what is the same stays, what is more is told, what can't be is refused with the reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError

from muster.exchange import refused as refused_lines
from muster.exchange import taking
from muster.exchange.ledger import Ledger, NoLedger, sender_called
from muster.exchange.records import Imported, ImportState, LedgerImport
from muster.exchange.summary import reason_of, report
from muster.exchange.taking import SomeRefused
from muster.exchange.workbook import opened, typed
from muster.loop.audit import audit
from muster.loop.bulk import import_many
from muster.loop.matter import Matter
from tests.cast import Cast
from tests.exchange.conftest import Taking
from tests.exchange.form import Form, codes
from tests.exchange.messy import City, Messy


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


def test_what_is_wrong_is_said_in_the_order_of_where_what_and_when(
    cast: Cast, city: City, sent: Taking, form: Form
) -> None:
    wrong = {"区划": "", "点位": "无名处", "问题类别": "看不懂", "问题描述": "", "整改时限": "尽快"}
    both = sent(form.write(wrong, wrong | {"编号": "LQ-002"}))
    each = ["area_needed", "unknown_word", "text_needed", "unclear_deadline"]
    assert codes(both) == each * 2


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
