"""A visitor of the demo: what people do on pages, in their words."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, Response

if TYPE_CHECKING:
    from tests.journeys.conftest import Served

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


def photo(name: str, colour: tuple[int, int, int] = (120, 130, 140)) -> FilePayload:
    kept = BytesIO()
    Image.new("RGB", (800, 600), colour).save(kept, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": kept.getvalue()}


class Visitor:
    def __init__(self, page: Page, city: Served) -> None:
        self.page, self.city = page, city
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "console", lambda message: self.errors.append(message.text) if "Content Security" in message.text else None
        )

    def go(self, address: str) -> Response:
        response = self.page.goto(self.city.address + address)
        assert response is not None
        return response

    def enter(self, login: str) -> Visitor:
        """Sign in by a role card."""
        self.go("/")
        self.page.locator(f"form:has(input[name=login][value='{login}']) button, button[value='{login}']").first.click()
        self.page.wait_for_url("**/work/")
        return self

    def step(self, matter: str, noun: str, outcome: str = "", **fields: object) -> Response:
        """Open the form of a step from its matter, fill it in and send it."""
        self.go(f"/matters/{matter}/")
        link = self.page.locator(f"a[href^='/matters/{matter}/{noun}/']{outcome and f'[href$={outcome}]'}").first
        target = link.get_attribute("href")
        assert target, f"no door to {noun}"
        self.go(target)
        return self.send(**fields)

    def send(self, **fields: object) -> Response:
        for name, value in fields.items():
            field = self.page.locator(f"main form [name={name}]")
            if isinstance(value, list):
                field.set_input_files(value)
            else:
                field.first.fill(str(value))
        with self.page.expect_navigation() as done:
            self.page.locator("main form .acts button.btn-main").click()
        assert done.value is not None
        return done.value

    def says(self, text: str) -> None:
        assert text in self.page.inner_text("body"), self.page.inner_text("body")[:1500]


class Visitors:
    def __init__(self, browser: Browser, city: Served) -> None:
        self.browser, self.city, self.all = browser, city, dict[str, Visitor]()

    def __call__(self, login: str, size: dict[str, int] = DESK, language: str = "zh-CN") -> Visitor:
        """The person of a role card, signed in; the same browser each time. An empty login: somebody from the public."""
        if login not in self.all:
            context = self.browser.new_context(viewport=size, locale=language)  # type: ignore[arg-type]
            context.set_default_timeout(8000)
            visitor = Visitor(context.new_page(), self.city)
            self.all[login] = visitor.enter(login) if login else visitor
        return self.all[login]

    def leave(self) -> None:
        errors = [error for visitor in self.all.values() for error in visitor.errors]
        for visitor in self.all.values():
            visitor.page.context.close()
        assert not errors, errors
