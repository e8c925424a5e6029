"""Searching finds exactly what a plain look at the words would find."""

from __future__ import annotations

import pytest
from django.db.models import Q
from hypothesis import example, given, settings
from hypothesis import strategies as st

from muster.loop.matter import Matter
from muster.places.site import Site
from muster.register.search import Searched, SearchTooShort, _faint, matching, plain, typed_as
from tests.cast import Cast

TEXTS = (
    "上门采样漏采 3 户", "采样点排队未分组", "漏采", "CT 检查预约 50% 未成", r"路径 C:\漏采", "it's O'Neill", "采漏 采采样样",
    "a_b 漏_采", "ＡＢＣ全角漏采", "垃圾未日清，漏采两户", "户", "x", "0007 号楼", "编号 1205-0007",
)  # fmt: skip


def found(text: str) -> set[str]:
    return set(Matter.objects.filter(matching(text)).values_list("text", flat=True))


def by_hand(text: str) -> set[str]:
    """The plain model: every part stands somewhere in the words."""
    parts = plain(text).split()
    words = {one.matter.text: one.words for one in Searched.objects.select_related("matter")}
    return {text for text, known in words.items() if all(part in known for part in parts)}


def test_it_is_the_same_as_looking_at_every_matter(cast: Cast) -> None:
    for text in TEXTS:
        cast.finding(text=text)
    words = st.one_of(st.text("漏采样户3 '\\%_abＡ-07", max_size=6), st.sampled_from(TEXTS), st.text(max_size=4))

    @given(words)
    @settings(max_examples=150)
    @example("0007")
    @example("临清市")
    @example("采样 漏")
    @example("'")
    def same(text: str) -> None:
        parts = plain(text).split()
        if all(_faint(part) for part in parts):
            with pytest.raises(SearchTooShort):
                matching(text)
        elif not any(part.isascii() and part.replace("'", "").isalpha() for part in parts):
            assert found(text) == by_hand(text)
        else:
            assert found(text) >= by_hand(text)

    same()


@pytest.mark.parametrize("part", ["漏采", "采", "WT-371581", "wt-", "371581-", "澄湖苑", "青年路", "漏采 澄湖"])
def test_a_part_of_number_text_site_or_area_is_enough(cast: Cast, part: str) -> None:
    made = cast.finding()
    cast.request(text="独居老人降压药", area=cast.elsewhere)
    assert found(part) == {made.text}


@pytest.mark.parametrize(
    "typed", ["chenghuyuan", "chy", "huyuan", "cheng'hu", "qingnianlu", "qnl", "chy qnl", "chy 漏采"]
)
def test_names_are_found_in_pinyin(cast: Cast, typed: str) -> None:
    made = cast.finding()
    cast.request(text="独居老人降压药", area=cast.elsewhere)
    assert found(typed) == {made.text}


def test_pinyin_begins_with_a_syllable() -> None:
    assert typed_as("澄湖苑小区", "huyuan")
    assert not typed_as("澄湖苑小区", "enghu")
    assert typed_as("澄湖苑小区", "hyx")


@pytest.mark.parametrize("text", ["a", "7", " 3 x ", "'"])
def test_a_single_letter_or_digit_is_too_little(text: str) -> None:
    with pytest.raises(SearchTooShort):
        matching(text)


def test_the_responsible_organisation_is_found_while_it_is_responsible(cast: Cast) -> None:
    made = cast.finding()
    cast.organisation("御河物业", cast.town)
    cast.person("御河", "御河物业", "liaison")  # type: ignore[arg-type]
    assert found("御河") == set()
    made.assign(by=cast.dispatcher, lead=cast.organisations["御河物业"])
    assert found("御河") == found("yuhe") == {made.text}
    made.reassign(by=cast.dispatcher, lead=cast.unit, reason="改派")
    assert found("御河") == set()


def test_a_new_name_is_found_and_the_old_one_no_more(cast: Cast) -> None:
    made = cast.finding()
    made.assign(by=cast.dispatcher, lead=cast.unit)
    Site.objects.filter(pk=cast.site.pk).update(name="柳荫里")
    type(cast.unit).objects.filter(pk=cast.unit.pk).update(name="柳荫物业")
    type(cast.town).objects.filter(pk=cast.town.pk).update(name_zh="先锋路街道")
    assert found("柳荫里") == found("柳荫物业") == found("先锋路") == {made.text}
    assert found("澄湖苑") == found("青年路") == set()


def test_reclassifying_to_another_area_is_found_there(cast: Cast) -> None:
    made = cast.finding(site=None)
    made.reclassify(by=cast.dispatcher, area=cast.elsewhere, reason="地址有误")
    assert (found("冠县"), found("青年路")) == ({made.text}, set())


def test_the_letters_of_a_number_are_a_number_not_pinyin(cast: Cast) -> None:
    made = cast.finding()
    assert Matter.objects.filter(matching(made.number), Q(pk=made.pk)).count() == 1
    assert Matter.objects.filter(matching(made.number[-13:])).get() == made
