"""What is looked at on every page: by axe-core for WCAG 2.1 AA, and by our own eyes what axe doesn't know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import cycle
from typing import Any, NamedTuple

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.journeys.visitor import DESK, PHONE, Visitor

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}
LANGUAGES = {"zh-hans": "zh", "en": "en"}

#: What is wrong with the page's frame, and at which width it doesn't fit.
FRAME = """() => {
  const faults = [], root = document.documentElement, wide = document.scrollingElement.scrollWidth;
  if (!document.title.replace(/^\\s*·/, '').trim()) faults.push('no title');
  if (document.querySelectorAll('h1').length !== 1) faults.push(document.querySelectorAll('h1').length + ' h1');
  if (!root.lang) faults.push('no lang');
  if (wide > innerWidth) {
    const out = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1);
    faults.push(`${wide} px wide, by ` + out.slice(-3).map((e) => e.outerHTML.slice(0, 80)).join(' | '));
  }
  return faults;
}"""

#: Targets under 44 px, or 56 for the one action, that a finger has to hit. A link within a sentence is exempt.
TARGETS = """() => {
  const all = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
  const inSentence = (e) => e.tagName === 'A' && getComputedStyle(e).display === 'inline'
    && e.parentElement.textContent.trim() !== e.textContent.trim();
  const boxes = (e) => [e, ...(e.labels || [])].map((one) => one.getBoundingClientRect());
  const seen = (e) => e.getClientRects().length && getComputedStyle(e).visibility !== 'hidden'
    && e.getBoundingClientRect().right > 0 && !(e.closest('.vh') && e.tabIndex < 0);
  const least = (e) => e.classList.contains('btn-main') ? 56 : 44;
  return [...document.querySelectorAll(all)]
    .filter((e) => seen(e) && !inSentence(e) && Math.max(...boxes(e).map((box) => box.height)) < least(e) - 0.5)
    .map((e) => `${Math.round(e.getBoundingClientRect().height)} px high: ${e.outerHTML.slice(0, 120)}`);
}"""


class Look(NamedTuple):
    language: str
    theme: str
    size: dict[str, int]

    def __str__(self) -> str:
        return f"{LANGUAGES[self.language]} {self.theme} {self.size['width']}"


#: Each page is seen in one way; of eight neighbours every language, theme and width meet.
LOOKS = (
    Look("zh-hans", "light", PHONE),
    Look("en", "dark", DESK),
    Look("en", "light", PHONE),
    Look("zh-hans", "dark", DESK),
    Look("zh-hans", "dark", PHONE),
    Look("en", "light", DESK),
    Look("en", "dark", PHONE),
    Look("zh-hans", "light", DESK),
)


def audited(visitor: Visitor, addresses: Iterable[str], status: int = 200) -> list[str]:
    """What is wrong on these pages, each named with its address and how it was seen."""
    faults = []
    for address, look in zip(addresses, cycle(LOOKS), strict=False):
        wear(visitor, look)
        answer = visitor.go(address)
        faults += [f"{address} ({look}): {fault}" for fault in seen(visitor, look)]
        if answer.status != status:
            faults.append(f"{address}: answers {answer.status}")
    return faults


def here(visitor: Visitor, look: Look = LOOKS[-1]) -> list[str]:
    """What is wrong on the page that stands open, which no address leads back to. It is left as it was."""
    before = visitor.page.viewport_size
    visitor.page.set_viewport_size(look.size)  # type: ignore[arg-type]
    faults = [f"{visitor.page.url} ({look.size['width']}): {fault}" for fault in seen(visitor, look)]
    visitor.page.set_viewport_size(before)  # type: ignore[arg-type]
    return faults


def wear(visitor: Visitor, look: Look) -> None:
    cookies = {"language": look.language, "theme": look.theme}
    visitor.page.context.add_cookies(
        [{"name": name, "value": value, "url": visitor.city.address} for name, value in cookies.items()]
    )
    visitor.page.set_viewport_size(look.size)  # type: ignore[arg-type]


def seen(visitor: Visitor, look: Look) -> Iterator[str]:
    page = visitor.page
    yield from page.evaluate(FRAME)
    yield from violations(page)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    yield from page.evaluate(FRAME) if look.size is DESK else ()
    yield from page.evaluate(TARGETS)
    yield from visitor.errors
    visitor.errors.clear()


def violations(page: Page) -> Iterator[str]:
    found: list[dict[str, Any]] = Axe().run(page, options=RULES).response["violations"]
    for rule in found:
        for node in rule["nodes"]:
            said = "; ".join(one["message"] for one in [*node["any"], *node["all"], *node["none"]])
            yield f"{rule['id']} at {node['target'][0]}: {said} {node['html'][:160]}"
