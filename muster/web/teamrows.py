"""Members of a team by rows: names copied from a spreadsheet, or a sign-up chain from a chat; looked at first, then taken in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from muster.exchange.chain import table_of
from muster.lib.pasted import Looked, Pasted, pasted
from muster.people.person import Membership, Person
from muster.people.role import Role
from muster.people.scope import Scope
from muster.people.team import Team
from muster.web.guard import holding
from muster.web.scope import scope_of
from muster.web.teams import join, known_team

MOST = 300


@holding(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def members(request: HttpRequest, pk: int) -> HttpResponse:
    """Whom the rows name, row by row, and why others name nobody; ``take`` adds those that are found."""
    team, text = known_team(request, pk), request.POST.get("rows", "")
    context: dict[str, Any] = {"section": "organisations", "team": team, "text": text, "problem": ""}
    if request.method == "POST":
        rows = rows_of(text)
        context["problem"] = _problem(rows)
        looked = [] if context["problem"] else looked_up(rows, scope_of(request), team)
        found = [one.found for one in looked if one.found]
        if found and "take" in request.POST:
            return _taken(request, team, found)
        context |= {"looked": looked, "found": found, "missing": len(looked) - len(found)}
    return render(request, "organisations/members.html", context, status=422 if context["problem"] else 200)


def rows_of(text: str) -> list[Pasted]:
    """Of a chain the items, of anything else the rows; a row of headings names nobody and says so."""
    chain = table_of(text.replace("\r\n", "\n"))
    if not chain:
        return pasted(text)
    return [Pasted(nr, tuple(cells)) for nr, cells in enumerate(chain[1:], 1)]


def looked_up(rows: Sequence[Pasted], scope: Scope, team: Team) -> list[Looked[Person]]:
    """Every row in its order. Namesakes are told apart by sign-in name, telephone or organisation, else asked about."""
    belongs = Prefetch(
        "memberships", Membership.objects.filter(until=None).select_related("organisation"), to_attr="now_in"
    )
    cells = {cell for row in rows for cell in row.cells if cell}
    people: list[Person] = list(scope.people().filter(Q(name__in=cells) | Q(login__in=cells)).prefetch_related(belongs))
    there = set(team.teammember_set.filter(until=None).values_list("person", flat=True))
    first: dict[int, int] = {}
    return [_looked(row, people, there, first) for row in rows]


def _looked(row: Pasted, people: list[Person], there: set[int], first: dict[int, int]) -> Looked[Person]:
    fits = [one for one in people if one.login in row.cells] or _told_apart(
        row, [one for one in people if one.name in row.cells]
    )
    if not fits:
        return Looked(
            row, why=_("Nobody of this name here. Write names in a cell of their own, as they are registered.")
        )
    if len(fits) > 1:
        logins = "、".join(one.login for one in fits[:5])
        return Looked(row, why=_("Several persons: %(logins)s. Write the sign-in name beside.") % {"logins": logins})
    [person] = fits
    if person.pk in first:
        return Looked(row, why=_("Stands in row %(row)s already.") % {"row": first[person.pk]})
    first[person.pk] = row.nr
    if person.pk in there:
        return Looked(row, why=_("%(name)s is in the team already.") % {"name": person})
    return Looked(row, person)


def _told_apart(row: Pasted, fits: list[Person]) -> list[Person]:
    if len(fits) < 2:
        return fits
    numbers = {digits for cell in row.cells if len(digits := re.sub(r"\D", "", cell)) > 5}
    closer = [one for one in fits if re.sub(r"\D", "", one.phone) in numbers] or [
        one
        for one in fits
        if any(row_.organisation.name in row.cells for row_ in one.now_in)  # type: ignore[attr-defined]
    ]
    return closer or fits


def _problem(rows: list[Pasted]) -> str:
    if not rows:
        return _("Nothing was pasted. Copy names from a spreadsheet or a chat, and paste them below.")
    words = {"rows": len(rows), "most": MOST}
    return _("These are %(rows)s rows. Paste at most %(most)s at once.") % words if len(rows) > MOST else ""


@transaction.atomic
def _taken(request: HttpRequest, team: Team, found: list[Person]) -> HttpResponse:
    count = sum(join(team, person) for person in found)
    said = ngettext("%(count)s person is in the team now.", "%(count)s persons are in the team now.", count)
    messages.success(request, said % {"count": count})
    return redirect("team", pk=team.pk)


urlpatterns = [path("teams/<int:pk>/members/", members, name="team-members")]
