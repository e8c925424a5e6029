"""Me: what I belong to, what I may do, and where I am signed in."""

from __future__ import annotations

import re

from allauth.account.internal.flows.logout import logout
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import list_usersessions
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from muster.people.person import Person
from muster.web.rolecards import ROLE_CARD


@require_GET
def me(request: HttpRequest) -> HttpResponse:
    person: Person = request.user  # type: ignore[assignment]
    context = {
        "section": "me",
        "memberships": person.memberships_now().order_by("from_at"),
        "grants": person.grants_at(),
        "role_card": bool(request.session.get(ROLE_CARD)),
        "has_second_factor": is_mfa_enabled(person),
    }
    return render(request, "me.html", context)


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends one of one's own sessions; ending this one is signing out."""
    session = get_object_or_404(UserSession, pk=pk, user=request.user)
    if session.is_current():
        logout(request)
        return redirect("account_login")
    session.end()
    messages.success(request, _("That session has ended."))
    return redirect("usersessions_list")


#: What a browser calls itself; the first that fits, because each also claims to be those below it.
BROWSERS = (
    (r"MicroMessenger/", "WeChat"),
    (r"DingTalk/", "DingTalk"),
    (r"Lark/|Feishu/", "Feishu"),
    (r"Edge?A?/|EdgiOS/", "Edge"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrome/|CriOS/", "Chrome"),
    (r"Safari/", "Safari"),
)
SYSTEMS = (
    (r"HarmonyOS|OpenHarmony", "HarmonyOS"),
    (r"Android", "Android"),
    (r"iPhone|iPad", "iOS"),
    (r"Windows", "Windows"),
    (r"Macintosh", "macOS"),
    (r"Linux", "Linux"),
)


def browser(user_agent: str) -> str:
    """A browser and its system by name, where they are known: Chrome, Windows."""
    known = (
        next((name for pattern, name in table if re.search(pattern, user_agent)), "") for table in (BROWSERS, SYSTEMS)
    )
    return ", ".join(filter(None, known)) or user_agent[:60]


urlpatterns = [
    path("me", me, name="me"),
    path("me/sessions", list_usersessions, name="usersessions_list"),
    path("me/sessions/<int:pk>/end", end_session, name="session_end"),
]
