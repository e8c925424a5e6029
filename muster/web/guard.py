"""Who gets to a page at all. Whoever doesn't is told that there is no such page."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase

from muster.people.role import Role
from muster.web.context import roles_of

View = Callable[..., HttpResponseBase]


def holding(*roles: Role) -> Callable[[View], View]:
    """Only for who holds one of the roles somewhere; for anyone else the page doesn't exist."""

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not roles_of(request).intersection(roles):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return wrap
