"""Compiled queries answer what the queryset itself would."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, Model, OuterRef, QuerySet

from muster.lib.compiled import Compiled, Given, among
from muster.loop.matter import Matter
from muster.loop.steps import Assignment
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


def test_several_rows_come_by_their_keys_and_with_what_is_annotated(cast: Cast) -> None:
    assigned = Assignment.objects.filter(matter=OuterRef("pk"), by=Given("person"))
    compiled = Compiled(
        lambda: Matter.objects.filter(among("matter.id")).annotate(mine=Exists(assigned)).order_by("pk")
    )
    given, other, _third = cast.finding(), cast.finding(), cast.finding()
    given.assign(by=cast.dispatcher, lead=cast.unit)
    for person, mine in ((cast.dispatcher, True), (cast.chief, False)):
        found: list[Any] = compiled(keys=[other.pk, given.pk], person=person.pk)
        assert [(one.pk, one.mine) for one in found] == [(given.pk, mine), (other.pk, False)]
    assert compiled(keys=[], person=cast.chief.pk) == []
