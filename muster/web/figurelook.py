"""How figures look where there is little room: a short name, an icon, a colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Look:
    name: StrOrPromise
    icon: str
    colour: str


LOOKS: dict[str, Look] = {
    "findings_found": Look(pgettext_lazy("figure", "Found"), "circle", "grey"),
    "findings_fed_back": Look(pgettext_lazy("figure", "Fed back"), "send", "blue"),
    "findings_rectified": Look(pgettext_lazy("figure", "Rectified"), "half", "blue"),
    "findings_verified": Look(pgettext_lazy("figure", "Verified"), "eye", "green"),
    "findings_closed": Look(pgettext_lazy("figure", "Closed"), "ok", "green"),
    "overdue": Look(pgettext_lazy("figure", "Overdue"), "late", "red"),
    "verification_overdue": Look(pgettext_lazy("figure", "Checks overdue"), "eye", "red"),
    "closed_late": Look(pgettext_lazy("figure", "Closed late"), "soon", "grey"),
    "reopened": Look(pgettext_lazy("figure", "Reopened"), "back", "grey"),
    "closing_h_p50": Look(pgettext_lazy("figure", "Median time to close"), "soon", "grey"),
    "closure_rate": Look(pgettext_lazy("figure", "Closure rate"), "ok", "grey"),
    "findings_self_reported": Look(pgettext_lazy("figure", "Self-reported"), "note", "grey"),
}


def colour_of(key: str, value: float | None) -> str:
    """Red is for what is overdue; nothing overdue is no alarm."""
    colour = LOOKS[key].colour
    return "grey" if colour == "red" and not value else colour
