"""What the pages around signing in ask for."""

from __future__ import annotations

from typing import Any

from django import template

from muster.web.me import browser
from muster.web.rolecards import cards

register = template.Library()
register.filter(browser)


@register.inclusion_tag("account/cards.html", takes_context=True)
def role_cards(context: dict[str, Any]) -> dict[str, Any]:
    """The role cards, or nothing where they aren't allowed."""
    request = context["request"]
    return {"cards": cards(request), "csrf_token": context.get("csrf_token"), "present": request.user}
