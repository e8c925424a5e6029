"""A finding from the phone to its close and back: every turn that the loop can take, in a real browser."""

from __future__ import annotations

import json

from tests.journeys.visitor import PHONE, Visitors, photo

#: Twenty hours after the deadline, as the browser's field takes it.
LATER = """select to_char((due_at + interval '20 hours') at time zone 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI')
  from matter where id = '{}'"""
UNIT, ELSEWHERE = "澄湖苑社区居委会", "云桥社区居委会"


def registered(cast: Visitors) -> str:
    """An inspector registers it on a phone; the id of the matter."""
    inspector = cast("demo.inspector", PHONE)
    page = inspector.page
    inspector.go("/findings/new/")
    page.locator("#photos").set_input_files([photo("before.jpg")])
    page.locator("[data-shots] img").wait_for()
    page.locator("#site-q").fill("澄湖苑小区")
    page.locator("#sites label", has_text="澄湖苑小区").locator("input").check()
    page.locator("label.opt", has_text="采样检测").click()
    page.get_by_role("button", name="有名无记录").click()
    page.locator("#id_text").fill("上门采样漏采 3 户")
    page.locator("label.seg-o", has_text="紧急").click()
    with page.expect_navigation():
        page.locator(".bar-in .btn-main").click()
    inspector.says("上门采样漏采 3 户")
    return page.url.rstrip("/").rsplit("/", 1)[-1]


def state(cast: Visitors, matter: str) -> str:
    return cast.city.sql(f"select status || ' ' || cycle from matter where id = '{matter}'")


def test_the_closed_loop(cast: Visitors) -> None:
    matter = registered(cast)
    duty, verifier, unit = cast("demo.duty"), cast("demo.verifier"), cast("demo.unit", PHONE)

    # Sent to the wrong unit, which returns it; upheld; the unit no longer sees it.
    duty.step(matter, "assignment", lead=f"{ELSEWHERE}")
    outsider = cast("demo.outsider", PHONE)
    outsider.step(matter, "return", reason="不在我方辖区，退回。")
    duty.step(matter, "return-ruling", "yes", reason="退单成立，另行交办。")
    assert outsider.go(f"/matters/{matter}/").status == 404
    assert state(cast, matter) == "registered 1"

    # Assigned anew, accepted, an extension asked and granted.
    duty.step(matter, "assignment", lead=UNIT)
    unit.go(f"/matters/{matter}/")
    with unit.page.expect_navigation():
        unit.page.locator(".bar button", has_text="签收").click()
    due = cast.city.sql(LATER.format(matter))
    unit.step(matter, "extension", until=due, reason="三户中一户白天无人。")
    duty.step(matter, "extension-ruling", "yes", reason="同意。")

    # The unit says that it is done; the check fails; the unit mends it; the check passes.
    answered(cast, matter, "三户均已完成上门采样。")
    fixer_can_not_close(cast, matter)
    verifier.step(matter, "verification", "no", remark="照片只见两户，名单是三户。", photos=[photo("check.jpg")])
    assert state(cast, matter) == "in_progress 2"
    answered(cast, matter, "第三户 18:32 完成上门采样。")
    fixer_can_not_close(cast, matter)
    verifier.step(matter, "verification", "yes", photos=[photo("check.jpg")])
    verifier.says("已销号")
    assert state(cast, matter) == "closed 2"

    # Somebody else looks again, and it is back; then it is closed, and comes back later as a recurrence.
    second = cast("demo.second_verifier")
    second.step(matter, "revisit", "no", remark="今日又有两户漏采。", photos=[photo("revisit.jpg")])
    assert state(cast, matter) == "in_progress 3"
    answered(cast, matter, "已固定采样员，逐户核对。")
    verifier.step(matter, "verification", "yes", photos=[photo("check.jpg")])
    assert state(cast, matter) == "closed 3"
    recurs(cast, matter)
    assert cast.city.muster("check").returncode == 0


def answered(cast: Visitors, matter: str, text: str) -> None:
    unit = cast("demo.unit", PHONE)
    unit.step(
        matter, "response", text=text, photos=[photo("after-1.jpg", (90, 140, 90)), photo("after-2.jpg", (90, 150, 90))]
    )
    unit.step(matter, "closure-request", text="申请销号")
    unit.says("整改人不能销号，请等待核验")


