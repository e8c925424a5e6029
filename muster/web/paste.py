"""Numbers pasted from a spreadsheet or a chat, as a selection of the register."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from muster.lib.pasted import Looked, pasted
from muster.loop.matter import Matter
from muster.register.filters import NUMBERS_MOST
from muster.register.pasting import looked_up
from muster.web.context import MATTER_ROLES
from muster.web.guard import holding
from muster.web.register import listed, look_of


@holding(*MATTER_ROLES)
@require_http_methods(["GET", "POST"])
def paste(request: HttpRequest) -> HttpResponse:
    """Which matters the pasted rows name, row by row, and why others name none."""
    text = request.POST.get("rows", "")
    context: dict[str, Any] = {"section": "matters", "text": text, "problem": ""}
    if request.method == "POST":
        rows = pasted(text)
        if not rows:
            context["problem"] = _("Nothing was pasted. Copy cells or lines that hold numbers, and paste them below.")
        elif len(rows) > NUMBERS_MOST:
            words = {"rows": len(rows), "most": NUMBERS_MOST}
            context["problem"] = _("These are %(rows)s rows. Paste at most %(most)s at once.") % words
        else:
            context |= _told(looked_up(rows, listed(look_of(request).seen)))
    return render(request, "matters/paste.html", context, status=422 if context["problem"] else 200)


def _told(looked: list[Looked[Matter]]) -> dict[str, Any]:
    found = [one.found for one in looked if one.found]
    numbers = ",".join(one.number for one in found)
    address = f"{reverse('matters')}?{urlencode({'numbers': numbers})}" if found else ""
    return {"looked": looked, "found": found, "missing": len(looked) - len(found), "address": address}


urlpatterns = [path("matters/paste/", paste, name="paste")]
