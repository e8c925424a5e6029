from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone

from muster.exchange.dryrun import DryRun
from muster.exchange.ledger import read, sender_called, take
from muster.exchange.records import LedgerImport, keep
from muster.people.role import Role
from tests.cast import Cast
from tests.exchange.form import Form
from tests.exchange.messy import City

Taking = Callable[..., DryRun]


@pytest.fixture
def city(cast: Cast) -> City:
    """Two departments of the county and a community, each with somebody who sees what they are given."""
    for name, area in (("卫生健康局", cast.county), ("市场监督管理局", cast.county), ("青年路居委会", cast.town)):
        cast.organisation(name, area)
        cast.person(f"{name}联络员", name, Role.LIAISON, area=area)
    return City(
        areas={"371581001": ("青年路街道", "临清市青年路街道", "青年路街道办事处", "371581001")},
        units={"卫生健康局": ("卫生健康局", "临清市卫生健康局", "临清卫生健康局"), "市场监督管理局": ("市场监督管理局",),
               "青年路居委会": ("青年路居委会",)},
        categories=("采样检测", "消杀", "卡口", "testing"), severities=("重要", "一般", ""), today=timezone.localdate(),
    )  # fmt: skip


@pytest.fixture
def sent(cast: Cast, tmp_path: Path, settings: LazySettings) -> Taking:
    """Run a ledger dry, or take it in, in the dispatcher's name."""
    settings.FILES_DIR = tmp_path / "files"

    def sent(path: Path, *, apply: bool = False, all_or_nothing: bool = False, sender: str = "临清市") -> DryRun:
        whose = sender_called(cast.incident, sender)
        if not apply:
            return read(path, path.name, whose).run_dry(whose, cast.dispatcher)
        with path.open("rb") as stream:
            came = LedgerImport.objects.create(
                sender=whose,
                by=cast.dispatcher,
                file=path.name,
                sha256=keep(stream, path.name),
                all_or_nothing=all_or_nothing,
            )
        return take(came, cast.dispatcher)

    return sent


@pytest.fixture
def form(tmp_path: Path) -> Form:
    return Form(tmp_path)
