"""Which lines came in before: by the sender's number, or by the problem itself, however it is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from muster.exchange.line import Line
from muster.exchange.records import Sender
from muster.incidents.incident import Incident


class KnownLine(NamedTuple):
    pk: int
    matter: UUID
    problem: str
    number: str
    sender: int | None
    digest: str


#: No text of a cell has it: what nobody sees is left out of words. Thousands of texts go as one, many times as fast as a list.
BETWEEN = "\x1e"
BEFORE = """
select id, matter_id, problem, number, sender_id, digest from imported_line
where incident_id = %(incident)s and (
    problem = any(string_to_array(%(problems)s, %(between)s))
    or sender_id = %(sender)s and number = any(string_to_array(%(numbers)s, %(between)s))
  )
  or matter_id = any(%(matters)s)
order by id
"""


class KnownLines:
    """Those that some lines may be, read in one query. ``own``: the matters of lines with a number of ours."""

    def __init__(
        self, incident: Incident, sender: Sender | None, lines: Iterable[Line], own: Mapping[str, UUID]
    ) -> None:
        self.sender = sender.pk if sender else None
        asked = list(lines)
        values = {
            "incident": incident.pk, "sender": self.sender, "matters": list(own.values()), "between": BETWEEN,
            "problems": BETWEEN.join(one.problem for one in asked),
            "numbers": BETWEEN.join(number for one in asked if (number := one.number_said)),
        }  # fmt: skip
        self._of_problem: dict[str, list[KnownLine]] = defaultdict(list)
        self._of_number: dict[str, KnownLine] = {}
        self._of_matter: dict[UUID, KnownLine] = {}
        self.own = own
        with connection.cursor() as cursor:
            cursor.execute(BEFORE, values)
            for row in map(KnownLine._make, cursor.fetchall()):
                self._of_problem[row.problem].append(row)
                self._of_matter[row.matter] = row
                if row.number and row.sender == self.sender:
                    self._of_number[row.number] = row

    def find(self, line: Line) -> KnownLine | None:
        """By our number the last line of its matter; by the sender's; else the same problem, unless the sender numbers that as
        another one."""
        if line.own:
            return self._of_matter.get(self.own[line.own]) if line.own in self.own else None
        number = line.number_said
        if number in self._of_number:
            return self._of_number[number]
        return next((one for one in self._of_problem.get(line.problem, ()) if not self._another(one, number)), None)

    def _another(self, known: KnownLine, number: str) -> bool:
        return bool(number and known.number and known.sender == self.sender)
