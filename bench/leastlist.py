"""The least that Django serves of a list as JSON: one view without middleware, one query, the rows of the API as they are."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from bench.served import django_alone

#: The columns of the API's answer, newest first.
COLUMNS = (
    "id", "number", "kind", "status", "cycle", "category", "severity", "text", "area_id", "site_id", "lead_id",
    "dispatched_at", "due_at", "verify_due_at", "closed_at", "registered_at",
)  # fmt: skip
MOST = 100


def application(environ: dict[str, Any], start: Any) -> Any:
    return _handler()(environ, start)


@cache
def _handler() -> Any:
    return django_alone("api/matters", matters)


def matters(request: Any) -> Any:
    from django.db import connection
    from django.http import HttpResponse

    with connection.cursor() as cursor:
        cursor.execute(f"select {', '.join(COLUMNS)} from matter order by id desc limit {MOST}")
        rows = [dict(zip(COLUMNS, row, strict=True)) for row in cursor.fetchall()]
    content = json.dumps({"items": rows, "before": None, "after": str(rows[-1]["id"])}, default=_plain)
    return HttpResponse(
        content, content_type="application/json", headers={"Content-Length": str(len(content.encode()))}
    )


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
