"""The register of exactly what a figure counts: ``?figure=KEY&area=CODE&as_of=…&from=…&to=…``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from muster.briefings.asked import incident_asked, scope_asked
from muster.briefings.figure import FIGURES, Figure, Scope
from muster.lib.refusal import Refusal
from muster.loop.matter import Matter, Matters
from muster.people.person import Person


def counted(asked: Mapping[str, str], person: Person) -> tuple[Matters | None, str, str]:
    """What a figure counts and this person sees, what is listed in words, and what is wrong with the address.

    None where no figure is asked for; nothing where what is asked isn't clear.
    """
    if not asked.get("figure"):
        return None, "", ""
    figure = FIGURES.get(asked["figure"])
    nothing = Matter.objects.filter(pk__in=[])
    if not figure or figure.opens != "matters":
        return nothing, "", _("There is no figure of that name that counts matters. Choose one under Figures.")
    try:
        scope = scope_asked(incident_asked(None), asked)
    except Refusal as refusal:
        return nothing, "", str(refusal)
    rows: Matters = figure.rows(scope).seen_by(person)  # type: ignore[attr-defined]
    return rows, described(figure, scope, rows.count()), ""


def described(figure: Figure, scope: Scope, count: int) -> str:
    """In one line: the figure, the area, the moment, the window, and how many are listed."""
    words = {
        "name": figure.name,
        "area": place_of(scope),
        "at": moment_of(scope),
        "count": number_format(count, force_grouping=True),
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