def fixer_can_not_close(cast: Visitors, matter: str) -> None:
    """Every way there is: the doors of the page, its addresses, the API, and SQL."""
    unit, before = cast("demo.unit", PHONE), state(cast, matter)
    unit.go(f"/matters/{matter}/")
    nouns = (
        "verification",
        "confirmation",
        "revisit",
        "on-spot-fix",
        "voiding-request",
        "voiding",
        "merge",
        "reopening",
    )
    for noun in nouns:
        assert unit.page.locator(f"a[href*='/{noun}/']").count() == 0
        unit.go(f"/matters/{matter}/{noun}/")
        assert unit.page.locator("main form").count() == 0
    token = next(c["value"] for c in unit.page.context.cookies() if c["name"] == "csrftoken")
    for noun, body in (
        ("verification", {"passed": True}),
        ("confirmation", {"done": True}),
        ("voiding-request", {"reason": "好了"}),
    ):
        answer = unit.page.request.post(
            f"{cast.city.address}/api/matters/{matter}/{noun}", data=json.dumps(body),
            headers={"Content-Type": "application/json", "X-CSRFToken": token},
        )  # fmt: skip
        assert answer.status in (403, 409)
    for attack in (
        f"update matter set status = 'closed' where id = '{matter}'",
        f"update matter set closing_check = gen_random_uuid(), status = 'closed' where id = '{matter}'",
        f"delete from verification where matter_id = '{matter}'",
        f"update hand set side = 'checker' where matter_id = '{matter}'",
    ):
        tried = cast.city.muster("psql", "-v", "ON_ERROR_STOP=1", "-c", attack)
        assert tried.returncode != 0 or tried.stdout.strip() == "DELETE 0"
    assert state(cast, matter) == before


def recurs(cast: Visitors, matter: str) -> None:
    inspector = cast("demo.inspector", PHONE)
    inspector.go(f"/matters/{matter}/")
    inspector.go(f"/findings/new/?recurrence_of={matter}")
    with inspector.page.expect_navigation():
        inspector.page.locator(".bar-in .btn-main").click()
    number = cast.city.sql(f"select number from matter where id = '{matter}'")
    inspector.says(f"{number}")


def test_a_request_runs_until_the_residents_call_back(cast: Visitors) -> None:
    operator, duty, unit = cast("demo.operator"), cast("demo.duty"), cast("demo.unit", PHONE)
    page = operator.page
    operator.go("/requests/new/")
    page.locator("#id_name").fill("王女士")
    page.locator("#id_phone").fill("10000000001")
    page.locator("label.opt", has_text="就医").first.click()
    page.locator("#id_text").fill("独居老人降压药只剩两天")
    page.locator("label.seg-o", has_text="重要").click()
    page.locator("#site-q").fill("澄湖苑小区")
    page.locator("#sites label", has_text="澄湖苑小区").locator("input").check()
    with page.expect_navigation():
        page.locator(".bar-in .btn-main").click()
    matter = page.url.rstrip("/").rsplit("/", 1)[-1]
    duty.step(matter, "assignment", lead=UNIT)
    unit.step(matter, "response", text="药已送到。")
    unit.step(matter, "closure-request")
    assert "王女士" not in unit.page.inner_text("body")
    operator.step(matter, "confirmation", "no", remark="居民说只送了一种药。")
    assert state(cast, matter) == "in_progress 2"
    unit.step(matter, "response", text="另一种已补送。")
    unit.step(matter, "closure-request")
    operator.step(matter, "confirmation", "yes", remark="居民确认收到。")
    assert state(cast, matter) == "closed 2"


def test_a_proposal_runs_from_the_public_page_to_its_rating(cast: Visitors) -> None:
    public, duty, unit = cast("", PHONE), cast("demo.duty"), cast("demo.unit", PHONE)
    page = public.page
    public.go("/proposals/new/")
    page.locator("label.seg-o").first.click()
    public.send(text="建议学生错峰采样，减少聚集。")
    link = page.url
    public.says("建议学生错峰采样")
    matter = cast.city.sql("select id from matter where kind = 'proposal' order by id desc limit 1")
    duty.step(matter, "assignment", lead=UNIT)
    unit.step(matter, "response", text="下周起按年级错峰。")
    unit.step(matter, "closure-request")
    page.goto(link)
    public.says("下周起按年级错峰。")
    page.locator("input[name=done][value=yes]").check(force=True)
    page.locator("input[name=rating][value='5']").check(force=True)
    public.send(remark="有回音，谢谢。")
    assert state(cast, matter) == "closed 1"
