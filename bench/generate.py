"""Many matters fast: a city's register after two months, for measuring how it is read and written.

Areas, sites, departments and texts are the demo's, with communities and their units added; statuses are spread like
life, about five entries a matter. The rows are inserted with triggers off and their hashes are made up, so
``muster check`` would find fault with every one of them: this is for measuring time, never for anything else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from importlib.resources import files
from typing import Any

from django.db import connection, transaction

from muster.demo.texts import texts
from muster.incidents.incident import Incident
from muster.policy.pack import Pack

Row = tuple[Any, ...]

SAID = """
create temp table said (kind text, nr int, category text, severity text, text text, response text, remark text,
  site_kind text, rules jsonb, due_h int, verify_h int, primary key (kind, nr))
"""
COLUMNS = "kind, nr, category, severity, text, response, remark, site_kind, rules, due_h, verify_h"


def generate(incident: Incident, matters: int, *, registered_only: bool = False) -> None:
    """Fill the register with so many matters; ``registered_only``: all of them wait for their assignment."""
    pack = incident.pack_version()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SAID)
        with cursor.copy(f"copy said ({COLUMNS}) from stdin") as copy:
            for row in said(pack.pack):
                copy.write_row(row)
        for name, value in (("matters", matters), ("pack", pack.pk), ("incident", incident.pk)):
            cursor.execute("select set_config(%s, %s, true)", [f"bench.{name}", str(value)])
        cursor.execute("select set_config('bench.all_registered', %s, true)", [str(registered_only)])
        cursor.execute(files("bench").joinpath("generate.sql").read_text(encoding="utf-8"))
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")


def said(pack: Pack) -> Iterator[Row]:
    """What people say in the demo, with the rules that the pack judges it by."""
    for kind in ("finding", "request", "proposal"):
        for nr, text in enumerate(texts()[kind]):
            severity = text.get("severity", "minor")
            rules = pack.rules(kind, text["category"], severity)
            remark = text.get("passed") or text.get("confirmed") or text.get("rating_remark")
            yield (
                kind, nr, text["category"], severity, text["text"], text["response"], remark,
                text.get("site_kind", "compound"), json.dumps(asdict(rules)), rules.due_h, rules.verify_h,
            )  # fmt: skip
