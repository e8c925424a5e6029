"""By what a line is known again, what it may change then, and that none of its words is lost."""

from __future__ import annotations

from typing import Any

import pytest

from muster.exchange import taking
from muster.exchange.ledger import sender_called
from muster.exchange.records import Imported
from muster.exchange.summary import reason_of
from muster.exchange.taking import TakenMeanwhile
from muster.loop.matter import Matter
from muster.people.role import Role
from tests.cast import Cast
from tests.exchange.conftest import Taking
from tests.exchange.form import HEADINGS, Form, codes
from tests.exchange.messy import City


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


def test_the_same_area_written_in_another_way_is_the_same(cast: Cast, city: City, sent: Taking, form: Form) -> None:
    sent(form.write({"编号": "-"}), apply=True)
    again = sent(form.write({"编号": "-", "区划": "临清市青年路街道办事处"}), apply=True)
    assert again.counts == {"made": 0, "changed": 0, "same": 1, "refused": 0}
