"""Everybody can use every page: WCAG 2.1 AA, on a phone and at a desk, in both languages, by day and by night."""

from __future__ import annotations

import json
from itertools import chain
from uuid import uuid4

import pytest
from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import Page

from tests.journeys.addresses import LED_TO, NOT_PAGES, PAGES, names, pages
from tests.journeys.audit import audited, here
from tests.journeys.visitor import PHONE, Visitor, Visitors

PASSWORD = "a-password-for-the-walk"
BEHIND_THE_FACTOR = (
    "/me/second-factor", "/me/second-factor/remove", "/me/recovery-codes", "/me/recovery-codes/new", "/me/password",
    "/me/confirm", "/me/confirm/code",
)  # fmt: skip


def test_every_address_is_walked_or_excused() -> None:
    listed = [*chain(*PAGES.values()), *LED_TO, *chain(*NOT_PAGES.values())]
    assert sorted(listed) == sorted(set(names()))


@pytest.mark.parametrize("login", PAGES)
def test_pages(cast: Visitors, login: str) -> None:
    visitor = cast(login)
    agree(audited(visitor, pages(cast.city, login)))


def test_a_page_that_is_not_there(cast: Visitors) -> None:
    agree([fault for fault in audited(cast(""), ["/matters/nowhere"], 404) if "404 (Not Found)" not in fault])


def test_the_tour_with_its_matters_and_their_steps(cast: Visitors) -> None:
    """Matters of the tour as their persons see them, with one form of each step as the first who can take it sees it."""
    guide, nouns, faults = cast(""), set[str](), list[str]()
    for login, matter in doors(guide):
        visitor = cast(login)
        visitor.go(matter)
        steps = {link.split("/")[3]: link for link in links(visitor.page, matter)}
        new = steps.keys() - nouns
        faults += audited(visitor, [matter, *(steps[noun] for noun in sorted(new))] if new else [])
        nouns |= new
    agree(faults)
    assert len(nouns) > 12


def test_a_conflict(cast: Visitors) -> None:
    duty = cast("demo.duty")
    _login, matter = doors(cast(""))[0]
    act = str(uuid4())
    for text in ("第一次", "第二次"):
        noted(duty, matter, {"id": act, "text": text})
    duty.go("/conflicts/")
    found = links(duty.page, "/conflicts/")
    agree(audited(duty, ["/conflicts/", next(link for link in found if link[-2].isdigit())]))


def test_a_proposal_that_is_followed(cast: Visitors) -> None:
    public = cast("")
    public.go("/")
    agree(audited(public, links(public.page, "/p/")[:1]))


def test_a_telephone_number_that_is_shown(cast: Visitors) -> None:
    operator = cast("demo.operator", PHONE)
    operator.go(next(matter for login, matter in doors(cast("")) if login == "demo.operator"))
    operator.page.locator("details:has(#why) summary").click()
    operator.page.locator("#why").fill("回访")
    with operator.page.expect_navigation():
        operator.page.locator("form:has(#why) button").click()
    agree(here(operator))


def test_signing_in_with_a_second_factor(cast: Visitors) -> None:
    walker = cast("")
    made = {**cast.city.environment, "MUSTER_PASSWORD": PASSWORD}
    cast.city.environment, kept = made, cast.city.environment
    said = cast.city.muster(
        "user", "walker", "--name", "验收员", "--administrator", "371500", "--organisation", "验收组"
    )
    cast.city.environment = kept
    assert said.returncode == 0, said.stderr
    signed_in(walker)
    faults = here(walker)
    secret = walker.page.locator("#secret").inner_text()
    walker.send(code=code(secret))
    faults += audited(walker, BEHIND_THE_FACTOR)
    walker.page.context.clear_cookies()
    signed_in(walker)
    assert walker.page.url.endswith("/sign-in/code")
    agree([*faults, *here(walker)])


def signed_in(walker: Visitor) -> None:
    walker.go("/sign-in")
    walker.page.locator("[name=login]:not(button)").fill("walker")
    walker.page.locator("[name=password]").fill(PASSWORD)
    with walker.page.expect_navigation():
        walker.page.locator("form:has([name=password]) .btn-main").click()


def code(secret: str) -> str:
    shown: str = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))
    return shown


def noted(visitor: Visitor, matter: str, body: dict[str, str]) -> None:
    token = next(c["value"] for c in visitor.page.context.cookies() if c["name"] == "csrftoken")
    visitor.page.request.post(
        f"{visitor.city.address}/api{matter}note", data=json.dumps(body),
        headers={"Content-Type": "application/json", "X-CSRFToken": token},
    )  # fmt: skip


def doors(guide: Visitor) -> list[tuple[str, str]]:
    """Who opens which matter from the front page."""
    guide.go("/")
    forms = guide.page.locator("form:has(input[name=next][value^='/matters/0'])").all()
    found = [
        (form.locator("button").get_attribute("value") or "", form.locator("[name=next]").input_value())
        for form in forms
    ]
    return [(login, f"/matters/{to.split('/')[2]}/") for login, to in found if login != "demo.outsider"]


def links(page: Page, under: str) -> list[str]:
    # At once: parts of a page are fetched and change it meanwhile.
    found: list[str] = page.locator(f"main a[href^='{under}']").evaluate_all(
        "all => all.map(a => a.getAttribute('href'))"
    )
    return found


def agree(faults: list[str]) -> None:
    assert not faults, f"{len(faults)} faults\n" + "\n".join(dict.fromkeys(faults))
