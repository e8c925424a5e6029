"""Compiled queries answer what the queryset itself would."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet

from muster.lib.compiled import Compiled, Given
from muster.loop.matter import Matter
from tests.cast import Cast


def known(row: Model) -> dict[str, Any]:
    """The columns that were read, and the same of related ones."""
    state = row._state
    columns = {field.attname: row.__dict__.get(field.attname, "left out") for field in row._meta.concrete_fields}
    related = {name: known(one) if one else None for name, one in state.fields_cache.items()}
    return {"columns": columns, "related": related, "adding": state.adding, "db": state.db}


def rows_of(pk: Any) -> QuerySet[Matter]:
    return Matter.objects.filter(pk=pk).select_related("area", "lead", "incident__area").defer("area__outline", "text")


def test_rows_are_those_of_the_queryset_with_what_it_selects_and_defers(cast: Cast) -> None:
    compiled = Compiled(lambda: rows_of(Given("pk")))
    for matter in (cast.finding(), cast.at_closure()):
        [made], [usual] = compiled(pk=matter.pk), rows_of(matter.pk)
        assert known(made) == known(usual)
        assert made.get_deferred_fields() == {"text"}
        assert made.text == usual.text


def test_a_matter_of_an_id_alone_reads_the_rest_when_it_is_asked(cast: Cast) -> None:
    matter = cast.finding()
    assert Matter.of_id(matter.pk).text == matter.text
