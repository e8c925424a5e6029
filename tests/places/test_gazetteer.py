"""A place name that isn't known, or fits several places, is asked about and never guessed."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.demo.liaocheng import places
from muster.places.gazetteer import (
    Alias,
    AmbiguousPlace,
    FormerName,
    Gazetteer,
    Place,
    PlaceRefusal,
    UnknownPlace,
    UnlikeAnyPlace,
    english,
    romanise,
)

PLACES = places()
GAZETTEER = Gazetteer(PLACES)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("临清市", "371581"),
        ("临清", "371581"),
        ("371581", "371581"),
        ("371581000000", "371581"),
        ("３７１５８１", "371581"),
        (" 临 清 市 ", "371581"),
        ("「临清市」", "371581"),
        ("茌平", "371503"),
        ("古楼街道", "371502001"),
        ("古楼街道办事处", "371502001"),
        ("东昌府古楼", "371502001"),
        ("临清市青年路街道", "371581001"),
        ("青年路", "371581001"),
        ("聊城市/临清市/青年路街道", "371581001"),
        ("聊城市 > 临清市 > 青年路街道", "371581001"),
        ("聊城市、临清市、青年路街道", "371581001"),
        ("山东省聊城市东昌府区古楼街道", "371502001"),
        ("371502/凤凰新村", "371502100270"),
        ("茌平区凤凰新村村民委员会", "371503103233"),
        ("沙镇镇", "371502101"),
        ("聊城高新区", "371500-gx"),
        ("371500-GX", "371500-gx"),
    ],
)
def test_what_names_one_place_resolves(text: str, code: str) -> None:
    assert GAZETTEER.resolve(text).code == code


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("凤凰新村", ["371502100270", "371503103233"]),
        ("凤凰新村村委会", ["371502100270", "371503103233"]),
        ("古楼", ["371502001", "371581002002"]),
    ],
)
def test_what_fits_several_places_is_asked(text: str, codes: list[str]) -> None:
    with pytest.raises(AmbiguousPlace) as refusal:
        GAZETTEER.resolve(text)
    assert {place.code for place in refusal.value.candidates} == set(codes)


def test_a_scope_leaves_one() -> None:
    assert GAZETTEER.resolve("凤凰新村", within="371502").code == "371502100270"
    assert GAZETTEER.resolve("凤凰新村", within="371503").code == "371503103233"
    assert GAZETTEER.resolve("古楼", within="371502").code == "371502001"
    assert GAZETTEER.resolve("山东省聊城市临清市", within="371581").code == "371581"


def test_a_place_outside_the_scope_is_asked_about_first() -> None:
    with pytest.raises(UnknownPlace) as refusal:
        GAZETTEER.resolve("临清市", within="371502")
    assert refusal.value.candidates[0].code == "371581"
    assert all(place.code.startswith("371502") for place in refusal.value.candidates[1:])


def test_what_one_part_of_a_scope_does_not_know_another_may() -> None:
    assert GAZETTEER.resolve_in_one("临清市", ["371502", "371581"]).code == "371581"


def test_what_fits_a_place_in_each_part_is_asked() -> None:
    with pytest.raises(AmbiguousPlace) as refusal:
        GAZETTEER.resolve_in_one("凤凰新村", ["371502", "371503"])
    assert {place.code for place in refusal.value.candidates} == {"371502100270", "371503103233"}


def test_no_part_of_a_scope_knows_it() -> None:
    for parts in ([], ["371502", "371581"]):
        with pytest.raises(UnlikeAnyPlace):
            GAZETTEER.resolve_in_one("", parts)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("茌平县", "371503"),
        ("371523", "371503"),
        ("聊城市茌平县", "371503"),
        ("茌平县振兴街道", "371503001"),
        ("371523001", "371503001"),
    ],
)
def test_a_former_name_or_code_is_asked(text: str, code: str) -> None:
    with pytest.raises(FormerName) as refusal:
        GAZETTEER.resolve(text)
    assert [place.code for place in refusal.value.candidates] == [code]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("在平度", "371503"),
        ("茬平区", "371503"),
        ("荏平", "371503"),
        ("东昌俯区", "371502"),
        ("冠现", "371525"),
        ("林青市", "371581"),
        ("临清市青年路街办", "371581001"),
        ("聊城市在平度振兴街道", "371503001"),
        ("linqing", "371581"),
        ("LQS", "371581"),
        ("línqīng", "371581"),
        ("371599", "371500"),
        ("青年", "371581001"),
    ],
)
def test_an_unknown_name_is_asked_with_the_likeliest_first(text: str, code: str) -> None:
    with pytest.raises(UnknownPlace) as refusal:
        GAZETTEER.resolve(text)
    assert refusal.value.candidates[0].code == code


@pytest.mark.parametrize("text", ["", "  ", "？！", "☎", "{}"])
def test_what_is_like_nothing_has_no_candidates(text: str) -> None:
    with pytest.raises(UnlikeAnyPlace) as refusal:
        GAZETTEER.resolve(text)
    assert refusal.value.candidates == ()
    assert f"“{text}”" in str(refusal.value)


def test_the_message_lists_full_paths_and_codes() -> None:
    with pytest.raises(AmbiguousPlace) as refusal:
        GAZETTEER.resolve("凤凰新村")
    assert "山东省聊城市东昌府区侯营镇凤凰新村村委会 (371502100270)" in str(refusal.value)
    assert "山东省聊城市茌平区菜屯镇凤凰新村 (371503103233)" in str(refusal.value)
    assert GAZETTEER.resolve("山东省聊城市茌平区菜屯镇凤凰新村 (371503103233)").code == "371503103233"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("linqing", "临清市"),
        ("lqs", "临清市"),
        ("liaocheng", "聊城市"),
        ("lin qing shi", "临清市"),
        ("临", "临清市"),
        ("茌平县", "茌平区"),
        ("qingnianlu", "青年路街道"),
        ("临清市青年", "青年路街道"),
        ("371526", "高唐县"),
        ("zaiping", "茌平区"),
    ],
)
def test_search_while_typing(text: str, first: str) -> None:
    assert GAZETTEER.search(text)[0].name == first


def test_search_keeps_to_its_scope_and_limit() -> None:
    found = GAZETTEER.search("wz", within="371522", limit=7)
    assert len(found) == 7
    assert all(place.code.startswith("371522") for place in found)
    assert GAZETTEER.search("") == []


def test_two_places_with_one_full_path_are_asked() -> None:
    twins = [
        Place("1", None, "county", "甲县"),
        Place("1001", "1", "town", "乙镇"),
        Place("1002", "1", "town", "乙镇"),
    ]
    with pytest.raises(AmbiguousPlace):
        Gazetteer(twins).resolve("甲县乙镇")


def test_a_name_that_another_place_used_to_have_is_asked() -> None:
    renamed = Place("2", None, "county", "乙县", (Alias("甲县", "former"),))
    with pytest.raises(AmbiguousPlace) as refusal:
        Gazetteer([Place("1", None, "county", "甲县"), renamed]).resolve("甲县")
    assert [place.code for place in refusal.value.candidates] == ["1", "2"]


def test_a_name_in_full_goes_before_one_without_its_suffix() -> None:
    town = Place("1", None, "town", "古云镇")
    village = Place("2", None, "community", "古云镇村委会")
    assert Gazetteer([town, village]).resolve("古云镇").code == "1"


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("临清市", "linqing", "lqs"),
        ("莘县", "shenxian", "sx"),
        ("茌平区", "chiping", "cpq"),
        ("东阿县", "donge", "dex"),
        ("高唐县", "gaotang", "gtx"),
        ("东昌府区", "dongchangfu", "dcfq"),
        ("古楼街道", "gulou", "gljd"),
        ("阳光小区", "yangguangxiaoqu", "ygxq"),
        ("石佛镇", "shifo", "sfz"),
        ("A1小区", "a1xiaoqu", "a1xq"),
    ],
)
def test_romanise(name: str, pinyin: str, initials: str) -> None:
    assert romanise(name) == (pinyin, initials)


@pytest.mark.parametrize(
    ("name", "level", "expected"),
    [
        ("山东省", "province", "Shandong"),
        ("聊城市", "city", "Liaocheng"),
        ("临清市", "county", "Linqing"),
        ("东昌府区", "county", "Dongchangfu"),
        ("冠县", "county", "Guanxian"),
        ("莘县", "county", "Shenxian"),
        ("阳谷县", "county", "Yanggu"),
        ("东阿县", "county", "Dong'e"),
        ("茌平区", "county", "Chiping"),
        ("高唐县", "county", "Gaotang"),
        ("高新区", "zone", "High-tech Zone"),
        ("古楼街道", "town", "Gulou Subdistrict"),
        ("侯营镇", "town", "Houying Town"),
        ("贾镇", "town", "Jiazhen Town"),
        ("杨官屯乡", "town", "Yangguantun Township"),
        ("王庄村委会", "community", "Wangzhuang Village"),
        ("和谐村村民委员会", "community", "Hexie Village"),
        ("凤凰新村", "community", "Fenghuang New Village"),
        ("古城社区居委会", "community", "Gucheng Community"),
        ("绿瓦庙村村委会", "community", "Lüwamiao Village"),
    ],
)
def test_english(name: str, level: str, expected: str) -> None:
    assert english(name, level) == expected


SEPARATORS = st.sampled_from(["", "/", " ", "　", "，", "、", " > ", "-", "·"])


@given(st.sampled_from(PLACES), SEPARATORS)
def test_any_full_path_resolves_to_its_place(place: Place, separator: str) -> None:
    assert GAZETTEER.resolve(separator.join(steps_to(place))) == place
    assert GAZETTEER.resolve(place.code) == place


@st.composite
def nearly_names(draw: st.DrawFn) -> str:
    """A name or a path with some of its characters lost, changed or added."""
    place = draw(st.sampled_from(PLACES))
    text = draw(st.sampled_from([place.name, "".join(steps_to(place)), place.code]))
    for _edit in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(text)))
        added = draw(st.sampled_from(["", *draw(st.sampled_from(PLACES)).name]))
        text = text[:at] + added + text[at + draw(st.integers(0, 3)) :]
    return text


@settings(deadline=None)
@given(st.one_of(st.text(), nearly_names()))
def test_a_text_never_resolves_to_a_place_that_it_does_not_name(text: str) -> None:
    try:
        place = GAZETTEER.resolve(text)
    except PlaceRefusal:
        return
    said = "".join(c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum())
    names = [place.name, *(alias.text for alias in place.names if alias.kind == "alias")]
    assert place.code.replace("-", "") in said or any(bare(name) in said for name in names)
    assert not any(other.name == said for other in PLACES if other.code != place.code)


def steps_to(place: Place) -> list[str]:
    above = GAZETTEER.get(place.parent) if place.parent else None
    return [*(steps_to(above) if above else ()), place.name]


def bare(name: str) -> str:
    """The name without anything that a writer may leave out."""
    return re.sub(r"(省|市|区|县|街道|镇|乡|社区|村|(社区|村)?(居|村|居民|村民)委(员?会?))$", "", name)
