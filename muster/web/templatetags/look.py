"""How states, times and icons look: the one place that knows."""

from __future__ import annotations

import functools
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muster.lib import clock
from muster.loop.fields import MatterFields
from muster.loop.state import Status

if TYPE_CHECKING:
    from muster.web.deskpage import Ruling

register = template.Library()

STATUS_LOOK = {
    Status.REGISTERED: ("grey", "circle"),
    Status.ASSIGNED: ("blue", "send"),
    Status.ACCEPTED: ("blue", "accept"),
    Status.IN_PROGRESS: ("blue", "half"),
    Status.CLOSURE_REQUESTED: ("blue", "eye"),
    Status.CLOSED: ("green", "ok"),
    Status.VOID: ("grey", "void"),
    Status.MERGED: ("grey", "merge"),
}
#: On these no clock runs: what is told is the state.
UNTIMED = (Status.REGISTERED, Status.CLOSED, Status.VOID, Status.MERGED)
SOON = timedelta(hours=2)


@register.simple_tag
@functools.lru_cache(1000)
def icon(name: str, more: str = "") -> SafeString:
    """An icon of the sprite; decoration only, so a word stands beside it."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#i-{}"/></svg>', more, static("icons.svg"), name
    )


def badge(colour: str, icon_name: str, text: object) -> SafeString:
    return format_html('<span class="badge badge-{}">{}{}</span>', colour, icon(icon_name), text)


@register.simple_tag
def status_badge(matter: MatterFields) -> SafeString:
    status = Status(matter.status)
    return badge(*STATUS_LOOK[status], status.label)


@register.simple_tag
def due_badge(matter: MatterFields) -> SafeString:
    """The clock that runs now: the unit's or the checker's; overdue in red, soon in amber."""
    now, due = clock.now(), matter.clock_due_at
    if not due:
        return SafeString("")
    if matter.overdue_at(now) or matter.check_overdue_at(now):
        return badge("red", "late", _("overdue {time}").format(time=duration(now - due)))
    if due - now < SOON:
        return badge("amber", "soon", _("{time} left").format(time=duration(due - now)))
    return format_html('<span class="due num">{}</span>', day_time(due))


@register.simple_tag
def ruling_badge(ruling: Ruling) -> SafeString:
    """The clock of who rules, which isn't the unit's."""
    if not ruling.due:
        return SafeString("")
    left = ruling.left
    if left < timedelta():
        return badge("red", "late", _("ruling overdue {time}").format(time=duration(left)))
    return badge("amber" if left < SOON else "grey", "soon", _("{time} left to rule").format(time=duration(left)))


@register.simple_tag
def card(matter: MatterFields) -> SafeString:
    """A matter as a card that opens it; long lists have fifty, which a template would take ten times as long for."""
    site = f"·{matter.site.name}" if matter.site else ""
    return format_html(
        '<a class="card" href="{}"><span class="card-1"><span class="what">{}</span>{}</span>'
        '<span class="card-2"><span class="where">{}{}</span><span class="when num">{}</span></span></a>',
        reverse("matter", args=[matter.pk]), matter.title,
        status_badge(matter) if matter.status in UNTIMED else due_badge(matter),
        matter.area.place, site, matter.number,
    )  # fmt: skip


@register.filter
def hour(moment: datetime | None) -> str:
    """08:00 of the day that the line tells."""
    return timezone.localtime(moment).strftime("%H:%M") if moment else ""


@register.filter
def full_time(moment: datetime | None) -> str:
    """With its year, as papers have it."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if moment else ""


@register.simple_tag
def urlencoded(**values: Any) -> str:
    return urlencode(values)


@register.filter
def day_time(moment: datetime | None) -> str:
    """12-05 09:40 in the incident's zone; with the year where it isn't this one."""
    if not moment:
        return ""
    local = timezone.localtime(moment)
    this_year = local.year == timezone.localtime(clock.now()).year
    return local.strftime("%m-%d %H:%M" if this_year else "%Y-%m-%d %H:%M")


@register.filter
def duration(length: timedelta | None) -> str:
    """The two largest units: 2 days 3 hours, 14 hours 19 minutes, 35 minutes."""
    return " ".join(f"{number} {unit}" for number, unit in duration_parts(length or timedelta()))


def duration_parts(length: timedelta) -> list[tuple[int, str]]:
    minutes = int(abs(length).total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [
        (days, ngettext("day", "days", days)),
        (hours, ngettext("hour", "hours", hours)),
        (minutes, ngettext("min", "min", minutes)),
    ]
    first = next((i for i, (number, _unit) in enumerate(parts) if number), 2)
    return parts[first : first + 2]


@register.simple_tag(name="clock")
def clock_digits(length: timedelta | None) -> SafeString:
    """A duration in large digits with small units."""
    spans = [format_html("{}<small>{}</small>", *part) for part in duration_parts(length or timedelta())]
    return SafeString("".join(spans))


@register.filter
def spot(matter: MatterFields) -> str:
    """Where it is in few words: the county, and the site or else the area."""
    return matter.area.with_county(matter.site.name) if matter.site else matter.area.place


@register.filter
def severity(matter: MatterFields) -> str:
    """In the words of the matter's pack."""
    return matter.pack.pack.severity(matter.severity).label


@register.filter
def item(mapping: dict[Any, Any] | None, key: Any) -> Any:
    return mapping.get(key) if mapping else None


@register.simple_tag(takes_context=True)
def query_with(context: dict[str, Any], **changes: Any) -> str:
    """The address's query with some values changed; None takes one out."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value not in (None, ""):
            query[key] = value
    return f"?{query.urlencode()}"


@register.inclusion_tag("exports/door.html", takes_context=True)
def export_door(context: dict[str, Any], kind: str, **more: Any) -> dict[str, Any]:
    """Leads to taking out the list of this page, as its address narrows it."""
    query = context["request"].GET.copy()
    for key in ("after", "before"):
        query.pop(key, None)
    query.update({key: value for key, value in more.items() if value})
    return {"kind": kind, "query": query.urlencode()}


@register.simple_tag
def cell(column: Any, row: Any) -> Any:
    """What stands in a row under a column: safe as it is where the column says so, else escaped."""
    return conditional_escape(column.show(row))
