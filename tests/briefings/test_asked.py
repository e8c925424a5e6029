"""What people write to ask for figures, and the command that prints them."""

from __future__ import annotations

import json
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.utils import timezone

from muster import cli
from muster.briefings.asked import NoIncident, UnclearTime, WindowEmpty, incident_asked, moment_asked, scope_asked
from muster.briefings.figure import FIGURES
from muster.briefings.listing import listed, shown, wide
from muster.places.gazetteer import UnknownPlace
from tests.cast import Cast


@pytest.mark.parametrize(
    ("name", "text", "moment"),
    [
        ("as_of", "2022-12-05", datetime(2022, 12, 5, 15, 59, 59, 999999, tzinfo=UTC)),
        ("from", "2022-12-05", datetime(2022, 12, 4, 16, tzinfo=UTC)),
        ("to", "2022-12-05", datetime(2022, 12, 5, 16, tzinfo=UTC)),
        ("as_of", "2022-12-05T23:59:00+08:00", datetime(2022, 12, 5, 15, 59, tzinfo=UTC)),
        ("as_of", "2022-12-05T23:59:00 08:00", datetime(2022, 12, 5, 15, 59, tzinfo=UTC)),
        ("as_of", "2022-12-05T15:59:00Z", datetime(2022, 12, 5, 15, 59, tzinfo=UTC)),
        ("as_of", "2022-12-05T23:59", datetime(2022, 12, 5, 15, 59, tzinfo=UTC)),
        ("as_of", " ", None),
    ],
)
def test_a_time_is_understood(name: str, text: str, moment: datetime | None) -> None:
    from zoneinfo import ZoneInfo

    assert moment_asked(text, name, ZoneInfo("Asia/Shanghai")) == moment


@pytest.mark.parametrize("text", ["yesterday", "2022-13-05", "0001-01-01", "2022-12-05T", "9999-12-31", "12345"])
def test_any_other_is_asked_back(text: str) -> None:
    with pytest.raises(UnclearTime):
        moment_asked(text, "as_of", UTC)


def test_nothing_is_known_as_of_the_future(cast: Cast) -> None:
    tomorrow = (timezone.now() + timedelta(days=1)).isoformat()
    scope = scope_asked(cast.incident, {"as_of": tomorrow})
    assert scope.as_of
    assert scope.as_of <= timezone.now()


def test_an_empty_window_and_an_unknown_incident_are_refused(cast: Cast) -> None:
    with pytest.raises(WindowEmpty):
        scope_asked(cast.incident, {"from": "2022-12-06", "to": "2022-12-05"})
    with pytest.raises(NoIncident):
        incident_asked(0)


def test_every_figure_is_listed_with_its_rows(cast: Cast) -> None:
    cast.closed()
    told = {one["key"]: one for one in listed(scope_asked(cast.incident, {"area": "临清市", "as_of": "2090-01-01"}))}
    assert list(told) == list(FIGURES)
    one = told["findings_found"]
    assert set(one) == {"key", "name_zh", "name_en", "value", "unit", "area", "window", "as_of", "rows"}
    assert (one["value"], one["area"], one["window"], one["unit"]) == (1, cast.county.pk, None, "findings")
    assert one["rows"].startswith("/matters/?figure=findings_found&area=371581&as_of=")


@pytest.fixture
def asked(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(cli, "database", nullcontext)
    return lambda *arguments: CliRunner().invoke(cli.main, ["figures", *arguments])


def test_the_command_prints_json(cast: Cast, asked: Any) -> None:
    cast.finding()
    answer: Result = asked("--format", "json", "--area", cast.county.pk, "--from", "2022-01-01")
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.output)
    assert told[0] | {"as_of": "", "rows": ""} == {
        "key": "findings_found", "name_zh": "发现问题", "name_en": "Findings found", "value": 1, "unit": "findings",
        "area": cast.county.pk, "window": {"from": "2022-01-01T00:00:00+08:00", "to": None}, "as_of": "", "rows": "",
    }  # fmt: skip


def test_the_table_is_in_both_languages(cast: Cast, asked: Any) -> None:
    lines = asked().output.splitlines()
    assert lines[0].startswith("聊城市 Liaocheng (371500)")
    body = [line for line in lines if line.startswith(("发现问题 ", "办结率", "销号率"))]
    assert all("Find" in line or "rate" in line for line in body)
    assert len(lines) == len(FIGURES) + 3


def test_the_command_asks_back_like_the_gazetteer(cast: Cast, asked: Any) -> None:
    answer = asked("--area", "临青市")
    assert answer.exit_code == 1
    assert "临清市 (371581)" in answer.output
    with pytest.raises(UnknownPlace):
        scope_asked(cast.incident, {"area": "临青市"})


def test_values_are_shown_as_people_read_them() -> None:
    assert [shown("closure_rate", 0.8533), shown("overdue", 12345), shown("closing_h_p50", 3.14159)] == [
        "85.3 %",
        "12,345",
        "3.1",
    ]
    assert shown("closure_rate", None) == "–"
    assert wide("问题a") == 5
