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
insert into number_counter (prefix, county, day, last) values (%(prefix)s, %(county)s, %(day)s, %(count)s)
on conflict (prefix, county, day) do update set last = number_counter.last + %(count)s returning last
"""


def next_number(prefix: str, codes: list[str], day: date) -> str:
    """The next number of the county among ``codes`` (root down).

    Takes the counter's row lock, so call it as late in the transaction as can be.
    """
    return numbers(prefix, county_of(codes), day, 1)[0]


def numbers(prefix: str, county: str, day: date, count: int) -> list[str]:
    """The next so many numbers of a county. The same holds of the lock."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT, {"prefix": prefix, "county": county, "day": day, "count": count})
        last = cursor.fetchone()[0]
    return [f"{prefix}-{county}-{day:%Y%m%d}-{nr:04d}" for nr in range(last - count + 1, last + 1)]


def county_of(codes: list[str]) -> str:
    """The county among the codes of an area (root down), or the lowest area above counties."""
    return next((code for code in reversed(codes) if len(code) == 6 and code.isdigit()), codes[0])
