"""A clerk's day: three counties' ledgers come in, what is unclear is asked and mended, and tomorrow's ledger tells more."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.exchange.messy import City, Messy
from tests.journeys.audit import here
from tests.journeys.conftest import Served
from tests.journeys.test_shift import agree, clicked
from tests.journeys.visitor import Visitor, Visitors

FROM_LEDGERS = "select count(*) from imported_line"
STATES = (
    "select string_agg(distinct status, ' ' order by status) from matter m join imported_line l on l.matter_id = m.id"
)
#: Departments of a county that have a liaison, and towns of it.
COUNTIES = """select c.name_zh, (select string_agg(o.name, ' ') from organisation o
    where o.area_id = c.code and o.kind = 'department' and exists
      (select 1 from grant_ g where g.organisation_id = o.id and g.role = 'liaison')),
  (select string_agg(t.code || ':' || t.name_zh, ' ') from area t where t.parent_id = c.code)
  from area c where c.code in ('371581', '371502', '371525') order by 1"""


def counties(city: Served) -> list[tuple[str, City]]:
    found = []
    for row in city.sql(COUNTIES).splitlines():
        name, units, towns = row.split("|")
        areas = dict(town.split(":") for town in towns.split()[:3])
        found.append((name, City(
            areas={code: (town, name + town) for code, town in areas.items()},
            units={unit: (unit, name + unit) for unit in units.split()}, categories=("采样检测", "消杀", "卡口"),
            severities=("重要", "一般"), today=date(2022, 12, 5),
        )))  # fmt: skip
    return found


def numbers(clerk: Visitor) -> list[int]:
    """Made, changed, same, refused."""
    return [int(re.sub(r"\D", "", text)) for text in clerk.page.locator(".fig-v").all_inner_texts()]


def sent(clerk: Visitor, path: Path, sender: str) -> list[int]:
    clerk.go("/ledgers/new/")
    clerk.page.locator("[name=file]").set_input_files(path)
    clerk.page.locator("[name=sender]").fill(sender)
    clicked(clerk.page, "main .btn-main")
    return numbers(clerk)


def taken(clerk: Visitor) -> list[int]:
    clicked(clerk.page, "[name=take]")
    return numbers(clerk)


def truth(messy: Messy) -> list[int]:
    made = sum(one.outcome == "made" for one in messy.truths)
    return [made, 0, 0, len(messy.truths) - made]


def test_three_counties_ledgers_come_in(cast: Visitors, city: Served, tmp_path: Path) -> None:
    clerk, whole = cast("demo.duty"), 0
    for seed, (name, county) in enumerate(counties(city)):
        messy = Messy(county, seed + 40, 30)
        path = messy.write(tmp_path / f"{name}台账.xlsx")
        expected = truth(messy)
        assert sent(clerk, path, name) == expected, name
        agree(here(clerk))
        assert taken(clerk) == expected
        whole += expected[0]
        refused = download(clerk, tmp_path / f"{name}退回.xlsx")
        reasons = [row[-1] for row in refused if row[-1]]
        assert len(reasons) == expected[3] + 1, "the heading, and a reason for every line"
        assert sent(clerk, path, name) == [0, 0, expected[0], expected[3]], "the same ledger makes nothing twice"
    assert city.sql(FROM_LEDGERS) == str(whole)
    assert city.sql(STATES) == "assigned closure_requested in_progress registered"
    assert city.muster("check").returncode == 0


def test_the_register_goes_out_and_comes_back_unchanged(cast: Visitors, city: Served, tmp_path: Path) -> None:
    clerk, path = cast("demo.duty"), tmp_path / "台账.xlsx"
    taken_out(clerk, "/matters/", path)
    count = int(city.sql("select count(*) from matter"))
    assert sent(clerk, path, "本指挥部") == [0, 0, count, 0]
    taken_out(clerk, "/matters/?overdue=1", path, language="en")
    overdue = numbers_of(clerk)
    assert sent(clerk, path, "本指挥部") == [0, 0, overdue, 0]
    assert 0 < overdue < count


def taken_out(clerk: Visitor, page: str, path: Path, language: str = "zh-hans") -> None:
    clerk.go(page)
    clicked(clerk.page, "a[href^='/exports/new/matters/']")
    agree(here(clerk))
    clerk.page.locator("[name=reason]").fill("报送省指挥部")
    clerk.page.locator("#id_language").select_option(language)
    clicked(clerk.page, "main .btn-main")
    save = clerk.page.locator("a[href$='/file/']")
    save.wait_for(timeout=60_000)  # By the worker, where there are many; the page looks again by itself.
    agree(here(clerk))
    with clerk.page.expect_download() as waited:
        save.click()
    waited.value.save_as(path)


def numbers_of(clerk: Visitor) -> int:
    """How many rows the page says that were taken out."""
    return int(clerk.page.locator("main .rows .num").first.inner_text())


def download(clerk: Visitor, path: Path) -> list[list[Any]]:
    with clerk.page.expect_download() as waited:
        clerk.page.locator("a[href$='/refused/']").click()
    waited.value.save_as(path)
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


def test_what_is_unclear_is_asked_once_and_the_refused_lines_come_back_mended(
    cast: Visitors, city: Served, tmp_path: Path
) -> None:
    clerk = cast("demo.duty")
    name, county = counties(city)[0]
    messy = Messy(county, 77, 30, faults=0.5)
    expected = truth(messy)
    assert sent(clerk, messy.write(tmp_path / "台账.xlsx"), f"{name}二组") == expected
    asked = clerk.page.locator("select[name^=answer-]")
    assert asked.count() >= 2
    for nr in range(asked.count()):
        asked.nth(nr).select_option(index=1)
    clicked(clerk.page, "section [name=look]")
    made, changed, same, refused = numbers(clerk)
    assert made > expected[0]
    assert (changed, same, made + refused) == (0, 0, 30)
    assert taken(clerk) == [made, 0, 0, refused]
    assert sent(clerk, messy.write(tmp_path / "又一次.xlsx"), f"{name}二组") == [0, 0, made, refused]


@pytest.mark.parametrize("login", ["demo.unit", "demo.inspector", "demo.verifier", "demo.outsider"])
def test_for_others_there_is_no_such_page(cast: Visitors, login: str) -> None:
    visitor = cast(login)
    assert [visitor.go(address).status for address in ("/ledgers/", "/ledgers/new/")] == [404, 404]
