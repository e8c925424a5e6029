"""What cells mean: moments, deadlines, yes and no, several names in one cell. What is unclear is refused, never guessed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from muster.exchange.columns import OF_SEVERAL, WORDS, any_of
from muster.exchange.sheet import Cell
from muster.lib.refusal import Refusal
from muster.lib.said import said as _

EXCEL_BEGAN = datetime(1899, 12, 30)  # noqa: DTZ001 - a count of days has no zone; 1900's false leap day is in it
SERIALS = range(36_526, 73_051)
"""Days counted by Excel from 2000 to 2099: a date whose cell lost its format."""
END_OF_DAY = time(23, 59)
DIGITS = str.maketrans("〇零一二两三四五六七八九", "001223456789")

DATE = re.compile(
    r"(?:(?P<year>(?:20)?\d{2})\s*[年./\-]\s*)?(?P<month>1[0-2]|0?[1-9])\s*[月./\-]\s*(?P<day>3[01]|[12]\d|0?[1-9])\s*[日号]?"
)
COMPACT = re.compile(r"(?P<year>20\d{2})(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])")
ISO = re.compile(r"\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})")
CLOCK = re.compile(
    r"(?P<hour>[01]?\d|2[0-3])\s*"
    r"(?:[:：](?P<minute>[0-5]\d)(?:[:：][0-5]\d)?|[时点](?:(?P<more>[0-5]?\d)分?|(?P<half>半))?)"
)
NOON = re.compile(r"下午|晚上?|pm", re.IGNORECASE)
HALF_DAYS = {"上午": time(9), "早上": time(8), "中午": time(12), "下午": time(15), "晚上": time(20)}
BESIDE = any_of(WORDS["times"]["beside"])
WITHIN = re.compile(
    r"(?:限|限期|限时|于|在|须|请)?\s*(?P<count>\d{1,3}|十?[一二两三四五六七八九]|[二三四五六七八九]?十|[二三四五六七八九]十[一二三四五六七八九])\s*"
    r"(?:个)?\s*(?P<unit>工作日|小时|天|日|周|星期|(?<=个)月|h|hours?|days?|d)\s*"
    r"(?:之内|以内|内)?\s*(?:整改|完成|办结|解决|到位|完毕|答复|反馈)*[。.]?",
    re.IGNORECASE,
)
#: 2-3日内 is no third of February.
BETWEEN = re.compile(r"\d\s*[-~～—至到]\s*\d+\s*个?(?:工作日|日|天|小时)[之以]?内")
#: At once, or on the same day: a day.
AT_ONCE, ALWAYS = any_of(WORDS["times"]["at_once"]), any_of(WORDS["times"]["always"])
A_DAY = timedelta(days=1)
UNITS = {"小时": timedelta(hours=1), "h": timedelta(hours=1), "天": timedelta(days=1), "日": timedelta(days=1),
         "工作日": timedelta(days=1), "周": timedelta(weeks=1), "星期": timedelta(weeks=1), "月": timedelta(days=30),
         "d": timedelta(days=1)}  # fmt: skip
EMPTY, YES, NO = (frozenset(WORDS["answers"][name]) for name in ("empty", "yes", "no"))
#: Not done, but somebody is at it.
UNDER_WAY = any_of(WORDS["answers"]["under_way"])


class UnclearDate(Refusal):
    code = "unclear_date"
    status = 422
    message = _("“{text}” is no date that is understood. Write it as 2022-12-05 or 2022-12-05 14:30.")


class UnclearDeadline(Refusal):
    code = "unclear_deadline"
    status = 422
    message = _("“{text}” is no deadline that is understood. Write a date, or how long it may take, as “3天内”.")


class UnclearAnswer(Refusal):
    code = "unclear_answer"
    status = 422
    message = _("“{text}” is neither yes nor no. Write 是 or 否.")


@dataclass(frozen=True)
class Times:
    """In which zone, and when, a ledger is read.

    A day without a year was the last time that there was such a day; a deadline is the nearest such day.
    """

    zone: ZoneInfo
    now: datetime

    def moment(self, cell: Cell) -> datetime | None:
        """When something happened; of a day alone, its beginning. Raises UnclearDate."""
        return self._read(cell, time.min, UnclearDate)

    def day_or_moment(self, cell: Cell) -> tuple[datetime | None, bool]:
        """The same, and whether only the day is said."""
        early, late = self._read(cell, time.min, UnclearDate), self._read(cell, END_OF_DAY, UnclearDate)
        return early, early != late

    def deadline(self, cell: Cell) -> datetime | timedelta | None:
        """Until when; of a day alone, its end. Or how long it may take; none where it goes on for ever.

        Raises UnclearDeadline.
        """
        if isinstance(cell, timedelta):
            return cell
        if isinstance(cell, str):
            text = unicodedata.normalize("NFKC", cell).strip()
            if BETWEEN.search(text):
                raise UnclearDeadline(text=text[:40])
            if WITHIN.fullmatch(text) or not (ISO.fullmatch(text) or DATE.search(text) or COMPACT.search(text)):
                return _within(text, cell)
        return self._read(cell, END_OF_DAY, UnclearDeadline)

    def _read(self, cell: Cell, clock: time, unclear: type[Refusal]) -> datetime | None:
        match cell:
            case datetime():
                return self._here(cell, cell.time() if cell.time() != time.min else clock)
            case date():
                return self._here(cell, clock)
            case bool() | time() | timedelta():
                raise unclear(text=f"{cell}")
            case int() | float():
                return self._serial(cell, clock, unclear)
        text = unicodedata.normalize("NFKC", cell).strip()
        if text.casefold() in EMPTY:
            return None
        if ISO.fullmatch(text):
            return datetime.fromisoformat(text)
        return self._written(text, clock, unclear)

    def _serial(self, number: float, clock: time, unclear: type[Refusal]) -> datetime:
        if int(number) in SERIALS:
            found = EXCEL_BEGAN + timedelta(days=number)
            return self._here(found, found.time() if found.time() != time.min else clock)
        if compact := COMPACT.fullmatch(f"{number:.0f}"):
            return self._of(compact, clock, str(number), unclear)
        # 12.5 may be the 5th of December or the 50th of nothing, and 1.1 has lost whether it was 1.10.
        raise unclear(text=f"{number:g}")

    def _written(self, text: str, clock: time, unclear: type[Refusal]) -> datetime:
        found = COMPACT.match(text) or DATE.search(text)
        if not found:
            raise unclear(text=text[:40])
        rest = text[: found.start()] + " " + text[found.end() :]
        said, rest = _clock(rest, clock)
        if BESIDE.sub("", rest):
            raise unclear(text=text[:40])
        return self._of(found, said, text, unclear)

    def _of(self, found: re.Match[str], clock: time, text: str, unclear: type[Refusal]) -> datetime:
        year = found["year"]
        try:
            if year:
                day = date(int(year) if len(year) == 4 else 2000 + int(year), int(found["month"]), int(found["day"]))
            else:
                day = self._nearest(int(found["month"]), int(found["day"]), ahead=unclear is UnclearDeadline)
        except ValueError as fault:
            raise unclear(text=text[:40]) from fault
        return self._here(day, clock)

    def _nearest(self, month: int, day: int, *, ahead: bool) -> date:
        today = self.now.astimezone(self.zone).date()
        years = [year for year in range(today.year - 4, today.year + 2) if _is_day(year, month, day)]
        days = [date(year, month, day) for year in years]
        meant = [one for one in days if ahead or one <= today + A_DAY]
        if not meant:
            raise ValueError(month, day)
        return min(meant, key=lambda one: abs(one - today))

    def _here(self, day: date, clock: time) -> datetime:
        return datetime(day.year, day.month, day.day, clock.hour, clock.minute, clock.second, tzinfo=self.zone)


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _clock(text: str, usual: time) -> tuple[time, str]:
    """The time of day that a text says, and what is left of the text."""
    found = CLOCK.search(text)
    if not found:
        return next((clock for word, clock in HALF_DAYS.items() if word in text), usual), text
    hour, minute = int(found["hour"]), int(found["minute"] or found["more"] or (30 if found["half"] else 0))
    if NOON.search(text) and hour < 12:
        hour += 12
    return time(hour, minute), text[: found.start()] + text[found.end() :]


def _within(text: str, cell: Cell) -> timedelta | None:
    if text.casefold() in EMPTY or ALWAYS.search(text):
        return None
    if found := WITHIN.fullmatch(text):
        unit = found["unit"].lower().rstrip("s")
        return number_of(found["count"]) * UNITS.get(unit, UNITS.get(unit[:1], timedelta(days=1)))
    if AT_ONCE.search(text):
        return A_DAY
    raise UnclearDeadline(text=f"{cell}"[:40])


def number_of(text: str) -> int:
    """15 for “15” and for “十五”."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if ten:
        return 10 * int(tens.translate(DIGITS) or 1) + int(ones.translate(DIGITS) or 0)
    return int(text.translate(DIGITS))


