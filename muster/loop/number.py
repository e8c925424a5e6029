"""Numbers that people read: WT-371502-20221205-0007. Given once, never reused, with gaps."""

from __future__ import annotations

from datetime import date

from django.db import connection, models


class NumberCounter(models.Model):
    """The last number given in a county on a day."""

    prefix = models.TextField()
    county = models.TextField()
    day = models.DateField()
    last = models.IntegerField()

    class Meta:
        db_table = "number_counter"
        constraints = [models.UniqueConstraint(fields=["prefix", "county", "day"], name="number_counter_once")]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.county}-{self.day:%Y%m%d}"


NEXT = """
insert into number_counter (prefix, county, day, last) values (%s, %s, %s, 1)
on conflict (prefix, county, day) do update set last = number_counter.last + 1 returning last
"""


def next_number(prefix: str, codes: list[str], day: date) -> str:
    """The next number of the county among ``codes`` (root down), or of the lowest area above counties.

    Takes the counter's row lock, so call it as late in the transaction as can be.
    """
    county = next((code for code in reversed(codes) if len(code) == 6 and code.isdigit()), codes[0])
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [prefix, county, day])
        last = cursor.fetchone()[0]
    return f"{prefix}-{county}-{day:%Y%m%d}-{last:04d}"
