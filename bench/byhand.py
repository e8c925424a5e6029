"""The SQL that one would write by hand for the two pages, for the roles that are measured."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from typing import Any

import psycopg

IN_CITY = "m.area_path like '370000/371500/%%'"
OF_UNIT = "m.id in (select matter_id from assignment where organisation_id = %(unit)s and ended_at is null)"

#: Who is measured, what of the register they see, and their piles of work, in the page's order.
ROLES = {
    "demo.duty": (IN_CITY, ("overdue", "to_rule_on", "unassigned", "due_today")),
    "demo.verifier": (IN_CITY, ("to_verify", "to_revisit")),
    "liaison": (OF_UNIT, ("overdue", "due_today", "due_later")),
}


def statements(file: str = "byhand.sql") -> dict[str, str]:
    """The statements of a file by name."""
    text = files("bench").joinpath(file).read_text(encoding="utf-8")
    parts = (part.partition("\n") for part in text.split("-- name: ")[1:])
    return {
        name.strip(): "\n".join(line for line in sql.splitlines() if not line.startswith("--"))
        for name, _, sql in parts
    }


@dataclass
class ByHand:
    """Reads what a page shows, with prepared statements, and tells how long it took."""

    bare: psycopg.Connection[Any]
    role: str
    values: dict[str, Any]
    sql: dict[str, str] = field(default_factory=statements)

    def work(self, midnight: datetime) -> tuple[float, list[str]]:
        """Seconds, and the matters listed: at most 20 of each pile."""
        seen, piles = ROLES[self.role]
        listed = [self.sql["listed"] + self.sql[pile].replace("{seen}", seen) for pile in piles]
        took_s, rows = self._run([self.sql["frame"], *listed], midnight=midnight)
        return took_s, [str(row[0]) for pile in rows[1:] for row in pile[:20]]

    def matter(self, pk: Any) -> float:
        from muster.web.matterrows import STEP_ROWS

        names = ("frame", "matter", "happened", "evidence")
        return self._run([*(self.sql[name] for name in names), STEP_ROWS], matter=pk)[0]

    def _run(self, listed: list[str], **more: Any) -> tuple[float, list[list[Any]]]:
        began = time.perf_counter()
        rows = [self.bare.execute(sql, {**self.values, **more}).fetchall() for sql in listed]
        return time.perf_counter() - began, rows
