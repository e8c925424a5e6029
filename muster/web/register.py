"""The register: all matters that a person may see; filters, order and columns are in the address."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from muster.briefings.counting import planned
from muster.lib.compiled import Compiled, among
from muster.lib.refusal import Refusal
from muster.loop.matter import Matter, Matters
from muster.register.look import Look
from muster.register.selection import Problem, Selection, query_of
from muster.register.views import TABBED, VIEWS, counts, far
from muster.web.chattext import unnamed
from muster.web.context import MATTER_ROLES, incident_of
from muster.web.figurefilter import described
from muster.web.guard import holding
from muster.web.registerpanel import panel
from muster.web.registertable import SHOWN, columns_asked, rows_of
from muster.web.scope import person_of
from muster.web.templatetags.look import day_time

PAGE = 50
TOLD = 20
"""How many rows a text to copy tells."""
LISTED = ("area", "site", "lead")


@holding(*MATTER_ROLES)
@require_GET
def register(request: HttpRequest) -> HttpResponse:
    tidy = tidied(request.GET)
    if tidy is not None:
        return redirect(f"{reverse('matters')}?{tidy}" if tidy else "matters")
    with planned():
        chosen = Selection.of(look_of(request), request.GET)
        context = {"section": "matters", "chosen": chosen, **_listed(request, chosen)}
    return render(request, "matters/register.html", context, status=422 if chosen.problems else 200)


def look_of(request: HttpRequest) -> Look:
    return Look(person_of(request), incident_of(request))


def tidied(asked: QueryDict) -> str | None:
    """The query without what a form left empty or as it is anyway; None where there is nothing to tidy."""
    usual = asked.getlist("column") == list(SHOWN) or asked.get("sort") == "newest"
    if not usual and all(value for values in asked.lists() for value in values[1]):
        return None
    kept = asked.copy()
    if asked.getlist("column") == list(SHOWN):
        del kept["column"]
    return query_of(kept)


def said(count: int, most: int) -> str:
    """A count as people read it; beyond what is counted, as 10,000+."""
    return number_format(min(count, most), force_grouping=True) + ("+" if count > most else "")


def listed(found: Matters) -> Matters:
    """With what rows and cards show of related ones."""
    return found.select_related(*LISTED).defer("area__outline", "site__outline", "rules")


#: The rows of a page, by their keys.
ROWS = Compiled(lambda: listed(Matter.objects.filter(among("matter.id")).order_by()))


def _listed(request: HttpRequest, chosen: Selection) -> dict[str, Any]:
    page = chosen.order.page(chosen.matters, chosen.place, PAGE, lambda keys: ROWS(keys=keys))
    numbers = counts(chosen)
    count = said(numbers[""], far(chosen.matters))
    figure = described(chosen.figure, chosen.scope, count) if chosen.figure and chosen.scope else ""
    return {
        "rows": rows_of(chosen.look, page.rows), "page": page, "count": count, "number": numbers[""], "figure": figure,
        "columns": _columns(chosen), "panel": panel(chosen.look, chosen.asked),
        "text": text_of(request, chosen, page.rows, count), **_views(chosen, numbers),
    }  # fmt: skip


def _columns(chosen: Selection) -> Any:
    try:
        return columns_asked(chosen.asked)
    except Refusal as refusal:
        chosen.problems.append(Problem(refusal))
        return columns_asked(QueryDict())


def _views(chosen: Selection, numbers: dict[str, int]) -> dict[str, Any]:
    """The views as tabs, and whether this query is one of them."""
    query, own = query_of(chosen.asked), list(chosen.look.person.kept_views.all())
    tabs = [(view, said(numbers[view.filter], TABBED) if view.filter else "", view.query == query) for view in VIEWS]
    kept = next((one for one in own if one.query == query), None)
    new = bool(query) and not kept and not any(here for _view, _count, here in tabs) and not chosen.problems
    return {"tabs": tabs, "own": own, "kept": kept, "query": query, "may_keep": new}


def text_of(request: HttpRequest, chosen: Selection, rows: list[Matter], count: str) -> str:
    """A message for a chat: what is listed, how many as of when, the first rows, and the address of all."""
    what = ", ".join(f"{chip.label} {unnamed(chip.shown)}".strip() for chip in chosen.chips) or _("All")
    head = _("Matters: %(what)s") % {"what": what}
    many = _("%(count)s matters, as of %(at)s") % {"count": count, "at": day_time(chosen.look.now)}
    told = [f"{one.number} {unnamed(one.title)}" for one in rows[:TOLD]]
    more = ["…"] if len(rows) > TOLD or chosen.place.at else []
    address = request.build_absolute_uri(f"{reverse('matters')}?{query_of(chosen.asked)}".rstrip("?"))
    return "\n".join([head, many, *told, *more, address])


urlpatterns = [path("matters/", register, name="matters")]
