"""The duty officer's desk: what is critical or overdue, what to rule on, what nobody has yet; who is on duty."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from muster.briefings.counting import planned
from muster.web import trusted
from muster.web.deskpage import DeskPage
from muster.web.deskscope import DESK_ROLES, desk_of
from muster.web.guard import holding


@holding(*DESK_ROLES)
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    found = desk_of(request)
    computer = trusted.computer_of(request)
    others = trusted.others(computer, found.person)
    context = {"section": "desk", "desk": found, "page": DeskPage(found), "computer": computer, "others": others}
    with planned():
        return render(request, "desk/desk.html", context)


urlpatterns = [path("desk/", desk, name="desk")]
