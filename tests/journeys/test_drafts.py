"""What was typed and not yet sent is there again after a killed tab; what was sent leaves no draft behind."""

from __future__ import annotations

from tests.journeys.visitor import PHONE, Visitors

TYPED = "有名无记录，三户均未采样"


def test_a_draft_outlives_its_tab_and_ends_with_its_receipt(cast: Visitors) -> None:
    inspector = cast("demo.inspector", PHONE)
    page = inspector.page
    inspector.go("/findings/new/")
    page.locator("label.opt", has_text="采样检测").click()
    page.locator("#id_text").fill(TYPED)
    inspector.go("/work/")
    inspector.go("/findings/new/")
    assert page.locator("#id_text").input_value() == TYPED
    assert page.locator("input[name=category][value=testing]").is_checked()
    page.locator("label.seg-o", has_text="一般").click()
    page.locator("#id_area").fill("临清市")
    with page.expect_navigation():
        page.locator(".bar-in .btn-main").click()
    inspector.says(TYPED)
    for _visit in range(2):
        inspector.go("/findings/new/")
        assert page.locator("#id_text").input_value() == ""
        page.locator("#id_text").fill("")


def test_a_step_keeps_its_draft_for_its_own_person(cast: Visitors) -> None:
    duty = cast("demo.duty")
    matter = cast.city.sql("select id from matter where kind = 'finding' and status = 'registered' limit 1")
    duty.go(f"/matters/{matter}/note/")
    duty.page.locator("[name=text]").fill(TYPED)
    duty.go("/work/")
    duty.go(f"/matters/{matter}/note/")
    assert duty.page.locator("[name=text]").input_value() == TYPED
    duty.page.context.clear_cookies(name="sessionid")
    duty.enter("demo.deputy")
    duty.go(f"/matters/{matter}/note/")
    assert duty.page.locator("[name=text]").input_value() == ""
