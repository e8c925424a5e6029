"""Queries that are compiled once a process: where Django takes longer over the wording than the database over the answer."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import BooleanField, Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.expressions import RawSQL, Value
from django.db.models.query import get_related_populators  # type: ignore[attr-defined]

Row = TypeVar("Row", bound=Model)


class Given(Value):
    """Stands in a compiled query for a value that each asking gives under this name."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self]


def among(column: str) -> RawSQL:
    """That a column is one of the values that are given as ``keys``."""
    return RawSQL(f"{column} = any(%s)", [Given("keys")], BooleanField())


class Compiled(Generic[Row]):
    """The rows of a queryset whose values are given anew each time: ``Compiled(lambda: …filter(pk=Given("pk")))(pk=7)``.

    Values are passed to the database as they are. Rows are what the queryset itself would give, with what it selects of
    related ones and annotates; nothing is prefetched.
    """

    def __init__(self, make: Callable[[], QuerySet[Row]]) -> None:
        self._make = make

    def __call__(self, **values: Any) -> list[Row]:
        sql, params, build = self._compiled
        with connection.cursor() as cursor:
            cursor.execute(sql, [values[one.value] if isinstance(one, Given) else one for one in params])
            return build(cursor.fetchall())

    @functools.cached_property
    def _compiled(self) -> tuple[str, tuple[Any, ...], Callable[[list[Any]], list[Row]]]:
        compiler = self._make().query.get_compiler(connection.alias)
        sql, params = compiler.as_sql()
        return sql, params, _builder(compiler)


def _builder(compiler: Any) -> Callable[[list[Any]], list[Any]]:
    """What makes rows into models, as Django's own iterable does it (django/db/models/query.py, ModelIterable)."""
    selected, info = compiler.select, compiler.klass_info
    first, last = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column[0].target.attname for column in selected[first:last]]
    related = list(_quick(get_related_populators(info, selected, connection.alias)))
    converters = compiler.get_converters([column[0] for column in selected])
    table, annotated = Quick(info["model"]), compiler.annotation_col_map.items()

    def build(rows: list[Any]) -> list[Any]:
        # Asked once: behind the connection stands a look-up by thread.
        made, alias = [], connection.alias
        for row in compiler.apply_converters(rows, converters) if converters else rows:
            model = table.from_db(alias, names, row[first:last])
            for one in related:
                one.populate(row, model)
            for name, place in annotated:
                setattr(model, name, row[place])
            made.append(model)
        return made

    return build


class Quick(Generic[Row]):
    """Makes rows into models as ``Model.from_db`` does, in a fifth of its time: that one asks field by field what to do,
    and sends signals. Nobody listens to these here, and columns are set as they are."""

    def __init__(self, table: type[Row]) -> None:
        self.table = table

    def from_db(self, alias: str, names: Sequence[str], values: Sequence[Any]) -> Row:
        made = self.table.__new__(self.table)
        made._state = ModelState()
        made._state.adding, made._state.db = False, alias
        made.__dict__.update(zip(names, values, strict=True))
        return made


def _quick(populators: Iterable[Any]) -> Iterator[Any]:
    for one in populators:
        one.model_cls = Quick(one.model_cls)
        one.related_populators = list(_quick(one.related_populators))
        yield one


def inserting(table: type[Model]) -> str:
    """The statement that inserts a row whose key is made here; what the database generates itself is left to it."""
    names = [connection.ops.quote_name(str(field.column)) for field in _written(table)]
    marks = ", ".join(["%s"] * len(names))
    return f"insert into {connection.ops.quote_name(table._meta.db_table)} ({', '.join(names)}) values ({marks})"


def inserted(row: Model) -> list[Any]:
    """The values that such a statement takes."""
    return [field.get_db_prep_save(field.pre_save(row, True), connection) for field in _written(type(row))]


@functools.cache
def _written(table: type[Model]) -> tuple[Any, ...]:
    return tuple(field for field in table._meta.concrete_fields if not field.generated)
