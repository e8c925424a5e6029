"""How often one address may use a public page; counted in the database, so that all processes count together."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from django.db import connection
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

View = Callable[..., HttpResponse]
FormOf = Callable[[HttpRequest], BaseForm | None]
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)

#: One statement, so that requests at the same moment all count. The cache's own ``incr`` reads and then writes, and
#: forgets a counter five minutes later.
COUNT = """
insert into rate_limit as kept (cache_key, value, expires) values (%(key)s, '1', %(ends)s)
on conflict (cache_key) do update set
    value = case when kept.expires <= %(now)s then '1' else (kept.value::bigint + 1)::text end,
    expires = case when kept.expires <= %(now)s then excluded.expires else kept.expires end
returning value::bigint, expires
"""
SWEEP = """
delete from rate_limit where cache_key in
    (select cache_key from rate_limit where expires <= %s limit 100 for update skip locked)
"""


def limited(
    name: str, per_minute: int, per_day: int, methods: tuple[str, ...] = ("GET", "POST"), form: FormOf | None = None
) -> Callable[[View], View]:
    """At most so many requests of one address to the pages that share the name; beyond, a page says when to come back.

    ``form`` makes the page's form anew from what was sent, so that the page gives it back, to be sent again.
    """

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in methods:
                return view(request, *args, **kwargs)
            key = f"limit:{name}:{address_of(request)}"
            again = _full(f"{key}:minute", MINUTE, per_minute) or _full(f"{key}:day", DAY, per_day)
            return too_many(request, again, form) if again else view(request, *args, **kwargs)

        return counted

    return wrap


def too_many(request: HttpRequest, again: datetime, form: FormOf | None = None) -> HttpResponse:
    """Says nothing of what the address names, else it could be guessed at without a limit."""
    typed = form(request) if form and request.method == "POST" else None
    return come_back(request, "too_many.html", again, form=typed, files=bool(request.FILES))


def come_back(request: HttpRequest, template: str, at: datetime, **context: Any) -> HttpResponse:
    """The answer 429 with the time to wait: ``wait`` in the page, rounded up to minutes; for programs in seconds."""
    wait_s = max(1, math.ceil((at - timezone.now()).total_seconds()))
    context["wait"] = timedelta(minutes=math.ceil(wait_s / 60))
    response = render(request, template, context, status=429)
    response.headers["Retry-After"] = str(wait_s)
    return response


def address_of(request: HttpRequest) -> str:
    """The client's address; of IPv6 the network, because one machine holds as many addresses of it as it likes."""
    address = ip_address(request.META["REMOTE_ADDR"])
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
    return str(address)


def _full(key: str, length: timedelta, most: int) -> datetime | None:
    """Count one more; when that is too many, the end of the time that is counted over."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"key": key, "now": now, "ends": now + length})
        count, ends = cursor.fetchone()
        if count == 1:
            cursor.execute(SWEEP, [now])
    return ends if count > most else None
