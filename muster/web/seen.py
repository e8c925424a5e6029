"""A matter looked up through who asks for it."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest

from muster.web.matterpage import MatterPage
from muster.web.matterrows import MATTER
from muster.web.scope import person_of


def seen(request: HttpRequest, pk: UUID) -> MatterPage:
    """To whom no grant shows it, it doesn't exist."""
    page = next((MatterPage(one, person_of(request)) for one in MATTER(matter=pk)), None)
    if not page or not page.roles:
        raise Http404
    return page
