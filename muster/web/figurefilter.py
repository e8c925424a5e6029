"""What a figure counts, in words: its area, moment and window, and how many are listed."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from muster.briefings.figure import Figure, Scope


def described(figure: Figure, scope: Scope, count: str) -> str:
    """In one line: the figure, the area, the moment, the window, and how many are listed."""
    words = {
        "name": figure.name,
        "area": place_of(scope),
        "at": moment_of(scope),
        "count": count,
    }
    if not scope.windowed:
        return _("Figure: %(name)s, %(area)s, as of %(at)s: %(count)s") % words
    return _("Figure: %(name)s, %(area)s, as of %(at)s, %(window)s: %(count)s") % {**words, "window": window_of(scope)}


def place_of(scope: Scope) -> str:
    """The area, and the organisation where the figure is of one."""
    return f"{scope.area.place} · {scope.organisation.name}" if scope.organisation else scope.area.place


def moment_of(scope: Scope) -> str:
    return local(scope.moment)


def window_of(scope: Scope) -> str:
    if not scope.from_at:
        return _("occurred before %(to)s") % {"to": local(scope.to_at)}
    if not scope.to_at:
        return _("occurred from %(from)s") % {"from": local(scope.from_at)}
    return _("occurred from %(from)s until before %(to)s") % {"from": local(scope.from_at), "to": local(scope.to_at)}


def local(moment: datetime | None) -> str:
    """In the incident's zone, which the page is shown in."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if moment else ""
