"""A duty officer's shift: wall, desk, register, many at once, the same elsewhere, a bulletin, and the hand-over."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Page

from muster.briefings.figure import FIGURES
from tests.journeys.audit import here
from tests.journeys.visitor import Visitor, Visitors

OUTSIDERS_WALLS = (
    "/desk/", "/duty/new/", "/handover/", "/handover/new/", "/handover/items/new/", "/walls/", "/walls/new/", "/wall/",
    "/matters/bulk/assignment/", "/computers/new/", "/pin/",
)  # fmt: skip
UNASSIGNED = """select string_agg(id::text, ' ') from (select id from matter where status = 'registered'
  and kind = 'finding' and area_path like '%{}%' order by id limit {}) m"""
UNIT = """select o.name || '（' || a.name_zh || '）' from matter m join site s on s.id = m.site_id
  join organisation o on o.id = s.organisation_id join area a on a.code = o.area_id where m.id = '{}'"""
SWEPT = "select id from matter where kind = 'finding' and status = 'in_progress' and site_id is not null order by id limit 1"
PROPOSED = """select id from matter m where kind = 'finding' and status = 'closed' and category = 'responsibility'
  and not exists (select 1 from publication_draft d where d.matter_id = m.id) order by id limit 1"""
ASSIGNED = "select count(*) from entry where action = 'assign' and matter_id::text in ('{}')"
PIN = "407193"


def numbers(text: str) -> list[int]:
    return [int(one) for one in re.findall(r"\d+", text)]


def agree(faults: list[str]) -> None:
    assert not faults, "\n".join(faults)


def clicked(page: Page, what: str, has_text: str | None = None) -> None:
    with page.expect_navigation():
        page.locator(what, has_text=has_text).first.click()


def test_what_is_overdue_is_seen_on_the_wall_and_opened(cast: Visitors) -> None:
    duty, room = cast("demo.duty"), cast("")
    duty.go("/walls/")
    clicked(duty.page, "a[href='/walls/new/']")
    duty.send(name="会商室左屏")
    room.page.goto(duty.page.locator(".once code").inner_text())
    overdue = ".wfig:has(h2.is-red) .wfig-v"
    shown = room.page.locator(overdue).first.inner_text()
    assert room.page.locator("a").count() == 0
    agree(here(room))
    duty.go("/wall/")
    assert duty.page.locator(overdue).first.inner_text() == shown
    clicked(duty.page, f"{overdue} a")
    assert "figure=overdue" in duty.page.url
    assert numbers(duty.page.locator(".of-figure").inner_text())[-1] == int(shown)
    assert duty.page.locator("main tbody tr").count() == min(50, int(shown))
    duty.go("/walls/")
    clicked(duty.page, "form[action$='/revocation/'] button")
    assert room.page.reload().status == 404  # type: ignore[union-attr]


def test_questions_are_ruled_on_by_keyboard_and_by_mouse(cast: Visitors) -> None:
    duty = cast("demo.duty")
    page = duty.page
    duty.go("/desk/")
    waiting = page.locator("li:has([data-ruling])").count()
    page.keyboard.press("j")
    assert page.locator(".is-at").count() == 1
    with page.expect_navigation():
        page.keyboard.press("r")
    asked = page.locator(".card-q").first.inner_text()
    page.locator("main form input[type=radio]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("情况属实。")
    with page.expect_navigation():
        page.locator("main form .btn-main").press("Enter")
    duty.says("情况属实。")
    duty.says(asked)
    duty.go("/desk/")
    assert page.locator("li:has([data-ruling])").count() == waiting - 1
    extension = page.locator("li:has([data-ruling][href$='/extension-ruling/'])").first
    clicked(page, f"[data-ruling][href='{extension.locator('[data-ruling]').get_attribute('href')}']")
    page.locator("main form label.seg-o").first.click()
    duty.send(reason="同意延期。")
    duty.says("同意延期。")

    duty.go("/desk/")
    clicked(page, "a[href^='/duty/new/']")
    duty.send()
    assert page.locator(".on-duty").inner_text().count("孟昭宁") == 1


def test_the_register_is_searched_sifted_and_kept(cast: Visitors) -> None:
    duty = cast("demo.duty")
    page = duty.page
    assert "采样" in found(duty, "采样")
    assert "澄湖苑小区" in found(duty, "chenghuyuan")
    page.goto(f"{cast.city.address}/matters/?kind=finding&area=371581&overdue=1")
    narrow = page.locator("main tbody tr").count()
    clicked(page, ".sift a.chip", has_text="超期")
    assert "overdue" not in page.url
    assert page.locator("main tbody tr").count() > narrow
    page.locator(".keep-view summary").click()
    page.locator(".keep-view [name=name]").fill("临清问题")
    clicked(page, ".keep-view button")
    assert page.locator(".views a.own[aria-current=page]").inner_text() == "临清问题"
    clicked(page, ".keep-view a")
    agree(here(duty))


def found(duty: Visitor, words: str) -> str:
    duty.go("/matters/")
    duty.page.locator(".sift [name=q]").fill(words)
    with duty.page.expect_navigation():
        duty.page.keyboard.press("Enter")
    return duty.page.locator("main tbody").first.inner_text()


def test_many_are_assigned_at_once(cast: Visitors) -> None:
    """One of them lies where nobody of the unit could see it; sent again, nothing is done twice."""
    duty, city = cast("demo.duty"), cast.city
    page = duty.page
    near, far = city.sql(UNASSIGNED.format("371502/", 2)).split(), city.sql(UNASSIGNED.format("371503/", 1)).split()
    duty.go("/matters/?status=registered&kind=finding")
    for matter in (*near, *far):
        page.locator(f"main tbody [name=id][value='{matter}']").check()
    assert numbers(page.locator("[data-ticked]").inner_text()) == [3]
    clicked(page, "[formaction='/matters/bulk/assignment/']")
    lead = city.sql(UNIT.format(near[0]))
    duty.send(**{"bulk-lead": lead})
    assert page.locator(".bulk-why").count() == 1
    assert page.locator(f".bulk-why a[href='/matters/{far[0]}/']").count() == 1
    counted = ASSIGNED.format("', '".join((*near, *far)))
    before = int(city.sql(counted))
    clicked(page, "button[name=stage][value=do]")
    assert int(city.sql(counted)) == before + 2
    page.reload()
    duty.says("未重复办理")
    assert int(city.sql(counted)) == before + 2


def test_the_same_is_looked_for_elsewhere(cast: Visitors) -> None:
    duty = cast("demo.duty")
    page = duty.page
    duty.step(cast.city.sql(SWEPT), "sweep")
    sweep = page.url
    assert "/sweeps/" in sweep
    assert page.locator(".rows.few li").count() > 0
    site = page.locator(".to-visit li b").first.inner_text()
    clicked(page, ".to-visit li a.btn")
    duty.says(site)
    assert page.locator("#id_text").input_value()
    with page.expect_navigation():
        page.locator(".bar-in .btn-main").first.click()
    matter = page.url.rstrip("/").rsplit("/", 1)[-1]
    page.goto(sweep)
    assert page.locator(f".to-visit a[href='/matters/{matter}/']").count() == 1


def test_a_finding_is_published_by_a_second_person_and_withdrawn(cast: Visitors) -> None:
    duty, deputy, matter = cast("demo.duty"), cast("demo.deputy"), cast.city.sql(PROPOSED)
    text = "某社区采样点责任落实不到位，已整改。"
    duty.step(matter, "publication-draft", reason=text)
    tick = f".drafts [name=id][value='{matter}']"
    duty.go("/bulletins/")
    assert duty.page.locator(tick).count() == 0
    page = deputy.page
    deputy.go("/bulletins/")
    page.locator(tick).check()
    number = page.locator("#id_number").input_value()
    clicked(page, ".issue-form .btn-main")
    clicked(page, ".issues a", has_text=number)
    deputy.says(text)
    clicked(page, "a[href^='/bulletins/'][href$='/withdrawal/']")
    deputy.page.locator("main form [name=reason]").fill("单位名称有误。")
    clicked(page, "main form .btn-main")
    assert page.locator(".published del").inner_text() == text
    deputy.says("单位名称有误。")


def test_the_shift_is_handed_over_at_one_computer(cast: Visitors) -> None:
    duty = cast("demo.duty")
    page = duty.page
    duty.go("/computers/new/")
    duty.send()
    duty.enter("demo.deputy").go("/pin/new/")
    agree(here(duty))
    duty.send(pin=PIN, again=PIN)
    duty.enter("demo.duty").go("/handover/items/new/")
    duty.send(text="夜间盯办临清超期事项。")
    clicked(page, ".ho ~ .acts a[href^='/handover/new/']")
    page.locator("[name=remark]").fill("降雪，注意道路。")
    clicked(page, ".log-act .btn-main")
    signed, log = page.url, page.url.rstrip("/").rsplit("/", 1)[-1]
    duty.says("夜间盯办临清超期事项。")
    clicked(page, "a[href^='/pin/']")
    agree(here(duty))
    duty.send(pin=PIN)
    assert page.url == signed
    agree(here(duty))
    clicked(page, "form[action$='/take/'] .btn-main")
    page.emulate_media(media="print")
    printed = [numbers(one)[0] for one in page.locator(".log .numbers b:visible").all_inner_texts()]
    kept = json.loads(cast.city.sql(f"select content from handover where id = '{log}'"))
    frozen = [kept[part][key] for part in ("standing", "occurred") for key in FIGURES if key in kept[part]]
    assert printed[: len(frozen)] == frozen
    duty.says("周砚清")
    assert not page.locator(".log-act").is_visible()


def test_to_an_outsider_none_of_it_exists(cast: Visitors) -> None:
    outsider, city = cast("demo.outsider"), cast.city
    kept = city.sql("""select string_agg(a, ' ') from (select '/handover/' || id || '/' a from handover
      union all select '/sweeps/' || id || '/' from sweep union all select '/bulletins/' || id || '/' from bulletin
      where withdrawn_at is not null union all select '/matters/views/' || id || '/' from kept_view) k""")  # fmt: skip
    answers = {address: outsider.go(address).status for address in (*OUTSIDERS_WALLS, *kept.split())}
    assert {address: status for address, status in answers.items() if status != 404} == {}
    assert city.muster("check").returncode == 0
