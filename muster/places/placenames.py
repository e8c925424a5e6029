"""How Chinese administrative places are written: suffixes spelled out or left out, in pinyin, in English."""

from __future__ import annotations

import re
import unicodedata

from pypinyin import lazy_pinyin

_COMMITTEE = re.compile(r"(?P<kind>村|居|社区)(?:(?<=[村居])民)?委(?:员会?|会)?$")
_ADMINISTRATIVE = {
    "province": ("特别行政区", "自治区", "省", "市"),
    "city": ("自治州", "地区", "市", "盟"),
    "county": ("自治县", "自治旗", "区", "县", "市", "旗"),
    "town": ("街道办事处", "街道", "镇", "乡"),
}
_SUFFIXES = tuple(sorted({s for group in _ADMINISTRATIVE.values() for s in group}, key=len, reverse=True))
# Words that end in the character of a suffix without being a unit of administration.
_NOT_SUFFIXED = re.compile(r"(?:小区|园区|校区|厂区|库区|院区|景区|社区|超市|门市|夜市|菜市|集市|新村)$")

_ENGLISH_ENDINGS = (
    ("大市场服务中心", " Market Service Centre"),
    ("服务中心", " Service Centre"),
    ("街道办事处", " Subdistrict"),
    ("街道", " Subdistrict"),
    ("镇", " Town"),
    ("乡", " Township"),
    ("社区", " Community"),
    ("新村", " New Village"),
    ("村", " Village"),
    ("高新技术产业开发区", " High-tech Zone"),
    ("高新区", " High-tech Zone"),
    ("经济技术开发区", " Economic Development Zone"),
    ("经济开发区", " Economic Development Zone"),
    ("开发区", " Development Zone"),
)
# Readings that hold in place names and differ from the commonest ones.
_READINGS = {
    "莘": ("shen",),
    "茌": ("chi",),
    "东阿": ("dong", "e"),
    "翟": ("zhai",),
    "佛": ("fo",),
    "都": ("du",),
    "朝阳": ("chao", "yang"),
    "主薄": ("zhu", "bu"),
    "还驾": ("huan", "jia"),
}


def normalise(text: str) -> str:
    """The letters and digits of a text, half-width and lower case: no spaces, punctuation, tone marks."""
    plain = unicodedata.normalize("NFKD", text).casefold().replace("u\u0308", "v")  # as ü is typed in pinyin
    return "".join(c for c in plain if c.isalnum())


def stem(name: str) -> str:
    """A name without its administrative suffix: 临清 for 临清市, but 冠县, for one character isn't a name."""
    seat = _seat(name)
    return _stem_of_community(seat) if seat != name or seat.endswith(("社区", "村")) else _shorten(name)


def spellings(name: str, level: str) -> tuple[set[str], set[str]]:
    """(full, short): other ways to write a place's name in full, and those that leave its suffix out."""
    if level == "community":
        return _spellings_of_community(name)
    full = {name}
    if level == "town" and name.endswith("街道"):
        full |= {name + "办事处", name + "办"}
    short = next((name.removesuffix(s) for s in _ADMINISTRATIVE.get(level, ()) if name.endswith(s)), name)
    return full, ({short} if len(short) > 1 else set()) - full


def syllables(text: str) -> list[str]:
    """The toneless pinyin of each Chinese character; other characters stand for themselves, in lower case."""
    # pypinyin takes the list that this gives, but its annotation doesn't say so
    spoken = [syllable.lower() for syllable in lazy_pinyin(text, errors=list)]  # type: ignore[arg-type]
    for phrase, reading in _READINGS.items():
        start = text.find(phrase)
        while start >= 0:
            spoken[start : start + len(phrase)] = reading
            start = text.find(phrase, start + len(phrase))
    return spoken


def romanise(name: str) -> tuple[str, str]:
    """(pinyin, initials) to type a name by: the pinyin without its suffix, the initials of all of it.

    临清市 gives ("linqing", "lqs").
    """
    spoken = syllables(name)
    return "".join(spoken[: len(stem(name))]), "".join(syllable[0] for syllable in spoken)


def english(name: str, level: str) -> str:
    """The name on English pages: Linqing, Gulou Subdistrict, Dong'e."""
    if level in ("province", "city", "county"):
        return _capitalised(stem(name))
    seat = _seat(name)
    for ending, translated in _ENGLISH_ENDINGS:
        if seat.endswith(ending):
            short = seat.removesuffix(ending)
            return (_capitalised(seat if len(short) == 1 else short) + translated).strip()
    return _capitalised(seat)


def _capitalised(text: str) -> str:
    """Joined syllables with a capital, and an apostrophe before a vowel (GB/T 16159)."""
    spoken = [s.replace("v", "ü") if s != "v" else s for s in syllables(text)]
    joined = "".join("'" + s if i and s[0] in "aeo" else s for i, s in enumerate(spoken))
    return joined[:1].upper() + joined[1:]


def _shorten(name: str) -> str:
    if _NOT_SUFFIXED.search(name):
        return name
    short = next((name.removesuffix(s) for s in _SUFFIXES if name.endswith(s)), name)
    return short if len(short) > 1 else name


def _seat(name: str) -> str:
    """The village or neighbourhood that a committee is named after: 王庄村 for 王庄村委会."""
    found = _COMMITTEE.search(name)
    if not found or not found.start():
        return name
    seat = name[: found.start()]
    if found["kind"] == "村" and not seat.endswith(("村", "社区")):
        return seat + "村"
    return seat + "社区" if found["kind"] == "社区" else seat


def _stem_of_community(seat: str) -> str:
    short = seat.removesuffix("社区")
    short = short.removesuffix("村") if short == seat and not seat.endswith("新村") else short
    return short if len(short) > 1 else seat


def _spellings_of_community(name: str) -> tuple[set[str], set[str]]:
    seat = _seat(name)
    full = {name, seat}
    if seat.endswith("村"):
        full |= {start + end for start in (seat, seat[:-1]) for end in ("村委会", "村民委员会")}
    else:
        full |= {seat + "居委会", seat + "居民委员会"}
    return full, {_stem_of_community(seat)} - full
