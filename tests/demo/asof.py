"""The page's figures as of a moment, counted straight from the rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

#: The matters of an area that are neither void nor merged at the moment; ``s`` is what they were then.
AT = """
select count(*) from matter m join span s on s.matter_id = m.id
  and s.from_at <= %(at)s::timestamptz and (s.to_at is null or s.to_at > %(at)s::timestamptz)
join area a on a.code = s.area_id
where a.path like '%%/' || %(area)s || '/%%' and s.status not in ('void', 'merged')
"""
TEAMS = """
select count(*) from team where area_id = %(area)s and kind = %(kind)s
  and from_at <= %(at)s::timestamptz and (until is null or until > %(at)s::timestamptz)
"""
FINDING = f"{AT} and m.kind = 'finding'"
FIGURES = {
    "findings_found": FINDING,
    "findings_fed_back": f"""{FINDING} and exists
      (select from assignment x where x.matter_id = m.id and x.recorded_at <= %(at)s::timestamptz)""",
    "findings_rectified": f"{FINDING} and s.status in ('closure_requested', 'closed')",
    "findings_published": f"""{FINDING} and exists
      (select from publication x where x.matter_id = m.id and x.recorded_at <= %(at)s::timestamptz
       and (x.ended_at is null or x.ended_at > %(at)s::timestamptz))""",
    "requests_resolved": f"""{AT} and m.kind = 'request' and s.status = 'closed' and exists
      (select from verification x where x.matter_id = m.id and x.how = 'call_back' and x.passed
       and x.recorded_at <= %(at)s::timestamptz)""",
}
TEAM_KINDS = {
    "coordination_cells": "coordination_cell",
    "field_teams": "field_team",
    "telephone_squads": "telephone_squad",
    "inspection_teams": "inspection_team",
    "embedded_teams": "embedded_team",
}


def figure(key: str, area: str, at: datetime) -> int:
    kind = TEAM_KINDS.get(key)
    asked: dict[str, Any] = {"area": area, "at": at, **({"kind": kind} if kind else {})}
    with connection.cursor() as cursor:
        cursor.execute(TEAMS if kind else FIGURES[key], asked)
        number: int = cursor.fetchone()[0]
    return number
