"""The steps that the bulk bar offers to this person."""

from __future__ import annotations

from typing import Any

from django import template

from muster.loop.nouns import NOUNS
from muster.loop.words import STEPS, Words
from muster.web.bulk import BULK
from muster.web.context import roles_of

register = template.Library()


@register.simple_tag(takes_context=True)
def bulk_steps(context: dict[str, Any]) -> list[tuple[str, Words]]:
    roles = roles_of(context["request"])
    return [(noun, STEPS[NOUNS[noun]]) for noun, may in BULK.items() if roles & may]
