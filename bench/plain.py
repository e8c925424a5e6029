"""The least that Django serves of a page: one view without middleware that runs its SQL by hand and renders the rows.

BENCH_PAGES is a pickle: the statements and their values of each address.
"""

from __future__ import annotations

import os
import pickle
from functools import cache
from pathlib import Path
from typing import Any

from bench.served import django_alone

TABLE = """<!doctype html><html lang="zh-hans"><meta charset="utf-8"><title>{{ title }}</title><table>
{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table></html>"""

Statements = list[tuple[str, dict[str, Any]]]


def application(environ: dict[str, Any], start: Any) -> Any:
    return _handler()(environ, start)


@cache
def _handler() -> Any:
    return django_alone("<path:address>", page)


def page(request: Any, address: str) -> Any:
    from django.db import connection
    from django.http import HttpResponse
    from django.template import Context

    rows: list[Any] = []
    with connection.cursor() as cursor:
        for sql, values in pages()[request.get_full_path()]:
            cursor.execute(sql, values)
            rows += cursor.fetchall()
    # The first row tells who is there: that isn't shown.
    answer = HttpResponse(_table().render(Context({"title": request.path, "rows": rows[1:]})))
    answer["Content-Length"] = len(answer.content)
    return answer


@cache
def pages() -> dict[str, Statements]:
    known: dict[str, Statements] = pickle.loads(Path(os.environ["BENCH_PAGES"]).read_bytes())
    return known


@cache
def _table() -> Any:
    from django.template import Engine

    return Engine().from_string(TABLE)
