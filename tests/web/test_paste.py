"""Numbers pasted from a spreadsheet, row by row."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from tests.cast import Cast
from tests.web.signed_in import signed_in

ENGLISH: dict[str, Any] = {"HTTP_ACCEPT_LANGUAGE": "en"}


def paste(cast: Cast, who: str, text: str) -> tuple[int, str]:
    answer = signed_in(cast.people[who]).post("/matters/paste/", {"rows": text}, **ENGLISH)
    return answer.status_code, html.unescape(answer.content.decode())


def test_each_row_is_found_or_says_why_not(cast: Cast) -> None:
    one, two, _other = (cast.finding() for _n in range(3))
    text = f"编号\t问题\n1\t{one.number.lower().replace('-', '－')}\n{two.number}\t漏采\n{one.number}\nWT-371581-20201205-0001"
    status, page = paste(cast, "chief", text)
    assert status == 200
    assert "2 matters found" in page
    assert "3 rows without a matter" in page
    assert "No number in this row" in page
    assert f"{one.number} stands in row 2 already" in page
    assert "You see no matter with the number WT-371581-20201205-0001" in page
    link = re.findall(r'btn-main" href="([^"]+)"', page)[0]
    listed = signed_in(cast.chief).get(link).content.decode()
    assert set(re.findall(r'name="id" value="([0-9a-f-]{36})"', listed)) == {str(one.pk), str(two.pk)}


@pytest.mark.parametrize("who", ["fixer", "stranger", "helper", "operator"])
def test_what_one_may_not_see_is_not_found(cast: Cast, who: str) -> None:
    made = cast.finding(text="上门采样")
    status, page = paste(cast, who, made.number)
    assert status == 200
    assert "You see no matter with the number" in page
    assert "上门采样" not in page


@pytest.mark.parametrize("text", ["", " \n\t\n", "\n".join(f"第{n}行" for n in range(301))])
def test_too_little_or_too_much_is_said_and_stays(cast: Cast, text: str) -> None:
    status, page = paste(cast, "chief", text)
    assert status == 422
    assert 'role="alert"' in page
    assert text.strip() in page
