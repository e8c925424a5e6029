"""Whoever has no mouse: intake, a step and the register by Tab, Enter and Space alone, and always seeing where they are."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.journeys.visitor import Visitors

MAX_TABS = 120
#: Whether what has the focus shows it: by itself, or by what stands for a hidden choice.
SHOWS = """() => {
  const here = document.activeElement, box = here.getBoundingClientRect();
  const ringed = (e) => e && getComputedStyle(e).outlineStyle !== 'none' && parseFloat(getComputedStyle(e).outlineWidth) >= 2;
  const drawn = getComputedStyle(here).opacity !== '0' && box.width > 1;
  return drawn ? ringed(here) : ringed(here.nextElementSibling) || ringed(here.parentElement);
}"""


def test_intake(cast: Visitors) -> None:
    inspector = cast("demo.inspector")
    inspector.go("/findings/new/")
    page = inspector.page
    reach(page, "#photos")
    reach(page, "#id_area")
    page.keyboard.type("临清市")
    reach(page, "[name=category]")
    page.keyboard.press("Space")
    reach(page, "#id_text")
    page.keyboard.type("只用键盘登记")
    reach(page, "[name=severity]")
    page.keyboard.press("Space")
    reach(page, ".bar-in .btn-main")
    pressed(page, "Enter")
    inspector.says("只用键盘登记")
    number = page.locator(".meta .num").first.inner_text()

    duty = cast("demo.duty")
    found_in_the_register(duty.page, cast.city.address, number)
    reach(duty.page, "main a[href$='/assignment/']")
    pressed(duty.page, "Enter")
    reach(duty.page, "[name=lead]")
    duty.page.keyboard.type("澄湖苑社区居委会")
    reach(duty.page, "main form .acts .btn-main")
    pressed(duty.page, "Enter")
    duty.says("澄湖苑社区居委会")


def found_in_the_register(page: Page, city: str, number: str) -> None:
    page.goto(f"{city}/matters/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.skip')")
    page.keyboard.press("Enter")
    reach(page, "main [name=q]")
    page.keyboard.type(number)
    pressed(page, "Enter")
    reach(page, "main tbody a")
    pressed(page, "Enter")


def reach(page: Page, what: str) -> None:
    """Go on by Tab until there; on the way the focus is always seen."""
    for _tab in range(MAX_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            continue
        assert page.evaluate(SHOWS), page.evaluate("document.activeElement.outerHTML")
        if page.evaluate("what => document.activeElement.matches(what)", what):
            return
    raise AssertionError(f"Tab doesn't lead to {what}")


def pressed(page: Page, key: str) -> None:
    with page.expect_navigation():
        page.keyboard.press(key)
