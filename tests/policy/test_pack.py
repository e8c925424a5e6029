"""The shipped pack holds what its readers rely on, and answers by what a matter is judged."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from django.utils import translation
from pydantic import ValidationError

from muster.policy.pack import (
    CategoryNotForKind,
    Pack,
    Rules,
    UnknownCategory,
    UnknownKind,
    UnknownSeverity,
)
from tests.policy.shipped import KEY


def test_the_shipped_pack_is_in_force_from_its_date(pack: Pack) -> None:
    assert pack.key == KEY
    assert pack.from_at == datetime(2022, 11, 11, tzinfo=timezone(timedelta(hours=8)))
    assert pack.title.en == "Epidemic, China, late 2022"


def test_what_the_source_watches_can_be_found(pack: Pack) -> None:
    watched = [
        "报备",
        "摸排",
        "隔离",
        "采样检测",
        "消杀",
        "生活物资",
        "应急保供",
        "乱作为",
        "责任落实不到位",
        "卡口",
    ]
    assert set(watched) <= {category.zh for category in pack.categories_for("finding").values()}


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("request", {"medical", "supplies", "isolation", "passage", "testing", "complaint", "other"}),
        ("proposal", {"treatment", "testing", "quarantine_sites", "livelihood", "other"}),
    ],
)
def test_categories_of_a_kind(pack: Pack, kind: str, keys: set[str]) -> None:
    assert set(pack.categories_for(kind)) == keys


def test_every_kind_has_categories_without_two_of_one_name(pack: Pack) -> None:
    for kind in pack.kinds:
        names = [category.zh for category in pack.categories_for(kind).values()]
        assert names
        assert len(set(names)) == len(names)


def test_numbers_carry_the_prefix_of_their_kind(pack: Pack) -> None:
    prefixes = {key: kind.prefix for key, kind in pack.kinds.items()}
    assert prefixes == {"finding": "WT", "request": "SQ", "proposal": "JY", "supply": "WZ"}


def test_a_shared_category_speaks_as_its_kind_does(pack: Pack) -> None:
    finding, request = pack.category("finding", "isolation"), pack.category("request", "isolation")
    assert (finding.zh, request.zh) == ("隔离", "隔离解封")
    assert not set(finding.phrases) & set(request.phrases)
    assert finding.standard != request.standard


def test_labels_follow_the_reader(pack: Pack) -> None:
    with translation.override("zh-hans"):
        assert pack.severities["critical"].label == "紧急"
    with translation.override("en"):
        assert pack.severities["critical"].label == "Critical"


def test_a_pack_is_frozen(pack: Pack) -> None:
    with pytest.raises(ValidationError):
        pack.reopen.days = 1


def test_rules_of_a_finding(pack: Pack) -> None:
    assert pack.rules("finding", "testing", "critical") == Rules(
        confirm="visit",
        due_h=4,
        redo_h=2,
        verify_h=12,
        evidence=1,
        evidence_to_close=2,
        silence_days=None,
        ruling_h=6,
        extension_max_count=1,
        extension_max_h=72,
        reopen_days=30,
        ladder=((0, "county"), (12, "city"), (24, "province")),
    )


@pytest.mark.parametrize(("severity", "due_h"), [("critical", 4), ("major", 24), ("minor", 72)])
def test_severities_set_the_hours(pack: Pack, severity: str, due_h: int) -> None:
    assert pack.rules("finding", "gates", severity).due_h == due_h


def test_a_category_overrides_only_the_hours_it_names(pack: Pack) -> None:
    major, minor = (pack.rules("request", "medical", severity) for severity in ("major", "minor"))
    assert (major.due_h, major.redo_h, major.verify_h) == (8, 4, 24)
    assert minor.due_h == 72


def test_a_kind_overrides_evidence_even_with_none(pack: Pack) -> None:
    request, finding = (pack.rules(kind, "other", "critical") for kind in ("request", "finding"))
    assert (request.evidence, request.evidence_to_close, request.silence_days) == (0, 0, 3)
    assert (finding.evidence, finding.evidence_to_close) == (1, 2)


@pytest.mark.parametrize(
    ("asked", "refusal", "named"),
    [
        (("rumour", "testing", "minor"), UnknownKind, "finding, request, proposal, supply"),
        (("proposal", "weather", "minor"), UnknownCategory, "testing, treatment"),
        (("proposal", "gates", "minor"), CategoryNotForKind, "testing, treatment"),
        (("finding", "gates", "dire"), UnknownSeverity, "critical, major, minor"),
    ],
)
def test_unknown_rules_are_refused(pack: Pack, asked: tuple[str, str, str], refusal: Any, named: str) -> None:
    with pytest.raises(refusal, match=named):
        pack.rules(*asked)
