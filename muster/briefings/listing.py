"""All figures of a scope, as the command and the API tell them."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any

from django.utils import translation

from muster.briefings.chain import chain
from muster.briefings.figure import FIGURES, Figure, Number, Scope

Told = dict[str, Any]


def listed(scope: Scope) -> list[Told]:
    """Every figure as a plain object, in the order of the definitions; times in the incident's zone."""
    values, moment = chain(scope, list(FIGURES)), local(scope, scope.moment)
    window = {"from": local(scope, scope.from_at), "to": local(scope, scope.to_at)} if scope.windowed else None
    return [told(figure, scope, values[key], window, moment) for key, figure in FIGURES.items()]


def told(figure: Figure, scope: Scope, value: Number, window: Told | None, moment: str | None) -> Told:
    return {
        "key": figure.key,
        "name_zh": said_in("zh-hans", figure.name),
        "name_en": said_in("en", figure.name),
        "value": value,
        "unit": said_in("en", figure.unit),
        "area": scope.area.code,
        "window": window,
        "as_of": moment,
        "rows": figure.address(scope),
    }


def said_in(language: str, words: object) -> str:
    with translation.override(language):
        return str(words)


def local(scope: Scope, moment: datetime | None) -> str | None:
    return moment.astimezone(scope.incident.tz).isoformat() if moment else None


def table(scope: Scope) -> str:
    """The same for people, in both languages."""
    rows = [(one["name_zh"], one["name_en"], shown(one["key"], one["value"]), both_units(one)) for one in listed(scope)]
    widths = [max(map(wide, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join([*map(padded, row[:2], widths), row[2].rjust(widths[2]), row[3]]).rstrip() for row in rows]
    return "\n".join([*head(scope), "", *lines])


def head(scope: Scope) -> list[str]:
    area, window = scope.area, [local(scope, at) or "…" for at in (scope.from_at, scope.to_at)]
    lines = [
        f"{area.name_zh} {area.name_en} ({area.code})",
        f"截至 as of {local(scope, scope.moment)}",
    ]
    return [*lines, f"发生于 occurred {window[0]} – {window[1]}"] if scope.windowed else lines


def shown(key: str, value: Number) -> str:
    """A value as people read it: a share in per cent, hours with one place, a dash where there is none."""
    if value is None:
        return "–"
    if key == "closure_rate":
        return f"{100 * value:.1f} %"
    return f"{value:.1f}" if isinstance(value, float) else f"{value:,}"


def both_units(one: Told) -> str:
    unit = FIGURES[one["key"]].unit
    return "" if one["key"] == "closure_rate" else f"{said_in('zh-hans', unit)} {said_in('en', unit)}"


def wide(text: str) -> int:
    """How many columns a text takes in a terminal: Chinese takes two each."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def padded(text: str, width: int) -> str:
    return text + " " * (width - wide(text))