def answer(cell: Cell) -> bool | None:
    """Yes, no, or nothing said. Raises UnclearAnswer."""
    said = words(cell).casefold().rstrip("。.!！")
    if said in EMPTY:
        return None
    if said in YES:
        return True
    if said in NO or UNDER_WAY.search(said):
        return False
    raise UnclearAnswer(text=said[:40])


def words(cell: Cell) -> str:
    """A text as it is kept: lines and words as they were, without what nobody sees; whole numbers without “.0”."""
    match cell:
        case str():
            text = cell
        case bool():
            text = "是" if cell else "否"
        case float() if cell.is_integer():
            text = f"{cell:.0f}"
        case datetime():
            text = cell.strftime("%Y-%m-%d %H:%M" if cell.time() != time.min else "%Y-%m-%d")
        case _:
            text = f"{cell}"
    if text.isprintable() and "  " not in text:
        return text.strip()
    lines = text.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = (" ".join("".join(c for c in line if c.isprintable() or c == "\t").split()) for line in lines)
    return "\n".join(line for line in kept if line)


def several(cell: Cell) -> list[str]:
    """The names in a cell, each once, in their order."""
    text = words(cell)
    return (
        []
        if text in EMPTY
        else list(dict.fromkeys(name for part in OF_SEVERAL.split(text) if (name := part.strip(" .。"))))
    )
